/** The symbols of all layers over the whole view, each layer by its painter; also where they stand, for labels and clicks. */

import { caseTrait, caseUrgency, clusterLook, clusterRadius, drawCluster, drawTimeRing, isCluster, isWorthDrawing } from "./cases.js";
import { LETTERING, boxAround } from "./labels.js";
import { isDrawn, isSymbols, rankOf, traitOf } from "./layers.js";
import { SIZE } from "./sprites.js";
import { FROM } from "./style.js";
import { bubbleAside, bubbleRadius, CARE_DOT, drawBubble, drawCareDot, drawCone, drawLens } from "./symbols.js";

/** @typedef {import("./candidates.js").Mark} Mark */
/** @typedef {import("./layers.js").Entry} Entry */
/** @typedef {import("./labels.js").Writing} Writing */
/** @typedef {Mark & { px: number, py: number, rank: number }} Placed a mark with its place in pixels */
/** @typedef {{ layer: string, id: string, properties: Record<string, any>, x: number, y: number, radius: number }} Hit pixels */
/** @typedef {{ context: CanvasRenderingContext2D, sprites: import("./sprites.js").Sprites, look: import("./paint.js").Look, zoom: number, read: number,
 *   scale: number, now: number, write: (count: number) => string, measure: (text: string, lettering: import("./labels.js").Lettering) => number }} Board */
/** @typedef {{ obstacles: import("./placing.js").Box[], names: Writing[], hits: Hit[] }} Standing */
/** @typedef {{ under?: (marks: Placed[], board: Board) => void, draw: (marks: Placed[], entry: Entry, board: Board) => void,
 *   radius: (mark: Placed, entry: Entry, board: Board) => number, at?: (mark: Placed, board: Board) => [number, number] }} Painter */

const EARTH_M = 40_075_016.686;
/** Symbols are smaller until this zoom. */
const SMALL_UNTIL = 16;
/** From this zoom on every building has its own bubble; before, those within so many pixels share one. */
const APART_FROM = 18;
const GATHER_PX = 36;
/** Dots have no numbers to be read. */
const GATHER_DOTS_PX = 9;

/** @type {Record<string, Painter>} */
const PAINTERS = {
  symbols: { draw: drawSymbols, radius: (mark, entry, board) => ((traitOf(entry.style, mark.properties).size ?? SIZE) / 2) * sizeAt(board) },
  camera: {
    under: (marks, board) => marks.forEach((mark) => drawCone(board.context, cameraOf(mark, board), board.look.palette)),
    draw: (marks, _entry, board) => marks.forEach((mark) => drawLens(board.context, cameraOf(mark, board), board.look.palette)),
    radius: (_mark, _entry, { scale }) => 6 * scale,
  },
  care: {
    draw: (marks, _entry, board) => marks.forEach((mark) => drawCare(mark, board)),
    radius: ({ properties }, _entry, { read, scale }) => (read < FROM.careNumber ? CARE_DOT / 2 : bubbleRadius(properties.n)) * scale,
    at: ({ px, py, properties }, { read, scale }) => [px - aside(properties, read) * scale, py],
  },
  case: {
    draw: drawCases,
    radius: ({ properties }, { key, style }, { scale, look }) => (isCluster(properties) ? clusterRadius(clusterLook(properties, look.narrowing[key], style.squares)) : caseRadius(properties)) * scale,
  },
};

/**
 * Draws the marks of every layer, bottom of the map first, and says where they stand.
 * @param {Mark[]} marks each thing once
 * @param {Board} board
 * @param {(x: number, y: number) => [number, number]} toPixel
 * @param {(alpha: number, paint: (context: CanvasRenderingContext2D) => void) => void} through draws with the layer's opacity
 * @returns {Standing}
 */
export function drawMarks(marks, board, toPixel, through) {
  const { look } = board;
  const layers = [...look.layers].reverse().filter((entry) => isSymbols(entry) && isDrawn(entry, look, board.read));
  const placed = layers.map((entry) => ({ entry, own: placeMarks(marks, entry, board, toPixel) }));
  /** @type {Standing} */
  const standing = { obstacles: [], names: [], hits: [] };
  for (const { entry, own } of placed) {
    const { under } = PAINTERS[entry.painter];
    if (under && own.length) through(look.opacity[entry.key] ?? 1, (context) => under(own, { ...board, context }));
  }
  for (const { entry, own } of placed) {
    if (!own.length) continue;
    through(look.opacity[entry.key] ?? 1, (context) => PAINTERS[entry.painter].draw(own, entry, { ...board, context }));
    for (const mark of own) stand(mark, entry, board, standing);
  }
  return standing;
}

/** The marks of one layer in drawing order: what matters most last, so that it lies on top.
 * @param {Mark[]} marks @param {Entry} entry @param {Board} board @param {(x: number, y: number) => [number, number]} toPixel @returns {Placed[]} */
function placeMarks(marks, entry, board, toPixel) {
  const { now } = board;
  const rank = (/** @type {Mark} */ { properties }) => (entry.painter === "case" ? -caseUrgency(properties, now) : rankOf(entry.style, properties));
  const isWanted = (/** @type {Mark} */ { layer, properties }) => layer === entry.key
    && (entry.painter !== "case" || isWorthDrawing(properties, board.read, board.look.narrowing[layer], entry.style.squares));
  const placed = marks.filter(isWanted).map((mark) => {
    const [px, py] = toPixel(mark.x, mark.y);
    return { ...mark, px, py, rank: rank(mark) };
  });
  const apart = entry.painter === "care" && board.read < APART_FROM ? gather(placed, board) : placed;
  return apart.sort((a, b) => b.rank - a.rank || a.y - b.y);
}

