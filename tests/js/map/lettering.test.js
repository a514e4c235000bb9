import assert from "node:assert/strict";
import test from "node:test";
import { alongAxis, alongLine, textLength } from "../../../static/js/map/lettering.js";

const EXTENT = 4096;

test("a name reads from left to right although the road was drawn the other way", () => {
  const glyphs = alongLine("环城路", [2000, 100, 100, 100], 100, 20, EXTENT);
  assert.deepEqual(glyphs?.map(({ char }) => char), ["环", "城", "路"]);
  assert.ok(glyphs && glyphs[0].x < glyphs[1].x && glyphs[1].x < glyphs[2].x);
  assert.ok(glyphs.every(({ angle }) => Math.abs(angle) < 1e-9));
});

test("along a road that runs north the characters stand upright, from top to bottom", () => {
  const glyphs = alongLine("望月街", [500, 3000, 500, 300], 100, 20, EXTENT);
  assert.ok(glyphs && glyphs[0].y < glyphs[1].y && glyphs[1].y < glyphs[2].y);
  assert.ok(glyphs.every(({ angle }) => Math.abs(angle) < 1e-9));
});

test("a Latin name turns with the road", () => {
  const glyphs = alongLine("Main", [500, 300, 500, 3000], 100, 10, EXTENT);
  assert.ok(glyphs?.every(({ angle }) => Math.abs(angle - Math.PI / 2) < 1e-9));
});

test("a road too short for its name has none", () => {
  assert.equal(alongLine("环城路", [0, 0, 200, 0], 100, 20, EXTENT), null);
});

test("a name keeps away from the tile's edge, where the neighbour would cut it", () => {
  const glyphs = alongLine("环城路", [-3000, 100, 3000, 100], 100, 20, EXTENT);
  assert.ok(glyphs?.every(({ x }) => x > 0 && x < EXTENT));
});

test("a name is not bent round a sharp corner", () => {
  assert.equal(alongLine("环城路北", [1000, 1000, 1300, 1000, 1300, 1300], 130, 10, EXTENT), null);
});

test("a river's name follows the river and lies in it", () => {
  const river = [[100, 100, 3100, 1100, 3000, 1400, 0, 400]];
  const glyphs = alongAxis("澄江", river, 120, 80, EXTENT);
  assert.ok(glyphs);
  assert.ok(Math.abs(glyphs[0].angle - Math.atan2(1, 3)) < 0.1);
  assert.equal(alongAxis("澄江", [[0, 0, 100, 0, 100, 40, 0, 40]], 120, 80, EXTENT), null);
});

test("Chinese characters are wide, Latin ones are not, blanks stand between", () => {
  assert.equal(textLength("环城", 10, 2), 22);
  assert.ok(textLength("ab", 10, 2) < 15);
});
