/** Points that share one place stand in rings around the bubble beside it, open where the building's number is written. */

/** Points of one ring, and the part of a whole turn that they take. */
const PER_RING = 8;
const FIRST = Math.PI / 3;
const STEP = (2 * Math.PI - 2 * FIRST) / (PER_RING - 1);

/**
 * Each point moved off its place, eight to a ring.
 * @template {{ lon: number, lat: number }} Place
 * @param {Place[]} points
 * @param {number} degree of one pixel
 * @param {number} [aside] how far left of the place the bubble stands, pixels
 * @returns {Place[]}
 */
export function spread(points, degree, aside = 0) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return points.map((point) => {
    const key = `${point.lon} ${point.lat}`;
    const index = seen.get(key) ?? 0;
    seen.set(key, index + 1);
    const ring = Math.floor(index / PER_RING);
    const [turn, reach] = [FIRST + (index % PER_RING) * STEP, (24 + 14 * ring) * degree];
    return { ...point, lon: point.lon - aside * degree + reach * Math.cos(turn), lat: point.lat + reach * 0.85 * Math.sin(turn) };
  });
}
