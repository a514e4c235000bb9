/** The three ranges of a drawing: what each takes of the whole is said beside it, because only their proportion counts. */

import { percent } from "./tradeoff.js";

/** @typedef {import("./tradeoff.js").Weights} Weights */

const NAMES = /** @type {const} */ (["balance", "compactness", "stability"]);

/**
 * The share of each weight in the whole; nothing counts where all are nought.
 * @param {Weights} weights
 * @returns {Weights}
 */
export function sharesOf(weights) {
  const whole = NAMES.reduce((sum, name) => sum + weights[name], 0);
  return /** @type {Weights} */ (Object.fromEntries(NAMES.map((name) => [name, whole ? weights[name] / whole : 0])));
}

/**
 * Follows the ranges of a form and returns a way to set them.
 * @param {ParentNode} form
 * @returns {(weights: Weights) => void}
 */
export function followWeights(form) {
  const ranges = Object.fromEntries(NAMES.map((name) => [name, /** @type {HTMLInputElement} */ (form.querySelector(`input[name="${name}"]`))]));
  const tell = () => {
    const weights = /** @type {Weights} */ (Object.fromEntries(NAMES.map((name) => [name, Number(ranges[name].value)])));
    const shares = sharesOf(weights);
    const none = NAMES.every((name) => !weights[name]);
    const note = /** @type {HTMLElement | null} */ (form.querySelector("[data-no-weights]"));
    if (note) note.hidden = !none;
    form.querySelector(".slices")?.classList.toggle("none", none);
    for (const name of NAMES) {
      const output = /** @type {HTMLElement} */ (form.querySelector(`[data-share="${name}"]`));
      output.textContent = percent(Math.round(shares[name] * 100) / 100);
      ranges[name].setAttribute("aria-valuetext", `${weights[name]} · ${output.textContent}`);
      /** @type {HTMLElement} */ (form.querySelector(`[data-slice="${name}"]`)).style.flexGrow = String(none ? 1 : shares[name]);
    }
  };
  for (const range of Object.values(ranges)) range.addEventListener("input", tell);
  tell();
  return (weights) => {
    for (const name of NAMES) ranges[name].value = String(weights[name]);
    tell();
  };
}
