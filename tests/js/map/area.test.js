import assert from "node:assert/strict";
import test from "node:test";
import { ringsOf, toWorld } from "../../../static/js/map/area.js";
import { holds } from "../../../static/js/map/shapes.js";

const square = (/** @type {number} */ west, /** @type {number} */ south, /** @type {number} */ side) => [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]];
const frame = { type: "Polygon", coordinates: [square(100, 20, 10), square(103, 23, 2)] };

test("the corners of the world are 0 and 1, its middle a half", () => {
  assert.deepEqual(toWorld(0, 0), [0.5, 0.5]);
  assert.deepEqual(toWorld(-180, 85.0511287798066).map((value) => Math.round(value * 1e6) + 0), [0, 0]);
  assert.deepEqual(toWorld(180, -85.0511287798066).map((value) => Math.round(value * 1e6)), [1e6, 1e6]);
});

test("holes stay holes", () => {
  const rings = ringsOf(/** @type {any} */ (frame));
  assert.equal(holds(rings, ...toWorld(101, 21)), true);
  assert.equal(holds(rings, ...toWorld(104, 24)), false);
  assert.equal(holds(rings, ...toWorld(111, 21)), false);
});

test("features, collections and several polygons alike", () => {
  const many = { type: "MultiPolygon", coordinates: [[square(100, 20, 1)], frame.coordinates] };
  const feature = (/** @type {any} */ geometry) => ({ type: "Feature", properties: {}, geometry });
  assert.equal(ringsOf(/** @type {any} */ (many)).length, 3);
  assert.equal(ringsOf(/** @type {any} */ ({ type: "FeatureCollection", features: [feature(many), feature(frame), feature(null)] })).length, 5);
  assert.equal(ringsOf(/** @type {any} */ ({ type: "GeometryCollection", geometries: [frame, { type: "Point", coordinates: [1, 2] }] })).length, 2);
  assert.deepEqual(ringsOf(null), []);
});
