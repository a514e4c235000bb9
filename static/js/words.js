/** The sentences that scripts show: the page hands them over already translated in the island `#words`. */

/** @type {Record<string, string> | null} */
let words = null;

/** @returns {Record<string, string>} */
function load() {
  const island = typeof document === "undefined" ? null : document.getElementById("words");
  return island?.textContent ? JSON.parse(island.textContent) : {};
}

/**
 * The sentence with `key`, its `{name}` parts filled in.
 * @param {string} key
 * @param {Record<string, string | number>} [parts]
 */
export function say(key, parts = {}) {
  words ??= load();
  const sentence = words[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in parts ? String(parts[name]) : whole));
}

/**
 * “1 building”, “2 buildings”: the sentence `tally_<noun>` with its figure.
 * @param {string} noun
 * @param {number} figure
 */
export function tally(noun, figure) {
  return say(figure === 1 ? `tally_${noun}_one` : `tally_${noun}`, { count: count(figure) });
}

/**
 * A whole number with separators, as the page's language writes it.
 * @param {number} figure
 */
export function count(figure) {
  return new Intl.NumberFormat(typeof document === "undefined" ? "en" : document.documentElement.lang).format(figure);
}
