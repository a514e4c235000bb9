/** Symbols as lists of pixels, and pressing them into a picture: a hundred thousand in some milliseconds. Pure. */

/** @typedef {{ shape: string, red: number, green: number, blue: number, size: number, hollow?: boolean }} Die colours 0…255, size in device pixels */
/** @typedef {{ reach: number, solid: Int16Array, solidColour: Uint32Array, soft: Int16Array, softColour: Uint8Array }} Stamp
 *   `solid` and `soft` are x, y pairs from the middle, `softColour` is red, green, blue, alpha for each soft pixel; `reach` is the farthest */

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
  return { reach, solid: Int16Array.from(solid), solidColour: Uint32Array.from(solidColour), soft: Int16Array.from(soft), softColour: Uint8Array.from(softColour) };
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
  const { reach, solid, solidColour, soft, softColour } = stamp;
  if (x < -reach || y < -reach || x >= width + reach || y >= height + reach) return;
  const whole = x >= reach && y >= reach && x < width - reach && y < height - reach;
  for (let i = 0, j = 0; i < solid.length; i += 2, j += 1) {
    const [px, py] = [x + solid[i], y + solid[i + 1]];
    if (whole || (px >= 0 && py >= 0 && px < width && py < height)) picture[py * width + px] = solidColour[j];
  }
  for (let i = 0, j = 0; i < soft.length; i += 2, j += 4) {
    const [px, py] = [x + soft[i], y + soft[i + 1]];
    if (whole || (px >= 0 && py >= 0 && px < width && py < height)) blend(picture, py * width + px, softColour, j);
  }
}

/** @param {Uint32Array} picture @param {number} at @param {Uint8Array} colours @param {number} from */
function blend(picture, at, colours, from) {
  const below = picture[at];
  const alpha = colours[from + 3];
  const under = (below >>> 24) * (255 - alpha);
  const over = alpha * 255;
  const all = over + under;
  const red = (colours[from] * over + (below & 255) * under) / all;
  const green = (colours[from + 1] * over + ((below >>> 8) & 255) * under) / all;
  const blue = (colours[from + 2] * over + ((below >>> 16) & 255) * under) / all;
  picture[at] = ((Math.round(all / 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** @param {string} colour `#rrggbb` */
export function partsOf(colour) {
  const value = parseInt(colour.replace("#", "").slice(0, 6), 16) || 0;
  return { red: value >> 16, green: (value >> 8) & 255, blue: value & 255 };
}
