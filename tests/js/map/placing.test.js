import assert from "node:assert/strict";
import test from "node:test";
import { placeLabels } from "../../../static/js/map/placing.js";

/** @typedef {import("../../../static/js/map/placing.js").Box} Box */

/**
 * @param {string} key
 * @param {number} rank
 * @param {number} size
 * @param {Box[]} places one box per alternative
 */
const label = (key, rank, size, ...places) => ({ key, rank, size, places: places.map((box) => [box]) });
/** @type {(x: number, y: number) => Box} */
const at = (x, y) => [x, y, x + 50, y + 14];

test("of two that want one place the higher rank is written, then the larger thing", () => {
  const placed = placeLabels([label("grid", 4, 100, at(0, 0)), label("community", 3, 1, at(10, 5)), label("small", 3, 0.5, at(20, 5))]);
  assert.deepEqual(placed.map(({ candidate }) => candidate.key), ["community"]);
});

test("the next best place is taken where the best is not free", () => {
  const [, second] = placeLabels([label("a", 1, 1, at(0, 0)), label("b", 2, 1, at(10, 0), at(0, 20))]);
  assert.equal(second.place, 1);
});

test("symbols keep their place", () => {
  assert.equal(placeLabels([label("a", 1, 1, at(0, 0))], [at(20, 4)]).length, 0);
});

test("a thing is written once; a road again, but far away", () => {
  const twice = [label("grid 1", 1, 1, at(0, 0)), label("grid 1", 1, 1, at(500, 0))];
  assert.equal(placeLabels(twice).length, 1);
  const road = (/** @type {number} */ x) => ({ ...label("road", 1, 1, at(x, 0)), apart: 400 });
  assert.equal(placeLabels([road(0), road(100), road(450)]).length, 2);
});

test("nothing overlaps and the order of the tiles does not matter, whatever comes", () => {
  let seed = 7;
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const many = Array.from({ length: 400 }, (_, i) => label(`k${i}`, Math.floor(next() * 5), next(), at(next() * 800, next() * 500), at(next() * 800, next() * 500)));
  const placed = placeLabels(many);
  const boxes = placed.map(({ candidate, place }) => candidate.places[place][0]);
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) assert.ok(a[0] >= b[2] || a[2] <= b[0] || a[1] >= b[3] || a[3] <= b[1]);
  }
  const again = placeLabels([...many].reverse());
  assert.deepEqual(again.map(({ candidate }) => candidate.key), placed.map(({ candidate }) => candidate.key));
  assert.ok(placed.length > 100);
});

test("a label of several boxes needs all of them", () => {
  const bent = { key: "river", rank: 2, size: 1, places: [[at(0, 0), at(200, 0)]] };
  assert.equal(placeLabels([label("a", 1, 1, at(210, 2)), bent]).length, 1);
});
