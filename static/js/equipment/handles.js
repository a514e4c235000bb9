/** What is dragged on the map: the thing itself, a camera's bearing, the end of its arc. The cone follows live. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { make } from "../console/elements.js";
import { say } from "../words.js";
import { handlesOf, outlineOf, reached, turned, USUAL } from "./cone.js";

/** @typedef {import("./cone.js").Place} Place */
/** @typedef {import("./cone.js").Sight} Sight */
/** @typedef {{ place: Place, sight: Sight | null }} Stand */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({ ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] });
const FAST = 10;
const STEP_DEG = 1e-6;

export class Handles {
  /**
   * @param {L.Map} map
   * @param {Stand} stand
   * @param {string} colour
   * @param {(stand: Stand) => void} changed
   */
  constructor(map, stand, colour, changed) {
    this.map = map;
    this.stand = stand;
    this.changed = changed;
    this.layer = L.layerGroup([]).addTo(map);
    this.spot = this.knob("spot", say("handle_spot"), (place) => ({ place }), ([east, north], by) => this.nudge(east * by, north * by));
    if (stand.sight) {
      this.cone = L.polygon([], { pane: "selection", color: colour, weight: 2, fillOpacity: 0.15, interactive: false }).addTo(this.layer);
      this.turn = this.knob("turn", say("handle_turn"), (place) => this.sighted({ bearing: turned(this.stand.place, place) }),
        ([east], by) => this.sighted({ bearing: (this.sight().bearing + east * by + 360) % 360 }));
      this.reach = this.knob("reach", say("handle_reach"), (place) => this.sighted(reached(this.stand.place, this.sight().bearing, place)),
        ([east, north], by) => this.sighted({
          angle: Math.min(360, Math.max(1, this.sight().angle + east * by)), range: Math.max(1, this.sight().range + north * by) }));
    }
    this.draw();
  }

  /** What is drawn where nothing is stored. @returns {{ bearing: number, angle: number, range: number }} */
  sight() {
    const { bearing, angle, range } = /** @type {Sight} */ (this.stand.sight);
    return { bearing: bearing ?? USUAL.bearing, angle: angle ?? USUAL.angle, range: range ?? USUAL.range };
  }

  /** @param {Partial<Sight>} part @returns {Partial<Stand>} */
  sighted(part) {
    return { sight: { ...this.sight(), ...part } };
  }

  /** @param {number} east @param {number} north @returns {Partial<Stand>} */
  nudge(east, north) {
    const { lat, lon } = this.stand.place;
    return { place: { lat: lat + north * STEP_DEG, lon: lon + east * STEP_DEG } };
  }

  /**
   * @param {string} kind @param {string} title
   * @param {(place: Place) => Partial<Stand>} dragged
   * @param {(way: [number, number], by: number) => Partial<Stand>} stepped
   */
  knob(kind, title, dragged, stepped) {
    const icon = L.divIcon({ className: `knob knob-${kind}`, html: make("i", {}), iconSize: [22, 22] });
    const marker = L.marker([0, 0], { icon, draggable: true, keyboard: true, autoPan: true, zIndexOffset: 1000 });
    marker.addTo(this.layer);
    marker.on("drag", () => {
      const { lat, lng } = marker.getLatLng();
      this.take(dragged({ lat, lon: lng }), marker);
    });
    marker.on("dragend", () => this.draw());
    const element = /** @type {HTMLElement} */ (marker.getElement());
    element.setAttribute("role", kind === "spot" ? "button" : "slider");
    element.setAttribute("aria-label", title);
    element.title = title;
    element.addEventListener("keydown", (event) => {
      const way = ARROWS[event.key];
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      this.take(stepped(way, event.shiftKey ? FAST : 1));
    });
    return marker;
  }

  /** @param {Partial<Stand>} part @param {L.Marker} [held] the marker under the pointer, which stays there */
  take(part, held) {
    this.stand = { ...this.stand, ...part };
    this.draw(held);
    this.changed(this.stand);
  }

  /** The figures of the form have changed. @param {Stand} stand */
  put(stand) {
    this.stand = stand;
    this.draw();
  }

  /** @param {L.Marker} [held] */
  draw(held) {
    const { place, sight } = this.stand;
    if (held !== this.spot) this.spot.setLatLng([place.lat, place.lon]);
    if (!sight || !this.cone || !this.turn || !this.reach) return;
    const { turn, reach } = handlesOf(place, sight);
    if (held !== this.turn) this.turn.setLatLng([turn.lat, turn.lon]);
    if (held !== this.reach) this.reach.setLatLng([reach.lat, reach.lon]);
    this.cone.setLatLngs(outlineOf(place, sight).map(({ lat, lon }) => [lat, lon]));
    const { bearing, angle, range } = this.sight();
    tell(this.turn, bearing, `${bearing}°`);
    tell(this.reach, angle, `${angle}°, ${range} m`);
  }

  remove() {
    this.layer.remove();
  }
}

/** What a screen reader says of a handle. @param {L.Marker} knob @param {number} figure @param {string} words */
function tell(knob, figure, words) {
  const element = knob.getElement();
  for (const [name, value] of Object.entries({ valuemin: 0, valuemax: 360, valuenow: figure, valuetext: words })) element?.setAttribute(`aria-${name}`, String(value));
}
