/** Marks on the map, drawn from the same sprite that the legend shows. */

import { FROM } from "./style.js";

/** @typedef {keyof import("./palette.js").Palette} Colour */

/** Facility kinds → glyph in the sprite, colour of the square; the order is the rank when two want the same place. */
/** @type {Record<string, { glyph: string, colour: Colour }>} */
export const FACILITIES = {
  hospital: { glyph: "hospital", colour: "facility-health" },
  police: { glyph: "police", colour: "facility-police" },
  committee: { glyph: "committee", colour: "facility-office" },
  health_station: { glyph: "health_station", colour: "facility-health" },
  eldercare: { glyph: "eldercare", colour: "facility-care" },
  school: { glyph: "school", colour: "facility-school" },
  kindergarten: { glyph: "kindergarten", colour: "facility-school" },
  market: { glyph: "market", colour: "facility-market" },
  pharmacy: { glyph: "pharmacy", colour: "facility-health" },
  park: { glyph: "park", colour: "facility-park" },
  other: { glyph: "other", colour: "facility-other" },
};
const RANKS = Object.keys(FACILITIES);

/** @param {string} kind */
export function facilityRank(kind) {
  const rank = RANKS.indexOf(kind);
  return rank < 0 ? RANKS.length : rank;
}

/** @type {Promise<Map<string, Path2D>> | null} */
let sprite = null;

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
    const glyphs = new Map();
    for (const symbol of tree.querySelectorAll("symbol")) {
      const path = new Path2D();
      for (const part of symbol.querySelectorAll("path")) path.addPath(new Path2D(part.getAttribute("d") ?? ""));
      glyphs.set(symbol.id, path);
    }
    return glyphs;
  });
  return sprite;
}

/**
 * A white glyph on a rounded square.
 * @param {CanvasRenderingContext2D} context
 * @param {Map<string, Path2D>} glyphs
 * @param {{ x: number, y: number, kind: string, size: number }} mark size in pixels
 * @param {import("./palette.js").Palette} palette
 */
export function drawFacility(context, glyphs, { x, y, kind, size }, palette) {
  const { glyph, colour } = FACILITIES[kind] ?? FACILITIES.other;
  context.save();
  context.translate(x - size / 2, y - size / 2);
  context.beginPath();
  context.roundRect(-1.5, -1.5, size + 3, size + 3, size * 0.32);
  context.fillStyle = palette.panel;
  context.fill();
  context.beginPath();
  context.roundRect(0, 0, size, size, size * 0.26);
  context.fillStyle = palette[colour];
  context.fill();
  const path = glyphs.get(glyph);
  context.scale(size / 18, size / 18);
  context.fillStyle = "#ffffff";
  if (path) context.fill(path, "evenodd");
  context.restore();
}

/** @typedef {{ x: number, y: number, bearing: number | null, angle: number | null, reach: number, status: string, blind: boolean, scale: number }} Camera
 *  place in pixels, degrees from north and across, reach in pixels, blind at night */

/**
 * What the camera sees: a sector at its true bearing, angle and range; grey when broken, hatched when blind at night.
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
  const colour = status === "broken" ? palette.stale : palette.camera;
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
  context.fillStyle = high ? palette["care-high"] : key ? palette["care-key"] : palette["care-general"];
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

/**
 * A dot of 3 pixels, hollow when dark.
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, y: number, lit: boolean | null, scale: number }} lamp
 * @param {import("./palette.js").Palette} palette
 */
export function drawLamp(context, { x, y, lit, scale }, palette) {
  context.beginPath();
  context.arc(x, y, 1.9 * scale, 0, 2 * Math.PI);
  context.lineWidth = 1.1 * scale;
  context.fillStyle = lit === false ? palette.ground : palette.lamp;
  context.fill();
  context.strokeStyle = lit === false ? palette.muted : palette.lamp;
  context.stroke();
}
