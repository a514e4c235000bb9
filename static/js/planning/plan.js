/** A plan beside its map: grids coloured by load with their number and households; list and map point at each other. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { getJson } from "../http.js";
import { make } from "../console/elements.js";
import { createMap } from "../map/ground.js";
import { legendRows, loadClass } from "../map/loads.js";
import { readPalette } from "../map/palette.js";

/** @typedef {{ number: number, households: number, kind: string }} Planned */

const element = /** @type {HTMLElement} */ (document.querySelector("[data-map]"));
const rows = new Map(
  [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-grids] [data-number]"))].map((row) => [Number(row.dataset.number), row]),
);
const rule = readRule();
const palette = readPalette();

/** @returns {import("../map/loads.js").Rules} */
function readRule() {
  const { target, minimum, maximum } = JSON.parse(document.getElementById("rule")?.textContent ?? "{}");
  return { target, min: minimum, max: maximum };
}

/** @param {Planned} planned */
function colour({ households, kind }) {
  if (kind === "dedicated") return palette["load-special"];
  return palette[/** @type {"load-1"} */ (`load-${loadClass(households, rule) + 3}`)];
}

/** @param {Planned} planned */
const resting = (planned) => ({ color: palette.grid, weight: 1.6, fillColor: colour(planned), fillOpacity: 0.5 });
const chosen = { color: palette["grid-text"], weight: 4 };

for (const row of rows.values()) {
  const swatch = /** @type {HTMLElement | null} */ (row.querySelector("[data-load]"));
  const kind = row.querySelector(".mark") ? "dedicated" : "general";
  if (swatch) swatch.style.background = colour({ number: 0, households: Number(row.dataset.households), kind });
}

const ground = createMap(element, { live: false, shown: { load: false, grids: false, compounds: false, cameras: false, facilities: false } });
ground.map.addControl(legend());

getJson(element.dataset.shapes ?? "").then((shapes) => {
  /** @type {Map<number, L.Path>} */
  const paths = new Map();
  const layer = ground.showGeometry(shapes, (feature) => resting(feature.properties), {
    onEachFeature: (feature, path) => {
      const planned = /** @type {Planned} */ (feature.properties);
      paths.set(planned.number, /** @type {L.Path} */ (path));
      path.bindTooltip(make("span", {}, make("b", {}, String(planned.number).padStart(3, "0")), make("br"), String(planned.households)), { permanent: true, direction: "center", className: "planned" });
      path.on({ mouseover: () => point(planned.number, true), mouseout: () => point(planned.number, false), click: () => go(planned.number, true) });
    },
  });

  /** @param {number} number @param {boolean} on */
  const point = (number, on) => {
    const path = paths.get(number);
    rows.get(number)?.classList.toggle("chosen", on);
    path?.setStyle(on ? chosen : { color: palette.grid, weight: 1.6 });
    if (on) path?.bringToFront();
  };
  /** @param {number} number @param {boolean} fromMap */
  const go = (number, fromMap) => {
    const path = /** @type {L.Polygon | undefined} */ (paths.get(number));
    if (fromMap) rows.get(number)?.scrollIntoView({ block: "nearest" });
    else if (path) ground.map.fitBounds(path.getBounds(), { padding: [80, 80], maxZoom: 18 });
  };

  for (const [number, row] of rows) {
    row.addEventListener("mouseenter", () => point(number, true));
    row.addEventListener("mouseleave", () => point(number, false));
    row.addEventListener("focus", () => point(number, true));
    row.addEventListener("blur", () => point(number, false));
    row.addEventListener("click", () => go(number, false));
    row.addEventListener("keydown", (event) => event.key === "Enter" && go(number, false));
  }
  ground.ready.then(() => ground.map.fitBounds(layer.getBounds(), { padding: [24, 24], animate: false }));
});

/** The five classes of load with their limits in households. @returns {L.Control} */
function legend() {
  const control = new L.Control({ position: "bottomleft" });
  control.onAdd = () => {
    const box = L.DomUtil.create("div", "legend");
    for (const { load, text } of legendRows(rule)) {
      const item = L.DomUtil.create("span", "", box);
      const swatch = L.DomUtil.create("i", "swatch", item);
      swatch.style.background = palette[/** @type {"load-1"} */ (`load-${load + 3}`)];
      item.append(text);
    }
    return box;
  };
  return control;
}
