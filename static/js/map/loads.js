/** How full a grid is: five classes around the target, from the rule figures that the server sends. */

/** @typedef {{ target: number, min: number, max: number }} Rules resident households per grid */
/** @typedef {-2 | -1 | 0 | 1 | 2} Load */

/**
 * The four limits between the five classes: the band's ends, and a third of the way from the target to each.
 * @param {Rules} rules
 * @returns {[number, number, number, number]}
 */
export function limits({ target, min, max }) {
  return [min, target - (target - min) / 3, target + (max - target) / 3, max];
}

/**
 * @param {number} households
 * @param {Rules} rules
 * @returns {Load}
 */
export function loadClass(households, rules) {
  const [low, under, over, high] = limits(rules);
  if (households < low) return -2;
  if (households < under) return -1;
  if (households <= over) return 0;
  return households <= high ? 1 : 2;
}

/**
 * The legend's rows, lightest load first.
 * @param {Rules} rules
 * @returns {{ load: Load, text: string }[]}
 */
export function legendRows(rules) {
  const [low, under, over, high] = limits(rules).map(Math.round);
  const range = (/** @type {number} */ from, /** @type {number} */ to) => (from === to ? String(from) : `${from}–${to}`);
  return [
    { load: -2, text: `<${low}` },
    { load: -1, text: range(low, under) },
    { load: 0, text: range(under, over) },
    { load: 1, text: range(over, high) },
    { load: 2, text: `>${high}` },
  ];
}
