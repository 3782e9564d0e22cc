// Reveals what the page holds hidden and only script can do: copying an address, the device's own
// share sheet. Each such part is `hidden` in the HTML; without script nothing is missing.

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    button.querySelector("[role=status]").textContent = button.dataset.done;
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.share({ title: button.dataset.title, url: button.dataset.share });
    } catch (refusal) {
      if (refusal.name !== "AbortError") throw refusal;
    }
  });
}
