/** The rows of a dry run on the map: coloured by what would happen to them; table and map point at each other. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { getJson } from "../http.js";
import { make } from "../console/elements.js";
import { createMap } from "../map/ground.js";
import { readPalette } from "../map/palette.js";

/** @typedef {{ row: number, key: string, action: string, name: string | null }} Staged */

const element = /** @type {HTMLElement} */ (document.querySelector("[data-map]"));
const palette = readPalette();
const colours = /** @type {Record<string, string>} */ ({
  created: palette.done, changed: palette.near, same: palette.stale, missing: palette["grid-text"], refused: palette.act,
});
const rows = new Map(
  [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-row]"))].map((row) => [nameOf(row.dataset.row, row.dataset.key), row]),
);

/** @param {string | number | undefined} row @param {string | undefined} key */
function nameOf(row, key) {
  return `${row} ${key}`;
}

/** @param {Staged} staged */
const resting = (staged) => ({ color: colours[staged.action] ?? palette.grid, weight: 1.5, radius: 4, fillOpacity: 0.35 });

const ground = createMap(element, { live: false, quiet: true, shown: { load: false } });

getJson(element.dataset.shapes ?? "").then((shapes) => {
  /** @type {Map<string, L.Path>} */
  const paths = new Map();
  const layer = ground.showGeometry(shapes, (feature) => resting(feature.properties), {
    onEachFeature: (feature, path) => {
      const staged = /** @type {Staged} */ (feature.properties);
      const name = nameOf(staged.row, staged.key);
      paths.set(name, /** @type {L.Path} */ (path));
      path.bindTooltip(make("span", {}, [staged.row || "", staged.name ?? staged.key].join(" ")));
      path.on({ mouseover: () => point(name, true), mouseout: () => point(name, false), click: () => rows.get(name)?.scrollIntoView({ block: "center" }) });
    },
  });

  /** @param {string} name @param {boolean} on */
  const point = (name, on) => {
    rows.get(name)?.classList.toggle("chosen", on);
    paths.get(name)?.setStyle({ weight: on ? 4 : 1.5 });
  };
  for (const [name, row] of rows) {
    row.addEventListener("mouseenter", () => point(name, true));
    row.addEventListener("mouseleave", () => point(name, false));
    row.addEventListener("click", () => {
      const path = /** @type {any} */ (paths.get(name));
      if (path?.getBounds) ground.map.fitBounds(path.getBounds(), { padding: [80, 80], maxZoom: 18 });
      else if (path) ground.map.setView(path.getLatLng(), 17);
    });
  }
  if (shapes.features.length) ground.ready.then(() => ground.map.fitBounds(layer.getBounds(), { padding: [24, 24], maxZoom: 18, animate: false }));
});
