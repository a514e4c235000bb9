/** What a camera sees, as points on the ground: the drawn cone has exactly the stored angles. Pure. */

/** @typedef {{ lat: number, lon: number }} Place */
/** @typedef {{ bearing: number | null, angle: number | null, range: number | null }} Sight degrees, degrees, metres */

const EARTH_M = 6_371_008.8;
const STEP_DEG = 5;
/** What is drawn where a camera does not say it. */
export const USUAL = { bearing: 0, angle: 90, range: 30 };

const radians = (/** @type {number} */ degrees) => (degrees * Math.PI) / 180;
const degrees = (/** @type {number} */ turn) => (turn * 180) / Math.PI;

/**
 * The place at a distance and bearing from another (on the sphere).
 * @param {Place} from @param {number} bearing @param {number} metres @returns {Place}
 */
export function away({ lat, lon }, bearing, metres) {
  const far = metres / EARTH_M;
  const [phi, theta] = [radians(lat), radians(bearing)];
  const there = Math.asin(Math.sin(phi) * Math.cos(far) + Math.cos(phi) * Math.sin(far) * Math.cos(theta));
  const turned = Math.atan2(Math.sin(theta) * Math.sin(far) * Math.cos(phi), Math.cos(far) - Math.sin(phi) * Math.sin(there));
  return { lat: degrees(there), lon: lon + degrees(turned) };
}

/** Degrees clockwise from north, 0 up to 360. @param {Place} from @param {Place} to */
export function bearingTo(from, to) {
  const [a, b, turn] = [radians(from.lat), radians(to.lat), radians(to.lon - from.lon)];
  const east = Math.sin(turn) * Math.cos(b);
  const north = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(turn);
  return (degrees(Math.atan2(east, north)) + 360) % 360;
}

/** Metres. @param {Place} from @param {Place} to */
export function distanceTo(from, to) {
  const [a, b] = [radians(from.lat), radians(to.lat)];
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(to.lon - from.lon) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(Math.min(1, half)));
}

/** Clockwise from one bearing to another, −180 up to 180. @param {number} from @param {number} to */
export function turnBetween(from, to) {
  return ((((to - from + 180) % 360) + 360) % 360) - 180;
}

/**
 * The outline of a cone, its camera first (left out where it looks all around).
 * @param {Place} at @param {Sight} sight @returns {Place[]}
 */
export function outlineOf(at, sight) {
  const { bearing, angle, range } = whole(sight);
  const steps = Math.max(2, Math.ceil(angle / STEP_DEG));
  const arc = Array.from({ length: steps + 1 }, (_, step) => away(at, bearing - angle / 2 + (angle * step) / steps, range));
  return angle >= 360 ? arc : [at, ...arc];
}

/** Where the two handles stand: on the axis, and at the end of the arc. @param {Place} at @param {Sight} sight */
export function handlesOf(at, sight) {
  const { bearing, angle, range } = whole(sight);
  return { turn: away(at, bearing, range), reach: away(at, bearing + Math.min(angle, 359) / 2, range) };
}

/** The bearing that the handle on the axis says. @param {Place} at @param {Place} handle */
export function turned(at, handle) {
  return round(bearingTo(at, handle), 1) % 360;
}

/**
 * Angle and range that the handle at the end of the arc says; a camera has at least one degree and one metre.
 * @param {Place} at @param {number} bearing @param {Place} handle
 */
export function reached(at, bearing, handle) {
  const half = Math.abs(turnBetween(bearing, bearingTo(at, handle)));
  return { angle: Math.max(1, round(half * 2, 1)), range: Math.max(1, round(distanceTo(at, handle), 1)) };
}

/** @param {Sight} sight */
function whole({ bearing, angle, range }) {
  return { bearing: bearing ?? USUAL.bearing, angle: angle ?? USUAL.angle, range: range ?? USUAL.range };
}

/** @param {number} figure @param {number} digits */
function round(figure, digits) {
  return Math.round(figure * 10 ** digits) / 10 ** digits;
}
