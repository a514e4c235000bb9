import assert from "node:assert/strict";
import test from "node:test";
import { tally } from "../../../static/js/words.js";
import { roundLength } from "../../../static/js/console/legend.js";
import { chooseGrids, counted, fits } from "../../../static/js/console/lists.js";

const RULES = { target: 300, min: 240, max: 360 };
/** @param {string} code @param {number} households @param {string} [kind] */
const grid = (code, households, kind = "general") => ({ code, no: code.slice(-3), name: "", community: "一社区", households, residents: 0, elders: 0, buildings: 1, standIns: 0, kind, load: 0, bbox: [] });
const ROWS = [grid("990101001001001", 300), grid("990101001001002", 480), grid("990101001002001", 120), grid("990101002001001", 0, "dedicated")];
/** @param {Partial<{ load: string, area: string, sort: string }>} wanted */
const codes = (wanted) => chooseGrids(ROWS, { load: "", area: "", sort: "-load", ...wanted }, RULES).map(({ code }) => code.slice(8));

test("fullest first, or emptiest first, or by code", () => {
  assert.deepEqual(codes({}), ["1001002", "1001001", "1002001", "2001001"].map((end) => end));
  assert.deepEqual(codes({ sort: "load" }), ["2001001", "1002001", "1001001", "1001002"]);
  assert.deepEqual(codes({ sort: "code" }), ["1001001", "1001002", "1002001", "2001001"]);
});

test("filters by load look at general grids, dedicated ones have their own", () => {
  assert.deepEqual(codes({ load: "over" }), ["1001002"]);
  assert.deepEqual(codes({ load: "under" }), ["1002001"]);
  assert.deepEqual(codes({ load: "right" }), ["1001001"]);
  assert.deepEqual(codes({ load: "dedicated" }), ["2001001"]);
  assert.equal(fits(grid("990101001001003", 360), "right", RULES), true);
});

test("a community, a street or a county limits the list to its own grids", () => {
  assert.deepEqual(codes({ area: "990101001001" }), ["1001002", "1001001"]);
  assert.deepEqual(codes({ area: "990101001000" }), ["1001002", "1001001", "1002001"]);
  assert.equal(codes({ area: "990101000000" }).length, 4);
});

test("the scale bar is a round length that is not too long", () => {
  assert.deepEqual([7, 110, 99, 250, 4999].map(roundLength), [5, 100, 50, 200, 2000]);
});

test("one is one and two are two; what dwellings stand in for is said only where they do", () => {
  assert.deepEqual([0, 1, 2].map((figure) => tally("buildings", figure)), ["tally_buildings", "tally_buildings_one", "tally_buildings"]);
  assert.equal(counted("8 buildings", 0), "8 buildings");
  assert.equal(counted("8 buildings", 2), "8 buildings · tally_stand_ins");
});
