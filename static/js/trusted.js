/**
 * The one policy for text that a browser would read as markup or as the address of a program (Trusted Types). Loaded
 * before every other script: the content security policy lets no such text through but what is named here, so that
 * no slip anywhere in the pages can become a script. Browsers without Trusted Types are as they were.
 */

/** Leaflet asks, once, whether the browser draws SVG; its icons that hold nothing are emptied. */
const MARKUP = new Set(["<svg/>", ""]);

/** @param {string} text */
function markup(text) {
  if (MARKUP.has(text)) return text;
  throw new TypeError("text is not put into a page as markup");
}

/** @param {string} address */
function program(address) {
  const url = new URL(address, location.href);
  if (url.origin === location.origin && url.pathname.endsWith("/js/map/worker.js")) return url.href;
  throw new TypeError("only the tile worker is started");
}

/** @type {any} */ (globalThis).trustedTypes?.createPolicy("default", { createHTML: markup, createScriptURL: program });
