// Passkeys of staff. A form with data-passkey-options holds what the server asks the browser to sign; its button, hidden
// without script, asks the device and sends the answer in the form's field `passkey`.

for (const form of document.querySelectorAll("form[data-passkey-options]")) {
  const button = form.querySelector("[data-passkey]");
  const problem = form.querySelector("[data-passkey-problem]");
  const isNew = button.dataset.passkey === "new";
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  form.querySelectorAll("[data-passkey-part]").forEach((part) => (part.hidden = false));
  form.querySelectorAll("[data-passkey-missing]").forEach((part) => (part.hidden = true));
  button.addEventListener("click", async () => {
    problem.hidden = true;
    const options = JSON.parse(form.dataset.passkeyOptions);
    try {
      const answer = isNew
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.passkey.value = JSON.stringify(answer);
      form.submit();
    } catch (refusal) {
      const known = { InvalidStateError: "known", SecurityError: "address" };
      problem.textContent = problem.dataset[known[refusal.name]] ?? problem.dataset.failed;
      problem.hidden = false;
    }
  });
}
