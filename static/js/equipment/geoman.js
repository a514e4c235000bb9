/** leaflet-geoman, loaded when something is edited for the first time; it draws and bends lines and areas. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";

/** @type {Promise<unknown> | null} */
let loading = null;

/** Makes `map.pm` and the `pm` of every layer from now on. @param {L.Map} map */
export async function withGeoman(map) {
  /** @type {any} */ (globalThis).L ??= { ...L }; // it adds to what it finds there; a module's own names can't be added to
  loading ??= import("../../vendor/geoman/leaflet-geoman.js");
  await loading;
  const known = /** @type {any} */ (map);
  if (!known.pm) {
    known.pm = new /** @type {any} */ (globalThis).L.PM.Map(map);
    known.pm.setGlobalOptions({ tooltips: false, snappable: false, allowSelfIntersection: false, finishOnEnter: true, exitModeOnEscape: true });
  }
  return known.pm;
}
