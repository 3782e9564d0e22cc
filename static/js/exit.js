// "Exit this page": hides the page at once and replaces it, so that the Back button does not return to it. Pressing
// Shift three times does the same. Without script the link still leaves the site. As GOV.UK's component does it.

const exit = document.querySelector("[data-exit]");
if (exit) {
  const status = document.querySelector("[data-exit-status]");
  let presses = 0, last = 0, wasWithAnotherKey = false;

  const leave = (event) => {
    event?.preventDefault();
    document.body.hidden = true;
    document.title = exit.hostname;
    location.replace(exit.href);
  };
  exit.addEventListener("click", leave);

  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || wasWithAnotherKey) {
      presses = 0;
    } else {
      presses = event.timeStamp - last < 5000 ? presses + 1 : 1;
      last = event.timeStamp;
      if (presses === 3) leave();
    }
    status.textContent = { 1: status.dataset.two, 2: status.dataset.one }[presses] ?? "";
    wasWithAnotherKey = event.shiftKey;
  });
}
