/** What is chosen: found under a click, shown on its card and outlined on the map, and named in the breadcrumb. */

import { Refusal, getJson } from "../http.js";
import { isDrawn } from "../map/layers.js";
import { say } from "../words.js";
import { drawCard, drawRefusal, drawWaiting } from "./card.js";
import { drawCrumbs } from "./crumbs.js";
import { need } from "./elements.js";
import { showPeople } from "./people.js";

/** @typedef {import("./address.js").Choice} Choice */
/** @typedef {import("./card.js").Card} Card */

const PLURALS = /** @type {Record<string, string>} */ ({ facility: "facilities", duty: "duty" });
/** A card that comes this fast needs no “loading”. */
const PATIENCE_MS = 150;
const MIDDLE_PAUSE_MS = 300;
/** Clear of the largest symbol, which is drawn above it. */
const RING_PX = 15;
const BUILDINGS_FROM = 16;
const GRIDS_FROM = 13;

/** @param {Choice} choice @returns {Promise<Card>} */
export function loadCard(choice) {
  return getJson(`/api/v1/${PLURALS[choice.type] ?? `${choice.type}s`}/${choice.id}`);
}

export class Chosen {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {(choice: Choice | null) => void} choose
   */
  constructor(ground, choose) {
    this.ground = ground;
    this.choose = choose;
    this.panel = need("[data-card]");
    this.crumbs = need("[data-crumbs]");
    /** @type {import("leaflet").GeoJSON[]} */
    this.outline = [];
    /** @type {{ type: string, id: string, title: string }[]} */
    this.found = [];
    this.turn = 0;
    /** What the panel shows. @type {Card | null} */
    this.card = null;
    this.middle = 0;
    /** The regions that the breadcrumb names, widest first. @type {{ code: string, name: string, level: number }[]} */
    this.place = [];
  }

  /** The topmost thing under a click; the others are named on its card. @param {import("leaflet").LatLng} place */
  async pick({ lat, lng }) {
    const zoom = this.ground.map.getZoom();
    try {
      const { found } = await getJson(`/api/v1/at?lon=${lng.toFixed(7)}&lat=${lat.toFixed(7)}&z=${zoom}`);
      this.found = found.filter((/** @type {any} */ thing) => this.isDrawn(thing.type, zoom));
      this.choose(this.found.length ? /** @type {Choice} */ (this.found[0]) : null);
    } catch {
      this.choose(null);
    }
  }

  /** Nobody means what is not drawn, nor a building that is too small to be seen. @param {string} type @param {number} zoom */
  isDrawn(type, zoom) {
    const { shown, opacity } = this.ground.look();
    const layer = this.ground.info?.layers.find(({ card }) => card === type);
    if (type === "building" && zoom < BUILDINGS_FROM) return false;
    if (type === "grid" && shown.load && zoom >= GRIDS_FROM) return true;
    return type === "region" || !layer || isDrawn(layer, { shown: /** @type {any} */ (shown), opacity }, zoom);
  }

  /**
   * @param {Choice} choice
   * @param {Promise<Card>} [coming] the card where it was asked for already
   * @returns {Promise<Card | null>} null where something else was chosen meanwhile, or it cannot be shown
   */
  async show(choice, coming = loadCard(choice)) {
    const turn = (this.turn += 1);
    const patience = setTimeout(() => drawWaiting(this.panel), PATIENCE_MS);
    try {
      const card = await coming;
      clearTimeout(patience);
      if (turn !== this.turn) return null;
      const others = this.found.some(({ type, id }) => type === card.type && id === card.id) ? this.found.filter(({ type, id }) => type !== card.type || id !== card.id) : [];
      drawCard(this.panel, card, this.ground.look().rules, others);
      showPeople(this.panel, card);
      this.card = card;
      this.drawOutline(card);
      this.place = card.place;
      drawCrumbs(this.crumbs, card.place, card.type === "region" ? null : card.title);
      return card;
    } catch (error) {
      clearTimeout(patience);
      if (turn !== this.turn) return null;
      this.drawOutline(null);
      drawRefusal(this.panel, error instanceof Refusal && error.status === 404 ? say("not_there") : say("failed"));
      return null;
    }
  }

  hide() {
    this.turn += 1;
    this.panel.hidden = true;
    this.card = null;
    this.drawOutline(null);
  }

  /** Three pixels with a halo, above the ground and below the lettering; around the symbol of what is a point. @param {Card | null} card */
  drawOutline(card) {
    for (const layer of this.outline) layer.remove();
    this.outline = [];
    if (!card?.geometry) return;
    const { palette, scale } = this.ground;
    const color = card.type === "region" ? palette.region : card.type === "grid" ? palette.grid : palette.info;
    const radius = RING_PX * scale;
    const fillOpacity = card.type === "building" ? 0.35 : 0;
    this.outline = [
      this.ground.showGeometry(card.geometry, { color: palette.ground, weight: 7 * scale, radius, opacity: 0.85, fillOpacity: 0, interactive: false }),
      this.ground.showGeometry(card.geometry, { color, weight: 3 * scale, radius, fillOpacity, interactive: false }),
    ];
  }

  /** Nothing is chosen: the breadcrumb says where the middle of the map lies. */
  followMiddle() {
    clearTimeout(this.middle);
    this.middle = window.setTimeout(async () => {
      const { lat, lng } = this.ground.map.getCenter();
      const zoom = this.ground.map.getZoom();
      const turn = this.turn;
      const { place } = await getJson(`/api/v1/at?lon=${lng.toFixed(6)}&lat=${lat.toFixed(6)}&z=${zoom}`).catch(() => ({ place: [] }));
      if (turn !== this.turn) return;
      const finest = zoom >= 15 ? 5 : zoom >= 13 ? 4 : 3;
      this.place = place;
      drawCrumbs(this.crumbs, place.filter((/** @type {any} */ step) => step.level <= finest), null);
    }, MIDDLE_PAUSE_MS);
  }
}
