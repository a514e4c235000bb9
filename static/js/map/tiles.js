/** The Leaflet layer of our own vector tiles: 512 CSS pixels each, drawn by the workshop, swapped in place when something changes. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { Workshop } from "./workshop.js";

/** @typedef {import("./candidates.js").Offer} Offer */
/** @typedef {{ key: string, zoom: number, offer: Offer }} Laid what one tile on the map offers */
/** @typedef {{ element: HTMLCanvasElement, coords: L.Coords, abort: AbortController, offer: Offer | null, failed: boolean }} Sheet */

/** Leaflet's own grid, which knows only whole zooms. */
const base = /** @type {any} */ (L.GridLayer).prototype;
const RETRY_MS = 4000;
const SIDE = 512;

export const VectorTiles = L.GridLayer.extend({
  options: { tileSize: SIDE, updateWhenIdle: false, updateWhenZooming: false, keepBuffer: 1 },

  /**
   * @param {{ look: () => import("./paint.js").Look, sets: (zoom: number) => string[], revisions: Record<string, string>, base: string }} source
   *   `sets` names the tile sets that are drawn into one picture at a zoom
   * @param {L.GridLayerOptions} options
   */
  initialize(source, options) {
    L.Util.setOptions(this, options);
    this.source = source;
    this.workshop = new Workshop();
    /** @type {Map<string, Sheet>} */
    this.sheets = new Map();
    this.on("tileunload", (/** @type {any} */ { coords }) => this.forget(keyOf(coords)));
  },

  /**
   * @param {L.Coords} coords
   * @param {L.DoneCallback} done
   */
  createTile(coords, done) {
    const element = document.createElement("canvas");
    element.setAttribute("role", "presentation");
    /** @type {Sheet} */
    const sheet = { element, coords, abort: new AbortController(), offer: null, failed: false };
    this.sheets.set(keyOf(coords), sheet);
    this.draw(sheet).then(() => done(undefined, element), (/** @type {Error} */ error) => done(error, element));
    return element;
  },

  /** @param {Sheet} sheet */
  async draw(sheet) {
    const { abort } = sheet;
    try {
      const made = await this.workshop.make(this.orderFor(sheet.coords), abort.signal);
      if (abort.signal.aborted) return;
      show(sheet.element, made.picture);
      sheet.offer = made.offer;
      sheet.failed = false;
      this.fire("offer");
    } catch (error) {
      if (abort.signal.aborted) return;
      sheet.failed = true;
      this.fire("trouble", { error });
      setTimeout(() => abort.signal.aborted || !sheet.failed || this.draw(sheet), RETRY_MS);
      throw error;
    }
  },

  /** @param {L.Coords} coords @returns {import("./tile.js").Order} */
  orderFor({ x, y, z }) {
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const zoom = this._levels?.[z]?.laid ?? z;
    const address = `${z - 1}/${x}/${y}.mvt`;
    const urls = this.source.sets(z).filter((/** @type {string} */ set) => this.source.revisions[set] !== undefined).map(
      (/** @type {string} */ set) => `${this.source.base}${set}/${address}?v=${encodeURIComponent(this.source.revisions[set])}`,
    );
    const pixels = Math.round(SIDE * 2 ** (zoom - z) * ratio);
    return { z: z - 1, x, y, urls: urls.map((/** @type {string} */ url) => new URL(url, location.href).href), pixels, ratio, look: { ...this.source.look(), zoom } };
  },

  // Between two whole zooms Leaflet stretches a level of tiles, which blurs them and leaves seams. Here a level is laid out
  // at the very zoom of the map: each tile has whole pixels, its neighbours begin where it ends, and it is drawn at that size.

  /** @param {L.LatLng} center @param {number} zoom @param {boolean} noPrune @param {boolean} noUpdate */
  _setView(center, zoom, noPrune, noUpdate) {
    this.wanted = zoom;
    if (!noUpdate && !this._map._animatingZoom) this.layOut(zoom);
    base._setView.call(this, center, zoom, noPrune, noUpdate);
  },

  /** @param {any} level @param {L.LatLng} center @param {number} zoom */
  _setZoomTransform(level, center, zoom) {
    if (level.laid === undefined) this.lay(level, Math.round(this.wanted) === level.zoom ? this.wanted : level.zoom);
    const scale = this._map.getZoomScale(zoom, level.laid);
    const shift = level.corner.multiplyBy(scale).subtract(this._map._getNewPixelOrigin(center, zoom)).round();
    L.DomUtil.setTransform(level.el, shift, scale);
  },

  /** @param {{ x: number, y: number }} coords */
  _getTilePos(coords) {
    return cornerOf(coords, this._level).subtract(this._level.corner);
  },

  /** @param {L.Coords} coords @param {HTMLElement} container */
  _addTile(coords, container) {
    base._addTile.call(this, coords, container);
    const tile = this._tiles[this._tileCoordsToKey(coords)];
    if (tile) place(tile.el, coords, this._level);
  },

  /** @param {any} level @param {number} zoom */
  lay(level, zoom) {
    const map = this._map;
    level.laid = zoom;
    level.corner = map.project(map.unproject(map.getPixelOrigin()), zoom).round();
  },

  /** Lays the tiles that are there already out at another zoom, and draws them at their new size. @param {number} zoom */
  layOut(zoom) {
    const level = this._levels?.[Math.round(zoom)];
    if (!level || level.laid === zoom) return;
    this.lay(level, zoom);
    for (const { el, coords } of Object.values(/** @type {Record<string, any>} */ (this._tiles))) if (coords.z === level.zoom) place(el, coords, level);
    this.refresh();
  },

  /** Draws every tile again and swaps each picture when it is ready: nothing blinks. */
  refresh() {
    for (const sheet of this.sheets.values()) {
      sheet.abort.abort();
      sheet.abort = new AbortController();
      this.draw(sheet).catch(() => {});
    }
  },

  /** @param {string} key */
  forget(key) {
    this.sheets.get(key)?.abort.abort();
    this.sheets.delete(key);
    this.fire("offer");
  },

  /** What the tiles on the map offer, those of the present zoom alone once there are any. @returns {Laid[]} */
  laid() {
    const all = [];
    for (const [key, { coords, offer }] of this.sheets) if (offer) all.push({ key, zoom: coords.z, offer });
    const now = all.filter(({ zoom }) => zoom === this._tileZoom);
    return now.length ? now : all;
  },

  /** Whether every tile in view is drawn. */
  isComplete() {
    return this.sheets.size > 0 && [...this.sheets.values()].every(({ offer }) => offer);
  },
});

/** The north-west corner of a tile in pixels of the zoom at which its level is laid out. @param {{ x: number, y: number }} coords @param {any} level */
function cornerOf({ x, y }, { zoom, laid }) {
  const side = SIDE * 2 ** (laid - zoom);
  return L.point(Math.round(x * side), Math.round(y * side));
}

/** @param {HTMLElement} element @param {{ x: number, y: number }} coords @param {any} level */
function place(element, coords, level) {
  const from = cornerOf(coords, level);
  const size = cornerOf({ x: coords.x + 1, y: coords.y + 1 }, level).subtract(from);
  element.style.width = `${size.x}px`;
  element.style.height = `${size.y}px`;
  L.DomUtil.setPosition(element, from.subtract(level.corner));
}

/** @param {{ x: number, y: number, z: number }} coords */
function keyOf({ x, y, z }) {
  return `${z}/${x}/${y}`;
}

/**
 * @param {HTMLCanvasElement} element
 * @param {ImageBitmap | null} picture
 */
function show(element, picture) {
  const context = element.getContext("bitmaprenderer");
  if (!context) return;
  if (picture) [element.width, element.height] = [picture.width, picture.height];
  context.transferFromImageBitmap(picture);
}
