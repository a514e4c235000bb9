/** What is to be seen right now and what it means; only that. */

import { count, say } from "../words.js";
import { legendRows } from "../map/loads.js";
import { FROM, finestLevel } from "../map/style.js";
import { make, makeSvg } from "./elements.js";

/**
 * @param {HTMLElement} legend
 * @param {import("../map/ground.js").Shown} shown
 * @param {import("../map/loads.js").Rules} rules
 * @param {number} zoom
 * @param {boolean} mine whether one's own care households are drawn
 */
export function drawLegend(legend, shown, rules, zoom, mine) {
  const parts = [];
  if (shown.load && zoom >= 12) {
    parts.push(make("b", {}, say("legend_load")));
    for (const { load, text } of legendRows(rules)) parts.push(make("span", {}, make("i", { class: `swatch load-${load + 3}` }), text));
    parts.push(make("span", {}, say("household_unit")), make("span", { class: "extra" }, make("i", { class: "swatch special" }), say("legend_special")));
  }
  if (shown.regions) parts.push(...lines(zoom));
  if (shown.care && zoom >= FROM.care) parts.push(make("b", { class: "extra" }, say("legend_care")), ...["high", "key", "general"].map(careRow));
  if (mine) parts.push(make("span", { class: "extra" }, make("i", { class: "swatch dot care-key" }), say("legend_mine")));
  if (shown.cameras && zoom >= FROM.camera) parts.push(make("span", { class: "extra" }, symbol("camera"), say("legend_camera")));
  if (shown.lamps && zoom >= FROM.lamp) parts.push(make("span", { class: "extra" }, symbol("lamp"), say("legend_lamp")));
  legend.hidden = !parts.length;
  legend.replaceChildren(...parts);
}

/** @param {number} zoom */
function lines(zoom) {
  const levels = /** @type {const} */ ([[5, "community"], [4, "street"], [3, "county"]]);
  return levels.filter(([level]) => level <= finestLevel(zoom)).map(([level, name]) => make("span", { class: "extra" }, line(level), say(`line_${name}`)));
}

/** @param {string} risk */
function careRow(risk) {
  return make("span", { class: "extra" }, make("i", { class: `swatch round care-${risk}` }), say(`risk_${risk}`));
}

/** @param {3 | 4 | 5} level */
function line(level) {
  const look = { 3: { "stroke-width": 3 }, 4: { "stroke-width": 1.7, "stroke-dasharray": "6 3" }, 5: { "stroke-width": 2 } }[level];
  return makeSvg("svg", { viewBox: "0 0 22 14", "aria-hidden": "true" }, makeSvg("path", { d: "M0 7h22", stroke: "var(--region)", fill: "none", .../** @type {any} */ (look) }));
}

/** The small drawings that stand beside switches and in the legend. @param {string} name */
export function symbol(name) {
  const svg = makeSvg("svg", { viewBox: "0 0 30 18", "aria-hidden": "true" });
  for (const [tag, attributes] of SYMBOLS[name] ?? []) svg.append(makeSvg(tag, attributes));
  return svg;
}

const path = (/** @type {string} */ d, /** @type {string} */ stroke, /** @type {number} */ width, /** @type {object} */ more = {}) =>
  /** @type {[string, any]} */ (["path", { d, stroke, "stroke-width": width, fill: "none", ...more }]);
const box = (/** @type {number} */ x, /** @type {number} */ width, /** @type {string} */ fill, /** @type {object} */ more = {}) =>
  /** @type {[string, any]} */ (["rect", { x, y: 3, width, height: 12, fill, ...more }]);

/** @type {Record<string, [string, Record<string, string | number>][]>} */
const SYMBOLS = {
  load: [1, 2, 3, 4, 5].map((degree) => box((degree - 1) * 6, 6, `var(--load-${degree})`)),
  grid: [box(4, 22, "none", { stroke: "var(--grid)", "stroke-width": 1.4 }), path("M15 3v12", "var(--grid)", 1.4)],
  region: [path("M1 5h28", "var(--region)", 3), path("M1 9.500h28", "var(--region)", 1.6, { "stroke-dasharray": "5 3" }), path("M1 14h28", "var(--region)", 2)],
  compound: [box(4, 22, "var(--block)", { stroke: "var(--compound-text)", "stroke-dasharray": "2 2" })],
  building: [box(4, 9, "var(--building)", { stroke: "var(--building-edge)" }), box(17, 9, "var(--building)", { stroke: "var(--building-edge)" })],
  road: [box(0, 30, "var(--block)"), path("M0 9h30", "var(--road-casing)", 7), path("M0 9h30", "var(--road)", 5)],
  label: [path("M9 15 15 3l6 12M11.300 11h7.400", "var(--text)", 1.6)],
  camera: [path("M10 9 27 3v12z", "none", 0, { fill: "var(--camera)", "fill-opacity": 0.2 }), ["circle", { cx: 9, cy: 9, r: 4.5, fill: "var(--panel)", stroke: "var(--camera)", "stroke-width": 2 }], ["circle", { cx: 9, cy: 9, r: 1.6, fill: "var(--camera)" }]],
  facility: [["rect", { x: 7, y: 1, width: 16, height: 16, rx: 4, fill: "var(--facility-health)" }], path("M15 4.500v9M10.500 9h9", "#fff", 2.6)],
  care: [["circle", { cx: 9, cy: 9, r: 6, fill: "var(--care-high)" }], ["circle", { cx: 22, cy: 9, r: 5, fill: "var(--care-general)" }]],
  lamp: [["circle", { cx: 9, cy: 9, r: 2.6, fill: "var(--lamp)" }], ["circle", { cx: 21, cy: 9, r: 2.6, fill: "none", stroke: "var(--muted)", "stroke-width": 1.2 }]],
};

/**
 * Scale bar, zoom and the time of the data.
 * @param {HTMLElement} corner
 * @param {{ metresPerPixel: number, zoom: number, dataAt: string | null, generated: boolean }} facts
 */
export function drawScale(corner, { metresPerPixel, zoom, dataAt, generated }) {
  const metres = roundLength(metresPerPixel * 110);
  const width = Math.round(metres / metresPerPixel);
  const text = metres >= 1000 ? say("kilometres", { figure: count(metres / 1000) }) : say("metres", { figure: count(metres) });
  const time = dataAt && new Date(dataAt).toLocaleString(document.documentElement.lang, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false });
  corner.replaceChildren(
    generated ? make("span", { class: "mark" }, say("generated")) : "",
    make("span", {}, text),
    makeSvg("svg", { width, height: 8, viewBox: `0 0 ${width} 8`, "aria-hidden": "true" }, makeSvg("path", { d: `M.500 1v6M.500 6.500h${width - 1}M${width - 0.5} 1v6`, stroke: "currentColor", fill: "none" })),
    make("span", { class: "zoom-level" }, say("zoom_level", { zoom })),
    time ? make("span", { class: "data-at" }, say("data_at", { time })) : "");
}

/** 1, 2 or 5 times a power of ten, not above the length. @param {number} metres */
export function roundLength(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  const leading = metres / power;
  return power * (leading >= 5 ? 5 : leading >= 2 ? 2 : 1);
}
