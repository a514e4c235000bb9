/** What a tile offers to be written or marked: labels, symbols and the grids under the pointer, in units of the whole world. */

import { LINE, POINT, POLYGON } from "./mvt.js";
import { alongLine, alongAxis, textLength } from "./lettering.js";
import { joinLines, patchOf, widestPlace } from "./shapes.js";
import { FROM } from "./style.js";

/** @typedef {import("./mvt.js").Feature} Feature */
/** @typedef {import("./lettering.js").Glyph} Glyph */
/** @typedef {{ kind: string, id: string, text: string, x: number, y: number, room: number, area: number, box: number[], households: number, spare?: [number, number] }} AreaLabel
 *  a label of an area: place in world units (0…1), room in world units, area in square tile units */
/** @typedef {{ kind: string, text: string, glyphs: Glyph[] }} LineLabel places in world units */
/** @typedef {{ kind: "camera" | "facility" | "lamp" | "care", id: string, x: number, y: number, properties: Record<string, any> }} Mark */
/** @typedef {{ id: string, kind: "grid" | "region", rings: number[][], level: number }} Zone rings in world units */
/** @typedef {{ areas: AreaLabel[], lines: LineLabel[], marks: Mark[], zones: Zone[] }} Offer */
/** @typedef {{ z: number, x: number, y: number }} Address */

const EXTENT = 4096;
const PIXELS = 512;

/**
 * @param {import("./paint.js").Decoded} layers
 * @param {Address} tile
 * @param {number} zoom of the screen
 * @param {number} scale of lettering
 * @returns {Offer}
 */
export function collectOffer(layers, tile, zoom, scale) {
  const world = new World(tile);
  /** @type {Offer} */
  const offer = { areas: [], lines: [], marks: [], zones: [] };
  const each = (/** @type {string} */ name, /** @type {(feature: Feature) => void} */ take) => layers.get(name)?.features.forEach(take);
  each("region", (feature) => offerRegion(feature, world, offer));
  each("grid", (feature) => offerGrid(feature, world, offer));
  if (zoom >= FROM.compound) each("compound", (feature) => offerArea("compound", feature, world, offer));
  if (zoom >= FROM.green) each("green", (feature) => offerArea("green", feature, world, offer));
  if (zoom >= FROM.square) each("square", (feature) => offerArea("square", feature, world, offer));
  if (zoom >= FROM.building) each("building", (feature) => offerArea("building", feature, world, offer));
  if (zoom >= FROM.water) {
    for (const name of ["water", "river"]) offerWater(layers.get(name)?.features ?? [], world, scale, offer);
  }
  offerRoads(layers.get("road")?.features ?? [], world, zoom, scale, offer);
  for (const kind of /** @type {const} */ (["camera", "facility", "lamp", "care"])) {
    if (zoom >= FROM[kind]) each(kind, (feature) => offerMark(kind, feature, world, offer));
  }
  return offer;
}

class World {
  /** @param {Address} tile */
  constructor(tile) {
    this.side = 1 / 2 ** tile.z;
    this.west = tile.x * this.side;
    this.north = tile.y * this.side;
  }

  /** @param {number} x */
  x(x) { return this.west + (x / EXTENT) * this.side; }

  /** @param {number} y */
  y(y) { return this.north + (y / EXTENT) * this.side; }

  /** @param {number[]} ring */
  ring(ring) { return ring.map((value, i) => (i % 2 ? this.y(value) : this.x(value))); }
}

/** @param {Feature} feature @param {World} world @param {Offer} offer */
function offerRegion(feature, world, offer) {
  const level = feature.properties.lv;
  offer.zones.push({ id: feature.properties.id, kind: "region", level, rings: feature.parts.map((ring) => world.ring(ring)) });
  offerArea(`region${level}`, feature, world, offer);
}

/** @param {Feature} feature @param {World} world @param {Offer} offer */
function offerGrid(feature, world, offer) {
  if (feature.properties.k === "micro") return;
  offer.zones.push({ id: feature.properties.id, kind: "grid", level: 6, rings: feature.parts.map((ring) => world.ring(ring)) });
  offerArea("grid", feature, world, offer);
}

