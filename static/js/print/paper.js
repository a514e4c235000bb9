/** Paper, scales, and which piece of ground a sheet shows. Lengths on paper in mm, places in degrees of WGS 84, Mercator metres. Pure. */

/** @typedef {{ width: number, height: number }} Size millimetres */
/** @typedef {{ lat: number, lon: number }} Place */
/** @typedef {[number, number, number, number]} Box west, south, east, north */
/** @typedef {{ across: number, up: number }} Steps Mercator metres to one millimetre of paper, eastwards and northwards */

/** Upright. @type {Record<string, Size>} */
const PAPERS = { a4: { width: 210, height: 297 }, a3: { width: 297, height: 420 } };
export const PAPER_NAMES = Object.keys(PAPERS);
export const SCALES = [500, 1000, 2000, 5000, 10_000, 25_000, 50_000];
/** Of sheets that show a whole area: what is larger than a county at the last of these fits no paper. */
const OVERVIEW_SCALES = [...SCALES, 100_000, 200_000, 500_000, 1_000_000];
export const [SMALLEST, LARGEST] = [100, 1_000_000];
/** Room around the map: the edge that printers leave white, the title above, legend and notes below. */
export const MARGIN = 10;
export const HEAD = 15;
export const FOOT = { a4: 26, a3: 26 };
/** Neighbouring sheets share so much. */
export const OVERLAP = 8;
export const MOST_SHEETS = 40;
export const DOTS_PER_MM = 200 / 25.4;
export const CSS_PER_MM = 96 / 25.4;

const WORLD_M = 40_075_016.68557849;
const RADIUS_M = WORLD_M / (2 * Math.PI);
const ECCENTRICITY2 = 0.00669437999014;

/** @param {string} paper @param {boolean} upright @returns {Size} */
export function pageOf(paper, upright) {
  const { width, height } = PAPERS[paper] ?? PAPERS.a4;
  return upright ? { width, height } : { width: height, height: width };
}

/** The frame of the map on a page. @param {string} paper @param {boolean} upright @returns {Size} */
export function frameOf(paper, upright) {
  const { width, height } = pageOf(paper, upright);
  return { width: width - 2 * MARGIN, height: height - 2 * MARGIN - HEAD - (paper === "a3" ? FOOT.a3 : FOOT.a4) };
}

/**
 * How much Web Mercator stretches the true ground of the ellipsoid at a latitude: it is a sphere's projection, so
 * eastwards and northwards differ by up to seven per mille.
 * @param {number} lat
 */
export function stretchAt(lat) {
  const angle = (lat * Math.PI) / 180;
  const squeeze = 1 - ECCENTRICITY2 * Math.sin(angle) ** 2;
  return { across: Math.sqrt(squeeze) / Math.cos(angle), up: squeeze ** 1.5 / ((1 - ECCENTRICITY2) * Math.cos(angle)) };
}

/** @param {number} scale the 10 000 of 1:10 000 @param {number} lat @returns {Steps} */
export function stepsAt(scale, lat) {
  const { across, up } = stretchAt(lat);
  return { across: (scale / 1000) * across, up: (scale / 1000) * up };
}

/** The zoom at which a map of CSS pixels shows so many Mercator metres to a millimetre. @param {number} metresPerMm */
export function zoomFor(metresPerMm) {
  return Math.log2((WORLD_M * CSS_PER_MM) / (256 * metresPerMm));
}

/** @param {Place} place @returns {[number, number]} Mercator metres */
export function toMercator({ lat, lon }) {
  return [(lon / 180) * (WORLD_M / 2), RADIUS_M * Math.asinh(Math.tan((lat * Math.PI) / 180))];
}

/** @param {number} x @param {number} y @returns {Place} */
export function fromMercator(x, y) {
  return { lon: (x / (WORLD_M / 2)) * 180, lat: (Math.atan(Math.sinh(y / RADIUS_M)) * 180) / Math.PI };
}

/** The scale of a typed figure, `1:10 000` or `10000`; null for nonsense. @param {string} text */
export function readScale(text) {
  const figure = Number(text.replace(/^\s*1\s*[:：/]/, "").replace(/[\s,，]/g, ""));
  return Number.isFinite(figure) && figure >= SMALLEST && figure <= LARGEST ? Math.round(figure) : null;
}

