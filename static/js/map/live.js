/**
 * Points that come and go by themselves, up to hundreds of thousands: `ground.live`. What server push feeds.
 *
 *     ground.live.kinds([{ colour: "info" }, { colour: "act", shape: "triangle" }], (props) => (props.urgent ? 1 : 0));
 *     ground.live.load(rows);                       // [[id, lon, lat, props], …]
 *     ground.live.set(7, 121.5, 31.2, { urgent: true });
 *
 * Each tile of the view is pressed pixel by pixel, in slices of a few milliseconds; a change touches the tiles under it alone.
 */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { toWorld } from "./area.js";
import { LaidGrid, SIDE } from "./laid.js";
import { Points } from "./points.js";
import { cut, partsOf, press } from "./stamps.js";

/** @typedef {{ colour: string, shape?: string, size?: number, hollow?: boolean }} LiveKind colour by its token, size in CSS pixels */
/** @typedef {string | number} Id */
/** @typedef {{ kinds: (kinds: LiveKind[], kindOf: (props: any) => number) => void, set: (id: Id, lon: number, lat: number, props?: any) => void,
 *   remove: (id: Id) => void, load: (rows: Iterable<[Id, number, number, any?]>) => void, clear: () => void, repaint: () => void,
 *   at: (place: L.LatLng) => { id: Id, props: any } | null, size: () => number }} Live */

/** @typedef {{ element: HTMLCanvasElement, coords: L.Coords, done: (() => void) | null, image: ImageData | null, picture: Uint32Array | null,
 *   pixels: number }} Sheet one tile */
/** @typedef {{ sheet: Sheet, order: Uint32Array, next: number }} Run a tile that is being pressed */

/** Longest time that a frame is given to pressing, ms: while somebody moves the map, and while it rests. */
const SLICE_MS = 6;
const REST_SLICE_MS = 80;
const SIZE = 8;
const BATCH = 512;

