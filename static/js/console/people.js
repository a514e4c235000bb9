/** People on the console, for whom it concerns: who is cared for in a building, and around the middle of the map. Always masked. */

import { getJson, postJson } from "../http.js";
import { say } from "../words.js";
import { make } from "./elements.js";
import { bubbleAside } from "../map/symbols.js";
import { spread } from "./spreading.js";

/** @typedef {{ name: string, door: string, risk: string, riskLabel: string, tags: string[], href: string }} Person */
/** @typedef {{ lon: number, lat: number, name: string, door: string, risk: string, riskLabel: string, href: string }} Point */

const NEAR_FROM = 17;
const PAUSE_MS = 350;
/** Dots stand around the bubble of so many households. */
const TYPICAL = 10;
const MARKS = /** @type {Record<string, string>} */ ({ high: "act", key: "near", general: "info" });

/**
 * The list of care households below the facts of a building's card, asked for by itself and kept nowhere.
 * @param {HTMLElement} panel
 * @param {{ peopleHref?: string }} card
 */
export async function showPeople(panel, card) {
  if (!card.peopleHref) return;
  const section = make("section", { class: "people-here" }, make("h3", {}, say("care_here")), make("p", { class: "muted" }, say("loading")));
  panel.insertBefore(section, panel.querySelector("footer"));
  try {
    const { rows, more, href } = await getJson(card.peopleHref);
    section.replaceChildren(
      make("h3", {}, say("care_here")),
      rows.length ? make("ul", {}, ...rows.map(person)) : make("p", { class: "muted" }, say("care_nobody")),
      make("a", { class: "button", href }, say("care_more") + (more ? " …" : "")));
  } catch {
    section.remove();
  }
}

/** @param {Person} one */
function person({ name, door, risk, riskLabel, tags, href }) {
  return make("li", {}, make("a", { href }, name), make("span", { class: "muted" }, door),
    make("span", { class: `mark ${MARKS[risk] ?? ""}` }, riskLabel), make("small", { class: "muted" }, tags.join(" · ")));
}

/** The switch “my care households”: masked points near the middle of the map, asked for anew whenever it moves. */
export class CareNearby {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {(sentence: string) => void} tell
   * @param {() => void} changed
   */
  constructor(ground, tell, changed) {
    this.ground = ground;
    this.tell = tell;
    this.changed = changed;
    this.box = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-my-care]"));
    /** @type {import("leaflet").GeoJSON | null} */
    this.layer = null;
    this.drawn = false;
    this.waiting = 0;
    this.turn = 0;
    if (!this.box) return;
    this.box.addEventListener("change", () => this.update(true));
    ground.map.on("moveend", () => this.update(false));
  }

  /** @param {boolean} asked whether the person has just switched it */
  update(asked) {
    clearTimeout(this.waiting);
    this.turn += 1;
    if (!this.box?.checked || this.ground.map.getZoom() < NEAR_FROM) {
      this.clear();
      if (asked && this.box?.checked) this.tell(say("care_zoom"));
      return;
    }
    this.waiting = window.setTimeout(() => this.load(), PAUSE_MS);
  }

  async load() {
    const { turn } = this;
    const view = this.ground.map.getBounds();
    const bbox = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    try {
      const { points, more } = await postJson(String(this.box?.dataset.myCare), { bbox, zoom: this.ground.map.getZoom() });
      if (turn !== this.turn) return;
      this.draw(more ? [] : points); // a part of them would show buildings emptier than they are
      if (more) this.tell(say("care_many"));
    } catch (error) {
      if (turn === this.turn) this.tell(error instanceof Error && error.message ? error.message : say("failed"));
    }
  }

  /** @param {Point[]} points several behind one building stand around it in a ring */
  draw(points) {
    this.clear();
    const { palette } = this.ground;
    const colours = /** @type {Record<string, string>} */ ({ high: palette["care-high"], key: palette["care-key"], general: palette["care-general"] });
    const zoom = this.ground.map.getZoom();
    const features = spread(points, 360 / (256 * 2 ** zoom), bubbleAside(zoom, TYPICAL)).map((point) => ({
      type: /** @type {const} */ ("Feature"), properties: point, geometry: { type: /** @type {const} */ ("Point"), coordinates: [point.lon, point.lat] },
    }));
    this.mark(points.length > 0);
    this.layer = this.ground.showGeometry(/** @type {any} */ ({ type: "FeatureCollection", features }),
      (feature) => ({ color: palette.panel, weight: 1.5, fillColor: colours[feature?.properties.risk], fillOpacity: 1, radius: 6, bubblingMouseEvents: false }),
      { onEachFeature: (feature, layer) => this.explain(feature.properties, layer) });
  }

  /** @param {Point} point @param {import("leaflet").Layer} layer */
  explain(point, layer) {
    layer.bindTooltip(make("span", {}, `${point.name} ${point.door} · ${point.riskLabel}`), { direction: "top" });
    layer.on("click", () => { location.href = point.href; });
  }

  /** The legend explains the dots while there are some. @param {boolean} drawn */
  mark(drawn) {
    this.drawn = drawn;
    this.changed();
  }

  clear() {
    if (this.layer) this.mark(false);
    this.layer?.remove();
    this.layer = null;
  }
}
