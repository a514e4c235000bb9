/** A new drawing: what counts how much, and the grids in force that stay, ticked in the list or on the map. */

import { tally } from "../words.js";
import { Sheet } from "./sheet.js";
import { followWeights } from "./weights.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-new]"));
followWeights(form);

const boxes = [.../** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[data-keep]"))];
const map = /** @type {HTMLElement | null} */ (form.querySelector("[data-map]"));
if (map) chooseKept(map);

/** @param {HTMLElement} element */
function chooseKept(element) {
  const figure = (/** @type {string} */ name) => Number(/** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value);
  const boxOf = (/** @type {number} */ number) => boxes.find(({ dataset }) => Number(dataset.keep) === number);
  const sheet = new Sheet(element, {
    rule: { target: figure("target"), minimum: figure("minimum"), maximum: figure("maximum") },
    listener: {
      point: (number, on) => boxOf(number)?.closest("li")?.classList.toggle("lit", on),
      choose: (number) => boxOf(number)?.click(),
    },
  });
  const tell = () => {
    const kept = boxes.filter(({ checked }) => checked);
    sheet.lock(kept.map(({ dataset }) => Number(dataset.keep)));
    /** @type {HTMLElement} */ (form.querySelector("[data-kept]")).textContent = kept.length ? tally("grids", kept.length) : "";
  };
  const all = (/** @type {boolean} */ on) => () => {
    for (const box of boxes) box.checked = on;
    tell();
  };
  form.querySelector("[data-keep-all]")?.addEventListener("click", all(true));
  form.querySelector("[data-keep-none]")?.addEventListener("click", all(false));
  for (const box of boxes) {
    const number = Number(box.dataset.keep);
    box.addEventListener("change", tell);
    box.addEventListener("focus", () => sheet.point([number]));
    box.addEventListener("blur", () => sheet.point([]));
    box.closest("li")?.addEventListener("mouseenter", () => sheet.point([number]));
    box.closest("li")?.addEventListener("mouseleave", () => sheet.point([]));
  }
  sheet.drawn.then(tell);
}
