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
  credit(basemap.attribution + shifted).addTo(map);
  const layers = basemap.url.split(/\s+/).map((url) => L.tileLayer(url, { maxZoom: 20, maxNativeZoom: 18, subdomains: "01234567" }));
  return L.layerGroup(layers).addTo(map);
}

/**
 * Whose map it is, as plain text in the corner; Leaflet's own control takes markup.
 * @param {string} text
 */
function credit(text) {
  const control = new L.Control({ position: "bottomright" });
  control.onAdd = () => {
    const holder = L.DomUtil.create("div", "leaflet-control-attribution leaflet-control");
    holder.textContent = text;
    return holder;
  };
  return control;
}
