import assert from "node:assert/strict";
import test from "node:test";
import { readOutline, simplify, whereOf, writeOutline } from "../../../static/js/console/outlines.js";

/** @type {[number, number][]} */
const RING = [[120.15, 30.27], [120.17, 30.27], [120.172, 30.29]];

test("every kind survives being written and read", () => {
  for (const outline of /** @type {const} */ ([
    { kind: "ring", ring: RING }, { kind: "circle", centre: [120.151, 30.274], radius: 250 },
    { kind: "place", code: "990101001001" }, { kind: "place", code: "990101001001012" },
  ])) assert.deepEqual(readOutline(writeOutline(/** @type {any} */ (outline))), outline);
  assert.equal(writeOutline(null), "");
  assert.equal(readOutline(""), null);
});

test("a ring is exact to a decimetre and short enough for an address", () => {
  const ring = /** @type {[number, number][]} */ (Array.from({ length: 60 }, (_, index) => [120.15 + 0.01 * Math.cos(index / 10), -30.27 + 0.01 * Math.sin(index / 10)]));
  const written = writeOutline({ kind: "ring", ring });
  assert.ok(written.length < 600, String(written.length));
  assert.match(written, /^[a-z0-9.,-]+$/);
  const again = /** @type {any} */ (readOutline(written)).ring;
  ring.forEach(([lon, lat], index) => assert.ok(Math.abs(lon - again[index][0]) < 1e-6 && Math.abs(lat - again[index][1]) < 1e-6));
});

test("nonsense counts as absent", () => {
  for (const text of ["r", "r1.2,3.4", "rzz.zz,zz.zz,zzzzzzzz.zz", "c1,2", "c200,30,100", "c120,30,0", "c120,30,900000", "a12", "x", `r${"1.1,".repeat(80)}1.1`]) {
    assert.equal(readOutline(text), null, text);
  }
});

test("the server is asked with a closed polygon, a circle, or the code of a place", () => {
  assert.deepEqual(whereOf({ kind: "ring", ring: RING }), { shape: { type: "Polygon", coordinates: [[...RING, RING[0]]] } });
  assert.deepEqual(whereOf({ kind: "circle", centre: [120, 30], radius: 5 }), { shape: { lon: 120, lat: 30, radius_m: 5 } });
  assert.deepEqual(whereOf({ kind: "place", code: "990101001001" }), { area: "990101001001" });
});

test("of a trembling hand the corners that say most are kept", () => {
  const square = /** @type {[number, number][]} */ ([[0, 0], [1, 0], [1, 1], [0, 1]]);
  const trembling = /** @type {[number, number][]} */ ([]);
  square.forEach(([x, y], index) => {
    const [tox, toy] = square[(index + 1) % 4];
    for (let step = 0; step < 40; step += 1) trembling.push([x + ((tox - x) * step) / 40 + (step ? 1e-4 * (step % 2) : 0), y + ((toy - y) * step) / 40]);
  });
  const kept = simplify(trembling, 8);
  assert.equal(kept.length, 8);
  for (const corner of square) assert.ok(kept.some(([x, y]) => Math.hypot(x - corner[0], y - corner[1]) < 1e-3));
  assert.deepEqual(simplify(square, 60), square);
});
