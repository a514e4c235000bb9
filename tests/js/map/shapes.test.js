import assert from "node:assert/strict";
import test from "node:test";
import { clipToSquare, holds, joinLines, longAxis, patchOf, signedArea, widestPlace } from "../../../static/js/map/shapes.js";

const SQUARE = [0, 0, 10, 0, 10, 10, 0, 10];

test("area has the sign of the direction", () => {
  assert.equal(signedArea(SQUARE), 100);
  assert.equal(signedArea([0, 0, 0, 10, 10, 10, 10, 0]), -100);
});

test("clipping keeps what lies in the tile and nothing else", () => {
  const clipped = clipToSquare([-50, -50, 50, -50, 50, 50, -50, 50], 40);
  assert.equal(Math.abs(signedArea(clipped)), 1600);
  assert.deepEqual(clipToSquare([50, 50, 60, 50, 60, 60], 40), []);
});

test("a patch is what the tile holds of a polygon: pieces of neighbouring tiles add up", () => {
  const ring = [-30, 5, 70, 5, 70, 35, -30, 35];
  const west = patchOf([ring], 40);
  const east = patchOf([ring.map((value, i) => (i % 2 ? value : value - 40))], 40);
  assert.equal((west?.area ?? 0) + (east?.area ?? 0), 40 * 30 + 30 * 30);
  assert.deepEqual(west?.box, [0, 5, 40, 35]);
  assert.equal(west?.x, 20);
  assert.equal(patchOf([[100, 100, 120, 100, 120, 120]], 40), null);
});

test("a hole counts as outside", () => {
  const rings = [SQUARE, [4, 4, 4, 6, 6, 6, 6, 4]];
  assert.equal(holds(rings, 5, 5), false);
  assert.equal(holds(rings, 2, 5), true);
  assert.equal(patchOf(rings, 20)?.area, 96);
});

test("the widest place of an L lies in its foot, inside the shape", () => {
  const ell = [0, 0, 10, 0, 10, 80, 100, 80, 100, 100, 0, 100];
  const patch = patchOf([ell], 4096);
  assert.ok(patch);
  const place = widestPlace([ell], patch.box);
  assert.ok(holds([ell], place.x, place.y));
  assert.ok(place.width > 80);
});

test("the long axis of a slanted strip is its direction", () => {
  const { angle, ratio } = longAxis([0, 0, 100, 100, 95, 105, -5, 5]);
  assert.ok(Math.abs(angle - Math.PI / 4) < 0.05);
  assert.ok(ratio > 5);
});

test("lines that meet become one, whichever way each was drawn", () => {
  const joined = joinLines([[0, 0, 10, 0], [20, 0, 10, 0], [20, 0, 30, 5], [90, 90, 95, 95]]);
  assert.equal(joined.length, 2);
  const long = joined.find((line) => line.length === 8);
  assert.ok(long);
  assert.deepEqual([Math.min(long[0], long[6]), Math.max(long[0], long[6])], [0, 30]);
});
