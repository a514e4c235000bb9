/** How the ground looks at each zoom: widths in CSS pixels, what is drawn from where. Zooms are those of the screen. */

/** Width by zoom as [zoom, pixels] knots; between two knots it grows geometrically, beyond them it stays. */
/** @type {Record<string, [number, number][]>} */
const WIDTHS = {
  arterial: [[9, 0.8], [12, 1.6], [14, 4], [15, 6], [16, 10], [17, 17], [18, 30], [20, 90]],
  local: [[12, 0.6], [13, 1], [14, 2], [15, 3.6], [16, 6], [17, 10], [18, 18], [20, 56]],
  lane: [[14, 0.8], [15, 1.5], [16, 2.6], [17, 5], [18, 9], [20, 26]],
  river: [[8, 1], [12, 2.5], [14, 6], [16, 16], [18, 48]],
  rail: [[9, 0.8], [13, 1.4], [15, 2.4], [17, 4], [19, 8]],
  wall: [[14, 0.6], [16, 1], [18, 1.8], [20, 3]],
  building: [[14, 0.3], [16, 0.8], [18, 1.1]],
  grid: [[10, 0.5], [13, 0.9], [15, 1.2], [20, 1.6]],
};

export const ROAD_CLASSES = /** @type {const} */ (["lane", "local", "arterial"]);

/** From which zoom a road class is drawn at all, and from which with a casing. */
export const ROADS_FROM = { arterial: 6, local: 12, lane: 14 };
export const CASINGS_FROM = { arterial: 12, local: 13, lane: 15 };

/** Zooms from which labels and symbols appear. */
export const FROM = {
  community: 13, grid: 15, building: 17, compound: 16, green: 15, square: 16, water: 12, arterial: 13, local: 15, lane: 17,
  camera: 16, lamp: 17, care: 16, careNumber: 17, case: 16, caseOver: 17, wall: 15, compoundLine: 16, buildingEdge: 15,
};

/**
 * @param {keyof typeof WIDTHS} what
 * @param {number} zoom
 */
export function widthAt(what, zoom) {
  const knots = WIDTHS[what];
  if (zoom <= knots[0][0]) return knots[0][1];
  for (let i = 1; i < knots.length; i += 1) {
    const [[z0, w0], [z1, w1]] = [knots[i - 1], knots[i]];
    if (zoom <= z1) return w0 * (w1 / w0) ** ((zoom - z0) / (z1 - z0));
  }
  return knots[knots.length - 1][1];
}

/**
 * Lines of regions by level (3 county, 4 street, 5 community): width in pixels and dash; hierarchy by width and dash.
 * @param {number} level
 * @param {number} zoom
 * @returns {{ width: number, dash: number[], halo: number }}
 */
export function regionLine(level, zoom) {
  const size = zoom < 12 ? 0.6 : zoom < 14 ? 0.8 : 1;
  if (level <= 3) return { width: 3 * size, dash: [], halo: 7 * size };
  if (level === 4) return { width: 1.5 * size + 0.4, dash: [10, 5], halo: 6 * size };
  return { width: 2 * size, dash: [], halo: 4.5 * size };
}

/** Levels of regions whose lines are drawn at a zoom: the finest one only where there is room for it.
 * @param {number} zoom */
export function finestLevel(zoom) {
  if (zoom < 9) return 3;
  return zoom < 11 ? 4 : 5;
}
