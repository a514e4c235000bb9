/** The colours of tokens.css, read once per theme, so that workers and canvases draw with the very tokens of the page. */

const NAMES = /** @type {const} */ ([
  "ground", "block", "building", "building-edge", "water", "water-text", "green", "green-text", "square", "road", "road-casing",
  "road-text", "rail", "wall", "region", "grid", "grid-text", "compound-text", "building-text", "load-1", "load-2", "load-3", "load-4",
  "load-5", "load-special", "camera", "lamp", "stale", "act", "social-work", "city-management", "governance", "care-high", "care-key", "care-general", "text", "muted", "info", "near", "done", "panel", "facility-health", "facility-care",
  "facility-office", "facility-police", "facility-school", "facility-market", "facility-park", "facility-other",
]);

/** @typedef {Record<(typeof NAMES)[number], string> & Record<string, string>} Palette */

/**
 * @param {string[]} [more] further colours that styles of the catalogue name
 * @returns {Palette}
 */
export function readPalette(more = []) {
  const style = getComputedStyle(document.documentElement);
  const names = [...NAMES, ...more];
  return /** @type {Palette} */ (Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])));
}
