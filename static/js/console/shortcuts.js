/** The keys of the console; the help sheet lists them. */

import { need } from "./elements.js";
import { listenToKeys } from "./keys.js";

const TABS = ["grids", "communities", "things", "layers", "selection"];

/** @param {import("./console.js").Console} page */
export function setUpShortcuts(page) {
  const help = /** @type {HTMLDialogElement} */ (need("[data-help]"));
  listenToKeys({
    "/": () => document.getElementById("search")?.focus(),
    j: () => page.lists.step(1),
    k: () => page.lists.step(-1),
    m: () => need("#map").focus(),
    Escape: () => page.escape(),
    "[": () => page.fold("left"),
    "]": () => page.fold("right"),
    ...Object.fromEntries(TABS.map((tab, index) => [String(index + 1), () => page.goToTab(tab)])),
    l: () => page.goToTab("layers"),
    f: () => page.goToFilters(),
    a: () => openMenu("[data-place-menu]", "input"),
    s: () => page.startSelecting(),
    d: () => page.startMeasuring(),
    p: () => need("[data-print]").click(),
    v: () => openMenu("[data-views]", "input"),
    t: () => openMenu("[data-look-menu]", "input:checked"),
    "?": () => help.showModal(),
  });
  need("[data-help-open]").addEventListener("click", () => help.showModal());
}

/** @param {string} menu @param {string} inside what gets the focus */
function openMenu(menu, inside) {
  const details = /** @type {HTMLDetailsElement} */ (need(menu));
  details.open = true;
  need(inside, details).focus();
}
