import assert from "node:assert/strict";
import test from "node:test";
import { entriesOf, isDrawn, isSymbols, narrowingOf, passes, rankOf, setsFor, tokensOf, traitOf } from "../../../static/js/map/layers.js";

/** @param {Partial<import("../../../static/js/map/layers.js").LayerInfo>} values @returns {import("../../../static/js/map/layers.js").LayerInfo} */
const layer = (values) => ({
  key: "benches", title: "Benches", group: "places", groupTitle: "Places", shape: "point", tiles: "things", parts: ["bench"], zooms: [15, 22], shown: true,
  refresh: "revision", look: {}, card: "", dated: false, filters: [], legend: [], sources: [], ...values,
});
/** @type {import("../../../static/js/map/layers.js").Style} */
const kinds = { painter: "symbols", colour: "info", shape: "circle", by: { attribute: "k", values: { school: { colour: "facility-school", glyph: "school" }, park: { shape: "diamond" } } } };

test("an entry without a painter is drawn after its shape", () => {
  const painters = entriesOf([layer({}), layer({ shape: "line" }), layer({ shape: "polygon" }), layer({ shape: "any" }), layer({ look: { painter: "camera" } })]);
  assert.deepEqual(painters.map(({ painter }) => painter), ["symbols", "line", "area", "area", "camera"]);
  assert.deepEqual(painters.map(isSymbols), [true, false, false, false, true]);
});

test("what tiles do not hold is no matter of the painters", () => {
  assert.deepEqual(entriesOf([layer({ tiles: null })]), []);
});

test("a layer is drawn where it is switched on, not transparent, and at its own zooms", () => {
  const look = { shown: { benches: true }, opacity: {} };
  assert.deepEqual([14, 15, 18.25, 22, 23].map((zoom) => isDrawn(layer({}), look, zoom)), [false, true, true, true, false]);
  assert.equal(isDrawn(layer({}), { shown: {}, opacity: {} }, 16), false);
  assert.equal(isDrawn(layer({}), { ...look, opacity: { benches: 0 } }, 16), false);
  assert.equal(isDrawn(layer({}), { ...look, opacity: { benches: 0.1 } }, 16), true);
});

test("a value's traits go before the layer's, and the layer's stay where it has none", () => {
  assert.deepEqual({ ...traitOf(kinds, { k: "school" }), by: null }, { ...kinds, colour: "facility-school", glyph: "school", by: null });
  assert.equal(traitOf(kinds, { k: "park" }).colour, "info");
  assert.equal(traitOf(kinds, { k: "unheard of" }), kinds);
  assert.equal(traitOf(kinds, {}), kinds);
});

test("flags and numbers find their traits as well as words", () => {
  const style = { by: { attribute: "lit", values: { false: { hollow: true }, 3: { colour: "act" } } } };
  assert.equal(traitOf(style, { lit: false }).hollow, true);
  assert.equal(traitOf(style, { lit: 3 }).colour, "act");
});

test("the order of the values is the rank", () => {
  assert.deepEqual(["school", "park", "other"].map((k) => rankOf(kinds, { k })), [0, 1, 2]);
  assert.equal(rankOf({}, { k: "school" }), 0);
});

test("all colours of all styles are read from the page", () => {
  assert.deepEqual(tokensOf([layer({ look: kinds }), layer({ look: { colour: "lamp" } }), layer({})]), ["info", "facility-school", "lamp"]);
});

const filters = [
  { name: "kind", kind: "choice", tile: "k" }, { name: "lit", kind: "flag", tile: "l" }, { name: "floor", kind: "integer", tile: "f" }, { name: "grid", kind: "choice", tile: "" },
];

test("filters become attributes of the tiles; those that tiles cannot answer are left out", () => {
  assert.deepEqual(narrowingOf(filters, { kind: ["a", "b"], lit: ["1"], floor: [3], grid: ["x"] }), { k: ["a", "b"], l: ["true"], f: ["3"] });
  assert.deepEqual(narrowingOf(filters, { lit: [false, "true"] }), { l: ["false", "true"] });
  for (const nothing of /** @type {(Record<string, any[]> | null)[]} */ ([null, {}, { kind: [] }, { grid: ["x"] }, { unknown: ["y"] }])) assert.equal(narrowingOf(filters, nothing), null);
});

test("a feature passes when every attribute has a wanted value", () => {
  const narrowing = narrowingOf(filters, { kind: ["a", "b"], lit: [true] });
  assert.equal(passes({ k: "b", l: true }, narrowing), true);
  assert.equal(passes({ k: "b", l: false }, narrowing), false);
  assert.equal(passes({ k: "c", l: true }, narrowing), false);
  assert.equal(passes({ k: "b" }, narrowing), false);
  assert.equal(passes({ k: "anything" }, null), true);
});

test("what is not known can be asked for: tiles leave it out", () => {
  assert.equal(passes({}, narrowingOf(filters, { kind: [""] })), true);
  assert.equal(passes({ k: "a" }, narrowingOf(filters, { kind: [""] })), false);
  assert.equal(passes({ k: null }, narrowingOf(filters, { kind: [null] })), true);
});

test("only the sets of drawn layers are asked for, and always the areas", () => {
  const layers = [layer({}), layer({ key: "poles" }), layer({ key: "cases", tiles: "cases", zooms: [0, 22] }), layer({ key: "grids", tiles: "areas" }), layer({ key: "none", tiles: null })];
  assert.deepEqual(setsFor(layers, { shown: { benches: true, poles: true }, opacity: {} }, 16), ["things", "areas"]);
  assert.deepEqual(setsFor(layers, { shown: { benches: true, cases: true }, opacity: {} }, 12), ["cases", "areas"]);
  assert.deepEqual(setsFor(layers, { shown: {}, opacity: {} }, 16), ["areas"]);
});
