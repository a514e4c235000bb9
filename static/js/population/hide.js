/** Clear values go by themselves: after a minute, and at once when the page is left or put into the background. */

const note = /** @type {HTMLElement | null} */ (document.querySelector("[data-shown]"));

function hide() {
  for (const value of document.querySelectorAll("[data-clear]")) value.textContent = "•••";
  const back = /** @type {HTMLAnchorElement | null} */ (note?.querySelector("a") ?? null);
  if (back) location.replace(back.href);
}

if (note) {
  const left = /** @type {HTMLElement} */ (note.querySelector("[data-left]"));
  const end = Date.now() + Number(note.dataset.shown) * 1000;
  const timer = setInterval(() => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    left.textContent = String(seconds);
    if (seconds === 0) {
      clearInterval(timer);
      hide();
    }
  }, 500);
  window.addEventListener("pagehide", hide);
  document.addEventListener("visibilitychange", () => document.hidden && hide());
}
