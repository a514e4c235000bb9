/** A component that is a line or an area: its corners are dragged, with leaflet-geoman. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";

/** @typedef {import("./requests.js").Shape} Shape */

export class Outline {
  /** @param {L.Map} map @param {Shape} shape @param {string} colour @param {(shape: Shape) => void} changed */
  constructor(map, shape, colour, changed) {
    this.layer = L.geoJSON(/** @type {any} */ (shape), { style: { color: colour, weight: 3, fillOpacity: 0.15 } }).addTo(map);
    this.layer.eachLayer((one) => {
      /** @type {any} */ (one).pm?.enable({ allowSelfIntersection: false, snappable: false });
      one.on("pm:edit pm:markerdragend pm:vertexremoved", () => changed(this.shape()));
    });
  }

  /** @returns {Shape} */
  shape() {
    const [one] = this.layer.getLayers();
    return /** @type {any} */ (one).toGeoJSON(7).geometry;
  }

  remove() {
    this.layer.eachLayer((one) => /** @type {any} */ (one).pm?.disable());
    this.layer.remove();
  }
}

/**
 * Lets the person draw a new line or area.
 * @param {L.Map} map @param {any} pm @param {"LineString" | "Polygon"} type @returns {Promise<Shape>}
 */
export function drawOutline(map, pm, type) {
  return new Promise((resolve) => {
    map.off("pm:create"); // of a drawing that was given up
    map.doubleClickZoom.disable(); // a double click ends the drawing, as the Enter key does
    pm.enableDraw(type === "Polygon" ? "Polygon" : "Line", { tooltips: false, snappable: false, allowSelfIntersection: false, finishOn: "dblclick" });
    map.once("pm:drawend", () => map.doubleClickZoom.enable());
    map.once("pm:create", (/** @type {any} */ event) => {
      pm.disableDraw();
      const { geometry } = event.layer.toGeoJSON(7);
      event.layer.remove();
      resolve(geometry);
    });
  });
}
