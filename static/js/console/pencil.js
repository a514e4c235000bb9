/** Drawing on the map with mouse, finger or keys: a line, a ring, a free hand, a circle. It knows places, not purposes. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { circle, distance } from "./geodesy.js";

/** @typedef {import("./geodesy.js").LonLat} LonLat */
/** @typedef {"line" | "ring" | "hand" | "circle"} Kind */
/** @typedef {{ kind: Kind, points: LonLat[], radius: number, ended: boolean }} Drawing radius in metres, of a circle */

/** The hand draws a corner every so many pixels. */
const HAND_PX = 6;
const STYLE = { weight: 3, dashArray: "6 4", fillOpacity: 0.12, interactive: false };

export class Pencil {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {(drawing: Drawing) => void} tell after every change
   */
  constructor(ground, tell) {
    this.ground = ground;
    this.map = ground.map;
    this.tell = tell;
    /** @type {Drawing | null} */ this.drawing = null;
    /** @type {LonLat | null} */ this.pointer = null;
    /** @type {import("leaflet").GeoJSON | null} */ this.layer = null;
    this.holder = this.map.getContainer();
    this.map.on("click", (event) => this.drawing && this.drawing.kind !== "hand" && this.add([event.latlng.lng, event.latlng.lat]));
    this.map.on("mousemove", (event) => this.follow([event.latlng.lng, event.latlng.lat]));
    this.map.on("dblclick", () => this.drawing && this.end());
    this.holder.addEventListener("pointerdown", (event) => this.press(event), true);
    this.holder.addEventListener("keydown", (event) => this.key(event), true);
  }

  get busy() {
    return Boolean(this.drawing && !this.drawing.ended);
  }

  /** @param {Kind} kind @param {number} [radius] */
  begin(kind, radius = 0) {
    this.drawing = { kind, points: [], radius, ended: false };
    this.map.doubleClickZoom.disable();
    if (kind === "hand") this.map.dragging.disable();
    else this.map.dragging.enable();
    this.holder.classList.add("drawing");
    this.draw();
    this.tell(this.drawing);
  }

  /** Nothing is drawn any more, and nothing stays on the map. */
  stop() {
    this.drawing = null;
    this.rest();
    this.draw();
  }

  rest() {
    this.pointer = null;
    this.map.dragging.enable();
    this.holder.classList.remove("drawing");
    setTimeout(() => this.map.doubleClickZoom.enable(), 0);
  }

  /** @param {LonLat} place */
  add(place) {
    const { drawing } = this;
    if (!drawing || drawing.ended) return;
    if (drawing.kind === "circle" && drawing.points.length) {
      drawing.radius = Math.max(Math.round(distance(drawing.points[0], place)), 1);
      this.end();
      return;
    }
    const last = drawing.points.at(-1);
    if (!last || last[0] !== place[0] || last[1] !== place[1]) drawing.points.push(place);
    this.draw();
    this.tell(drawing);
  }

  /** The middle of the map, for who has no pointer. */
  addMiddle() {
    const { lng, lat } = this.map.getCenter();
    this.add([lng, lat]);
  }

  /** @param {number} radius metres */
  widen(radius) {
    if (!this.drawing) return;
    this.drawing.radius = radius;
    this.pointer = null;
    this.draw();
    this.tell(this.drawing);
  }

  undo() {
    if (!this.drawing) return;
    this.drawing.points.pop();
    if (this.drawing.ended) this.resume();
    this.draw();
    this.tell(this.drawing);
  }

  resume() {
    if (!this.drawing) return;
    this.drawing.ended = false;
    this.holder.classList.add("drawing");
    this.map.doubleClickZoom.disable();
  }

  end() {
    if (!this.drawing || this.drawing.ended) return;
    this.drawing.ended = true;
    this.rest();
    this.draw();
    this.tell(this.drawing);
  }

  /** @param {LonLat} place */
  follow(place) {
    if (!this.busy || !this.drawing?.points.length || this.drawing.kind === "hand") return;
    this.pointer = place;
    if (this.drawing.kind === "circle") {
      this.drawing.radius = Math.max(Math.round(distance(this.drawing.points[0], place)), 1);
      this.tell(this.drawing);
    }
    this.draw();
  }

  /** The free hand: from pressing down to letting go. @param {PointerEvent} event */
  press(event) {
    if (!this.busy || this.drawing?.kind !== "hand" || event.button > 0) return;
    event.preventDefault();
    event.stopPropagation();
    const drawing = this.drawing;
    drawing.points = [];
    let [lastX, lastY] = [-Infinity, -Infinity];
    const move = (/** @type {PointerEvent} */ at) => {
      at.preventDefault();
      if (Math.hypot(at.clientX - lastX, at.clientY - lastY) < HAND_PX) return;
      [lastX, lastY] = [at.clientX, at.clientY];
      const { lng, lat } = this.map.mouseEventToLatLng(at);
      drawing.points.push([lng, lat]);
      this.draw();
    };
    const up = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", up);
      if (this.drawing === drawing && drawing.points.length > 2) this.end();
    };
    move(event);
    window.addEventListener("pointermove", move, { passive: false });
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.busy || event.target !== this.holder) return;
    const deed = { " ": () => this.addMiddle(), Enter: () => this.end(), Backspace: () => this.undo() }[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  /** Shows something drawn before, as when an address restores it. @param {Drawing} drawing */
  show(drawing) {
    this.drawing = { ...drawing, ended: true };
    this.draw();
  }

  draw() {
    this.layer?.remove();
    this.layer = null;
    const features = this.drawing ? featuresOf(this.drawing, this.busy ? this.pointer : null) : [];
    if (!features.length) return;
    const color = this.ground.palette.info;
    const scale = this.ground.scale;
    const styled = (/** @type {any} */ { geometry }) => (geometry.type === "Point" ? { dashArray: undefined, weight: 2 * scale, color, fillOpacity: 1 } : { ...STYLE, color, weight: 3 * scale });
    this.layer = this.ground.showGeometry(/** @type {any} */ ({ type: "FeatureCollection", features }), styled, {
      pointToLayer: (_feature, place) => L.circleMarker(place, { pane: "selection", radius: 4 * scale, color, fillColor: this.ground.palette.panel, fillOpacity: 1, interactive: false }),
    });
  }
}

/** @param {Drawing} drawing @param {LonLat | null} pointer where the next corner would be */
function featuresOf({ kind, points, radius, ended }, pointer) {
  const line = pointer && kind !== "circle" ? [...points, pointer] : points;
  const feature = (/** @type {string} */ type, /** @type {any} */ coordinates) => ({ type: "Feature", properties: {}, geometry: { type, coordinates } });
  const corners = kind === "hand" ? [] : points.map((point) => feature("Point", point));
  if (kind === "circle") return points.length && radius ? [feature("Polygon", [circle(points[0], radius)]), ...corners] : corners;
  if (kind !== "line" && line.length > 2) return [feature("Polygon", [[...line, line[0]]]), ...(ended ? [] : corners)];
  return line.length > 1 ? [feature("LineString", line), ...corners] : corners;
}
