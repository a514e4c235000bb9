/** The drawn cone has the stored angles; the handles say the figures that they were put by. */

import assert from "node:assert/strict";
import test from "node:test";
import { away, bearingTo, distanceTo, handlesOf, outlineOf, reached, turnBetween, turned } from "../../../static/js/equipment/cone.js";

const SPOTS = [{ lat: 30.11, lon: 119.9 }, { lat: 60.17, lon: 24.94 }, { lat: -33.9, lon: 151.2 }, { lat: 0, lon: 0 }];
const BEARINGS = [0, 0.5, 45, 89.9, 90, 180, 270, 359.9];
const near = (/** @type {number} */ one, /** @type {number} */ other, /** @type {number} */ by) => assert.ok(Math.abs(one - other) <= by, `${one} is not ${other}`);

test("a place at a bearing and distance is found at that bearing and distance", () => {
  for (const spot of SPOTS) for (const bearing of BEARINGS) for (const metres of [1, 40, 900]) {
    const there = away(spot, bearing, metres);
    near(turnBetween(bearing, bearingTo(spot, there)), 0, 1e-4);
    near(distanceTo(spot, there), metres, 1e-4);
  }
});

test("the outline begins at the camera and has exactly its angles and its range", () => {
  for (const at of SPOTS) for (const bearing of BEARINGS) for (const angle of [1, 46, 90, 179, 270, 359]) {
    const [first, ...arc] = outlineOf(at, { bearing, angle, range: 40 });
    assert.deepEqual(first, at);
    near(turnBetween(bearing - angle / 2, bearingTo(at, arc[0])), 0, 1e-3);
    near(turnBetween(bearing + angle / 2, bearingTo(at, arc[arc.length - 1])), 0, 1e-3);
    for (const place of arc) near(distanceTo(at, place), 40, 1e-3);
    for (const place of arc) assert.ok(Math.abs(turnBetween(bearing, bearingTo(at, place))) <= angle / 2 + 1e-3 || angle > 180);
  }
});

test("one that looks all around has no corner", () => {
  const ring = outlineOf(SPOTS[0], { bearing: null, angle: 360, range: 12 });
  for (const place of ring) near(distanceTo(SPOTS[0], place), 12, 1e-3);
});

test("handles say the figures that they were put by", () => {
  for (const at of SPOTS) for (const bearing of BEARINGS) for (const angle of [1, 60, 120, 179, 300]) {
    const { turn, reach } = handlesOf(at, { bearing, angle, range: 55.5 });
    near(turnBetween(turned(at, turn), bearing), 0, 0.051);
    const said = reached(at, bearing, reach);
    near(said.angle, angle, 0.11);
    near(said.range, 55.5, 0.051);
  }
});

test("a camera keeps one degree and one metre at least", () => {
  assert.deepEqual(reached(SPOTS[0], 90, away(SPOTS[0], 90, 0.2)), { angle: 1, range: 1 });
});
