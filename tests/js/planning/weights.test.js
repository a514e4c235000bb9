import assert from "node:assert/strict";
import test from "node:test";
import { sharesOf } from "../../../static/js/planning/weights.js";

test("only the proportion of the weights counts", () => {
  assert.deepEqual(sharesOf({ balance: 1, compactness: 1, stability: 2 }), sharesOf({ balance: 2, compactness: 2, stability: 4 }));
  assert.deepEqual(sharesOf({ balance: 1, compactness: 1, stability: 2 }), { balance: 0.25, compactness: 0.25, stability: 0.5 });
});

test("where all are nought nothing counts, and nothing is divided by it", () => {
  assert.deepEqual(sharesOf({ balance: 0, compactness: 0, stability: 0 }), { balance: 0, compactness: 0, stability: 0 });
});
