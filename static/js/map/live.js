/**
 * Points that come and go by themselves, up to hundreds of thousands: `ground.live`. What server push feeds.
 *
 *     ground.live.kinds([{ colour: "info" }, { colour: "act", shape: "triangle" }], (props) => (props.urgent ? 1 : 0));
 *     ground.live.load(rows);                       // [[id, lon, lat, props], …]
 *     ground.live.set(7, 121.5, 31.2, { urgent: true });
 *
 * Each tile of the view is pressed pixel by pixel, in slices of a few milliseconds, and the empty ones appear together; a change touches the tiles under it alone.
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

/** @typedef {{ element: HTMLCanvasElement, coords: L.Coords, done: (() => void) | null, pixels: number, filled: boolean }} Sheet one tile */
/** @typedef {{ sheet: Sheet, order: Uint32Array, next: number }} Run a tile that is being pressed */
/** @typedef {{ pixels: number, image: ImageData, picture: Uint32Array }} Desk where tiles are pressed one after the other */

/** Longest time of one slice of pressing, ms: while somebody moves the map there is one slice in a frame, else one follows the other. */
const SLICE_MS = 6;
/** So many stale tiles are told their points together. */
const TOGETHER = 3;
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
    /** @type {Map<Sheet, Uint32Array> | null} */
    this.orders = null;
    /** @type {Sheet[]} */
    this.waiting = [];
    this.channel = new MessageChannel();
    this.channel.port1.onmessage = () => this.step();
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
    this.orders = null;
    const before = points.slotOf(id);
    if (before !== undefined) this.touch(points.x[before], points.y[before]);
    const [x, y] = toWorld(lon, lat);
    const slot = points.set(id, x, y, this.kindOf(props), props);
    this.touch(x, y, slot);
  },

  /** @param {Id} id */
  remove(id) {
    this.orders = null;
    const slot = this.points.slotOf(id);
    if (slot !== undefined) this.touch(this.points.x[slot], this.points.y[slot]);
    this.points.remove(id);
  },

  /** @param {Iterable<[Id, number, number, any?]>} rows */
  load(rows) {
    const { points, kindOf } = this;
    if (Array.isArray(rows)) points.reserve(points.used + rows.length);
    for (const row of rows) { // taken apart by number: a third of the time of doing it by pattern
      const place = toWorld(row[1], row[2]);
      points.append(row[0], place[0], place[1], kindOf(row[3]), row[3]);
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
    this.orders = null;
    for (const sheet of this.sheets.values()) this.stale.add(sheet);
    this.schedule();
  },

  /** @param {L.Coords} coords @param {L.DoneCallback} done */
  createTile(coords, done) {
    const element = document.createElement("canvas");
    element.setAttribute("role", "presentation");
    element.style.display = "none";
    /** @type {Sheet} */
    const sheet = { element, coords, done: () => done(undefined, element), pixels: 0, filled: false };
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
      if (isTop && sheet.filled && !this.stale.has(sheet) && this.running?.sheet !== sheet) this.add(sheet, slot, Math.round(across * pixels), Math.round(down * pixels));
      else this.stale.add(sheet);
    }
    if (this.stale.size) this.schedule();
  },

  /** @param {Sheet} sheet @param {number} slot @param {number} x @param {number} y */
  add({ element }, slot, x, y) {
    const stamp = this.stamps[this.points.kind[slot]];
    element.getContext("2d")?.drawImage(pictureOf(stamp), x - stamp.reach, y - stamp.reach);
  },

  /** Draws what is stale from the next frame on. */
  schedule() {
    if (this._map) this.frame ||= requestAnimationFrame(() => this.step());
  },

  /** One slice of drawing. */
  step() {
    this.frame = 0;
    if (!this._map) return;
    const until = performance.now() + SLICE_MS;
    while ((this.running ??= this.next()) && performance.now() < until) {
      if (this.pressSome(this.running, until)) {
        this.show(this.running);
        this.running = null;
      }
    }
    const isMoving = /** @type {any} */ (this._map.dragging)?.moving();
    if (!this.running || isMoving) this.reveal();
    if (!this.running) this.fire("drawn");
    else if (isMoving) this.schedule();
    else {
      this.frame = -1;
      this.channel.port2.postMessage(null);
    }
  },

  /** Tiles that were empty appear together: the screen is put together once, not once for each of them. */
  reveal() {
    for (const { element, filled } of this.waiting) element.style.display = filled ? "" : "none";
    this.waiting = [];
  },

  /** The next tile to draw, empty. @returns {Run | null} */
  next() {
    const [sheet] = this.stale;
    if (!sheet) return null;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.stamps ??= this.cutAll(ratio);
    const order = this.orderOf(sheet);
    this.stale.delete(sheet);
    sheet.pixels = Math.round(SIDE * 2 ** (this.zoomOf(sheet.coords.z) - sheet.coords.z) * ratio);
    if (order.length) this.clearDesk(sheet.pixels);
    return { sheet, order, next: 0 };
  },

  /** The places of a tile's points, of all stale tiles of its zoom at once where there are many. @param {Sheet} sheet @returns {Uint32Array} */
  orderOf(sheet) {
    const { x, y, z } = sheet.coords;
    const [side, reach] = [1 / 2 ** (z - 1), this.widest() / SIDE / 2 ** (z - 1)];
    if (!this.orders && this.stale.size >= TOGETHER) {
      /** @type {Sheet[]} */
      const sheets = [...this.stale].filter(({ coords }) => coords.z === z);
      const [columns, rows] = [sheets.map(({ coords }) => coords.x), sheets.map(({ coords }) => coords.y)];
      const [column, row] = [Math.min(...columns), Math.min(...rows)];
      const grid = { side, reach, column, row, columns: Math.max(...columns) - column + 1, rows: Math.max(...rows) - row + 1 };
      const parts = this.points.parted(grid);
      this.orders = new Map(sheets.map((one) => [one, parts[(one.coords.y - row) * grid.columns + one.coords.x - column]]));
    }
    return this.orders?.get(sheet) ?? this.points.within(x * side - reach, y * side - reach, (x + 1) * side + reach, (y + 1) * side + reach);
  },

  /** @param {number} pixels */
  clearDesk(pixels) {
    if (this.desk?.pixels === pixels) this.desk.picture.fill(0);
    else {
      const image = new ImageData(pixels, pixels);
      /** @type {Desk} */
      this.desk = { pixels, image, picture: new Uint32Array(image.data.buffer) };
    }
  },

  /** @param {Run} run @param {number} until @returns {boolean} whether it is finished */
  pressSome(run, until) {
    const { x, y, kind } = this.points;
    const { sheet: { coords, pixels }, order } = run;
    const perWorld = pixels * 2 ** (coords.z - 1);
    while (run.next < order.length) {
      const end = Math.min(run.next + BATCH, order.length);
      for (; run.next < end; run.next += 1) {
        const stamp = this.stamps[kind[order[run.next]]];
        const [px, py] = [x[order[run.next]] * perWorld - coords.x * pixels, y[order[run.next]] * perWorld - coords.y * pixels];
        if (stamp) press(/** @type {Desk} */ (this.desk).picture, pixels, pixels, stamp, Math.round(px), Math.round(py));
      }
      if (performance.now() > until) break;
    }
    return run.next >= order.length;
  },

  /** @param {Run} run */
  show({ sheet, order }) {
    const { element, pixels } = sheet;
    sheet.filled = order.length > 0;
    if (sheet.filled) this.waiting.push(sheet);
    else element.style.display = "none"; // an empty tile still costs the screen time
    if (sheet.filled) {
      if (element.width !== pixels) element.width = element.height = pixels;
      element.getContext("2d")?.putImageData(/** @type {Desk} */ (this.desk).image, 0, 0);
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

/** One stamp by itself. @param {import("./stamps.js").Stamp} stamp */
function pictureOf(stamp) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 2 * stamp.reach + 1;
  const image = new ImageData(canvas.width, canvas.height);
  press(new Uint32Array(image.data.buffer), canvas.width, canvas.height, { ...stamp }, stamp.reach, stamp.reach);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

/** @param {{ x: number, y: number, z: number }} coords */
function keyOf({ x, y, z }) {
  return `${z}/${x}/${y}`;
}
