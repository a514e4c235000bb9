/** Marks on the map, drawn from the same sprite that the legend shows. */

import { FROM } from "./style.js";

/** @type {Promise<Map<string, Path2D>> | null} */
let sprite = null;
/** @type {Map<string, Path2D>} */
let glyphs = new Map();

/** The glyphs that have been loaded by now. */
export function glyphsNow() {
  return glyphs;
}

/**
 * A drawing as a tree, read by the browser itself: no text of ours is ever handed to a parser.
 * @param {URL} address
 * @returns {Promise<Document>}
 */
function loadDrawing(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.overrideMimeType("image/svg+xml");
    request.onload = () => (request.responseXML ? resolve(request.responseXML) : reject(new Error("no drawing")));
    request.onerror = () => reject(new Error("no drawing"));
    request.send();
  });
}

/** The glyphs of the sprite as canvas paths, by name; loaded once. */
export function loadGlyphs() {
  sprite ??= loadDrawing(new URL("../../img/symbols.svg", import.meta.url)).then((tree) => {
    /** @type {Map<string, Path2D>} */
    const found = new Map();
    for (const symbol of tree.querySelectorAll("symbol")) {
      const path = new Path2D();
      for (const part of symbol.querySelectorAll("path")) path.addPath(new Path2D(part.getAttribute("d") ?? ""));
      found.set(symbol.id, path);
    }
    glyphs = found;
    return found;
  });
  return sprite;
}

/** @typedef {{ x: number, y: number, bearing: number | null, angle: number | null, reach: number, status: string, blind: boolean, scale: number }} Camera
 *  place in pixels, degrees from north and across, reach in pixels, blind at night */

/**
 * What the camera sees: a sector at its true bearing, angle and range; grey when broken (its lens is red and struck through), hatched when blind at night.
 * @param {CanvasRenderingContext2D} context
 * @param {Camera} camera
 * @param {import("./palette.js").Palette} palette
 */
export function drawCone(context, camera, palette) {
  if (camera.bearing === null || !camera.reach) return;
  const middle = ((camera.bearing - 90) * Math.PI) / 180;
  const half = ((camera.angle ?? 60) * Math.PI) / 360;
  const colour = camera.status === "broken" ? palette.stale : palette.camera;
  context.save();
  context.beginPath();
  if (half < Math.PI) context.moveTo(camera.x, camera.y);
  context.arc(camera.x, camera.y, camera.reach, middle - half, middle + half);
  context.closePath();
  context.globalAlpha = camera.blind ? 0.07 : 0.16;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 0.5;
  context.strokeStyle = colour;
  context.lineWidth = 0.9 * camera.scale;
  context.stroke();
  if (camera.blind) hatch(context, camera);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Camera} camera */
function hatch(context, { x, y, reach, scale }) {
  context.clip();
  context.beginPath();
  for (let offset = -2 * reach; offset < 2 * reach; offset += 6 * scale) {
    context.moveTo(x + offset, y + reach);
    context.lineTo(x + offset + 2 * reach, y - reach);
  }
  context.stroke();
}

/**
 * The lens itself.
 * @param {CanvasRenderingContext2D} context
 * @param {Camera} camera
 * @param {import("./palette.js").Palette} palette
 */
export function drawLens(context, { x, y, status, scale }, palette) {
  const colour = status === "broken" ? palette.act : palette.camera;
  context.beginPath();
  context.arc(x, y, 5 * scale, 0, 2 * Math.PI);
  context.fillStyle = palette.panel;
  context.fill();
  context.lineWidth = 2 * scale;
  context.strokeStyle = colour;
  context.stroke();
  context.beginPath();
  context.arc(x, y, 1.8 * scale, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  if (status !== "broken") return;
  context.beginPath();
  context.moveTo(x - 5 * scale, y + 5 * scale);
  context.lineTo(x + 5 * scale, y - 5 * scale);
  context.stroke();
}

/** CSS pixels at scale 1. */
export const CARE_DOT = 6.5;

/**
 * That there are care households, from where their numbers would hide the ground: in the colour of the worst risk.
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, y: number, high: number, key: number, scale: number }} dot
 * @param {import("./palette.js").Palette} palette
 */
export function drawCareDot(context, { x, y, high, key, scale }, palette) {
  context.beginPath();
  context.arc(x, y, (CARE_DOT / 2) * scale, 0, 2 * Math.PI);
  context.fillStyle = careColour(high, key, palette);
  context.fill();
  context.lineWidth = scale;
  context.strokeStyle = palette.panel;
  context.stroke();
}

/** @param {number} high @param {number} key @param {import("./palette.js").Palette} palette */
function careColour(high, key, palette) {
  return palette[high ? "care-high" : key ? "care-key" : "care-general"];
}

/** How wide the bubble of a count is, CSS pixels at scale 1. @param {number} count */
export function bubbleRadius(count) {
  return 7 + 2 * Math.min(Math.log2(Math.max(count, 1)), 4);
}

/**
 * How far left of the middle of its building a bubble stands, so that the building's number can be read beside it.
 * @param {number} zoom @param {number} count */
export function bubbleAside(zoom, count) {
  return zoom >= FROM.building ? bubbleRadius(count) + 19 : 0;
}

/**
 * The care households of one building: how many, darker by the worst risk among them; never a face or a name.
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, y: number, count: number, high: number, key: number, scale: number }} bubble
 * @param {import("./palette.js").Palette} palette
 */
export function drawBubble(context, { x, y, count, high, key, scale }, palette) {
  const radius = bubbleRadius(count) * scale;
  context.save();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = careColour(high, key, palette);
  context.fill();
  context.lineWidth = 1.5 * scale;
  context.strokeStyle = palette.panel;
  context.stroke();
  context.font = `600 ${(count > 99 ? 10 : 11.5) * scale}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = high || key ? palette.panel : palette.text;
  context.fillText(String(count), x, y + 0.5 * scale);
  context.restore();
}
