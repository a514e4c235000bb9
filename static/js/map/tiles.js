/** The Leaflet layer of our own vector tiles: 512 CSS pixels each, drawn by the workshop, swapped in place when something changes. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { LaidGrid, SIDE } from "./laid.js";
import { Workshop } from "./workshop.js";

/** @typedef {import("./candidates.js").Offer} Offer */
/** @typedef {{ key: string, zoom: number, offer: Offer }} Laid what one tile on the map offers */
/** @typedef {{ element: HTMLCanvasElement, coords: L.Coords, abort: AbortController, offer: Offer | null, failed: boolean, tries: number }} Sheet
 *   `failed`: a set of it is missing, which is asked for again; `tries`: how often that has been in vain */

/** What failed is asked for again after this time, then after twice as long each time. */
const RETRY_MS = 4000;
const RETRY_MOST_MS = 64000;

export const VectorTiles = LaidGrid.extend({
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
    const sheet = { element, coords, abort: new AbortController(), offer: null, failed: false, tries: 0 };
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
      sheet.failed = Boolean(made.trouble);
      if (made.trouble) this.retry(sheet, new Error(made.trouble));
      else sheet.tries = 0;
      this.fire("offer");
    } catch (error) {
      if (abort.signal.aborted) return;
      sheet.failed = true;
      this.retry(sheet, error);
      throw error;
    }
  },

  /** Tells of the trouble and orders the tile again later; the sets that came are kept by the workers. @param {Sheet} sheet @param {unknown} error */
  retry(sheet, error) {
    const { signal } = sheet.abort;
    this.fire("trouble", { error });
    const wait = Math.min(RETRY_MS * 2 ** sheet.tries, RETRY_MOST_MS);
    sheet.tries += 1;
    setTimeout(() => signal.aborted || this.draw(sheet).catch(() => {}), wait);
  },

  /** @param {L.Coords} coords @returns {import("./tile.js").Order} */
  orderFor({ x, y, z }) {
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const zoom = this.zoomOf(z);
    const address = `${z - 1}/${x}/${y}.mvt`;
    const urls = this.source.sets(z).filter((/** @type {string} */ set) => this.source.revisions[set] !== undefined).map(
      (/** @type {string} */ set) => `${this.source.base}${set}/${address}?v=${encodeURIComponent(this.source.revisions[set])}`,
    );
    const pixels = Math.round(SIDE * 2 ** (zoom - z) * ratio);
    return { z: z - 1, x, y, urls: urls.map((/** @type {string} */ url) => new URL(url, location.href).href), pixels, ratio, look: { ...this.source.look(), zoom } };
  },

  /** Draws tiles again and swaps each picture when it is ready: nothing blinks. @param {Set<string>} [moved] only tiles that hold one of these sets; the others of a tile are kept by the workers */
  refresh(moved) {
    for (const sheet of this.sheets.values()) {
      if (moved && !this.source.sets(sheet.coords.z).some((/** @type {string} */ set) => moved.has(set))) continue;
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
