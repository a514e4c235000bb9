import assert from "node:assert/strict";
import test from "node:test";
import { asChoice, asList, questionFor } from "../../../static/js/console/searching.js";

test("the middle of the view goes with the question", () => {
  assert.equal(questionFor("和平路 12", "#map=16/30.2741/120.1551"), "/api/v1/search?q=%E5%92%8C%E5%B9%B3%E8%B7%AF+12&lon=120.15510&lat=30.27410");
  assert.equal(questionFor("hpl", ""), "/api/v1/search?q=hpl");
});

test("a road is shown as the place where it lies, a building as itself", () => {
  const hit = { type: "road", id: "7", title: "和平路", subtitle: "", lon: 120.15512345, lat: 30.2741 };
  assert.deepEqual([asChoice(hit).type, asChoice(hit).id], ["point", "120.155123,30.274100"]);
  assert.deepEqual(asChoice({ ...hit, type: "building" }).id, "7");
  assert.equal(asChoice({ ...hit, lon: null }).type, "road");
});

test("a kind of things leads to the list of its layer, narrowed to it", () => {
  assert.deepEqual(asList("lamps"), { key: "lamps", chosen: {}, words: "" });
  assert.deepEqual(asList("facilities?kind=pharmacy"), { key: "facilities", chosen: { kind: ["pharmacy"] }, words: "" });
  assert.deepEqual(asList("components?words=%E4%BA%95%E7%9B%96"), { key: "components", chosen: {}, words: "井盖" });
});
