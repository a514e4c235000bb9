import assert from "node:assert/strict";
import test from "node:test";
import { lineOf } from "../../../static/js/planning/falling.js";

test("a falling score is a line that runs right and down", () => {
  const points = lineOf(Array.from({ length: 30 }, (_, index) => [(index + 1) / 30, 100 * 0.9 ** index]));
  for (let i = 1; i < points.length; i += 1) {
    assert.ok(points[i][0] > points[i - 1][0]);
    assert.ok(points[i][1] >= points[i - 1][1]);
  }
});

test("one terrible start does not flatten what follows", () => {
  const points = lineOf([[0.01, 1e6], ...Array.from({ length: 19 }, (_, index) => /** @type {[number, number]} */ ([(index + 2) / 20, 20 - index]))]);
  assert.ok(points[19][1] - points[3][1] > 50);
});

test("a score that does not change is a level line", () => {
  const heights = lineOf([[0.1, 5], [0.5, 5], [1, 5]]).map(([, y]) => y);
  assert.equal(new Set(heights).size, 1);
  assert.ok(Number.isFinite(heights[0]));
});
