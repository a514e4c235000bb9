import assert from "node:assert/strict";
import test from "node:test";
import { legendRows, loadClass } from "../../../static/js/map/loads.js";
import { regionLine, widthAt } from "../../../static/js/map/style.js";

const RULES = { target: 300, min: 240, max: 360 };

test("five classes around 300, the band's ends inside the band", () => {
  const expected = { 0: -2, 239: -2, 240: -1, 279: -1, 280: 0, 300: 0, 320: 0, 321: 1, 360: 1, 361: 2, 5000: 2 };
  for (const [households, load] of Object.entries(expected)) assert.equal(loadClass(Number(households), RULES), load, households);
});

test("another rule moves the limits", () => {
  assert.equal(loadClass(372, { target: 400, min: 300, max: 500 }), 0);
  assert.deepEqual(legendRows({ target: 400, min: 300, max: 500 }).map(({ text }) => text), ["<300", "300–367", "367–433", "433–500", ">500"]);
});

test("the legend names every class once, lightest first", () => {
  assert.deepEqual(legendRows(RULES).map(({ load, text }) => [load, text]), [[-2, "<240"], [-1, "240–280"], [0, "280–320"], [1, "320–360"], [2, ">360"]]);
});

test("a class of one number of households is one number in the legend", () => {
  assert.deepEqual(legendRows({ target: 300, min: 300, max: 301 }).map(({ text }) => text), ["<300", "300", "300", "300–301", ">301"]);
});

test("roads grow with every zoom and keep their rank", () => {
  for (let zoom = 14; zoom < 20; zoom += 1) {
    assert.ok(widthAt("arterial", zoom) < widthAt("arterial", zoom + 1));
    assert.ok(widthAt("arterial", zoom) > widthAt("local", zoom) && widthAt("local", zoom) > widthAt("lane", zoom));
  }
});

test("boundaries differ by width and dash: county 3 px, street dashed, community 2 px", () => {
  assert.deepEqual([regionLine(3, 16).width, regionLine(5, 16).width], [3, 2]);
  assert.equal(regionLine(4, 16).dash.length, 2);
  assert.ok([3, 4, 5].every((level) => regionLine(level, 16).halo > regionLine(level, 16).width + 2));
});
