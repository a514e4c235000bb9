/** What is written on the map and how: from the offers of all tiles to placed lettering in screen pixels. */

import { placeLabels } from "./placing.js";
import { FROM } from "./style.js";

/** @typedef {import("./candidates.js").AreaLabel} AreaLabel */
/** @typedef {import("./candidates.js").LineLabel} LineLabel */
/** @typedef {import("./placing.js").Box} Box */
/** @typedef {{ size: number, weight: number, colour: keyof import("./palette.js").Palette, spacing: number, rank: number }} Lettering */
/** @typedef {{ text: string, x: number, y: number, lettering: Lettering }} LevelText centre in pixels */
/** @typedef {{ glyphs: { char: string, x: number, y: number, angle: number }[], lettering: Lettering }} SetText */
/** @typedef {(LevelText | SetText) & { layer: string }} Written */
/** @typedef {import("./placing.js").Candidate & { layer: string, write: (LevelText | SetText)[] }} Writing one entry of `write` per place */
/** A label of an area never leaves it: `inside` says whether a place in pixels lies in a grid or region. */
/** @typedef {{ zoom: number, scale: number, toPixel: (x: number, y: number) => [number, number], perWorld: number,
 *   inside: (kind: string, id: string, x: number, y: number) => boolean,
 *   measure: (text: string, lettering: Lettering) => number, gridText: (number: string, households: number) => string }} Sheet */

/** @type {Record<string, Lettering>} */
export const LETTERING = {
  region3: { size: 18, weight: 600, colour: "region", spacing: 0.35, rank: 1 },
  region4: { size: 16, weight: 600, colour: "region", spacing: 0.3, rank: 2 },
  region5: { size: 14, weight: 600, colour: "region", spacing: 0.22, rank: 3 },
  grid: { size: 13, weight: 600, colour: "grid-text", spacing: 0, rank: 4 },
  dedicated: { size: 12, weight: 500, colour: "grid-text", spacing: 0, rank: 5 },
  water: { size: 14, weight: 500, colour: "water-text", spacing: 0, rank: 6 },
  arterial: { size: 12.5, weight: 500, colour: "road-text", spacing: 0, rank: 7 },
  facility: { size: 11.5, weight: 500, colour: "text", spacing: 0, rank: 8 },
  thing: { size: 11.5, weight: 500, colour: "text", spacing: 0, rank: 8.5 },
  local: { size: 11.5, weight: 400, colour: "road-text", spacing: 0, rank: 9 },
  compound: { size: 12.5, weight: 500, colour: "compound-text", spacing: 0.06, rank: 10 },
  green: { size: 12, weight: 500, colour: "green-text", spacing: 0.04, rank: 11 },
  square: { size: 12, weight: 500, colour: "compound-text", spacing: 0.04, rank: 12 },
  building: { size: 11, weight: 400, colour: "building-text", spacing: 0, rank: 13 },
  lane: { size: 11.5, weight: 400, colour: "road-text", spacing: 0, rank: 14 },
};

/** The same name is written again only this far away. */
export const REPEAT_PIXELS = 420;

/**
 * @param {AreaLabel[]} areas
 * @param {LineLabel[]} lines
 * @param {Sheet} sheet
 * @param {Box[]} obstacles
 * @param {Writing[]} [more] further candidates, such as the names of facilities
 * @returns {Written[]}
 */
export function writeLabels(areas, lines, sheet, obstacles, more = []) {
  const candidates = [
    ...mergeAreas(areas).filter((area) => isWritten(area.kind, sheet.zoom)).flatMap((area) => writeArea(area, sheet)),
    ...lines.map((line) => writeLine(line, sheet)),
    ...more,
  ];
  return placeLabels(candidates, obstacles).map(({ candidate, place }) => ({ ...candidate.write[place], layer: candidate.layer }));
}

/**
 * Regions by level at the zooms where they are read: the county from far, the community from near.
 * @param {string} kind
 * @param {number} zoom
 */
export function isWritten(kind, zoom) {
  if (kind === "region3") return zoom >= 8 && zoom < 12;
  if (kind === "region4") return zoom >= 10 && zoom < 14;
  if (kind === "region5") return zoom >= FROM.community && zoom < 19;
  if (kind === "grid" || kind === "dedicated") return zoom >= FROM.grid;
  return !kind.startsWith("region");
}

/**
 * The pieces of one area from several tiles become one label: in the middle where that lies inside a piece, else in the largest.
 * @param {AreaLabel[]} areas
 * @returns {AreaLabel[]}
 */
export function mergeAreas(areas) {
  /** @type {Map<string, AreaLabel[]>} */
  const things = new Map();
  for (const area of areas) {
    const key = `${area.layer} ${area.kind} ${area.id}`;
    things.set(key, [...(things.get(key) ?? []), area]);
  }
  return [...things.values()].map((pieces) => (pieces.length === 1 ? pieces[0] : merge(pieces)));
}

