import assert from "node:assert/strict";
import test from "node:test";
import { concerns, concernsAreas } from "../../../static/js/console/concerning.js";

const LAYERS = [{ key: "cases", tiles: "cases" }, { key: "cameras", tiles: "things" }, { key: "lamps", tiles: "things" }, { key: "plain", tiles: null }];

test("a list looks again where the set of its layer has moved", () => {
  const moved = new Set(["things"]);
  assert.equal(concerns(LAYERS, ["lamps"], moved), true);
  assert.equal(concerns(LAYERS, ["cases", "cameras"], moved), true);
  assert.equal(concerns(LAYERS, ["cases"], moved), false);
});

test("nothing shown, or nothing known, is not asked for", () => {
  assert.equal(concerns(LAYERS, [], new Set(["things"])), false);
  assert.equal(concerns(LAYERS, ["dragons"], null), false);
});

test("where news were missed all is looked at again, and always what no tiles tell of", () => {
  assert.equal(concerns(LAYERS, ["cases"], null), true);
  assert.equal(concerns(LAYERS, ["plain"], new Set(["things"])), true);
});

test("cases and people on duty do not ask for the grids again", () => {
  assert.equal(concernsAreas(new Set(["cases", "duty", "people", "things"])), false);
  for (const set of ["areas", "homes", "ground"]) assert.equal(concernsAreas(new Set([set, "cases"])), true);
  assert.equal(concernsAreas(null), true);
});
