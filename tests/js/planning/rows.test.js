import assert from "node:assert/strict";
import test from "node:test";
import { signed, worstFirst } from "../../../static/js/planning/rows.js";

/** @param {number} number @param {number} households @param {boolean} [dedicated] */
const grid = (number, households, dedicated = false) => ({
  number, households, dedicated, outside: !dedicated && (households < 240 || households > 360), deviation: dedicated ? 0 : households / 300 - 1,
});

test("grids outside the band first, then the farthest from the target, those without households last", () => {
  const grids = [grid(1, 300), grid(2, 0, true), grid(3, 362), grid(4, 249), grid(5, 40), grid(6, 355)];
  assert.deepEqual([...grids].sort(worstFirst).map(({ number }) => number), [5, 3, 6, 4, 1, 2]);
});

test("equals stay in the order of their numbers", () => {
  assert.deepEqual([grid(9, 310), grid(2, 290), grid(4, 310)].sort(worstFirst).map(({ number }) => number), [2, 4, 9]);
});

test("a deviation shows its sign", () => {
  assert.deepEqual([0.303, -0.19, 0.001].map((share) => signed(share)[0]), ["+", "−", "±"]);
});
