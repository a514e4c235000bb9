/**
 * The shift between true positions (WGS 84, CGCS2000) and the two datums of Chinese base maps, by the published formulas;
 * within China they meet the services' own answers to a metre. Outside of it there is no shift. Pure.
 */

/** @typedef {"wgs84" | "gcj02" | "bd09"} Datum */
/** @typedef {[lon: number, lat: number]} Place degrees */

/** Krasovsky 1940, as the formula has it. */
const AXIS_M = 6_378_245;
const FLATNESS = 0.006_693_421_622_965_943;
const BAIDU = (Math.PI * 3000) / 180;
const BOX = { west: 72.004, east: 137.8347, south: 0.8293, north: 55.8271 };
/** One ten-thousandth of a millimetre. */
const EXACT = 1e-12;

/** Where a true position stands on a base map of this datum. @param {Datum | string} datum @param {number} lon @param {number} lat @returns {Place} */
export function toDatum(datum, lon, lat) {
  if (datum === "wgs84" || !isShifted(lon, lat)) return [lon, lat];
  const [dx, dy] = shift(lon, lat);
  return datum === "bd09" ? toBaidu(lon + dx, lat + dy) : [lon + dx, lat + dy];
}

/** The true position of what stands here on a base map of this datum. @param {Datum | string} datum @param {number} lon @param {number} lat @returns {Place} */
export function fromDatum(datum, lon, lat) {
  if (datum === "wgs84") return [lon, lat];
  /** @type {Place} */
  let found = [lon, lat];
  for (let step = 0; step < 30; step += 1) {
    const [x, y] = toDatum(datum, ...found);
    if (Math.abs(lon - x) < EXACT && Math.abs(lat - y) < EXACT) break;
    found = [found[0] + lon - x, found[1] + lat - y];
  }
  return found;
}

/** @param {number} lon @param {number} lat */
function isShifted(lon, lat) {
  return lon >= BOX.west && lon <= BOX.east && lat >= BOX.south && lat <= BOX.north;
}

/** Degrees east and north. @param {number} lon @param {number} lat @returns {Place} */
function shift(lon, lat) {
  const [x, y] = [lon - 105, lat - 35];
  const phi = (lat / 180) * Math.PI;
  const inside = 1 - FLATNESS * Math.sin(phi) ** 2;
  const root = Math.sqrt(inside);
  const north = (northward(x, y) * 180) / (((AXIS_M * (1 - FLATNESS)) / (inside * root)) * Math.PI);
  const east = (eastward(x, y) * 180) / ((AXIS_M / root) * Math.cos(phi) * Math.PI);
  return [east, north];
}

/** @param {number} x */
const wave = (x) => (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * (2 / 3);

/** Metres. @param {number} x @param {number} y */
function northward(x, y) {
  const far = 20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI);
  const farther = 160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30);
  return -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + wave(x) + ((far + farther) * 2) / 3;
}

/** Metres. @param {number} x @param {number} y */
function eastward(x, y) {
  const far = 20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI);
  const farther = 150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI);
  return 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + wave(x) + ((far + farther) * 2) / 3;
}

/** @param {number} lon @param {number} lat @returns {Place} */
function toBaidu(lon, lat) {
  const reach = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * BAIDU);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BAIDU);
  return [reach * Math.cos(angle) + 0.0065, reach * Math.sin(angle) + 0.006];
}
