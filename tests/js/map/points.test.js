import assert from "node:assert/strict";
import test from "node:test";
import { Points } from "../../../static/js/map/points.js";

/** @param {Points} points @param {number[]} [box] */
const idsIn = (points, box = [0, 0, 1, 1]) => [...points.within(box[0], box[1], box[2], box[3])].map((slot) => points.ids[slot]);

test("the most urgent kind is drawn last, and of one kind the newest", () => {
  const points = new Points(3);
  points.set("urgent", 0.1, 0.1, 2);
  points.set("old", 0.2, 0.2, 0);
  points.set("new", 0.3, 0.3, 0);
  points.set("between", 0.4, 0.4, 1);
  assert.deepEqual(idsIn(points), ["old", "new", "between", "urgent"]);
});

test("a point that is set again has moved, changed its kind, and is the newest", () => {
  const points = new Points(2);
  points.set(1, 0.1, 0.1, 0, "before");
  points.set(2, 0.2, 0.2, 0);
  const slot = points.set(1, 0.9, 0.9, 0, "after");
  assert.deepEqual(idsIn(points), [2, 1]);
  assert.equal(points.size, 2);
  assert.deepEqual([points.x[slot], points.props[slot]], [0.9, "after"]);
  points.set(1, 0.9, 0.9, 1);
  assert.deepEqual(idsIn(points, [0.8, 0.8, 1, 1]), [1]);
});

test("what is taken away is gone, and gone once", () => {
  const points = new Points(1);
  points.set("a", 0.5, 0.5, 0);
  assert.equal(points.remove("a"), true);
  assert.equal(points.remove("a"), false);
  assert.equal(points.size, 0);
  assert.deepEqual(idsIn(points), []);
});

test("a kind that there is none of is drawn as the nearest", () => {
  const points = new Points(2);
  assert.equal(points.kind[points.set("a", 0, 0, 7)], 1);
  assert.equal(points.kind[points.set("b", 0, 0, -3)], 0);
});

test("the topmost within reach is under the pointer", () => {
  const points = new Points(2);
  points.set("below", 0.5, 0.5, 0);
  points.set("above", 0.5, 0.5, 1);
  points.set("far", 0.6, 0.5, 1);
  assert.equal(points.ids[points.topAt(0.501, 0.5, 0.01)], "above");
  assert.equal(points.topAt(0.53, 0.5, 0.01), -1);
});

test("clearing leaves nothing behind", () => {
  const points = new Points(1);
  for (let id = 0; id < 5000; id += 1) points.set(id, 0.5, 0.5, 0);
  points.clear();
  assert.deepEqual([points.size, points.used, idsIn(points).length, points.kinds], [0, 0, 0, 1]);
});

test("whatever is set, moved and taken away, it is what a plain map would hold", () => {
  let seed = 11;
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const points = new Points(4);
  /** @type {Map<number, { x: number, kind: number }>} */
  const plain = new Map();
  for (let step = 0; step < 30_000; step += 1) {
    const id = Math.floor(next() * 700);
    if (next() < 0.3) assert.equal(points.remove(id), plain.delete(id));
    else {
      const one = { x: next(), kind: Math.floor(next() * 4) };
      points.set(id, one.x, 0.5, one.kind);
      plain.delete(id);
      plain.set(id, one);
    }
  }
  assert.equal(points.size, plain.size);
  assert.ok(points.used <= 2 * Math.max(points.size, 1024) + 1, "emptied places are closed up");
  const expected = [...plain].map(([id, one], age) => ({ id, age, ...one })).filter(({ x }) => x >= 0.25 && x <= 0.75).sort((a, b) => a.kind - b.kind || a.age - b.age);
  assert.deepEqual(idsIn(points, [0.25, 0, 0.75, 1]), expected.map(({ id }) => id));
});

test("all tiles of a view at once hold what each holds by itself, in the same order", () => {
  let seed = 5;
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const points = new Points(3);
  for (let id = 0; id < 4000; id += 1) points.set(id, next(), next(), Math.floor(next() * 3));
  for (let id = 0; id < 4000; id += 3) points.remove(id);
  for (const [x, y] of [[0.25, 0.25], [0.5, 0.375], [0.24, 0.26]]) points.set(`corner ${x}`, x, y, 2);
  const [side, reach] = [1 / 8, 0.01];
  const grid = { side, reach, column: 2, row: 1, columns: 4, rows: 3 };
  const parts = points.parted(grid);
  assert.equal(parts.length, 12);
  parts.forEach((part, tile) => {
    const [west, north] = [(2 + (tile % 4)) * side, (1 + Math.floor(tile / 4)) * side];
    assert.deepEqual([...part], [...points.within(west - reach, north - reach, west + side + reach, north + side + reach)]);
  });
  assert.ok(parts.every(({ length }) => length > 20));
});

test("tiles without points, and points without tiles, are no trouble", () => {
  const points = new Points(2);
  const grid = { side: 0.25, reach: 0, column: 0, row: 0, columns: 2, rows: 1 };
  assert.deepEqual(points.parted(grid).map(({ length }) => length), [0, 0]);
  points.set("far", 0.9, 0.9, 0);
  points.set("here", 0.3, 0.1, 1);
  assert.deepEqual(points.parted(grid).map(({ length }) => length), [0, 1]);
});

test("very many are added without looking; of an id that comes twice the last one counts as soon as one is asked for", () => {
  const points = new Points(2);
  for (let i = 0; i < 5000; i += 1) points.append(i, i / 5000, 0.5, i % 2, `first ${i}`);
  points.append(7, 0.9, 0.1, 1, "again");
  assert.equal(points.within(0, 0, 1, 1).length, 5001);
  const slot = points.slotOf(7) ?? -1;
  assert.equal(points.props[slot], "again");
  assert.equal(points.size, 5000);
  assert.equal(points.within(0, 0, 1, 1).length, 5000);
  assert.equal(points.slotOf(5000), undefined);
  assert.ok(points.remove(4999) && !points.remove(4999));
  points.set(7, 0.2, 0.2, 0, "moved");
  assert.equal(points.size, 4999);
  assert.equal(points.props[points.topAt(0.2, 0.2, 0.001)], "moved");
});
