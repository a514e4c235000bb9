/** The things of the list as buttons on the map, in the list's order: for the Tab key, for screen readers, and to light up. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { say } from "../words.js";
import { make } from "./elements.js";

/** @typedef {{ type: string, id: string, title: string, lon: number, lat: number }} Stop */

/** Nobody steps through more than these; the list itself is nearer. */
const MOST_STOPS = 60;
/** How near the pointer must be to a thing of the list, pixels. */
const REACH_PX = 14;

const Ring = L.Icon.extend({
  createIcon() {
    const { stop, choose } = this.options;
    const button = make("button", { type: "button", class: "stop", "data-stop-type": stop.type, "data-stop-id": stop.id, "aria-label": stop.title });
    button.addEventListener("click", (event) => {
      event.stopPropagation(); // the map would choose what lies under the pointer, wherever that is
      choose(stop);
    });
    button.addEventListener("keydown", (event) => event.key === "Enter" && event.stopPropagation());
    return button;
  },
  createShadow() {
    return null;
  },
});

export class Walk {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {() => Stop[]} stops what is listed, in its order
   * @param {(stop: Stop) => void} choose
   */
  constructor(ground, stops, choose) {
    this.ground = ground;
    this.stops = stops;
    this.choose = choose;
    this.pane = ground.map.createPane("walk");
    this.pane.setAttribute("role", "group");
    this.pane.setAttribute("aria-label", say("things_on_map"));
    this.markers = L.layerGroup().addTo(ground.map);
    /** @type {Stop[]} */ this.here = [];
    /** @type {string} */ this.drawn = "";
    /** @type {import("leaflet").Marker | null} */ this.lit = null;
    this.litKey = "";
    ground.map.on("moveend", () => this.draw());
  }

  /** Buttons for what is listed and in view; the focus stays on the thing that has it. */
  draw() {
    const view = this.ground.map.getBounds();
    this.here = this.stops().filter(({ lon, lat }) => view.contains([lat, lon])).slice(0, MOST_STOPS);
    const drawn = this.here.map(keyOf).join(" ");
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const active = document.activeElement;
    const focused = active instanceof HTMLElement && this.pane.contains(active) ? `${active.dataset.stopType}:${active.dataset.stopId}` : "";
    this.markers.clearLayers();
    for (const stop of this.here) this.marker(stop).addTo(this.markers);
    const again = [...this.pane.querySelectorAll("button")].find(({ dataset }) => `${dataset.stopType}:${dataset.stopId}` === focused);
    if (focused) (again ?? this.ground.map.getContainer()).focus({ preventScroll: true });
  }

  /** @param {Stop} stop @param {boolean} [lit] */
  marker(stop, lit = false) {
    const icon = new /** @type {any} */ (Ring)({ stop, choose: this.choose, className: "" });
    const marker = L.marker([stop.lat, stop.lon], { icon, keyboard: false, interactive: false, pane: lit ? "selection" : "walk", zIndexOffset: lit ? 1000 : 0 });
    return marker;
  }

  /** A ring around one thing, until the next call. @param {Stop | null} stop */
  light(stop) {
    const key = stop ? keyOf(stop) : "";
    if (key === this.litKey) return;
    this.litKey = key;
    this.lit?.remove();
    this.lit = null;
    if (!stop) return;
    const icon = L.divIcon({ className: "ring", html: make("span", {}), iconSize: [0, 0] });
    this.lit = L.marker([stop.lat, stop.lon], { icon, interactive: false, keyboard: false }).addTo(this.ground.map);
  }

  /** The thing of the list nearest to a place. @param {import("leaflet").LatLng} place @returns {Stop | null} */
  at(place) {
    const { map, scale } = this.ground;
    const spot = map.latLngToContainerPoint(place);
    let [found, nearest] = [/** @type {Stop | null} */ (null), REACH_PX * scale];
    for (const stop of this.here) {
      const away = map.latLngToContainerPoint([stop.lat, stop.lon]).distanceTo(spot);
      if (away < nearest) [found, nearest] = [stop, away];
    }
    return found;
  }
}

/** @param {Stop} stop */
function keyOf({ type, id }) {
  return `${type}:${id}`;
}