/** @param {string} kind @param {Feature} feature @param {World} world @param {Offer} offer */
function offerArea(kind, feature, world, offer) {
  const { id, n, no, l, hh, k } = feature.properties;
  const text = n ?? no ?? l;
  if (!text) return;
  const base = { kind: kind === "grid" && k === "dedicated" ? "dedicated" : kind, id: String(id ?? feature.id), text: String(text), households: hh ?? 0 };
  if (feature.type === POINT) {
    const [[x, y]] = feature.parts;
    if (x >= 0 && y >= 0 && x < EXTENT && y < EXTENT) offer.areas.push({ ...base, x: world.x(x), y: world.y(y), room: world.side, area: 1, box: [] });
    return;
  }
  if (feature.type !== POLYGON) return;
  const patch = patchOf(feature.parts, EXTENT);
  if (!patch) return;
  const place = kind === "building" ? { ...patch, width: patch.box[2] - patch.box[0] } : widestPlace(feature.parts, patch.box);
  const box = [world.x(patch.box[0]), world.y(patch.box[1]), world.x(patch.box[2]), world.y(patch.box[3])];
  offer.areas.push({ ...base, x: world.x(place.x), y: world.y(place.y), room: (place.width / EXTENT) * world.side, area: patch.area, box });
}

/** @param {Feature[]} features @param {World} world @param {number} scale @param {Offer} offer */
function offerWater(features, world, scale, offer) {
  const unit = EXTENT / PIXELS;
  for (const [text, group] of byName(features)) {
    const size = 14 * scale * unit;
    const lines = joinLines(group.filter(({ type }) => type === LINE).flatMap(({ parts }) => parts));
    const found = [
      ...lines.map((line) => alongLine(text, line, size, size * 0.5, EXTENT)),
      ...group.filter(({ type }) => type === POLYGON).map(({ parts }) => alongAxis(text, parts, size, size * 0.7, EXTENT)),
    ];
    for (const glyphs of found) if (glyphs) offer.lines.push({ kind: "water", text, glyphs: toWorld(glyphs, world) });
  }
}

/** @param {Feature[]} features @param {World} world @param {number} zoom @param {number} scale @param {Offer} offer */
function offerRoads(features, world, zoom, scale, offer) {
  const unit = EXTENT / PIXELS;
  for (const kind of /** @type {const} */ (["arterial", "local", "lane"])) {
    if (zoom < FROM[kind]) continue;
    const size = (kind === "arterial" ? 12.5 : 11.5) * scale * unit;
    for (const [text, group] of byName(features.filter(({ properties }) => properties.c === kind))) {
      for (const line of joinLines(group.flatMap(({ parts }) => parts))) {
        const glyphs = alongLine(text, line, size, size * 0.25, EXTENT);
        if (glyphs) offer.lines.push({ kind, text, glyphs: toWorld(glyphs, world) });
      }
    }
  }
}

/** @param {Feature[]} features */
function byName(features) {
  /** @type {Map<string, Feature[]>} */
  const groups = new Map();
  for (const feature of features) {
    const name = feature.properties.n;
    if (name && textLength(name, 1, 0) < 24) groups.set(name, [...(groups.get(name) ?? []), feature]);
  }
  return groups;
}

/** @param {Glyph[]} glyphs @param {World} world @returns {Glyph[]} */
function toWorld(glyphs, world) {
  return glyphs.map((glyph) => ({ ...glyph, x: world.x(glyph.x), y: world.y(glyph.y) }));
}

/** @param {Mark["kind"]} kind @param {Feature} feature @param {World} world @param {Offer} offer */
function offerMark(kind, feature, world, offer) {
  const [[x, y]] = feature.parts;
  const properties = feature.properties;
  offer.marks.push({ kind, id: String(properties.id ?? feature.id), x: world.x(x), y: world.y(y), properties });
}
