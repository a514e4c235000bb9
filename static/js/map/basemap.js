/** Outside base maps of the settings, of which a person may choose one. Tiles in GCJ-02 or BD-09 are moved to where they belong. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { say } from "../words.js";
import { fromDatum, toDatum } from "./datum.js";

/** @typedef {{ id: string, title: string, urls: string[], attribution: string, datum: string, subdomains: string, maxZoom: number }} BaseMap
 *   `urls` from the lowest up, each with {z}, {x}, {y} and perhaps {s} */

const base = /** @type {any} */ (L.TileLayer).prototype;

/**
 * Tiles of a shifted datum. Each is laid where its corners truly are, so that the view is shifted and never the data; what
 * is asked for is what stands around the true middle of the map.
 */
export const ShiftedTiles = L.TileLayer.extend({
  options: { datum: "wgs84" },

  /** @param {L.LatLng} center */
  _getTiledPixelBounds(center) {
    const [lon, lat] = toDatum(this.options.datum, center.lng, center.lat);
    return base._getTiledPixelBounds.call(this, L.latLng(lat, lon));
  },

  /** @param {{ x: number, y: number }} coords */
  _getTilePos(coords) {
    return this.cornerOf(coords).subtract(this._level.origin);
  },

  /** The true place of a tile's north-west corner, whole pixels: its neighbours begin there. @param {{ x: number, y: number }} coords */
  cornerOf({ x, y }) {
    const zoom = this._level.zoom;
    const { lng, lat } = this._map.unproject(L.point(x, y).scaleBy(this.getTileSize()), zoom);
    const [lon, north] = fromDatum(this.options.datum, lng, lat);
    return this._map.project(L.latLng(north, lon), zoom).round();
  },

  /** @param {L.Coords} coords @param {HTMLElement} container */
  _addTile(coords, container) {
    base._addTile.call(this, coords, container);
    const tile = this._tiles[this._tileCoordsToKey(coords)];
    if (!tile) return;
    const size = this.cornerOf({ x: coords.x + 1, y: coords.y + 1 }).subtract(this.cornerOf(coords));
    tile.el.style.width = `${size.x}px`;
    tile.el.style.height = `${size.y}px`;
  },
});

export class BaseMaps {
  /** @param {L.Map} map @param {BaseMap[]} choices */
  constructor(map, choices) {
    this.map = map;
    this.choices = choices;
    /** @type {L.Layer | null} */
    this.layer = null;
    /** @type {L.Control | null} */
    this.credit = null;
    this.chosen = "";
  }

  /** Lays one base map down; with an empty or unknown name there is only the map of our own. @param {string} id */
  choose(id) {
    this.layer?.remove();
    this.credit?.remove();
    this.layer = this.credit = null;
    const one = this.choices.find((choice) => choice.id === id);
    this.chosen = one?.id ?? "";
    if (!one) return;
    this.layer = L.layerGroup(one.urls.map((url) => layerOf(url, one))).addTo(this.map);
    this.credit = credit(creditOf(one)).addTo(this.map);
  }
}

/** @param {string} url @param {BaseMap} choice @returns {L.TileLayer} */
function layerOf(url, { datum, subdomains, maxZoom }) {
  const options = { maxZoom: 22, maxNativeZoom: maxZoom, subdomains: subdomains || "0", pane: "basemap", referrerPolicy: "no-referrer" };
  return datum === "wgs84" ? L.tileLayer(url, /** @type {any} */ (options)) : new /** @type {any} */ (ShiftedTiles)(url, { ...options, datum });
}

/** @param {BaseMap} choice */
function creditOf({ attribution, datum }) {
  return datum === "wgs84" ? attribution : `${attribution} · ${say("shifted_basemap", { datum: datum === "gcj02" ? "GCJ-02" : "BD-09" })}`;
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
