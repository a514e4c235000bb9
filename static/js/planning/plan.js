/** A draft explained: histogram, rows and map point at each other; ranges and the trade-off curve prepare another drawing. */

import { need } from "../console/elements.js";
import { drawHistogram } from "./histogram.js";
import { followPanels } from "./panels.js";
import { Rows } from "./rows.js";
import { Sheet, tone } from "./sheet.js";
import { describe, drawTradeoff, percent } from "./tradeoff.js";
import { followWeights } from "./weights.js";

/** @param {string} id */
const island = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

const rule = /** @type {import("./sheet.js").SizeRule} */ (island("rule"));
/** @type {number[]} */
let held = [];

const listener = { point, choose: (/** @type {number} */ number) => hold(isHeld(number) ? [] : [number], { near: true }) };
const sheet = new Sheet(need("[data-map]"), {
  rule,
  listener: { point: (number, on) => point(on ? [number] : []), choose: (number) => hold(isHeld(number) ? [] : [number], { reveal: true }) },
});
const rows = new Rows(/** @type {HTMLTableSectionElement} */ (need("[data-grids] tbody")), rule.target, listener);

/** @param {number} number */
function isHeld(number) {
  return held.length === 1 && held[0] === number;
}

/** @param {number[]} numbers */
function point(numbers) {
  sheet.point(numbers);
  rows.point(numbers);
}

/** @param {number[]} numbers @param {{ near?: boolean, reveal?: boolean }} [how] */
function hold(numbers, { near = false, reveal = false } = {}) {
  held = numbers;
  sheet.hold(numbers, near);
  rows.hold(numbers);
  if (reveal && numbers.length) rows.reveal(numbers[0]);
  history.replaceState(null, "", numbers.length === 1 ? `#grid=${numbers[0]}` : location.pathname + location.search);
}

for (const swatch of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-grids] [data-load]"))) {
  const { households, kind, outside } = /** @type {HTMLElement} */ (swatch.closest("[data-number]")).dataset;
  const name = tone({ households: Number(households), kind: kind ?? "" }, rule);
  swatch.classList.add(name === "special" ? name : `load-${name}`);
  swatch.classList.toggle("outside", outside !== undefined);
}

for (const choice of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name="order"]'))) {
  choice.addEventListener("change", () => rows.sort(choice.value));
  if (choice.checked) rows.sort(choice.value);
}

const histogram = document.querySelector("[data-histogram]");
if (histogram instanceof SVGSVGElement) {
  drawHistogram(histogram, island("histogram"), rows.grids, {
    point,
    choose: (numbers) => {
      hold(numbers);
      if (numbers.length) rows.reveal(numbers[0]);
      if (histogram.contains(document.activeElement)) document.activeElement?.scrollIntoView({ block: "nearest" });
    },
  });
}

for (const cell of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-percent]"))) cell.textContent = percent(Number(cell.dataset.percent));

followPanels(need('[role="tablist"]'));

const form = document.querySelector("[data-again]");
if (form instanceof HTMLFormElement) {
  const set = followWeights(form);
  const curve = document.querySelector("[data-tradeoff]");
  if (curve instanceof SVGSVGElement) followCurve(curve, set);
}

/** @param {SVGSVGElement} svg @param {(weights: import("./tradeoff.js").Weights) => void} set */
function followCurve(svg, set) {
  const points = /** @type {import("./tradeoff.js").Point[]} */ (island("curve"));
  const readout = need("[data-readout]");
  const own = points.find(({ chosen }) => chosen) ?? null;
  const tell = (/** @type {import("./tradeoff.js").Point | null} */ one) => {
    const shown = one ?? own;
    readout.replaceChildren(...(shown ? describe(shown) : []).map((words) => Object.assign(document.createElement("span"), { textContent: words })));
  };
  const draw = () => {
    const measure = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="measure"]:checked'))?.value;
    drawTradeoff(svg, points, measure === "mean_deviation" ? measure : "within_10", { point: tell, choose: ({ weights }) => set(weights) });
  };
  for (const choice of document.querySelectorAll('input[name="measure"]')) choice.addEventListener("change", draw);
  draw();
  tell(own);
}

const asked = Number(new URLSearchParams(location.hash.slice(1)).get("grid"));
sheet.drawn.then(() => asked && rows.rows.has(asked) && hold([asked], { near: true, reveal: true }));
