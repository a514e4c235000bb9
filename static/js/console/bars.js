/** A bar of households against the target, drawn as SVG (widths by attributes, so no inline style is needed). */

import { loadClass } from "../map/loads.js";
import { makeSvg } from "./elements.js";

/**
 * The scale ends at 1.6 times the target; a fuller grid fills it.
 * @param {number} households
 * @param {import("../map/loads.js").Rules} rules
 */
export function loadBar(households, rules) {
  const most = rules.target * 1.6;
  const share = (/** @type {number} */ figure) => (Math.min(figure / most, 1) * 100).toFixed(2);
  const degree = loadClass(households, rules) + 3;
  const colour = degree === 3 ? "var(--grid)" : `var(--load-${degree})`;
  return makeSvg("svg", { class: "load-bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    makeSvg("rect", { x: 0, y: 1, width: 100, height: 6, fill: "var(--line-soft)" }),
    makeSvg("rect", { x: share(rules.min), y: 1, width: Number(share(rules.max)) - Number(share(rules.min)), height: 6, fill: "var(--line)" }),
    makeSvg("rect", { x: 0, y: 1, width: share(households), height: 6, fill: colour }),
    makeSvg("rect", { x: Number(share(rules.target)) - 0.3, y: 0, width: 0.7, height: 8, fill: "var(--text)" }));
}
