/** Symbols as lists of pixels, and pressing them into a picture: a hundred thousand in some milliseconds. Pure. */

/** @typedef {{ shape: string, red: number, green: number, blue: number, size: number, hollow?: boolean }} Die colours 0…255, size in device pixels */
/** @typedef {{ reach: number, solid: Int16Array, solidColour: Uint32Array, soft: Int16Array, softColour: Uint8Array,
 *   width: number, solidAt: Int32Array, softAt: Int32Array }} Stamp
 *   `solid` and `soft` are x, y pairs from the middle, `softColour` is red, green, blue, alpha for each soft pixel; `reach` is the farthest;
 *   `solidAt` and `softAt` are the same places in a picture of this `width` */

/** Samples per pixel and axis. */
const FINE = 4;
const RIM = 1.4;

/** How far inside the outline a place is, in pixels; negative outside. @type {Record<string, (x: number, y: number, half: number) => number>} */
const INSIDE = {
  circle: (x, y, half) => half - Math.hypot(x, y),
  square: (x, y, half) => half * 0.9 - Math.max(Math.abs(x), Math.abs(y)),
  diamond: (x, y, half) => (half * 1.2 - Math.abs(x) - Math.abs(y)) / Math.SQRT2,
  triangle: (x, y, half) => Math.min(half * 0.8 - y, (y + half * 1.1 - Math.abs(x) * 1.75) / 2.02),
};

/** @param {Die} die @param {{ red: number, green: number, blue: number }} rim colour around it and inside a hollow one @returns {Stamp} */
export function cut(die, rim) {
  const half = die.size / 2;
  const reach = Math.ceil(half * 1.2 + RIM);
  const solid = [], solidColour = [], soft = [], softColour = [];
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) {
      const { red, green, blue, alpha } = pixelAt(die, rim, x, y, half);
      if (alpha >= 250) {
        solid.push(x, y);
        solidColour.push(((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
      } else if (alpha > 4) {
        soft.push(x, y);
        softColour.push(red, green, blue, alpha);
      }
    }
  }
  return {
    reach, solid: Int16Array.from(solid), solidColour: Uint32Array.from(solidColour), soft: Int16Array.from(soft), softColour: Uint8Array.from(softColour),
    width: 0, solidAt: new Int32Array(0), softAt: new Int32Array(0),
  };
}

/** @param {Die} die @param {{ red: number, green: number, blue: number }} rim @param {number} x @param {number} y @param {number} half */
function pixelAt(die, rim, x, y, half) {
  const inside = INSIDE[die.shape] ?? INSIDE.circle;
  const wall = Math.max(die.size * 0.18, 1.2);
  let [core, edge] = [0, 0];
  for (let i = 0; i < FINE * FINE; i += 1) {
    const depth = inside(x + ((i % FINE) + 0.5) / FINE - 0.5, y + (Math.floor(i / FINE) + 0.5) / FINE - 0.5, half);
    if (depth >= 0 && !(die.hollow && depth > wall)) core += 1;
    else if (depth >= -RIM) edge += 1;
  }
  const all = core + edge || 1;
  const mix = (/** @type {"red" | "green" | "blue"} */ part) => Math.round((die[part] * core + rim[part] * edge) / all);
  return { red: mix("red"), green: mix("green"), blue: mix("blue"), alpha: Math.round(((core + edge) / (FINE * FINE)) * 255) };
}

/**
 * @param {Uint32Array} picture little-endian RGBA, as ImageData has it
 * @param {number} width
 * @param {number} height
 * @param {Stamp} stamp
 * @param {number} x whole pixels of the middle
 * @param {number} y
 */
export function press(picture, width, height, stamp, x, y) {
  const { reach } = stamp;
  if (x >= reach && y >= reach && x < width - reach && y < height - reach) pressWhole(picture, fitted(stamp, width), y * width + x);
  else if (x >= -reach && y >= -reach && x < width + reach && y < height + reach) pressPart(picture, width, height, stamp, x, y);
}

/** @param {Stamp} stamp @param {number} width */
function fitted(stamp, width) {
  if (stamp.width === width) return stamp;
  const places = (/** @type {Int16Array} */ pairs) => Int32Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + 1] * width + pairs[2 * i]);
  return Object.assign(stamp, { width, solidAt: places(stamp.solid), softAt: places(stamp.soft) });
}

/** @param {Uint32Array} picture @param {Stamp} stamp @param {number} middle */
function pressWhole(picture, { solidAt, solidColour, softAt, softColour }, middle) {
  for (let i = 0; i < solidAt.length; i += 1) picture[middle + solidAt[i]] = solidColour[i];
  for (let i = 0; i < softAt.length; i += 1) blend(picture, middle + softAt[i], softColour, 4 * i);
}

/** At the picture's edge. @param {Uint32Array} picture @param {number} width @param {number} height @param {Stamp} stamp @param {number} x @param {number} y */
function pressPart(picture, width, height, { solid, solidColour, soft, softColour }, x, y) {
  const isIn = (/** @type {number} */ dx, /** @type {number} */ dy) => x + dx >= 0 && y + dy >= 0 && x + dx < width && y + dy < height;
  for (let i = 0; i < solid.length; i += 2) if (isIn(solid[i], solid[i + 1])) picture[(y + solid[i + 1]) * width + x + solid[i]] = solidColour[i / 2];
  for (let i = 0; i < soft.length; i += 2) if (isIn(soft[i], soft[i + 1])) blend(picture, (y + soft[i + 1]) * width + x + soft[i], softColour, 2 * i);
}

/** @param {Uint32Array} picture @param {number} at @param {Uint8Array} colours @param {number} from */
function blend(picture, at, colours, from) {
  const below = picture[at];
  const alpha = colours[from + 3];
  const under = (below >>> 24) * (255 - alpha);
  if (under === 0) {
    picture[at] = ((alpha << 24) | (colours[from + 2] << 16) | (colours[from + 1] << 8) | colours[from]) >>> 0;
    return;
  }
  const over = alpha * 255;
  const all = over + under;
  const red = ((colours[from] * over + (below & 255) * under) / all) | 0;
  const green = ((colours[from + 1] * over + ((below >>> 8) & 255) * under) / all) | 0;
  const blue = ((colours[from + 2] * over + ((below >>> 16) & 255) * under) / all) | 0;
  picture[at] = ((((all / 255 + 0.5) | 0) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** @param {string} colour `#rrggbb` */
export function partsOf(colour) {
  const value = parseInt(colour.replace("#", "").slice(0, 6), 16) || 0;
  return { red: value >> 16, green: (value >> 8) & 255, blue: value & 255 };
}
