/** Labels of grids that never lie on each other: the important ones stay, those in their way are left out until there is room. */

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */
/** @typedef {{ rank: number, box: Box }} Label rank: larger is more important */

const AIR = 2;

/**
 * Which of the labels have room, taken by rank and then in their own order.
 * @param {Label[]} labels
 * @returns {boolean[]}
 */
export function roomFor(labels) {
  /** @type {Box[]} */
  const taken = [];
  const shown = labels.map(() => false);
  const order = labels.map((_, index) => index).sort((a, b) => labels[b].rank - labels[a].rank || a - b);
  for (const index of order) {
    const { box } = labels[index];
    if (taken.some((other) => meet(box, other))) continue;
    taken.push(box);
    shown[index] = true;
  }
  return shown;
}

/** @param {Box} a @param {Box} b */
function meet(a, b) {
  return a.left < b.right + AIR && b.left < a.right + AIR && a.top < b.bottom + AIR && b.top < a.bottom + AIR;
}
