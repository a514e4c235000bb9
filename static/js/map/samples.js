/** The symbol of a layer as the map draws it, for rows of the layer tree and of the legend. */

import { caseTrait, drawCluster } from "./cases.js";
import { drawSymbol } from "./sprites.js";
import { drawBubble, drawLens, glyphsNow, loadGlyphs } from "./symbols.js";

/** @typedef {import("./layers.js").Entry} Entry */
/** @typedef {import("./layers.js").Trait} Trait */
/** @typedef {import("./palette.js").Palette} Palette */

/** CSS pixels. */
const [WIDTH, HEIGHT] = [24, 18];
/** Several cases in the colour of the worst of them. @type {Record<string, import("./layers.js").Properties>} */
const SQUARES = { act: { n: 3, o: 3, u: 1 }, info: { n: 3, o: 3 } };

/**
 * @param {Entry | undefined} entry
 * @param {string | undefined} mark a key of the layer's legend: a value of the attribute that the style goes by
 * @param {Palette} palette
 * @returns {HTMLCanvasElement}
 */
export function sampleOf(entry, mark, palette) {
  const canvas = document.createElement("canvas");
  const ratio = Math.ceil(window.devicePixelRatio || 1);
  canvas.width = WIDTH * ratio;
  canvas.height = HEIGHT * ratio;
  canvas.style.width = `${WIDTH}px`;
  canvas.style.height = `${HEIGHT}px`;
  canvas.setAttribute("aria-hidden", "true");
  if (!entry) return canvas;
  const draw = () => {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, canvas.width / 2, canvas.height / 2);
    context.clearRect(-WIDTH, -HEIGHT, 2 * WIDTH, 2 * HEIGHT);
    drawSample(context, entry, mark, palette);
  };
  draw();
  if (!glyphsNow().size) loadGlyphs().then(draw, () => {});
  return canvas;
}

/** @param {CanvasRenderingContext2D} context @param {Entry} entry @param {string | undefined} mark @param {Palette} palette */
function drawSample(context, { painter, style }, mark, palette) {
  const trait = { ...style, ...style.by?.values[mark ?? ""] };
  if (painter === "camera") drawLens(context, { x: 0, y: 0, bearing: null, angle: null, reach: 0, status: mark === "broken" ? "broken" : "working", blind: false, scale: 1.1 }, palette);
  else if (painter === "care") drawBubble(context, { x: 0, y: 0, count: 3, high: mark === "high" ? 1 : 0, key: mark === "general" ? 0 : 1, scale: 0.85 }, palette);
  else if (painter === "case" && SQUARES[mark ?? ""]) drawCluster(context, { x: 0, y: 0, properties: SQUARES[mark ?? ""], scale: 0.8, write: String, narrowing: null }, palette);
  else if (painter === "case") drawSymbol(context, { ...mark === "closed" ? caseTrait({ k: "city_management", s: mark }) : caseTrait({ k: mark ?? "social_work", s: "open" }) }, mark === "closed" ? 7 : 12, palette, glyphsNow());
  else if (painter === "symbols") drawSymbol(context, trait, Math.min(trait.size ?? 14, 14), palette, glyphsNow());
  else drawPatch(context, painter, trait, palette);
}

/** Lines as a stroke, areas as a field with its edge. @param {CanvasRenderingContext2D} context @param {string} painter @param {Trait} trait @param {Palette} palette */
function drawPatch(context, painter, { colour = "info", width, dash = [], fill = 0.22 }, palette) {
  const tone = palette[colour] ?? palette.info;
  const isLine = painter === "line" || painter === "regions" || painter === "ground";
  context.beginPath();
  if (isLine) {
    context.moveTo(-10, 0);
    context.lineTo(10, 0);
  } else context.roundRect(-8, -6, 16, 12, 2);
  context.fillStyle = tone;
  context.globalAlpha = painter === "buildings" ? 1 : fill;
  if (!isLine) context.fill();
  context.globalAlpha = 1;
  context.setLineDash(painter === "compounds" ? [2, 2] : dash);
  context.lineWidth = width ?? (isLine ? 2.4 : 1.2);
  context.strokeStyle = painter === "buildings" ? palette["building-edge"] : painter === "ground" ? palette["road-casing"] : tone;
  context.stroke();
}
