import assert from "node:assert/strict";
import test from "node:test";
import Pbf from "pbf";
import { LINE, POINT, POLYGON, readTile } from "../../../static/js/map/mvt.js";

/** @param {number} value */
const zigzag = (value) => (value << 1) ^ (value >> 31);

/**
 * Writes a layer as the specification says, so that the reader is tested against it and not against itself.
 * @param {Pbf} pbf
 * @param {{ name: string, extent?: number, features: { id?: number, type: number, geometry: number[], tags?: number[] }[], keys?: string[], values?: any[] }} layer
 */
function writeLayer(pbf, { name, extent, features, keys = [], values = [] }) {
  pbf.writeMessage(3, (_layer, out) => {
    out.writeVarintField(15, 2);
    out.writeStringField(1, name);
    for (const { id, type, geometry, tags } of features) {
      out.writeMessage(2, (_feature, into) => {
        if (id !== undefined) into.writeVarintField(1, id);
        if (tags) into.writePackedVarint(2, tags);
        into.writeVarintField(3, type);
        into.writePackedVarint(4, geometry);
      }, null);
    }
    for (const key of keys) out.writeStringField(3, key);
    for (const value of values) out.writeMessage(4, writeValue, value);
    if (extent) out.writeVarintField(5, extent);
  }, null);
}

/** @param {any} value @param {Pbf} [out] */
function writeValue(value, out) {
  if (!out) return;
  if (typeof value === "string") out.writeStringField(1, value);
  else if (typeof value === "boolean") out.writeBooleanField(7, value);
  else if (!Number.isInteger(value)) out.writeDoubleField(3, value);
  else if (value < 0) out.writeSVarintField(6, value);
  else out.writeVarintField(5, value);
}

/** @param {Parameters<typeof writeLayer>[1][]} layers */
function tile(...layers) {
  const pbf = new Pbf();
  for (const layer of layers) writeLayer(pbf, layer);
  return readTile(new Pbf(pbf.finish()));
}

test("the polygon of the specification's own example is read with all its rings", () => {
  const geometry = [9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15, 9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15];
  const [feature] = tile({ name: "grid", features: [{ type: 3, geometry }] }).get("grid")?.features ?? [];
  assert.equal(feature.type, POLYGON);
  assert.deepEqual(feature.parts, [
    [0, 0, 10, 0, 10, 10, 0, 10],
    [11, 11, 20, 11, 20, 20, 11, 20],
    [13, 13, 13, 17, 17, 17, 17, 13],
  ]);
});

test("lines of several parts and groups of points keep their cursor from part to part", () => {
  const lines = [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8];
  const points = [17, 10, 14, 3, 9];
  const layers = tile({ name: "road", features: [{ type: 2, geometry: lines }] }, { name: "lamp", features: [{ type: 1, geometry: points }] });
  assert.deepEqual(layers.get("road")?.features[0].parts, [[2, 2, 2, 10, 10, 10], [1, 1, 3, 5]]);
  assert.equal(layers.get("road")?.features[0].type, LINE);
  assert.deepEqual(layers.get("lamp")?.features[0].parts, [[5, 7], [3, 2]]);
  assert.equal(layers.get("lamp")?.features[0].type, POINT);
});

test("coordinates outside the tile stay negative", () => {
  const geometry = [9, zigzag(-64), zigzag(-10), 10, zigzag(4200), zigzag(0)];
  assert.deepEqual(tile({ name: "road", features: [{ type: 2, geometry }] }).get("road")?.features[0].parts, [[-64, -10, 4136, -10]]);
});

test("values of every kind come back as they were", () => {
  const values = ["爱民佳苑", 372, -5, 0.125, true, false];
  const keys = ["n", "hh", "minus", "d", "lit", "nt"];
  const tags = keys.flatMap((_key, i) => [i, i]);
  const feature = tile({ name: "x", features: [{ id: 7, type: 1, geometry: [9, 2, 2], tags }], keys, values }).get("x")?.features[0];
  assert.deepEqual(feature?.properties, { n: "爱民佳苑", hh: 372, minus: -5, d: 0.125, lit: true, nt: false });
  assert.equal(feature?.id, 7);
});

test("layers keep their order and their extent, and an empty tile has none", () => {
  const layers = tile({ name: "block", features: [] }, { name: "green", extent: 512, features: [] });
  assert.deepEqual([...layers.keys()], ["block", "green"]);
  assert.deepEqual([...layers.values()].map(({ extent }) => extent), [4096, 512]);
  assert.equal(readTile(new Pbf(new Uint8Array())).size, 0);
});
