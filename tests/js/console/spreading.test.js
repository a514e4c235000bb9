/** How points of one building stand around its count. */

import assert from "node:assert/strict";
import test from "node:test";
import { spread } from "../../../static/js/console/spreading.js";

/** @param {number} count */
const points = (count) => Array.from({ length: count }, () => ({ lon: 119.9, lat: 30.1 }));

test("points of one place do not lie on each other, nor on the middle", () => {
  const placed = spread(points(35), 0.00001);
  const seen = new Set(placed.map(({ lon, lat }) => `${lon.toFixed(8)} ${lat.toFixed(8)}`));
  assert.equal(seen.size, 35);
  for (const { lon, lat } of placed) assert.ok(Math.hypot(lon - 119.9, lat - 30.1) > 15 * 0.00001);
});

test("they stay near their building", () => {
  for (const { lon, lat } of spread(points(40), 0.00001)) assert.ok(Math.hypot(lon - 119.9, lat - 30.1) < 100 * 0.00001);
});

test("they stand left of the number of their building", () => {
  for (const { lon, lat } of spread(points(8), 0.00001, 28)) {
    assert.ok(lon < 119.9 - 15 * 0.00001);
    assert.ok(Math.abs(lat - 30.1) < 30 * 0.00001);
  }
});

test("what else a point carries is kept", () => {
  const [one] = spread([{ lon: 1, lat: 2, name: "张*" }], 0.1);
  assert.equal(one.name, "张*");
});
