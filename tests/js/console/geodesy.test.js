import assert from "node:assert/strict";
import test from "node:test";
import { area, circle, distance, pieces, toward } from "../../../static/js/console/geodesy.js";

/** Lengths and areas by PROJ's geodesic (Karney) on WGS 84. @type {[[number, number], [number, number], number][]} */
const LENGTHS = [
  [[120.1551, 30.2741], [120.1651, 30.2841], 1467.878183727458],
  [[104.9, 33.1], [104.9, 33.2], 11090.712913020177],
  [[120, 30], [121, 30], 96485.9740837231],
  [[116.391, 39.907], [121.473, 31.23], 1066774.5501617072],
];
/** @type {[number, number][]} */
const RING = [[120.15, 30.27], [120.17, 30.27], [120.172, 30.29], [120.148, 30.285]];
/** @type {[number, number][]} */
const DEGREE = [[116, 39], [117, 39], [117, 40], [116, 40]];

/** @param {number} found @param {number} wanted @param {number} share */
const near = (found, wanted, share) => assert.ok(Math.abs(found - wanted) <= share * wanted, `${found} instead of ${wanted}`);

test("lengths are those of the geodesic, to a millimetre", () => {
  for (const [from, to, metres] of LENGTHS) {
    assert.ok(Math.abs(distance(from, to) - metres) < 0.001);
    assert.ok(Math.abs(distance(to, from) - metres) < 0.001);
  }
  assert.equal(distance([120, 30], [120, 30]), 0);
});

test("areas are those of the ellipsoid, whichever way round the ring goes, closed or not", () => {
  near(area(RING), 4106491.8303227425, 1e-6);
  near(area([...RING].reverse()), 4106491.8303227425, 1e-6);
  near(area([...RING, RING[0]]), 4106491.8303227425, 1e-6);
  near(area(DEGREE), 9549468853.921387, 1e-3);
});

test("a place in a direction is as far as it should be", () => {
  for (const bearing of [0, 45, 90, 135, 180, 270]) near(distance([120.15, 30.27], toward([120.15, 30.27], 500, bearing)), 500, 1e-4);
  const [lon, lat] = toward([120.15, 30.27], 500, 45);
  assert.ok(Math.abs(lon - 120.15367439) < 1e-6 && Math.abs(lat - 30.27318922) < 1e-6);
});

test("a circle has the area of a circle, and is closed", () => {
  const ring = circle([120.15, 30.27], 300, 360);
  near(area(ring), Math.PI * 300 ** 2, 1e-3);
  assert.deepEqual(ring[0], ring.at(-1));
});

test("the pieces of a line are as many as its steps", () => {
  assert.equal(pieces(RING).length, 3);
  assert.deepEqual(pieces([]), []);
  assert.deepEqual(pieces([[120, 30]]), []);
});
