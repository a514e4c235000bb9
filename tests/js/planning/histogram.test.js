import assert from "node:assert/strict";
import test from "node:test";
import { across, barsOf, holds, rangeOf, ticksOf } from "../../../static/js/planning/histogram.js";

/** @param {number | null} low @param {number | null} high @param {number} count @param {"below" | "inside" | "above"} place */
const bin = (low, high, count, place) => ({ low, high, count, place });
const BINS = [
  bin(220, 240, 1, "below"), bin(240, 260, 0, "inside"), bin(260, 280, 2, "inside"), bin(280, 300, 4, "inside"),
  bin(300, 320, 8, "inside"), bin(320, 340, 3, "inside"), bin(340, 360, 2, "inside"), bin(360, 380, 1, "above"),
];
const HISTOGRAM = { bins: BINS, most: 8, minimum: 240, target: 300, maximum: 360 };

test("every load is counted in one bin, the ends of the band in the band", () => {
  for (let households = 220; households < 380; households += 1) {
    const found = BINS.filter((one) => holds(one, households, 360));
    assert.equal(found.length, 1, `${households}`);
    assert.equal(found[0].place, households < 240 ? "below" : households > 360 ? "above" : "inside", `${households}`);
  }
});

test("open bins take all that lies beyond", () => {
  assert.ok(holds(bin(null, 140, 1, "below"), 3, 360));
  assert.ok(holds(bin(560, null, 1, "above"), 5000, 360));
  assert.ok(!holds(bin(560, null, 1, "above"), 559, 360));
});

test("bars stand side by side on one foot, as high as their count", () => {
  const bars = barsOf(HISTOGRAM);
  const foot = bars[0].y + bars[0].height;
  assert.ok(bars.every(({ y, height }) => Math.abs(y + height - foot) < 1e-9));
  assert.equal(bars[1].height, 0);
  assert.ok(Math.abs(bars[4].height - 2 * bars[3].height) < 1e-9);
  for (let i = 1; i < bars.length; i += 1) assert.ok(bars[i].x >= bars[i - 1].x + bars[i - 1].width);
});

test("no grid at all is a flat drawing", () => {
  assert.ok(barsOf({ ...HISTOGRAM, bins: [bin(240, 260, 0, "inside")], most: 0 }).every(({ height }) => height === 0));
});

test("the axis grows with the load, and the target lies between the band's ends", () => {
  const places = [225, 240, 300, 360, 379].map((households) => across(BINS, households));
  assert.deepEqual([...places].sort((a, b) => a - b), places);
  const bars = barsOf(HISTOGRAM);
  assert.ok(Math.abs(across(BINS, 300) - (bars[3].x + bars[3].width + 1)) < 1e-9);
});

test("the band's ends are always written under the axis, others only where there is room", () => {
  assert.deepEqual(ticksOf(HISTOGRAM).filter((tick) => tick === 240 || tick === 360), [240, 360]);
  const many = Array.from({ length: 40 }, (_, index) => bin(40 + 20 * index, 60 + 20 * index, 1, "inside"));
  const ticks = ticksOf({ ...HISTOGRAM, bins: many });
  assert.ok(ticks.length <= 9 && ticks.includes(240) && ticks.includes(360), ticks.join());
  const gaps = ticks.slice(1).map((tick, index) => tick - ticks[index]);
  assert.ok(Math.min(...gaps) >= 100, gaps.join());
});

test("a bin is named by its ends", () => {
  assert.equal(rangeOf(bin(240, 260, 1, "inside")), "range");
  assert.equal(rangeOf(bin(null, 140, 1, "below")), "range_below");
  assert.equal(rangeOf(bin(560, null, 1, "above")), "range_above");
});
