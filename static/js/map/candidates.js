/** What a tile offers to be written or marked: labels, symbols and the grids under the pointer, in units of the whole world. */

import { isCluster } from "./cases.js";
import { isDrawn, isSymbols, passes } from "./layers.js";
import { LINE, POINT, POLYGON } from "./mvt.js";
import { alongLine, alongAxis, textLength } from "./lettering.js";
import { joinLines, patchOf, widestPlace } from "./shapes.js";
import { FROM } from "./style.js";

/** @typedef {import("./mvt.js").Feature} Feature */
/** @typedef {import("./layers.js").Entry} Entry */
/** @typedef {import("./paint.js").Look} Look */
/** @typedef {import("./lettering.js").Glyph} Glyph */
/** @typedef {{ layer: string, kind: string, id: string, text: string, x: number, y: number, room: number, area: number, box: number[], households: number, spare?: [number, number] }} AreaLabel
 *  a label of an area: place in world units (0…1), room in world units, area in square tile units */
/** @typedef {{ layer: string, kind: string, text: string, glyphs: Glyph[] }} LineLabel places in world units */
/** @typedef {{ layer: string, id: string, x: number, y: number, properties: Record<string, any> }} Mark */
/** @typedef {{ id: string, kind: "grid" | "region", rings: number[][], level: number }} Zone rings in world units */
/** @typedef {{ areas: AreaLabel[], lines: LineLabel[], marks: Mark[], zones: Zone[] }} Offer */
/** @typedef {{ z: number, x: number, y: number }} Address */
/** @typedef {(entry: Entry, collecting: Collecting) => void} Collector */

const EXTENT = 4096;
const PIXELS = 512;
/** CSS pixels. */
const LETTERING_OF_THINGS = 11.5;

/** What the layers with a painter of their own offer. @type {Record<string, Collector>} */
const COLLECTORS = {
  ground: offerGround,
  buildings: (entry, one) => one.zoom >= FROM.building && one.each(entry, "building", (feature) => offerArea("building", feature, entry, one)),
  compounds: (entry, one) => one.zoom >= FROM.compound && one.each(entry, "compound", (feature) => offerArea("compound", feature, entry, one)),
  grids: (entry, one) => one.each(entry, "grid", (feature) => offerGrid(feature, entry, one)),
  regions: (entry, one) => one.each(entry, "region", (feature) => offerRegion(feature, entry, one)),
  line: offerLines,
  area: offerAreas,
};

/**
 * @param {import("./paint.js").Decoded} layers
 * @param {Address} tile
 * @param {Look} look
 * @returns {Offer}
 */
export function collectOffer(layers, tile, look) {
  const collecting = new Collecting(layers, tile, look);
  for (const entry of look.layers) {
    if (isSymbols(entry)) offerMarks(entry, collecting);
    else COLLECTORS[entry.painter]?.(entry, collecting);
  }
  return collecting.offer;
}

class Collecting {
  /** @param {import("./paint.js").Decoded} layers @param {Address} tile @param {Look} look */
  constructor(layers, tile, look) {
    this.layers = layers;
    this.look = look;
    this.zoom = look.zoom;
    this.world = new World(tile);
    /** Tile units per CSS pixel on the screen. */
    this.unit = EXTENT / (PIXELS * 2 ** (look.zoom - 1 - tile.z));
    /** @type {Offer} */
    this.offer = { areas: [], lines: [], marks: [], zones: [] };
  }

  /** The features of a source layer that the person's filters leave. @param {Entry} entry @param {string} part @returns {Feature[]} */
  features({ key, painter }, part) {
    const features = this.layers.get(part)?.features ?? [];
    const narrowing = this.look.narrowing[key];
    const counted = painter === "case"; // several cases are narrowed where they are counted
    return narrowing ? features.filter(({ properties }) => (counted && isCluster(properties)) || passes(properties, narrowing)) : features;
  }