/** @param {AreaLabel[]} pieces @returns {AreaLabel} */
function merge(pieces) {
  const largest = pieces.reduce((a, b) => (b.area > a.area ? b : a));
  const area = pieces.reduce((sum, piece) => sum + piece.area, 0);
  const boxes = pieces.filter(({ box }) => box.length);
  if (!boxes.length) return largest;
  const box = [
    Math.min(...boxes.map((piece) => piece.box[0])), Math.min(...boxes.map((piece) => piece.box[1])),
    Math.max(...boxes.map((piece) => piece.box[2])), Math.max(...boxes.map((piece) => piece.box[3])),
  ];
  const mean = (/** @type {"x" | "y"} */ axis) => pieces.reduce((sum, piece) => sum + piece[axis] * piece.area, 0) / area;
  const filled = largest.area / area < 0.75 ? { x: mean("x"), y: mean("y") } : { x: largest.x, y: largest.y };
  return { ...largest, ...filled, spare: [largest.x, largest.y], area, box, room: Math.max(largest.room, ((box[2] - box[0]) * largest.area) / area) };
}

/** @param {AreaLabel} area @param {Sheet} sheet @returns {Writing[]} */
function writeArea(area, sheet) {
  const lettering = LETTERING[area.kind];
  if (!lettering) return [];
  const [x, y] = sheet.toPixel(area.x, area.y);
  const room = area.box.length ? (area.box[2] - area.box[0]) * sheet.perWorld : Infinity;
  const text = textsOf(area, sheet).find((words) => sheet.measure(words, lettering) <= room * roomFor(area.kind));
  if (!text) return [];
  const width = sheet.measure(text, lettering);
  const height = lettering.size * 1.25 * sheet.scale;
  const around = shifts(area.kind, height).map(([dx, dy]) => /** @type {[number, number]} */ ([x + dx, y + dy]));
  const places = [...around, ...(area.spare ? [sheet.toPixel(...area.spare)] : [])].filter(([px, py]) => sheet.inside(area.kind, area.id, px, py));
  return [{
    ...identity(area, sheet.scale), layer: area.layer, rank: lettering.rank, size: area.area,
    places: places.map(([px, py]) => [boxAround(px, py, width, height)]),
    write: places.map(([px, py]) => ({ text, x: px, y: py, lettering })),
  }];
}

/** A park of many pieces, or one that a facility is named after, is not named again next door. @param {AreaLabel} area @param {number} scale */
function identity({ layer, kind, id, text }, scale) {
  return kind === "green" || kind === "square" ? { key: `name ${text}`, apart: REPEAT_PIXELS * scale } : { key: `${layer} ${kind} ${id}` };
}

/** Fuller text first. @param {AreaLabel} area @param {Sheet} sheet */
function textsOf(area, sheet) {
  return area.kind === "grid" ? [sheet.gridText(area.text, area.households), area.text] : [area.text];
}

/** How much of an area's width its name may take. @param {string} kind */
function roomFor(kind) {
  if (kind.startsWith("region")) return 1.3;
  return kind === "building" ? 1.15 : 1.02;
}

/** @param {string} kind @param {number} height @returns {[number, number][]} */
function shifts(kind, height) {
  if (kind === "building") return [[0, 0]];
  const step = height * 1.15;
  /** @type {[number, number][]} */
  const near = [[0, 0], [0, step], [0, -step], [0, 2 * step], [0, -2 * step]];
  return kind.startsWith("region") ? [...near, [0, 4 * step], [0, -4 * step], [6 * step, 0], [-6 * step, 0]] : near;
}

/** @param {LineLabel} line @param {Sheet} sheet @returns {Writing} */
function writeLine(line, sheet) {
  const lettering = LETTERING[line.kind];
  const half = (lettering.size * sheet.scale * 1.1) / 2;
  const glyphs = line.glyphs.map((glyph) => {
    const [x, y] = sheet.toPixel(glyph.x, glyph.y);
    return { ...glyph, x, y };
  });
  const boxes = glyphs.map(({ x, y }) => /** @type {Box} */ ([x - half, y - half, x + half, y + half]));
  return { layer: line.layer, rank: lettering.rank, size: glyphs.length, key: `${line.kind} ${line.text}`, apart: REPEAT_PIXELS * sheet.scale, places: [boxes], write: [{ glyphs, lettering }] };
}

/** @param {number} x @param {number} y @param {number} width @param {number} height @returns {Box} */
export function boxAround(x, y, width, height) {
  return [x - width / 2 - 2, y - height / 2, x + width / 2 + 2, y + height / 2];
}
