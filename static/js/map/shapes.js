/** Plane geometry on flat rings [x, y, x, y, …]; pure. */

/** @typedef {{ area: number, x: number, y: number, box: [number, number, number, number] }} Patch
 *  What a polygon covers inside its tile: area, centroid, [west, north, east, south]. */

/**
 * Signed area by the shoelace formula: positive for rings that run clockwise on screen (y down).
 * @param {number[]} ring
 */
export function signedArea(ring) {
  let twice = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    twice += ring[j] * ring[i + 1] - ring[i] * ring[j + 1];
  }
  return twice / 2;
}

/**
 * Sutherland–Hodgman: the ring inside the square 0…size.
 * @param {number[]} ring
 * @param {number} size
 * @returns {number[]}
 */
export function clipToSquare(ring, size) {
  let kept = ring;
  for (const [axis, limit, sign] of [[0, 0, 1], [0, size, -1], [1, 0, 1], [1, size, -1]]) {
    const from = kept;
    kept = [];
    for (let i = 0, j = from.length - 2; i < from.length; j = i, i += 2) {
      const here = (from[i + axis] - limit) * sign;
      const before = (from[j + axis] - limit) * sign;
      if (here < 0 !== before < 0) {
        const t = before / (before - here);
        kept.push(from[j] + (from[i] - from[j]) * t, from[j + 1] + (from[i + 1] - from[j + 1]) * t);
      }
      if (here >= 0) kept.push(from[i], from[i + 1]);
    }
  }
  return kept;
}

/**
 * What the rings of one polygon (outer and holes) cover inside the tile; null where that is nothing.
 * @param {number[][]} rings
 * @param {number} size
 * @returns {Patch | null}
 */
export function patchOf(rings, size) {
  let [area, mx, my] = [0, 0, 0];
  /** @type {Patch["box"]} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    const inside = clipToSquare(ring, size);
    for (let i = 0, j = inside.length - 2; i < inside.length; j = i, i += 2) {
      const cross = inside[j] * inside[i + 1] - inside[i] * inside[j + 1];
      area += cross / 2;
      mx += (inside[j] + inside[i]) * cross;
      my += (inside[j + 1] + inside[i + 1]) * cross;
      box[0] = Math.min(box[0], inside[i]);
      box[1] = Math.min(box[1], inside[i + 1]);
      box[2] = Math.max(box[2], inside[i]);
      box[3] = Math.max(box[3], inside[i + 1]);
    }
  }
  if (Math.abs(area) < 1) return null;
  return { area: Math.abs(area), x: mx / (6 * area), y: my / (6 * area), box };
}

/**
 * Even-odd rule over all rings.
 * @param {number[][]} rings
 * @param {number} x
 * @param {number} y
 */
export function holds(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const crosses = ring[i + 1] > y !== ring[j + 1] > y;
      if (crosses && x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]) inside = !inside;
    }
  }
  return inside;
}

/**
 * Where a horizontal label has most room: the middle of the widest inside stretch over nine lines through the box.
 * @param {number[][]} rings
 * @param {Patch["box"]} box
 * @returns {{ x: number, y: number, width: number }}
 */
export function widestPlace(rings, box) {
  let best = { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2, width: 0 };
  let most = -1;
  for (let step = 1; step < 10; step += 1) {
    const y = box[1] + ((box[3] - box[1]) * step) / 10 + 0.01;
    const crossings = crossingsAt(rings, y).map((x) => Math.min(Math.max(x, box[0]), box[2]));
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const width = crossings[i + 1] - crossings[i];
      const weight = width * (1 - Math.abs(step - 5) / 12);
      if (weight > most) [most, best] = [weight, { x: (crossings[i] + crossings[i + 1]) / 2, y, width }];
    }
  }
  return best;
}

/**
 * @param {number[][]} rings
 * @param {number} y
 */
function crossingsAt(rings, y) {
  const crossings = [];
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      if (ring[i + 1] > y === ring[j + 1] > y) continue;
      crossings.push(((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]);
    }
  }
  return crossings.sort((a, b) => a - b);
}

/**
 * The direction in which a polygon is longest, radians from the x axis in (−π/2, π/2], and how many times longer.
 * @param {number[]} ring
 */
export function longAxis(ring) {
  const count = ring.length / 2;
  let [mx, my] = [0, 0];
  for (let i = 0; i < ring.length; i += 2) [mx, my] = [mx + ring[i] / count, my + ring[i + 1] / count];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < ring.length; i += 2) {
    const [dx, dy] = [ring[i] - mx, ring[i + 1] - my];
    [xx, yy, xy] = [xx + dx * dx, yy + dy * dy, xy + dx * dy];
  }
  const spread = Math.hypot(xx - yy, 2 * xy);
  return { angle: Math.atan2(2 * xy, xx - yy) / 2, ratio: Math.sqrt((xx + yy + spread) / Math.max(xx + yy - spread, 1e-9)) };
}

/**
 * Joins lines that end where another begins, so that a name has room; each line is used once.
 * @param {number[][]} lines
 * @returns {number[][]}
 */
export function joinLines(lines) {
  const open = lines.filter((line) => line.length >= 4).map((line) => [...line]);
  const joined = [];
  while (open.length) {
    let line = /** @type {number[]} */ (open.pop());
    for (let i = 0; i < open.length; i += 1) {
      const longer = joinTwo(line, open[i]);
      if (!longer) continue;
      line = longer;
      open.splice(i, 1);
      i = -1;
    }
    joined.push(line);
  }
  return joined;
}

/**
 * @param {number[]} a
 * @param {number[]} b
 * @returns {number[] | null}
 */
function joinTwo(a, b) {
  const meets = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ u, /** @type {number} */ v) => Math.abs(x - u) <= 2 && Math.abs(y - v) <= 2;
  const [ax, ay, az, aw] = [a[0], a[1], a[a.length - 2], a[a.length - 1]];
  const [bx, by, bz, bw] = [b[0], b[1], b[b.length - 2], b[b.length - 1]];
  if (meets(az, aw, bx, by)) return [...a, ...b.slice(2)];
  if (meets(az, aw, bz, bw)) return [...a, ...reversed(b).slice(2)];
  if (meets(ax, ay, bz, bw)) return [...b, ...a.slice(2)];
  if (meets(ax, ay, bx, by)) return [...reversed(b), ...a.slice(2)];
  return null;
}

/** @param {number[]} line */
export function reversed(line) {
  const back = [];
  for (let i = line.length - 2; i >= 0; i -= 2) back.push(line[i], line[i + 1]);
  return back;
}