  /** @param {Entry} entry @param {string} part @param {(feature: Feature) => void} take */
  each(entry, part, take) {
    this.features(entry, part).forEach(take);
  }
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

/** @param {Feature} feature @param {Entry} entry @param {Collecting} collecting */
function offerRegion(feature, entry, collecting) {
  const level = feature.properties.lv;
  offerZone("region", level, feature, collecting);
  offerArea(`region${level}`, feature, entry, collecting);
}

/** @param {Feature} feature @param {Entry} entry @param {Collecting} collecting */
function offerGrid(feature, entry, collecting) {
  if (feature.properties.k === "micro") return;
  offerZone("grid", 6, feature, collecting);
  offerArea("grid", feature, entry, collecting);
}

/** @param {Zone["kind"]} kind @param {number} level @param {Feature} feature @param {Collecting} collecting */
function offerZone(kind, level, { properties, parts }, { world, offer }) {
  offer.zones.push({ id: properties.id, kind, level, rings: parts.map((ring) => world.ring(ring)) });
}

/** @param {string} kind @param {Feature} feature @param {Entry} entry @param {Collecting} collecting @param {string} [text] */
function offerArea(kind, feature, entry, { world, offer }, text = nameOf(feature)) {
  if (!text) return;
  const { id, hh, k } = feature.properties;
  const base = { layer: entry.key, kind: kind === "grid" && k === "dedicated" ? "dedicated" : kind, id: String(id ?? feature.id), text, households: hh ?? 0 };
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

/** @param {Feature} feature */
function nameOf({ properties: { n, no, l } }) {
  return String(n ?? no ?? l ?? "");
}

/** @type {Collector} */
function offerGround(entry, collecting) {
  const { zoom } = collecting;
  for (const kind of /** @type {const} */ (["green", "square"])) {
    if (zoom >= FROM[kind]) collecting.each(entry, kind, (feature) => offerArea(kind, feature, entry, collecting));
  }
  if (zoom >= FROM.water) for (const name of ["water", "river"]) offerWater(collecting.features(entry, name), entry, collecting);
  offerRoads(collecting.features(entry, "road"), entry, collecting);
}

/** @param {Feature[]} features @param {Entry} entry @param {Collecting} collecting */
function offerWater(features, entry, { world, unit, look, offer }) {
  for (const [text, group] of byName(features)) {
    const size = 14 * look.scale * unit;
    const lines = joinLines(group.filter(({ type }) => type === LINE).flatMap(({ parts }) => parts));
    const found = [
      ...lines.map((line) => alongLine(text, line, size, size * 0.5, EXTENT)),
      ...group.filter(({ type }) => type === POLYGON).map(({ parts }) => alongAxis(text, parts, size, size * 0.7, EXTENT)),
    ];
    for (const glyphs of found) if (glyphs) offer.lines.push({ layer: entry.key, kind: "water", text, glyphs: toWorld(glyphs, world) });
  }
}

/** @param {Feature[]} features @param {Entry} entry @param {Collecting} collecting */
function offerRoads(features, entry, collecting) {
  for (const kind of /** @type {const} */ (["arterial", "local", "lane"])) {
    if (collecting.zoom < FROM[kind]) continue;
    const size = kind === "arterial" ? 12.5 : 11.5;
    offerAlong(kind, byName(features.filter(({ properties }) => properties.c === kind)), size, entry, collecting);
  }
}

/** @param {string} kind @param {Map<string, Feature[]>} named @param {number} pixels @param {Entry} entry @param {Collecting} collecting */
function offerAlong(kind, named, pixels, entry, { world, unit, look, offer }) {
  const size = pixels * look.scale * unit;
  for (const [text, group] of named) {
    for (const line of joinLines(group.filter(({ type }) => type === LINE).flatMap(({ parts }) => parts))) {
      const glyphs = alongLine(text, line, size, size * 0.25, EXTENT);
      if (glyphs) offer.lines.push({ layer: entry.key, kind, text, glyphs: toWorld(glyphs, world) });
    }
  }
}

/** @type {Collector} */
function offerLines(entry, collecting) {
  const label = labelOf(entry, collecting);
  if (!label) return;
  for (const part of entry.parts) offerAlong("thing", byName(collecting.features(entry, part), label), LETTERING_OF_THINGS, entry, collecting);
}

/** @type {Collector} */
function offerAreas(entry, collecting) {
  const label = labelOf(entry, collecting);
  if (!label) return;
  for (const part of entry.parts) {
    collecting.each(entry, part, (feature) => offerArea("thing", feature, entry, collecting, String(feature.properties[label] ?? "")));
  }
}

/** The attribute that is written at this zoom, if any. @param {Entry} entry @param {Collecting} collecting */
function labelOf({ key, zooms, style: { label } }, { look, zoom }) {
  return label && isDrawn({ key, zooms }, look, zoom) && zoom >= (label.from ?? 0) ? label.attribute : null;
}

/** @param {Feature[]} features @param {string} [attribute] */
function byName(features, attribute = "n") {
  /** @type {Map<string, Feature[]>} */
  const groups = new Map();
  for (const feature of features) {
    const name = String(feature.properties[attribute] ?? "");
    if (name && textLength(name, 1, 0) < 24) groups.set(name, [...(groups.get(name) ?? []), feature]);
  }
  return groups;
}

/** @param {Glyph[]} glyphs @param {World} world @returns {Glyph[]} */
function toWorld(glyphs, world) {
  return glyphs.map((glyph) => ({ ...glyph, x: world.x(glyph.x), y: world.y(glyph.y) }));
}

/** Symbols, each where its tile knows it to be; the neighbour's margin holds some twice.
 * @param {Entry} entry @param {Collecting} collecting */
function offerMarks(entry, collecting) {
  const { world, offer, look, zoom } = collecting;
  if (!isDrawn(entry, look, zoom)) return;
  for (const part of entry.parts) {
    collecting.each(entry, part, ({ type, id, properties, parts }) => {
      if (type !== POINT) return;
      const [[x, y]] = parts;
      offer.marks.push({ layer: entry.key, id: String(properties.id ?? id), x: world.x(x), y: world.y(y), properties });
    });
  }
}
