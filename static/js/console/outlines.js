/** What a selection lies in: a drawn ring, a circle, or a grid or region; as it stands in the address bar. Pure. */

/** @typedef {import("./geodesy.js").LonLat} LonLat */
/** @typedef {{ kind: "ring", ring: LonLat[] } | { kind: "circle", centre: LonLat, radius: number } | { kind: "place", code: string }} Outline
 *  radius in metres; a ring is not closed */

/** A tenth of a metre, in degrees. */
const STEP = 1e-6;
/** A lasso has as many corners as the hand trembled; so many are enough to say what was meant. */
const MOST_CORNERS = 60;
export const WIDEST_M = 50_000;

/**
 * `c120.151000,30.274000,250`, `r` and the corners in base 36 (the first as it is, then differences), or `a` and a code.
 * @param {Outline | null} outline
 */
export function writeOutline(outline) {
  if (!outline) return "";
  if (outline.kind === "place") return `a${outline.code}`;
  if (outline.kind === "circle") return `c${outline.centre.map((degree) => degree.toFixed(6)).join(",")},${Math.round(outline.radius)}`;
  let before = [0, 0];
  const corners = outline.ring.map((corner) => {
    const here = corner.map((degree) => Math.round(degree / STEP));
    const step = here.map((value, axis) => (value - before[axis]).toString(36));
    before = here;
    return step.join(".");
  });
  return `r${corners.join(",")}`;
}

/**
 * @param {string} text
 * @returns {Outline | null} null for nonsense
 */
export function readOutline(text) {
  const rest = text.slice(1);
  if (text[0] === "a") return /^(\d{12}|\d{15})$/.test(rest) ? { kind: "place", code: rest } : null;
  if (text[0] === "c") return readCircle(rest.split(",").map(Number));
  return text[0] === "r" ? readRing(rest) : null;
}

/** @param {number[]} figures @returns {Outline | null} */
function readCircle([lon, lat, radius]) {
  return isPlace([lon, lat]) && radius >= 1 && radius <= WIDEST_M ? { kind: "circle", centre: [lon, lat], radius } : null;
}

/** @param {string} text @returns {Outline | null} */
function readRing(text) {
  let here = [0, 0];
  const ring = text.split(",").map((corner) => {
    const step = corner.split(".").map((figure) => parseInt(figure, 36));
    here = here.map((value, axis) => value + step[axis]);
    return /** @type {LonLat} */ (here.map((value) => Number((value * STEP).toFixed(6))));
  });
  return ring.length >= 3 && ring.length <= MOST_CORNERS && ring.every(isPlace) ? { kind: "ring", ring } : null;
}

/** @param {LonLat} place */
function isPlace([lon, lat]) {
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85.0511;
}

/**
 * What the server is asked for: a shape, or a place by its code, whose boundary it knows in full.
 * @param {Outline} outline
 * @returns {{ shape: any } | { area: string }}
 */
export function whereOf(outline) {
  if (outline.kind === "circle") return { shape: { lon: outline.centre[0], lat: outline.centre[1], radius_m: outline.radius } };
  if (outline.kind === "ring") return { shape: { type: "Polygon", coordinates: [[...outline.ring, outline.ring[0]]] } };
  return { area: outline.code };
}

/**
 * A drawn line with fewer corners: those that change it least go first (Visvalingam and Whyatt 1993).
 * @param {LonLat[]} ring
 * @param {number} [most]
 */
export function simplify(ring, most = MOST_CORNERS) {
  const kept = [...ring];
  while (kept.length > most) {
    let [least, at] = [Infinity, 0];
    kept.forEach((corner, index) => {
      const size = triangle(kept[(index + kept.length - 1) % kept.length], corner, kept[(index + 1) % kept.length]);
      if (size < least) [least, at] = [size, index];
    });
    kept.splice(at, 1);
  }
  return kept;
}

/** @param {LonLat} a @param {LonLat} b @param {LonLat} c */
function triangle(a, b, c) {
  return Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2;
}
