/**
 * Reading Mapbox Vector Tiles 2.1 (https://github.com/mapbox/vector-tile-spec) on top of a `pbf` reader.
 * The reader is an argument: pages and workers load it from the vendor folder, tests from node_modules.
 */

/** @typedef {{ id: number, type: 0 | 1 | 2 | 3, properties: Record<string, any>, parts: number[][] }} Feature
 *  `parts` are rings, lines or points as flat [x, y, x, y, …] in tile units; rings are closed without repeating a point. */
/** @typedef {{ name: string, extent: number, features: Feature[] }} TileLayer */
/** @typedef {import("pbf").default} Pbf */

export const POINT = 1;
export const LINE = 2;
export const POLYGON = 3;

/**
 * @param {Pbf} reader
 * @returns {Map<string, TileLayer>} layers by name, in the order of the tile
 */
export function readTile(reader) {
  /** @type {Map<string, TileLayer>} */
  const layers = new Map();
  reader.readFields((tag, found, pbf) => {
    if (tag !== 3) return;
    const layer = readLayer(pbf, pbf.readVarint() + pbf.pos);
    found.set(layer.name, layer);
  }, layers);
  return layers;
}

/**
 * @param {Pbf} pbf
 * @param {number} end
 * @returns {TileLayer}
 */
function readLayer(pbf, end) {
  const raw = { name: "", extent: 4096, keys: /** @type {string[]} */ ([]), values: /** @type {any[]} */ ([]), starts: /** @type {number[]} */ ([]) };
  pbf.readFields((tag, into, reader) => {
    if (tag === 1) into.name = reader.readString();
    else if (tag === 2) into.starts.push(reader.pos);
    else if (tag === 3) into.keys.push(reader.readString());
    else if (tag === 4) into.values.push(readValue(reader));
    else if (tag === 5) into.extent = reader.readVarint();
  }, raw, end);
  const features = raw.starts.map((start) => {
    pbf.pos = start;
    return readFeature(pbf, raw.keys, raw.values);
  });
  pbf.pos = end;
  return { name: raw.name, extent: raw.extent, features };
}

/** @param {Pbf} pbf */
function readValue(pbf) {
  const end = pbf.readVarint() + pbf.pos;
  /** @type {any} */
  let value = null;
  while (pbf.pos < end) {
    const tag = pbf.readVarint() >> 3;
    if (tag === 1) value = pbf.readString();
    else if (tag === 2) value = pbf.readFloat();
    else if (tag === 3) value = pbf.readDouble();
    else if (tag === 4) value = pbf.readVarint(true);
    else if (tag === 5) value = pbf.readVarint();
    else if (tag === 6) value = pbf.readSVarint();
    else value = pbf.readBoolean();
  }
  return value;
}

/**
 * @param {Pbf} pbf
 * @param {string[]} keys
 * @param {any[]} values
 * @returns {Feature}
 */
function readFeature(pbf, keys, values) {
  /** @type {Feature} */
  const feature = { id: 0, type: 0, properties: {}, parts: [] };
  return pbf.readMessage((tag, into, reader) => {
    if (tag === 1) into.id = reader.readVarint();
    else if (tag === 2) into.properties = readProperties(reader, keys, values);
    else if (tag === 3) into.type = /** @type {Feature["type"]} */ (reader.readVarint());
    else if (tag === 4) into.parts = readGeometry(reader);
  }, feature);
}

/**
 * @param {Pbf} pbf
 * @param {string[]} keys
 * @param {any[]} values
 */
function readProperties(pbf, keys, values) {
  const end = pbf.readVarint() + pbf.pos;
  /** @type {Record<string, any>} */
  const properties = {};
  while (pbf.pos < end) {
    const key = keys[pbf.readVarint()];
    properties[key] = values[pbf.readVarint()];
  }
  return properties;
}

/** @param {Pbf} pbf */
function readGeometry(pbf) {
  const end = pbf.readVarint() + pbf.pos;
  /** @type {number[][]} */
  const parts = [];
  /** @type {number[]} */
  let part = [];
  let [x, y, command, left] = [0, 0, 0, 0];
  while (pbf.pos < end) {
    if (left === 0) {
      const word = pbf.readVarint();
      [command, left] = [word & 7, word >> 3];
      if (command === 7) { left = 0; continue; }
      if (left === 0) continue;
    }
    left -= 1;
    x += pbf.readSVarint();
    y += pbf.readSVarint();
    if (command === 1) parts.push((part = []));
    part.push(x, y);
  }
  return parts;
}
