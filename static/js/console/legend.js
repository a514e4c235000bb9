/** What is to be seen right now and what it means; only that. */

import { tellTime } from "../clock.js";
import { count, say } from "../words.js";
import { legendRows } from "../map/loads.js";
import { isDrawn } from "../map/layers.js";
import { finestLevel, FROM } from "../map/style.js";
import { make, makeSvg } from "./elements.js";

/** Grids are filled by their load from here on. */
const LOAD_FROM = 12;

/**
 * @param {HTMLElement} legend
 * @param {import("../map/ground.js").Ground} ground
 * @param {boolean} mine whether one's own care households are drawn
 */
export function drawLegend(legend, ground, mine) {
  const { shown, rules, opacity } = ground.look();
  const zoom = ground.map.getZoom();
  const drawn = (ground.info?.layers ?? []).filter((layer) => isDrawn(layer, { shown: /** @type {any} */ (shown), opacity }, zoom));
  const parts = drawn.flatMap((layer) => partsOf(layer, ground, zoom));
  const load = shown.load && zoom >= LOAD_FROM ? loads(rules) : [];
  if (mine) parts.push(make("span", { class: "extra" }, make("i", { class: "swatch dot care-key" }), say("legend_mine")));
  legend.hidden = !parts.length && !load.length;
  legend.replaceChildren(...load, ...parts);
}

/** @param {import("../map/loads.js").Rules} rules */
function loads(rules) {
  const classes = legendRows(rules).map(({ load, text }) => make("span", {}, make("i", { class: `swatch load-${load + 3}` }), text));
  return [make("b", {}, say("legend_load")), ...classes, make("span", {}, say("household_unit")), make("span", { class: "extra" }, make("i", { class: "swatch special" }), say("legend_special"))];
}

/**
 * What a layer's own legend says, each line beside its symbol. Grids say how full they are, above.
 * @param {import("../map/layers.js").LayerInfo} layer
 * @param {import("../map/ground.js").Ground} ground
 * @param {number} zoom
 */
function partsOf({ key, title, legend, look }, ground, zoom) {
  if (look.painter === "grids") return [];
  if (look.painter === "regions") return lines(zoom);
  if (look.squares && Math.round(zoom) < FROM.case) return squares(key, title, ground);
  const over = look.painter === "case" && Math.round(zoom) >= FROM.caseOver ? [{ key: "closed", label: say("legend_cases_over") }] : [];
  const marks = [...legend, ...over].map((mark) => make("span", { class: "extra" }, ground.sample(key, mark.key), mark.label));
  return marks.length > 1 ? [make("b", { class: "extra" }, title), ...marks] : marks;
}

/** What the colours of several cases mean. @param {string} key @param {string} title @param {import("../map/ground.js").Ground} ground */
function squares(key, title, ground) {
  const worst = /** @type {const} */ (["act", "info"]);
  return [make("b", {}, title), ...worst.map((colour) => make("span", {}, ground.sample(key, colour), say(`legend_cases_${colour}`)))];
}

/** @param {number} zoom */
function lines(zoom) {
  const levels = /** @type {const} */ ([[5, "community"], [4, "street"], [3, "county"]]);
  return levels.filter(([level]) => level <= finestLevel(zoom)).map(([level, name]) => make("span", { class: "extra" }, line(level), say(`line_${name}`)));
}

/** @param {3 | 4 | 5} level */
function line(level) {
  const look = { 3: { "stroke-width": 3 }, 4: { "stroke-width": 1.7, "stroke-dasharray": "6 3" }, 5: { "stroke-width": 2 } }[level];
  return makeSvg("svg", { viewBox: "0 0 22 14", "aria-hidden": "true" }, makeSvg("path", { d: "M0 7h22", stroke: "var(--region)", fill: "none", .../** @type {any} */ (look) }));
}

/**
 * Scale bar, zoom and the time of the data.
 * @param {HTMLElement} corner
 * @param {{ metresPerPixel: number, zoom: number, dataAt: string | null, generated: boolean }} facts
 */
export function drawScale(corner, { metresPerPixel, zoom, dataAt, generated }) {
  const metres = roundLength(metresPerPixel * 110);
  const width = Math.round(metres / metresPerPixel);
  const text = metres >= 1000 ? say("kilometres", { figure: count(metres / 1000) }) : say("metres", { figure: count(metres) });
  const time = dataAt && tellTime(dataAt, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
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
