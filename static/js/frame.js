/** What every page does: menus close by themselves, toasts can be dismissed, the colours are remembered. */

const THEME = "gridmap.theme";

for (const menu of document.querySelectorAll("details[data-menu]")) {
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.removeAttribute("open");
  });
  menu.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== "Escape" || !menu.hasAttribute("open")) return;
    menu.removeAttribute("open");
    event.stopPropagation();
    menu.querySelector("summary")?.focus();
  });
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
  if (event.target.closest("[data-theme-switch]")) wear(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
});

document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.type !== "file" || !target.files?.length) return;
  const name = target.closest(".file-pick")?.querySelector("[data-file-name]");
  if (name) name.textContent = [...target.files].map((file) => file.name).join(", ");
});

/** @param {string} theme */
function wear(theme) {
  localStorage.setItem(THEME, theme);
  document.documentElement.dataset.theme = theme;
  document.querySelector("[data-theme-switch]")?.setAttribute("aria-pressed", String(theme === "dark"));
  window.dispatchEvent(new CustomEvent("gridmap:theme"));
}

const remembered = localStorage.getItem(THEME);
if (remembered === "dark") wear(remembered);
