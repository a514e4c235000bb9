import assert from "node:assert/strict";
import test from "node:test";
import { paintTile } from "../../../static/js/map/paint.js";

const [POINT, LINE, POLYGON] = [1, 2, 3];
const SQUARE = [100, 100, 300, 100, 300, 300, 100, 300];

/** A canvas that only remembers which colours filled and which were stroked. */
function recorder() {
  /** @type {string[]} */ const filled = [];
  /** @type {string[]} */ const stroked = [];
  const context = {
    fillStyle: "", strokeStyle: "", beginPath() {}, moveTo() {}, lineTo() {}, closePath() {}, setLineDash() {}, save() {}, restore() {},
    fill() { filled.push(context.fillStyle); },
    stroke() { stroked.push(context.strokeStyle); },
  };
  return { context: /** @type {any} */ (context), filled, stroked };
}

/** @param {string} painter @param {any[]} features */
function paint(painter, features) {
  const { context, filled, stroked } = recorder();
  const style = { colour: "muted", by: { attribute: "s", values: { lost: { colour: "act" } } } };
  const layers = new Map([["component", { extent: 4096, features: features.map((one) => ({ properties: {}, ...one })) }]]);
  const look = {
    palette: { muted: "grey", act: "red", info: "blue", ground: "paper" }, shown: { components: true }, opacity: {}, narrowing: {}, rules: {}, zoom: 17, scale: 1,
    layers: [{ key: "components", painter, parts: ["component"], zooms: [17, 22], style }],
  };
  paintTile(context, /** @type {any} */ (layers), /** @type {any} */ (look), 512, 1, () => { throw new Error("no second canvas"); });
  return { filled, stroked };
}

test("lines and areas of a layer of symbols are drawn, in the colour of their state", () => {
  const line = { type: LINE, parts: [[0, 0, 100, 100]] };
  assert.deepEqual(paint("symbols", [line]), { filled: [], stroked: ["paper", "grey"] });
  assert.deepEqual(paint("symbols", [{ type: POLYGON, parts: [SQUARE], properties: { s: "lost" } }]), { filled: ["red"], stroked: ["red"] });
});

test("a line is not filled beside an area of the same state", () => {
  const { filled, stroked } = paint("symbols", [{ type: POLYGON, parts: [SQUARE] }, { type: LINE, parts: [[0, 0, 9, 9]] }]);
  assert.deepEqual(filled, ["grey"]);
  assert.deepEqual(stroked, ["grey", "paper", "grey"]);
});

test("points are no business of a tile's picture, and a layer of lines fills nothing", () => {
  assert.deepEqual(paint("symbols", [{ type: POINT, parts: [[5, 5]] }]), { filled: [], stroked: [] });
  assert.deepEqual(paint("line", [{ type: POLYGON, parts: [SQUARE] }]).filled, []);
});
