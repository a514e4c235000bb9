/** Which labels are written: by rank, then by size; none overlaps another. Pure: text is measured by whoever calls. */

/** @typedef {[number, number, number, number]} Box [left, top, right, bottom] in pixels */
/** @typedef {{ rank: number, size: number, key: string, apart?: number, places: Box[][] }} Candidate
 *  `places` are alternatives, best first, each a list of boxes that must all be free; `key` names what is labelled and is
 *  written once, or again `apart` pixels away */

const CELL = 64;

export class Board {
  constructor() {
    /** @type {Map<string, Box[]>} */
    this.cells = new Map();
  }

  /** @param {Box} box */
  isFree(box) {
    for (const cell of cellsOf(box)) {
      for (const [left, top, right, bottom] of this.cells.get(cell) ?? []) {
        if (box[0] < right && box[2] > left && box[1] < bottom && box[3] > top) return false;
      }
    }
    return true;
  }

  /** @param {Box} box */
  take(box) {
    for (const cell of cellsOf(box)) this.cells.set(cell, [...(this.cells.get(cell) ?? []), box]);
  }
}

/** @param {Box} box */
function cellsOf([left, top, right, bottom]) {
  const cells = [];
  for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x += 1) {
    for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y += 1) cells.push(`${x}:${y}`);
  }
  return cells;
}

/**
 * @template {Candidate} T
 * @param {T[]} candidates
 * @param {Box[]} obstacles boxes that are taken from the beginning
 * @returns {{ candidate: T, place: number }[]} what is written and at which of its places
 */
export function placeLabels(candidates, obstacles = []) {
  const board = new Board();
  for (const box of obstacles) board.take(box);
  const order = [...candidates].sort((a, b) => a.rank - b.rank || b.size - a.size || (a.key < b.key ? -1 : 1));
  /** @type {Map<string, Box[]>} */
  const written = new Map();
  const placed = [];
  for (const candidate of order) {
    const place = candidate.places.findIndex((boxes) => boxes.every((box) => board.isFree(box)) && farFromItself(candidate, boxes, written));
    if (place < 0) continue;
    for (const box of candidate.places[place]) board.take(box);
    written.set(candidate.key, [...(written.get(candidate.key) ?? []), candidate.places[place][0]]);
    placed.push({ candidate, place });
  }
  return placed;
}

/** @param {Candidate} candidate @param {Box[]} boxes @param {Map<string, Box[]>} written */
function farFromItself({ key, apart }, boxes, written) {
  const others = written.get(key);
  if (!others) return true;
  if (!apart) return false;
  return others.every((other) => Math.hypot(other[0] - boxes[0][0], other[1] - boxes[0][1]) >= apart);
}
