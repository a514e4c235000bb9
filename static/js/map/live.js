/**
 * Points that come and go by themselves, up to hundreds of thousands: `ground.live`. What server push feeds.
 *
 *     ground.live.kinds([{ colour: "info" }, { colour: "act", shape: "triangle" }], (props) => (props.urgent ? 1 : 0));
 *     ground.live.load(rows);                       // [[id, lon, lat, props], …]
 *     ground.live.set(7, 121.5, 31.2, { urgent: true });
 *
 * One canvas beyond the edges of the view, pressed pixel by pixel in slices of a few milliseconds, so that dragging never waits.
 */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { toWorld } from "./area.js";
import { Points } from "./points.js";
import { cut, partsOf, press } from "./stamps.js";

/** @typedef {{ colour: string, shape?: string, size?: number, hollow?: boolean }} LiveKind colour by its token, size in CSS pixels */
/** @typedef {string | number} Id */
/** @typedef {{ kinds: (kinds: LiveKind[], kindOf: (props: any) => number) => void, set: (id: Id, lon: number, lat: number, props?: any) => void,
 *   remove: (id: Id) => void, load: (rows: Iterable<[Id, number, number, any?]>) => void, clear: () => void, repaint: () => void,
 *   at: (place: L.LatLng) => { id: Id, props: any } | null, size: () => number }} Live */

/** Leaflet's own renderer, whose canvas moves and scales with the map. */
const base = /** @type {any} */ (L.Renderer).prototype;
/** Longest time that a frame is given to pressing, ms: while somebody moves the map, and while it rests. */
const SLICE_MS = 6;
const REST_SLICE_MS = 40;
const SIZE = 8;
const BATCH = 512;

