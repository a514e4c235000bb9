import assert from "node:assert/strict";
import test from "node:test";
import { readAsked, withChanges } from "../../../static/js/print/asking.js";
import { barFor, boxOf, CSS_PER_MM, frameOf, fromMercator, onFrame, OVERLAP, pageOf, readScale, scaleToFit, SCALES, stepsAt, stretchAt, tile, toMercator, touches, zoomFor } from "../../../static/js/print/paper.js";

const HERE = { lat: 30.2741, lon: 120.1551 };
const RADIUS_M = 6_378_137;
const E2 = 0.00669437999014;

/** Metres of ground to a degree of the ellipsoid at a latitude: eastwards, northwards. @param {number} lat */
function degree(lat) {
  const angle = (lat * Math.PI) / 180;
  const squeeze = 1 - E2 * Math.sin(angle) ** 2;
  return { east: (Math.PI / 180) * (RADIUS_M / Math.sqrt(squeeze)) * Math.cos(angle), north: ((Math.PI / 180) * RADIUS_M * (1 - E2)) / squeeze ** 1.5 };
}

test("a kilometre at 1:10 000 is a hundred millimetres, eastwards and northwards, from the equator to Mohe", () => {
  for (const lat of [0, 18.2, 30.2741, 39.9, 53.5]) {
    const middle = { lat, lon: 120 };
    const frame = { width: 200, height: 200 };
    const east = onFrame({ lat, lon: 120 + 1000 / degree(lat).east }, middle, 10_000, frame);
    const north = onFrame({ lat: lat + 1000 / degree(lat).north, lon: 120 }, middle, 10_000, frame);
    assert.ok(Math.abs(east.x - 100 - 100) < 0.05, `${lat}: ${east.x}`);
    assert.ok(Math.abs(100 - north.y - 100) < 0.05, `${lat}: ${north.y}`);
  }
});

test("without the ellipsoid north would be half a per cent wrong", () => {
  const { across, up } = stretchAt(30);
  assert.ok(up / across > 1.004 && up / across < 1.006);
});

test("the zoom gives as many Mercator metres to a millimetre as the scale needs", () => {
  for (const scale of SCALES) {
    const { across } = stepsAt(scale, HERE.lat);
    const perPixel = 40_075_016.68557849 / (256 * 2 ** zoomFor(across));
    assert.ok(Math.abs(perPixel * CSS_PER_MM - across) < 1e-6);
  }
});

test("Mercator and back", () => {
  const [x, y] = toMercator(HERE);
  const back = fromMercator(x, y);
  assert.ok(Math.abs(back.lat - HERE.lat) < 1e-12 && Math.abs(back.lon - HERE.lon) < 1e-12);
});

test("pages are those of ISO 216, frames lie inside them", () => {
  assert.deepEqual(pageOf("a3", false), { width: 420, height: 297 });
  assert.deepEqual(pageOf("a4", true), { width: 210, height: 297 });
  for (const paper of ["a3", "a4"]) for (const upright of [true, false]) {
    const [page, frame] = [pageOf(paper, upright), frameOf(paper, upright)];
    assert.ok(frame.width <= page.width - 20 && frame.height <= page.height - 50 && frame.height > 100);
  }
});

test("a typed scale is read as people write it", () => {
  assert.deepEqual(["1:7 500", "7500", "1：7,500", "1/7500"].map(readScale), [7500, 7500, 7500, 7500]);
  assert.deepEqual(["", "nonsense", "0", "-5", "99999999"].map(readScale), [null, null, null, null, null]);
});

test("sheets cover the box, share an edge, and are counted by rows from the north-west", () => {
  const frame = frameOf("a4", false);
  /** @type {[number, number, number, number]} */
  const box = [120.1, 30.2, 120.14, 30.22];
  const { columns, rows, middles } = tile(box, 5000, frame);
  assert.equal(middles.length, columns * rows);
  const boxes = middles.map((middle) => boxOf(middle, 5000, frame));
  assert.ok(Math.min(...boxes.map(([west]) => west)) <= box[0] && Math.max(...boxes.map(([, , east]) => east)) >= box[2]);
  assert.ok(Math.min(...boxes.map(([, south]) => south)) <= box[1] && Math.max(...boxes.map(([, , , north]) => north)) >= box[3]);
  assert.ok(middles[0].lat > middles[middles.length - 1].lat && middles[0].lon < middles[1].lon);
  const shared = ((boxes[0][2] - boxes[1][0]) * degree(30.21).east * 1000) / 5000;
  assert.ok(Math.abs(shared - OVERLAP) < 0.1, String(shared));
});

test("what fits one sheet is one sheet", () => {
  const frame = frameOf("a3", false);
  /** @type {[number, number, number, number]} */
  const box = [120.15, 30.27, 120.16, 30.28];
  const scale = scaleToFit(box, frame);
  assert.equal(scale, 5000);
  assert.deepEqual([tile(box, scale, frame).columns, tile(box, scale, frame).rows], [1, 1]);
  assert.equal(scaleToFit([70, 15, 140, 55], frame), 1_000_000);
});

test("a country at 1:500 is no list of a billion sheets", () => {
  assert.deepEqual(tile([70, 15, 140, 55], 500, frameOf("a4", true)).middles, []);
});

test("the scale bar is round and near fifty millimetres", () => {
  for (const scale of [...SCALES, 7500, 123_456]) {
    const { metres, mm } = barFor(scale);
    assert.ok(/^[125]0*$/.test(String(metres)), String(metres));
    assert.ok(mm > 20 && mm <= 60);
    assert.ok(Math.abs((mm * scale) / 1000 - metres) < 1e-9);
  }
});

test("sheets without any of the area are left out", () => {
  const ring = [0, 0, 10, 0, 10, 10, 0, 10, 0, 0];
  assert.ok(touches([ring], [4, 4, 6, 6]), "inside");
  assert.ok(touches([ring], [-1, 4, 1, 6]), "across an edge");
  assert.ok(touches([ring], [-5, -5, 15, 15]), "around");
  assert.ok(!touches([ring], [11, 11, 12, 12]));
  assert.ok(!touches([[0, 0, 10, 0, 0, 10, 0, 0]], [8, 8, 9, 9]), "in the corner that a triangle leaves");
});

test("an address says what is printed; nonsense counts as absent", () => {
  const asked = readAsked("?paper=a3&upright=1&scale=2000&title=总图&sheet=region:990101001001&layers=grids,regions&cameras.status=broken", "#map=15/30.1/120.2");
  assert.equal(asked.paper, "a3");
  assert.equal(asked.upright, true);
  assert.equal(asked.scale, 2000);
  assert.deepEqual(asked.area, { type: "region", code: "990101001001" });
  assert.deepEqual(asked.console.layers, ["grids", "regions"]);
  assert.deepEqual(asked.console.filters, { cameras: { status: ["broken"] } });
  assert.equal(asked.console.view?.zoom, 15);
  const rubbish = readAsked("?paper=a0&upright=x&scale=wide&sheet=region:1", "");
  assert.deepEqual([rubbish.paper, rubbish.upright, rubbish.scale, rubbish.area], ["a4", null, null, null]);
});

test("changing one answer keeps the others", () => {
  assert.equal(withChanges("?layers=grids&scale=500", { scale: "", paper: "a3" }), "?layers=grids&paper=a3");
});
