/**
 * Setting names along roads and rivers, character by character. Chinese characters stay upright where the line runs more down
 * than across (雁行字列), as in printed Chinese maps; Latin words turn with the line.
 */

import { holds, longAxis, patchOf, reversed, widestPlace } from "./shapes.js";

/** @typedef {{ char: string, x: number, y: number, angle: number }} Glyph centre of a character and its turn in radians */

const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/;
/** A name may bend by this much between two characters, radians. */
const SHARPEST = 0.6;

/**
 * @param {string} char
 * @param {number} size
 */
function advance(char, size) {
  return WIDE.test(char) ? size : size * 0.58;
}

/**
 * @param {string} text
 * @param {number} size
 * @param {number} spacing
 */
export function textLength(text, size, spacing) {
  return [...text].reduce((sum, char) => sum + advance(char, size) + spacing, -spacing);
}

/**
 * The characters of `text` along the straightest part in the middle of the line; null where there is no room.
 * @param {string} text
 * @param {number[]} line
 * @param {number} size height of a character
 * @param {number} spacing
 * @param {number} extent the name must lie inside 0…extent, so that the neighbouring tile does not cut it
 * @returns {Glyph[] | null}
 */
export function alongLine(text, line, size, spacing, extent) {
  const length = textLength(text, size, spacing);
  const total = lineLength(line);
  if (total < length * 1.15) return null;
  const step = Math.max(length / 3, 1);
  const middle = (total - length) / 2;
  for (let shift = 0; shift <= middle; shift += step) {
    for (const start of shift ? [middle - shift, middle + shift] : [middle]) {
      const glyphs = setAt(text, line, start, size, spacing);
      if (glyphs && glyphs.every(({ x, y }) => x > 0 && y > 0 && x < extent && y < extent)) return glyphs;
    }
  }
  return null;
}

/**
 * The characters of `text` along the length of a long polygon, or level in a round one; null where they do not fit inside.
 * @param {string} text
 * @param {number[][]} rings
 * @param {number} size
 * @param {number} spacing
 * @param {number} extent
 * @returns {Glyph[] | null}
 */
export function alongAxis(text, rings, size, spacing, extent) {
  const patch = patchOf(rings, extent);
  if (!patch) return null;
  const { angle, ratio } = longAxis(rings[0]);
  const turn = ratio > 1.4 ? angle : 0;
  const places = holds(rings, patch.x, patch.y) ? [patch] : [];
  for (const place of [...places, widestPlace(rings, patch.box)]) {
    for (const gap of [spacing, spacing / 3]) {
      const half = textLength(text, size, gap) / 2 + size * 0.3;
      const [dx, dy] = [Math.cos(turn) * half, Math.sin(turn) * half];
      const line = [place.x - dx, place.y - dy, place.x + dx, place.y + dy];
      const inside = [[line[0], line[1]], [line[2], line[3]]].every(([x, y]) => x > 0 && y > 0 && x < extent && y < extent && holds(rings, x, y));
      if (inside) return setAt(text, line, size * 0.3, size, gap);
    }
  }
  return null;
}

/** @param {number[]} line */
function lineLength(line) {
  let length = 0;
  for (let i = 2; i < line.length; i += 2) length += Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1]);
  return length;
}

/**
 * @param {string} text
 * @param {number[]} line
 * @param {number} start distance along the line at which the name begins
 * @param {number} size
 * @param {number} spacing
 * @returns {Glyph[] | null}
 */
function setAt(text, line, start, size, spacing) {
  const length = textLength(text, size, spacing);
  const from = pointAt(line, start);
  const to = pointAt(line, start + length);
  const down = Math.abs(to.y - from.y) > Math.abs(to.x - from.x);
  const backwards = down ? to.y < from.y : to.x < from.x;
  const path = backwards ? reversed(line) : line;
  let reached = backwards ? lineLength(line) - start - length : start;
  const upright = down && WIDE.test(text);
  /** @type {Glyph[]} */
  const glyphs = [];
  let last = null;
  for (const char of text) {
    const width = advance(char, size);
    const { x, y, angle } = pointAt(path, reached + width / 2);
    if (last !== null && Math.abs(turnBetween(last, angle)) > SHARPEST) return null;
    last = angle;
    glyphs.push({ char, x, y, angle: upright ? angle - Math.PI / 2 : angle });
    reached += width + spacing;
  }
  return glyphs;
}

/** @param {number} a @param {number} b */
function turnBetween(a, b) {
  return Math.atan2(Math.sin(b - a), Math.cos(b - a));
}

/** @param {number[]} line @param {number} distance */
function pointAt(line, distance) {
  let left = distance;
  for (let i = 2; i < line.length; i += 2) {
    const [dx, dy] = [line[i] - line[i - 2], line[i + 1] - line[i - 1]];
    const length = Math.hypot(dx, dy);
    if (left <= length || i === line.length - 2) {
      const t = length ? left / length : 0;
      return { x: line[i - 2] + dx * t, y: line[i - 1] + dy * t, angle: Math.atan2(dy, dx) };
    }
    left -= length;
  }
  return { x: line[0], y: line[1], angle: 0 };
}