/** Counts that would lie upon each other become one, at the middle of them all, the same wherever the map is dragged.
 * @param {Placed[]} placed @param {Board} board @returns {Placed[]} */
function gather(placed, { zoom, read, scale }) {
  const cell = ((read < FROM.careNumber ? GATHER_DOTS_PX : GATHER_PX) * scale) / (256 * 2 ** zoom);
  /** @type {Map<string, Placed[]>} */
  const groups = new Map();
  for (const mark of placed) {
    const key = `${Math.floor(mark.x / cell)} ${Math.floor(mark.y / cell)}`;
    groups.set(key, [...(groups.get(key) ?? []), mark]);
  }
  return [...groups.values()].map((group) => {
    if (group.length === 1) return group[0];
    const sum = (/** @type {string} */ name) => group.reduce((all, { properties }) => all + (properties[name] ?? 0), 0);
    const mean = (/** @type {"px" | "py"} */ axis) => group.reduce((all, mark) => all + mark[axis], 0) / group.length;
    return { ...group[0], px: mean("px"), py: mean("py"), properties: { n: sum("n"), hi: sum("hi"), ke: sum("ke"), several: group.length } };
  });
}

/** @param {Placed} mark @param {Entry} entry @param {Board} board @param {Standing} standing */
function stand(mark, entry, board, { obstacles, names, hits }) {
  const painter = PAINTERS[entry.painter];
  const radius = painter.radius(mark, entry, board);
  const [x, y] = painter.at?.(mark, board) ?? [mark.px, mark.py];
  hits.push({ layer: mark.layer, id: mark.id, properties: mark.properties, x, y, radius });
  if (radius < 3.5 * board.scale) return;
  obstacles.push(boxAround(x, y, 2 * radius, 2 * radius));
  const { label } = entry.style;
  const text = label && board.read >= (label.from ?? 0) ? mark.properties[label.attribute] : "";
  if (text) names.push(nameBeside(mark, String(text), radius, board));
}

/** @param {Placed} mark @param {string} text @param {number} radius @param {Board} board @returns {Writing} */
function nameBeside({ px: x, py: y, rank, layer }, text, radius, { measure, scale }) {
  const lettering = LETTERING.facility;
  const width = measure(text, lettering);
  const height = lettering.size * 1.25 * scale;
  const [across, down] = [radius + width / 2 + 5, radius + height / 2 + 4];
  const places = /** @type {[number, number][]} */ ([[x, y + down], [x + across, y], [x - across, y], [x, y - down]]);
  return {
    layer, rank: lettering.rank, size: 100 - rank, key: `name ${text}`, apart: 40,
    places: places.map(([px, py]) => [boxAround(px, py, width, height)]),
    write: places.map(([px, py]) => ({ text, x: px, y: py, lettering })),
  };
}

/** @param {Board} board */
function sizeAt({ read, scale }) {
  return read < SMALL_UNTIL ? scale * 0.78 : scale;
}

/** @param {Placed[]} marks @param {Entry} entry @param {Board} board */
function drawSymbols(marks, { style }, board) {
  const scale = sizeAt(board);
  for (const { px, py, properties } of marks) board.sprites.stamp(board.context, traitOf(style, properties), px, py, scale);
}

/** @param {Placed} mark @param {Board} board */
function drawCare({ px, py, properties }, { context, read, scale, look }) {
  const { n, hi, ke } = properties;
  if (read < FROM.careNumber) drawCareDot(context, { x: px, y: py, high: hi, key: ke, scale }, look.palette);
  else drawBubble(context, { x: px - aside(properties, read) * scale, y: py, count: n, high: hi, key: ke, scale }, look.palette);
}

/** The bubble of one building leaves its number to be read, that of several has none beside it. @param {Record<string, any>} properties @param {number} read */
function aside({ n, several }, read) {
  return several ? 0 : bubbleAside(read, n);
}

/** @param {Record<string, any>} properties */
function caseRadius(properties) {
  const trait = caseTrait(properties);
  return trait.hollow ? (trait.size ?? 0) / 2 : 9.5;
}

/** @param {Placed[]} marks @param {Entry} entry @param {Board} board */
function drawCases(marks, { key, style }, { context, sprites, scale, now, write, look }) {
  for (const { px: x, py: y, properties } of marks) {
    if (isCluster(properties)) drawCluster(context, { x, y, properties, scale, write, narrowing: look.narrowing[key], squares: style.squares }, look.palette);
    else {
      sprites.stamp(context, caseTrait(properties), x, y, scale);
      drawTimeRing(context, { x, y, properties, now, scale }, look.palette);
    }
  }
}

/** @param {Placed} mark @param {Board} board @returns {import("./symbols.js").Camera} */
function cameraOf({ px: x, py: y, y: north, properties: { b, a, r, s, nt } }, { zoom, read, scale }) {
  const latitude = Math.atan(Math.sinh(Math.PI * (1 - 2 * north)));
  const perMetre = (256 * 2 ** zoom) / (EARTH_M * Math.cos(latitude));
  const lens = read > FROM.camera ? scale : scale * 0.7;
  return { x, y, bearing: b ?? null, angle: a ?? null, reach: (r ?? 0) * perMetre, status: s ?? "unknown", blind: nt === false, scale: lens };
}
