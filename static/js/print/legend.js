/** The legend of a sheet: what is drawn on it at its zoom and nothing else, told by colour, shape and hatching. */

import { make, makeSvg } from "../console/elements.js";
import { isDrawn } from "../map/layers.js";
import { legendRows } from "../map/loads.js";
import { finestLevel } from "../map/style.js";
import { say } from "../words.js";
import { hatchPath } from "./hatches.js";

/** @typedef {import("../map/ground.js").Ground} Ground */

const [WIDTH, HEIGHT] = [26, 15];
const RATIO = 3;
/** Class of load → opacity of its colour on the map. */
const STRENGTHS = [0.52, 0.55, 0.75, 0.7, 0.6];
/** Layers whose things need no explaining. */
const PLAIN = ["ground", "buildings"];

/** @param {Ground} ground as it is drawn @returns {HTMLElement[]} one group for each layer */
export function legendOf(ground) {
  const look = ground.look();
  const zoom = ground.map.getZoom();
  const groups = [];
  for (const layer of ground.info?.layers ?? []) {
    if (!isDrawn(layer, look, zoom) || !layer.tiles || PLAIN.includes(layer.key)) continue;
    if (layer.key === "grids") {
      if (look.shown.load) groups.push(group(`${say("legend_load")} (${say("household_unit")})`, loads(ground)));
    } else if (layer.key === "regions") groups.push(group("", lines(zoom, ground)));
    else if (layer.legend.length) groups.push(group(layer.title, layer.legend.map(({ key, label }) => row(ground.sample(layer.key, key), label))));
    else groups.push(group("", [row(ground.sample(layer.key), layer.title)]));
  }
  return groups;
}

/** @param {string} title @param {HTMLElement[]} rows */
function group(title, rows) {
  return make("div", { class: "legend-group" }, title && make("b", {}, title), ...rows);
}

/** @param {Node} drawing @param {string} text */
function row(drawing, text) {
  return make("span", { class: "legend-row" }, drawing, text);
}

/** @param {Ground} ground */
function loads({ palette, info, options }) {
  const colours = [palette["load-1"], palette["load-2"], palette["load-3"], palette["load-4"], palette["load-5"]];
  const rules = info?.rules ?? { target: 300, min: 240, max: 360 };
  return legendRows(rules).map(({ load, text }) => row(swatch(colours[load + 2], STRENGTHS[load + 2], options.hatched ? load : 0, palette.grid), text));
}

/** @param {string} colour @param {number} strength @param {number} load @param {string} edge */
function swatch(colour, strength, load, edge) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * RATIO;
  canvas.height = HEIGHT * RATIO;
  canvas.className = "swatch-box";
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.globalAlpha = strength;
  context.fillStyle = colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalAlpha = 1;
  context.beginPath();
  context.rect(0, 0, canvas.width, canvas.height);
  hatchPath(context, load, { width: canvas.width, height: canvas.height, ratio: RATIO });
  context.strokeStyle = edge;
  context.lineWidth = RATIO;
  context.strokeRect(0, 0, canvas.width, canvas.height);
  return canvas;
}

/** @param {number} zoom @param {Ground} ground */
function lines(zoom, { palette }) {
  const levels = /** @type {const} */ ([[5, "community", 2, ""], [4, "street", 1.7, "6 3"], [3, "county", 3, ""]]);
  return levels.filter(([level]) => level <= finestLevel(zoom)).map(([, name, width, dash]) => row(
    makeSvg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "swatch-box", "aria-hidden": "true" },
      makeSvg("path", { d: `M0 ${HEIGHT / 2}h${WIDTH}`, stroke: palette.region, "stroke-width": width, fill: "none", ...(dash ? { "stroke-dasharray": dash } : {}) })),
    say(`line_${name}`)));
}
