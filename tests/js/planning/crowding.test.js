import assert from "node:assert/strict";
import test from "node:test";
import { roomFor } from "../../../static/js/planning/crowding.js";

/** @param {number} left @param {number} top @param {number} [rank] */
const label = (left, top, rank = 0) => ({ rank, box: { left, top, right: left + 30, bottom: top + 28 } });

test("labels apart are all shown", () => {
  assert.deepEqual(roomFor([label(0, 0), label(40, 0), label(0, 40)]), [true, true, true]);
});

test("of two that would meet the first stays, unless the second is more important", () => {
  assert.deepEqual(roomFor([label(0, 0), label(20, 10)]), [true, false]);
  assert.deepEqual(roomFor([label(0, 0), label(20, 10, 1)]), [false, true]);
});

test("labels that only touch have too little air", () => {
  assert.deepEqual(roomFor([label(0, 0), label(31, 0)]), [true, false]);
});

test("no two that are shown meet, and none is left out without need", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let round = 0; round < 50; round += 1) {
    const labels = Array.from({ length: 40 }, () => label(random() * 300, random() * 300, Math.floor(random() * 3)));
    const shown = roomFor(labels);
    const meet = (/** @type {number} */ a, /** @type {number} */ b) => roomFor([labels[a], labels[b]]).includes(false);
    labels.forEach((one, index) => {
      const met = labels.map((_, other) => other).filter((other) => other !== index && shown[other] && meet(index, other));
      if (shown[index]) assert.deepEqual(met, []);
      else assert.ok(met.some((other) => labels[other].rank >= one.rank));
    });
  }
});
