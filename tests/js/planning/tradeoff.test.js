import assert from "node:assert/strict";
import test from "node:test";
import { describe, frontOf, once, radiusOf, scaleOf } from "../../../static/js/planning/tradeoff.js";

/** @param {number} within @param {number} compactness @param {{ deviation?: number, moved?: number | null, chosen?: boolean }} [more] */
const point = (within, compactness, { deviation = 0.1, moved = 0.2, chosen = false } = {}) => ({
  weights: { balance: 1, compactness: 1, stability: 1 }, within_10: within, within_20: 1, mean_deviation: deviation,
  polsby_popper: compactness, cut_length_m: 1000, moved_share: moved, chosen,
});

test("only drawings that no other beats are joined, from the most even to the roundest", () => {
  const [even, middle, round, beaten] = [point(0.9, 0.5), point(0.8, 0.55), point(0.6, 0.6), point(0.7, 0.52)];
  assert.deepEqual(frontOf([beaten, round, even, middle], "within_10"), [even, middle, round]);
});

test("less deviation is better", () => {
  const [good, bad] = [point(0.5, 0.5, { deviation: 0.05 }), point(0.9, 0.5, { deviation: 0.2 })];
  assert.deepEqual(frontOf([good, bad], "mean_deviation"), [good]);
  assert.deepEqual(frontOf([good, bad], "within_10"), [bad]);
});

test("equal drawings stand once on the line", () => {
  assert.equal(frontOf([point(0.8, 0.5), point(0.8, 0.5)], "within_10").length, 1);
});

test("a scale holds all values between round ticks, whichever way it runs", () => {
  for (const [from, to] of /** @type {[number, number][]} */ ([[40, 400], [200, 20]])) {
    const { at, ticks } = scaleOf([0.512, 0.587, 0.634], [from, to]);
    assert.ok(ticks.length >= 3 && ticks.length <= 8, ticks.join());
    for (const value of [0.512, 0.587, 0.634]) assert.ok(at(value) > Math.min(from, to) && at(value) < Math.max(from, to));
    assert.equal(at(0.6) > at(0.5), to > from);
  }
});

test("values that are all alike still have a place", () => {
  for (const value of [0, 0.5, 1]) {
    const { at, ticks } = scaleOf([value, value], [0, 100]);
    assert.ok(Number.isFinite(at(value)) && at(value) >= 0 && at(value) <= 100);
    assert.ok(ticks.length > 0 && ticks.every((tick) => tick >= 0 && tick <= 1));
  }
});

test("the area of a dot grows with the households that move", () => {
  const points = [point(0.8, 0.5, { moved: 0 }), point(0.8, 0.5, { moved: 0.1 }), point(0.8, 0.5, { moved: 0.2 })];
  const [none, some, most] = points.map(radiusOf(points)).map((radius) => radius ** 2);
  assert.ok(Math.abs((some - none) - (most - some)) < 1e-9 && some > none);
});

test("where nothing was in force all dots are alike and nobody is said to move", () => {
  const points = [point(0.8, 0.5, { moved: null }), point(0.7, 0.6, { moved: null })];
  assert.equal(new Set(points.map(radiusOf(points))).size, 1);
  assert.equal(describe(points[0]).length, 2);
  assert.equal(describe(point(0.8, 0.5)).length, 3);
});

test("drawings that came out alike are one dot, the present one where it is among them", () => {
  const own = point(0.8, 0.5, { chosen: true });
  const sets = once([point(0.8, 0.5), own, point(0.8, 0.5), point(0.7, 0.5), point(0.8, 0.5, { moved: 0.3 })]);
  assert.deepEqual(sets.map(({ alike }) => alike), [3, 1, 1]);
  assert.equal(sets[0].point, own);
});
