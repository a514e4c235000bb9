/** One key per candidate: 1–9 pick, 0 leaves out, n goes on, s says whether the spelling is meant for good. */

const form = /** @type {HTMLElement | null} */ (document.querySelector("[data-picking]"));

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.matches("input:not([type='checkbox']), select, textarea");
  if (!form || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "s") {
    const same = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-same]"));
    if (same) same.checked = !same.checked;
    return;
  }
  const chosen = /** @type {HTMLElement | null} */ (form.querySelector(`[data-key="${CSS.escape(event.key)}"]`));
  if (chosen) {
    event.preventDefault();
    chosen.click();
  }
});

/** @type {HTMLElement | null} */ (form?.querySelector(".candidate"))?.focus();

export {};
