/** Two maps that show the same place: what moves one moves the other, and the pointer on one is shown on the other. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { exactly } from "./sheet.js";

/**
 * @param {L.Map} a
 * @param {L.Map} b
 */
export function moveTogether(a, b) {
  let leading = /** @type {L.Map | null} */ (null);
  for (const [map, other] of [[a, b], [b, a]]) {
    const lead = (/** @type {() => void} */ follow) => {
      if (leading === other) return;
      leading = map;
      exactly(other, follow);
      leading = null;
    };
    map.on("move", () => lead(() => other.setView(map.getCenter(), map.getZoom(), { animate: false })));
    map.on("zoomanim", (/** @type {any} */ { center, zoom, noUpdate }) => {
      if (!noUpdate) lead(() => other.setView(center, zoom, { animate: true }));
    });
    showPointer(map, other);
  }
}

/** @param {L.Map} from @param {L.Map} to */
function showPointer(from, to) {
  const ring = L.marker([0, 0], { icon: L.divIcon({ html: document.createElement("i"), className: "twin-pointer", iconSize: [18, 18] }), interactive: false, keyboard: false });
  from.on("mousemove", ({ latlng }) => ring.setLatLng(latlng).addTo(to));
  from.on("mouseout", () => ring.remove());
}
