import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { fromDatum, toDatum } from "../../../static/js/map/datum.js";

const DATA = process.env.GRIDMAP_SHARED_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const CITIES = `${DATA}/coordinates/china-cities.json`;
const skip = existsSync(CITIES) ? false : "shared data absent: coordinates/china-cities.json (set GRIDMAP_SHARED_DATA to its folder)";

/** Metres between two places that are near each other. @param {number[]} a @param {number[]} b */
function apart([lon, lat], [east, north]) {
  return Math.hypot((east - lon) * Math.cos((lat * Math.PI) / 180), north - lat) * 111_320;
}

test("the shift meets the service's own answers to a metre", { skip }, () => {
  /** @type {{ coords: Record<string, [number, number]> }[]} */
  const cities = JSON.parse(readFileSync(CITIES, "utf-8"));
  assert.ok(cities.length > 600);
  for (const { coords: { WGS84, GCJ02, BD09 } } of cities) {
    assert.ok(apart(toDatum("gcj02", ...WGS84), GCJ02) < 1, String(WGS84));
    assert.ok(apart(toDatum("bd09", ...WGS84), BD09) < 1, String(WGS84));
    assert.ok(apart(fromDatum("gcj02", ...GCJ02), WGS84) < 1, String(GCJ02));
    assert.ok(apart(fromDatum("bd09", ...BD09), WGS84) < 1, String(BD09));
  }
});

test("there and back is the same place, to a hundredth of a millimetre", () => {
  for (const datum of /** @type {const} */ (["gcj02", "bd09"])) {
    for (let lon = 74; lon < 136; lon += 3.7) {
      for (let lat = 4; lat < 54; lat += 3.1) {
        const [x, y] = toDatum(datum, lon, lat);
        assert.ok(apart(fromDatum(datum, x, y), [lon, lat]) < 1e-5, `${datum} ${lon} ${lat}`);
      }
    }
  }
});

test("in a city the shift is some hundred metres, outside of China there is none", () => {
  const shift = apart(toDatum("gcj02", 121.4737, 31.2304), [121.4737, 31.2304]);
  assert.ok(shift > 300 && shift < 700, String(shift));
  for (const place of [[13.4, 52.5], [151.2, -33.9], [-74, 40.7]]) assert.deepEqual(toDatum("gcj02", place[0], place[1]), place);
});

test("a base map in true coordinates is not shifted", () => {
  assert.deepEqual(toDatum("wgs84", 121.4737, 31.2304), [121.4737, 31.2304]);
  assert.deepEqual(fromDatum("wgs84", 121.4737, 31.2304), [121.4737, 31.2304]);
});

test("over a tile the shift changes by less than a pixel, so laying each tile by its corners leaves no step", () => {
  const side = 360 / 2 ** 15;
  for (const [lon, lat] of [[121.47, 31.23], [87.6, 43.8], [113.9, 22.5]]) {
    const [a, b] = [toDatum("gcj02", lon, lat), toDatum("gcj02", lon + side, lat)];
    const pixel = side / 256;
    assert.ok(Math.abs(b[0] - a[0] - side) < pixel);
  }
});