/** The largest scale of the list at which a box fits into a frame. @param {Box} box @param {Size} frame */
export function scaleToFit(box, frame) {
  const lat = (box[1] + box[3]) / 2;
  const [[west, south], [east, north]] = [toMercator({ lon: box[0], lat: box[1] }), toMercator({ lon: box[2], lat: box[3] })];
  const fits = (/** @type {number} */ scale) => {
    const { across, up } = stepsAt(scale, lat);
    return (east - west) / across <= frame.width && (north - south) / up <= frame.height;
  };
  return OVERVIEW_SCALES.find(fits) ?? LARGEST;
}

/**
 * The middles of the sheets that cover a box, by rows from the north-west.
 * @param {Box} box
 * @param {number} scale
 * @param {Size} frame
 * @returns {{ columns: number, rows: number, middles: Place[] }}
 */
export function tile(box, scale, frame) {
  const [[west, south], [east, north]] = [toMercator({ lon: box[0], lat: box[1] }), toMercator({ lon: box[2], lat: box[3] })];
  const { across, up } = stepsAt(scale, (box[1] + box[3]) / 2);
  const along = (/** @type {number} */ length, /** @type {number} */ room) => Math.max(1, Math.ceil((length - OVERLAP) / (room - OVERLAP) - 1e-9));
  const columns = along((east - west) / across, frame.width);
  const rows = along((north - south) / up, frame.height);
  const step = { x: (frame.width - OVERLAP) * across, y: (frame.height - OVERLAP) * up };
  const middle = { x: (west + east) / 2, y: (south + north) / 2 };
  const middles = [];
  if (columns * rows > 4 * MOST_SHEETS) return { columns, rows, middles: [] };
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      middles.push(fromMercator(middle.x + (column - (columns - 1) / 2) * step.x, middle.y - (row - (rows - 1) / 2) * step.y));
    }
  }
  return { columns, rows, middles };
}

/** What a frame around a middle shows. @param {Place} middle @param {number} scale @param {Size} frame @returns {Box} */
export function boxOf(middle, scale, frame) {
  const [x, y] = toMercator(middle);
  const { across, up } = stepsAt(scale, middle.lat);
  const corner = fromMercator(x - (frame.width / 2) * across, y - (frame.height / 2) * up);
  const other = fromMercator(x + (frame.width / 2) * across, y + (frame.height / 2) * up);
  return [corner.lon, corner.lat, other.lon, other.lat];
}

/** Where a place lies in a frame, millimetres from its upper left corner. @param {Place} place @param {Place} middle @param {number} scale @param {Size} frame */
export function onFrame(place, middle, scale, frame) {
  const [[x, y], [mx, my]] = [toMercator(place), toMercator(middle)];
  const { across, up } = stepsAt(scale, middle.lat);
  return { x: frame.width / 2 + (x - mx) / across, y: frame.height / 2 - (y - my) / up };
}

/** The scale bar: a round length of ground (1, 2 or 5 times a power of ten) near 50 mm of paper. @param {number} scale @returns {{ metres: number, mm: number }} */
export function barFor(scale) {
  const most = (60 * scale) / 1000;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = power * (most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1);
  return { metres, mm: (metres * 1000) / scale };
}

/** Whether any of a box may lie in the area of these rings (degrees). @param {number[][]} rings flat lon, lat @param {Box} box */
export function touches(rings, [west, south, east, north]) {
  const within = (/** @type {number} */ x, /** @type {number} */ y) => x >= west && x <= east && y >= south && y <= north;
  const corners = [[west, south], [west, north], [east, south], [east, north], [(west + east) / 2, (south + north) / 2]];
  return rings.some((ring) => {
    for (let i = 0; i + 3 < ring.length; i += 2) {
      const steps = 1 + Math.ceil(Math.max(Math.abs(ring[i + 2] - ring[i]) / (east - west), Math.abs(ring[i + 3] - ring[i + 1]) / (north - south)) * 8);
      for (let step = 0; step <= steps; step += 1) {
        if (within(ring[i] + ((ring[i + 2] - ring[i]) * step) / steps, ring[i + 1] + ((ring[i + 3] - ring[i + 1]) * step) / steps)) return true;
      }
    }
    return corners.some(([x, y]) => isInside(ring, x, y));
  });
}

/** @param {number[]} ring @param {number} x @param {number} y */
function isInside(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    if (ring[i + 1] > y !== ring[j + 1] > y && x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]) inside = !inside;
  }
  return inside;
}