export const LivePoints = LaidGrid.extend({
  options: { tileSize: SIDE, updateWhenIdle: false, updateWhenZooming: false, keepBuffer: 1 },

  /** @param {L.GridLayerOptions & { palette: () => import("./palette.js").Palette, scale: number }} options */
  initialize(options) {
    L.Util.setOptions(this, options);
    /** @type {Map<string, Sheet>} */
    this.sheets = new Map();
    /** @type {Set<Sheet>} */
    this.stale = new Set();
    this.kinds([{ colour: "info" }, { colour: "act" }], (/** @type {any} */ props) => (props?.u || props?.urgent ? 1 : 0));
    this.on("tileunload", (/** @type {any} */ { coords }) => this.forget(keyOf(coords)));
  },

  /** What the points look like, the most urgent last, and which of these a point is. Takes away all that there are.
   * @param {LiveKind[]} kinds @param {(props: any) => number} kindOf */
  kinds(kinds, kindOf) {
    /** @type {LiveKind[]} */
    this.looks = kinds;
    this.kindOf = kindOf;
    this.points = new Points(kinds.length);
    this.repaint();
  },

  /** @param {Id} id @param {number} lon @param {number} lat @param {any} [props] */
  set(id, lon, lat, props) {
    const { points } = this;
    const before = points.slots.get(id);
    if (before !== undefined) this.touch(points.x[before], points.y[before]);
    const [x, y] = toWorld(lon, lat);
    const slot = points.set(id, x, y, this.kindOf(props), props);
    this.touch(x, y, slot);
  },

  /** @param {Id} id */
  remove(id) {
    const slot = this.points.slots.get(id);
    if (slot !== undefined) this.touch(this.points.x[slot], this.points.y[slot]);
    this.points.remove(id);
  },

  /** @param {Iterable<[Id, number, number, any?]>} rows */
  load(rows) {
    const { points, kindOf } = this;
    if (Array.isArray(rows)) points.reserve(points.used + rows.length);
    for (const [id, lon, lat, props] of rows) {
      const [x, y] = toWorld(lon, lat);
      points.set(id, x, y, kindOf(props), props);
    }
    this.refresh();
  },

  clear() {
    this.points.clear();
    this.refresh();
  },

  size() {
    return this.points.size;
  },

  /** The topmost point under a place. @param {L.LatLng} place */
  at(place) {
    const perWorld = 256 * 2 ** this._map.getZoom();
    const [x, y] = toWorld(place.lng, place.lat);
    const slot = this.points.topAt(x, y, (this.widest() / 2 + 3 * this.options.scale) / perWorld);
    return slot < 0 ? null : { id: this.points.ids[slot], props: this.points.props[slot] };
  },

  /** The size of the largest symbol, CSS pixels. */
  widest() {
    return Math.max(...this.looks.map((/** @type {LiveKind} */ { size }) => size ?? SIZE)) * this.options.scale;
  },

  /** Draws with the page's colours of now. */
  repaint() {
    this.stamps = null;
    this.refresh();
  },

  /** Draws every tile again; each keeps its picture until the next is ready. */
  refresh() {
    for (const sheet of this.sheets.values()) this.stale.add(sheet);
    this.schedule();
  },

  /** @param {L.Coords} coords @param {L.DoneCallback} done */
  createTile(coords, done) {
    const element = document.createElement("canvas");
    element.setAttribute("role", "presentation");
    element.style.display = "none";
    /** @type {Sheet} */
    const sheet = { element, coords, done: () => done(undefined, element), image: null, picture: null, pixels: 0 };
    this.sheets.set(keyOf(coords), sheet);
    this.stale.add(sheet);
    this.schedule();
    return element;
  },

  /** @param {string} key */
  forget(key) {
    const sheet = this.sheets.get(key);
    this.sheets.delete(key);
    if (sheet) this.stale.delete(sheet);
  },

  /** The tiles under a place are drawn again; where a new point lies over all others it is added to their picture. @param {number} x @param {number} y @param {number} [slot] */
  touch(x, y, slot) {
    const isTop = slot !== undefined && this.stamps && this.points.kind[slot] === this.looks.length - 1;
    for (const sheet of this.sheets.values()) {
      const { coords: { x: column, y: row, z }, pixels } = sheet;
      const reach = this.widest() / (SIDE / 2);
      const [across, down] = [x * 2 ** (z - 1) - column, y * 2 ** (z - 1) - row];
      if (across < -reach || down < -reach || across > 1 + reach || down > 1 + reach) continue;
      if (isTop && sheet.picture && !this.stale.has(sheet) && this.running?.sheet !== sheet) this.add(sheet, slot, Math.round(across * pixels), Math.round(down * pixels));
      else this.stale.add(sheet);
    }
    if (this.stale.size) this.schedule();
  },

  /** @param {Sheet} sheet @param {number} slot @param {number} x @param {number} y */
  add({ element, picture, image, pixels }, slot, x, y) {
    const stamp = this.stamps[this.points.kind[slot]];
    press(/** @type {Uint32Array} */ (picture), pixels, pixels, stamp, x, y);
    const side = 2 * stamp.reach + 1;
    element.getContext("2d")?.putImageData(/** @type {ImageData} */ (image), 0, 0, x - stamp.reach, y - stamp.reach, side, side);
  },

  /** Draws what is stale from the next frame on. */
  schedule() {
    if (this._map) this.frame ||= requestAnimationFrame(() => this.step());
  },

  /** One slice of drawing. */
  step() {
    this.frame = 0;
    if (!this._map) return;
    const until = performance.now() + (/** @type {any} */ (this._map.dragging)?.moving() ? SLICE_MS : REST_SLICE_MS);
    while ((this.running ??= this.next()) && performance.now() < until) {
      if (this.pressSome(this.running, until)) {
        this.show(this.running.sheet);
        this.running = null;
      }
    }
    if (this.running) this.schedule();
    else this.fire("drawn");
  },

  /** The next tile to draw, empty. @returns {Run | null} */
  next() {
    const [sheet] = this.stale;
    if (!sheet) return null;
    this.stale.delete(sheet);
    const { x, y, z } = sheet.coords;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.stamps ??= this.cutAll(ratio);
    const [side, reach] = [1 / 2 ** (z - 1), this.widest() / SIDE / 2 ** (z - 1)];
    const order = this.points.within(x * side - reach, y * side - reach, (x + 1) * side + reach, (y + 1) * side + reach);
    sheet.pixels = Math.round(SIDE * 2 ** (this.zoomOf(z) - z) * ratio);
    sheet.image = order.length ? new ImageData(sheet.pixels, sheet.pixels) : null;
    sheet.picture = sheet.image ? new Uint32Array(sheet.image.data.buffer) : null;
    return { sheet, order, next: 0 };
  },

  /** @param {Run} run @param {number} until @returns {boolean} whether it is finished */
  pressSome(run, until) {
    const { x, y, kind } = this.points;
    const { sheet: { coords, pixels, picture }, order } = run;
    const perWorld = pixels * 2 ** (coords.z - 1);
    while (run.next < order.length) {
      const end = Math.min(run.next + BATCH, order.length);
      for (; run.next < end; run.next += 1) {
        const stamp = this.stamps[kind[order[run.next]]];
        const [px, py] = [x[order[run.next]] * perWorld - coords.x * pixels, y[order[run.next]] * perWorld - coords.y * pixels];
        if (stamp) press(/** @type {Uint32Array} */ (picture), pixels, pixels, stamp, Math.round(px), Math.round(py));
      }
      if (performance.now() > until) break;
    }
    return run.next >= order.length;
  },

  /** @param {Sheet} sheet */
  show(sheet) {
    const { element, image, pixels } = sheet;
    element.style.display = image ? "" : "none"; // an empty tile still costs the screen time
    if (image) {
      if (element.width !== pixels) element.width = element.height = pixels;
      element.getContext("2d")?.putImageData(image, 0, 0);
    }
    sheet.done?.();
    sheet.done = null;
  },

  /** @param {number} ratio */
  cutAll(ratio) {
    const palette = this.options.palette();
    return this.looks.map((/** @type {LiveKind} */ { colour, shape = "circle", size = SIZE, hollow }) =>
      cut({ shape, size: size * this.options.scale * ratio, hollow, ...partsOf(palette[colour] ?? palette.info) }, partsOf(palette.panel)));
  },
});

/** @param {{ x: number, y: number, z: number }} coords */
function keyOf({ x, y, z }) {
  return `${z}/${x}/${y}`;
}