export const LivePoints = L.Renderer.extend({
  options: { padding: 0.2 },

  /** @param {{ pane: string, palette: () => import("./palette.js").Palette, scale: number }} options */
  initialize(options) {
    base.initialize.call(this, options);
    this.kinds([{ colour: "info" }, { colour: "act" }], (/** @type {any} */ props) => (props?.u || props?.urgent ? 1 : 0));
  },

  /** What the points look like, the most urgent last, and which of these a point is. Takes away all that there are.
   * @param {LiveKind[]} kinds @param {(props: any) => number} kindOf */
  kinds(kinds, kindOf) {
    /** @type {LiveKind[]} */
    this.looks = kinds;
    this.kindOf = kindOf;
    this.points = new Points(kinds.length);
    this.stamps = null;
    this.schedule();
  },

  /** @param {Id} id @param {number} lon @param {number} lat @param {any} [props] */
  set(id, lon, lat, props) {
    const [x, y] = toWorld(lon, lat);
    const isNew = !this.points.slots.has(id);
    const slot = this.points.set(id, x, y, this.kindOf(props), props);
    if (isNew && this.isTop(slot)) this.add(slot);
    else this.schedule();
  },

  /** @param {Id} id */
  remove(id) {
    if (this.points.remove(id)) this.schedule();
  },

  /** @param {Iterable<[Id, number, number, any?]>} rows */
  load(rows) {
    const { points, kindOf } = this;
    if (Array.isArray(rows)) points.reserve(points.used + rows.length);
    for (const [id, lon, lat, props] of rows) {
      const [x, y] = toWorld(lon, lat);
      points.set(id, x, y, kindOf(props), props);
    }
    this.schedule();
  },

  clear() {
    this.points.clear();
    this.schedule();
  },

  size() {
    return this.points.size;
  },

  /** The topmost point under a place. @param {L.LatLng} place */
  at(place) {
    const perWorld = 256 * 2 ** this._map.getZoom();
    const [x, y] = toWorld(place.lng, place.lat);
    const widest = Math.max(...this.looks.map((/** @type {LiveKind} */ { size }) => size ?? SIZE));
    const slot = this.points.topAt(x, y, ((widest / 2 + 3) * this.options.scale) / perWorld);
    return slot < 0 ? null : { id: this.points.ids[slot], props: this.points.props[slot] };
  },

  /** Draws with the page's colours of now. */
  repaint() {
    this.stamps = null;
    this.schedule();
  },

  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
    this.context = this._container.getContext("2d");
  },

  _destroyContainer() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this._container.remove();
    delete this._container;
  },

  /** The view has changed: what is half drawn is of no use. */
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    this.running = null;
    this.schedule();
  },

  /** Until the picture of the new view is ready, the one before lies where it belongs. */
  _reset() {
    this._update();
    this._updateTransform(this._map.getCenter(), this._map.getZoom());
  },

  /** Nothing moves before there is a picture. @param {L.LatLng} center @param {number} zoom */
  _updateTransform(center, zoom) {
    if (this._center) base._updateTransform.call(this, center, zoom);
  },

  /** Draws again from the next frame on; what is half drawn is finished first, or a busy stream would never be seen. */
  schedule() {
    this.stale = true;
    if (this._container) this.frame ||= requestAnimationFrame(() => this.step());
  },

  /** One slice of drawing; the picture is shown when all of it is pressed. */
  step() {
    this.frame = 0;
    if (!this._map || !this._container || this._map._animatingZoom) return;
    this.running ??= this.begin();
    const slice = /** @type {any} */ (this._map.dragging)?.moving() ? SLICE_MS : REST_SLICE_MS;
    if (this.pressSome(this.running, performance.now() + slice)) {
      this.show(this.running);
      this.running = null;
      if (!this.stale) return;
    }
    this.frame = requestAnimationFrame(() => this.step());
  },

  /** The picture of the view of now, empty. */
  begin() {
    this.stale = false;
    const map = this._map;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const min = map.containerPointToLayerPoint(map.getSize().multiplyBy(-this.options.padding)).round();
    const size = map.getSize().multiplyBy((1 + 2 * this.options.padding) * ratio).floor();
    const perWorld = 256 * 2 ** map.getZoom();
    const origin = map.getPixelOrigin().add(min);
    this.stamps ??= this.cutAll(ratio);
    const reach = 16 * this.options.scale;
    const order = this.points.within(
      (origin.x - reach) / perWorld, (origin.y - reach) / perWorld,
      (origin.x + size.x / ratio + reach) / perWorld, (origin.y + size.y / ratio + reach) / perWorld,
    );
    const image = order.length ? this.sheet(size) : null;
    return {
      min, ratio, size, order, image, next: 0, perPixel: perWorld * ratio, left: origin.x * ratio, top: origin.y * ratio,
      picture: image ? new Uint32Array(image.data.buffer) : null, center: map.getCenter(), zoom: map.getZoom(),
    };
  },

  /** An empty picture; the one before last is taken again. @param {L.Point} size */
  sheet(size) {
    const spare = this.spare;
    this.spare = null;
    if (spare?.width !== size.x || spare.height !== size.y) return new ImageData(size.x, size.y);
    spare.data.fill(0);
    return spare;
  },

  /** @param {any} run @param {number} until @returns {boolean} whether it is finished */
  pressSome(run, until) {
    const { x, y, kind } = this.points;
    while (run.next < run.order.length) {
      const end = Math.min(run.next + BATCH, run.order.length);
      for (; run.next < end; run.next += 1) {
        const slot = run.order[run.next];
        const stamp = this.stamps[kind[slot]];
        if (stamp) press(run.picture, run.size.x, run.size.y, stamp, Math.round(x[slot] * run.perPixel - run.left), Math.round(y[slot] * run.perPixel - run.top));
      }
      if (performance.now() > until) return run.next >= run.order.length;
    }
    return true;
  },

  /** @param {any} run */
  show(run) {
    const { min, size, ratio, image } = run;
    this.spare = this.shown?.image ?? null;
    this._bounds = L.bounds(min, min.add(size.divideBy(ratio)));
    [this._center, this._zoom] = [run.center, run.zoom];
    L.DomUtil.setPosition(this._container, min);
    const [width, height] = image ? [size.x, size.y] : [1, 1];
    if (this._container.width !== width || this._container.height !== height) {
      this._container.width = width;
      this._container.height = height;
      this._container.style.width = `${width / ratio}px`;
      this._container.style.height = `${height / ratio}px`;
    }
    if (image) this.context.putImageData(image, 0, 0);
    else this.context.clearRect(0, 0, 1, 1);
    this.shown = run;
    this.fire("drawn", { count: run.order.length });
  },

  /** Whether a new point lies over all others, so that nothing else must be drawn again. @param {number} slot */
  isTop(slot) {
    return Boolean(this.shown?.image && !this.running && !this.stale && this.points.kind[slot] === this.looks.length - 1);
  },

  /** Presses one more point into the picture that is shown. @param {number} slot */
  add(slot) {
    const { picture, image, size, perPixel, left, top } = this.shown;
    const stamp = this.stamps[this.points.kind[slot]];
    const [x, y] = [Math.round(this.points.x[slot] * perPixel - left), Math.round(this.points.y[slot] * perPixel - top)];
    press(picture, size.x, size.y, stamp, x, y);
    const reach = stamp.reach;
    this.context.putImageData(image, 0, 0, x - reach, y - reach, 2 * reach + 1, 2 * reach + 1);
  },

  /** @param {number} ratio */
  cutAll(ratio) {
    const palette = this.options.palette();
    return this.looks.map((/** @type {LiveKind} */ { colour, shape = "circle", size = SIZE, hollow }) =>
      cut({ shape, size: size * this.options.scale * ratio, hollow, ...partsOf(palette[colour] ?? palette.info) }, partsOf(palette.panel)));
  },
});
