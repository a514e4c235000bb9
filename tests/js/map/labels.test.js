import assert from "node:assert/strict";
import test from "node:test";
import { isWritten, mergeAreas, writeLabels } from "../../../static/js/map/labels.js";

/** @param {Partial<import("../../../static/js/map/candidates.js").AreaLabel>} values */
const area = (values) => ({ layer: "grids", kind: "grid", id: "990101001001012", text: "012", households: 301, x: 0.5, y: 0.5, room: 0.1, area: 100, box: [0.45, 0.45, 0.55, 0.55], ...values });
const sheet = {
  zoom: 16, scale: 1, perWorld: 4000, toPixel: (/** @type {number} */ x, /** @type {number} */ y) => /** @type {[number, number]} */ ([x * 4000, y * 4000]),
  inside: () => true, measure: (/** @type {string} */ text) => text.length * 10, gridText: (/** @type {string} */ no, /** @type {number} */ hh) => `${no} · ${hh}户`,
};
/** @param {import("../../../static/js/map/candidates.js").AreaLabel[]} areas */
const texts = (areas) => writeLabels(areas, [], sheet, []).map((writing) => ("text" in writing ? writing.text : ""));

test("a grid says its number and its households", () => {
  assert.deepEqual(texts([area({})]), ["012 · 301户"]);
});

test("a narrow grid says its number alone, a tiny one nothing", () => {
  assert.deepEqual(texts([area({ box: [0.5, 0.45, 0.51, 0.55] })]), ["012"]);
  assert.deepEqual(texts([area({ box: [0.5, 0.5, 0.502, 0.502] })]), []);
});

test("the pieces of one area in two tiles get one label between them", () => {
  const merged = mergeAreas([area({ x: 0.4, area: 100, box: [0.3, 0.4, 0.5, 0.6] }), area({ x: 0.6, area: 100, box: [0.5, 0.4, 0.7, 0.6] })]);
  assert.equal(merged.length, 1);
  assert.equal(merged[0].x, 0.5);
  assert.deepEqual(merged[0].box, [0.3, 0.4, 0.7, 0.6]);
});

test("a small corner in the next tile does not pull the label over", () => {
  const [merged] = mergeAreas([area({ x: 0.4, area: 900 }), area({ x: 0.6, area: 100 })]);
  assert.equal(merged.x, 0.4);
});

test("areas of two kinds with one number stay apart", () => {
  assert.equal(mergeAreas([area({ kind: "building", id: "7" }), area({ kind: "compound", id: "7" })]).length, 2);
});

test("communities from 13, grids from 15, counties only from far", () => {
  assert.deepEqual([12, 13, 17].map((zoom) => isWritten("region5", zoom)), [false, true, true]);
  assert.deepEqual([14, 15].map((zoom) => isWritten("grid", zoom)), [false, true]);
  assert.deepEqual([9, 14].map((zoom) => isWritten("region3", zoom)), [true, false]);
});

test("a name that finds no free place inside its own area is not written outside it", () => {
  const taken = /** @type {[number, number, number, number][]} */ ([[1900, 1980, 2100, 2020]]);
  const flat = { ...sheet, inside: (/** @type {string} */ _kind, /** @type {string} */ _id, /** @type {number} */ _x, /** @type {number} */ y) => Math.abs(y - 2000) < 5 };
  assert.equal(writeLabels([area({})], [], sheet, taken).length, 1);
  assert.equal(writeLabels([area({})], [], flat, taken).length, 0);
  assert.equal(writeLabels([area({})], [], flat, []).length, 1);
});

test("a park of several pieces is named once nearby", () => {
  const park = (/** @type {string} */ id, /** @type {number} */ x) => area({ kind: "green", id, text: "滨江绿带", x, box: [x - 0.05, 0.45, x + 0.05, 0.55] });
  assert.deepEqual(texts([park("1", 0.5), park("2", 0.55), park("3", 0.9)]), ["滨江绿带", "滨江绿带"]);
});

test("a community's name makes room for itself before a grid's", () => {
  const community = area({ kind: "region5", id: "990101001001", text: "爱民佳苑社区", area: 1000, box: [0.4, 0.4, 0.6, 0.6] });
  const writings = writeLabels([area({}), community], [], sheet, []);
  const [first, second] = /** @type {import("../../../static/js/map/labels.js").LevelText[]} */ (writings);
  assert.equal(first.text, "爱民佳苑社区");
  assert.ok(Math.abs(second.y - first.y) > 15);
});
