/** Points that share one place stand in rings around it, clear of the bubble in the middle. */

/**
 * Each point moved off its place, ten to a ring.
 * @template {{ lon: number, lat: number }} Place
 * @param {Place[]} points
 * @param {number} degree of one pixel
 * @returns {Place[]}
 */
export function spread(points, degree) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return points.map((point) => {
    const key = `${point.lon} ${point.lat}`;
    const index = seen.get(key) ?? 0;
    seen.set(key, index + 1);
    const [turn, reach] = [(index % 10) * 0.628 + Math.floor(index / 10) * 0.314, (24 + 14 * Math.floor(index / 10)) * degree];
    return { ...point, lon: point.lon + reach * Math.cos(turn), lat: point.lat + reach * 0.85 * Math.sin(turn) };
  });
}
