/** A row and its symbol highlight each other: what lies under the pointer or has the focus, in the list and on the map. */

import { need } from "./elements.js";
import { markRows } from "./lists.js";
import { Walk } from "./walking.js";

/** @typedef {import("./walking.js").Stop} Stop */
/** @typedef {{ kind: string, id: string }} Lit a thing by the type of its card */

export class Pointing {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {() => Stop[]} stops what is listed, in its order
   * @param {(stop: Stop) => void} choose
   */
  constructor(ground, stops, choose) {
    this.ground = ground;
    this.stops = stops;
    this.walk = new Walk(ground, stops, choose);
    /** @type {Lit | null} */ this.lit = null;
    /** @type {{ type: string, id: string } | null} */ this.chosen = null;
    const left = need(".left");
    left.addEventListener("mouseover", (event) => this.light(rowUnder(event.target)));
    left.addEventListener("focusin", (event) => this.light(rowUnder(event.target)));
    left.addEventListener("mouseleave", () => this.light(null));
    this.walk.pane.addEventListener("focusin", (event) => this.light(stopUnder(event.target)));
    this.walk.pane.addEventListener("focusout", () => this.light(null));
    ground.map.on("mousemove", (event) => this.hover(event.latlng));
    ground.map.on("mouseout", () => this.light(null));
  }

  /** The thing under the pointer: a symbol, else something that is listed, else a grid. @param {import("leaflet").LatLng} place */
  hover(place) {
    if (/** @type {any} */ (this.ground.map.dragging).moving()) return;
    const mark = this.ground.markAt(place);
    const layer = mark && this.ground.info?.layers.find(({ key }) => key === mark.layer);
    const stop = this.walk.at(place);
    if (mark && layer) this.light({ kind: layer.card || layer.key, id: String(mark.id) });
    else this.light(stop ? { kind: stop.type, id: stop.id } : this.ground.zoneAt(place, "grid"));
    need("#map").classList.toggle("pointing", Boolean(this.lit));
  }

  /** @param {Lit | null} lit */
  light(lit) {
    if (lit?.id === this.lit?.id && lit?.kind === this.lit?.kind) return;
    this.lit = lit;
    const isZone = lit?.kind === "grid" || lit?.kind === "region";
    this.ground.highlight(isZone ? lit : null);
    this.walk.light(lit && !isZone ? this.stops().find(({ type, id }) => type === lit.kind && id === lit.id) ?? null : null);
    this.markRows();
  }

  /** @param {{ type: string, id: string } | null} chosen */
  mark(chosen) {
    const changed = chosen?.id !== this.chosen?.id || chosen?.type !== this.chosen?.type;
    this.chosen = chosen;
    this.markRows();
    const row = changed ? document.querySelector('.panel-body:not([hidden]) button.row[aria-current="true"]') : null;
    if (row instanceof HTMLElement && !row.matches(":focus")) row.scrollIntoView({ block: "nearest" });
  }

  /** After rows were drawn anew. */
  renew() {
    this.walk.draw();
    this.markRows();
  }

  markRows() {
    for (const list of document.querySelectorAll("[data-rows]")) if (list instanceof HTMLElement) markRows(list, this.chosen, this.lit);
  }
}

/** @param {EventTarget | null} target @returns {Lit | null} */
function rowUnder(target) {
  const row = target instanceof Element ? target.closest("button.row") : null;
  return row instanceof HTMLElement ? { kind: String(row.dataset.type), id: String(row.dataset.id) } : null;
}

/** @param {EventTarget | null} target @returns {Lit | null} */
function stopUnder(target) {
  return target instanceof HTMLElement && target.dataset.stopId ? { kind: String(target.dataset.stopType), id: target.dataset.stopId } : null;
}
