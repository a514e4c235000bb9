/** The outside base map of the settings, if there is one. One in GCJ-02 or BD-09 lies some hundred metres off and says so. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { say } from "../words.js";

/**
 * 天地图 (`_w` sets), XYZ and WMTS addresses alike name their tile by {z}, {x}, {y}; several sets are separated by a blank.
 * @param {L.Map} map
 * @param {{ url: string, attribution: string, datum: string } | null} basemap
 */
export function addBasemap(map, basemap) {
  if (!basemap) return null;
  const shifted = basemap.datum === "wgs84" ? "" : ` · ${say("shifted_basemap", { datum: basemap.datum.toUpperCase() })}`;
  L.control.attribution({ prefix: false, position: "bottomright" }).addAttribution(escape(basemap.attribution) + escape(shifted)).addTo(map);
  const layers = basemap.url.split(/\s+/).map((url) => L.tileLayer(url, { maxZoom: 20, maxNativeZoom: 18, subdomains: "01234567" }));
  return L.layerGroup(layers).addTo(map);
}

/** @param {string} text */
function escape(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}
