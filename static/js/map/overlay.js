/** One canvas over the whole view: highlights, what cameras see, marks and all lettering, so that nothing is cut at a tile's edge. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { LETTERING, boxAround, writeLabels } from "./labels.js";
import { holds } from "./shapes.js";
import { FROM } from "./style.js";
import { bubbleAside, bubbleRadius, drawBubble, drawCone, drawFacility, drawLamp, drawLens, facilityRank, loadGlyphs } from "./symbols.js";

/** @typedef {import("./candidates.js").Mark} Mark */
/** @typedef {import("./labels.js").LevelText} LevelText */
/** @typedef {import("./labels.js").SetText} SetText */
/** @typedef {import("./labels.js").Lettering} Lettering */
/** @typedef {import("./tiles.js").Laid} Laid */

/** Leaflet's own renderer, whose canvas moves and scales with the map. */
const base = /** @type {any} */ (L.Renderer).prototype;
const EARTH_M = 40_075_016.686;
const FAMILY = '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif';

export const Overlay = L.Renderer.extend({
  options: { pane: "lettering", padding: 0.2 },

  /**
   * @param {any} tiles the layer whose offers are drawn
   * @param {{ look: () => import("./paint.js").Look, gridText: (number: string, households: number) => string,
   *   lettered: () => { x: number, y: number, width: number, height: number }[] }} source
   */
  initialize(tiles, source) {
    base.initialize.call(this, undefined);
    this.tiles = tiles;
    this.source = source;
    /** @type {{ kind: string, id: string } | null} */
    this.highlighted = null;
    /** @type {Map<string, number>} */
    this.widths = new Map();
    this.glyphs = new Map();
    loadGlyphs().then((glyphs) => { this.glyphs = glyphs; this.schedule(); });
    tiles.on("offer", this.schedule, this);
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

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    base._update.call(this);
    const { min } = this._bounds;
    const size = this._bounds.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    L.DomUtil.setPosition(this._container, min);
    this._container.width = size.x * ratio;
    this._container.height = size.y * ratio;
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    this.ratio = ratio;
    this.draw();
  },

  /** Draws again before the next frame. */
  schedule() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this._map && this._bounds && !this._map._animatingZoom) this.draw();
    });
  },

  /** @param {{ kind: string, id: string } | null} zone */
  highlight(zone) {
    if (zone?.id === this.highlighted?.id && zone?.kind === this.highlighted?.kind) return;
    this.highlighted = zone;
    this.schedule();
  },

  /**
   * The finest zone of a kind under a place.
   * @param {L.LatLng} place
   * @param {"grid" | "region"} kind
   */
  zoneAt(place, kind) {
    const { x, y } = this._map.project(place, 0).divideBy(256);
    let found = null;
    for (const { offer } of this.tiles.laid()) {
      for (const zone of offer.zones) {
        if (zone.kind === kind && zone.level > (found?.level ?? 0) && holds(zone.rings, x, y)) found = zone;
      }
    }
    return found ? { kind: found.kind, id: found.id } : null;
  },

  draw() {
    const look = this.source.look();
    const zoom = this._map.getZoom();
    const perWorld = 256 * 2 ** zoom;
    const origin = this._map.getPixelOrigin().add(this._bounds.min);
    /** @type {(x: number, y: number) => [number, number]} */
    const toPixel = (x, y) => [x * perWorld - origin.x, y * perWorld - origin.y];
    const context = this.context;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this._container.width, this._container.height);
    const read = zoom - Math.log2(look.scale); // larger lettering needs a larger map
    const laid = this.tiles.laid();
    const inside = (/** @type {string} */ kind, /** @type {string} */ id, /** @type {number} */ x, /** @type {number} */ y) =>
      isInside(laid, kind, id, (x + origin.x) / perWorld, (y + origin.y) / perWorld);
    const sheet = { zoom, read, scale: look.scale, perWorld, toPixel, inside, look };
    if (this.highlighted) this.drawZone(laid, this.highlighted, sheet);
    const marks = shownMarks(laid, look.shown, read);
    const { obstacles, names } = this.drawMarks(marks, sheet);
    for (const { x, y, width, height } of this.source.lettered()) obstacles.push(boxAround(...toPixel(x, y), width, height));
    if (look.shown.labels) this.drawLabels(laid, sheet, obstacles, names);
  },

  /** @param {Laid[]} laid @param {{ kind: string, id: string }} zone @param {any} sheet */
  drawZone(laid, zone, { toPixel, look }) {
    const context = this.context;
    for (const { key, offer } of laid) {
      const rings = offer.zones.filter(({ kind, id }) => kind === zone.kind && id === zone.id).flatMap((piece) => piece.rings);
      if (!rings.length) continue;
      const [z, x, y] = key.split("/").map(Number);
      const [left, top] = toPixel(x / 2 ** (z - 1), y / 2 ** (z - 1));
      const [right, bottom] = toPixel((x + 1) / 2 ** (z - 1), (y + 1) / 2 ** (z - 1));
      context.save();
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.clip();
      context.beginPath();
      for (const ring of rings) traceRing(context, ring, toPixel);
      context.globalAlpha = 0.13;
      context.fillStyle = look.palette.grid;
      context.fill("evenodd");
      context.globalAlpha = 1;
      context.lineJoin = "round";
      context.lineWidth = 2.2 * look.scale;
      context.strokeStyle = zone.kind === "grid" ? look.palette.grid : look.palette.region;
      context.stroke();
      context.restore();
    }
  },

  /** @param {Mark[]} marks @param {any} sheet */
  drawMarks(marks, { toPixel, zoom, read, scale, look }) {
    const context = this.context;
    const placed = marks.map((mark) => ({ mark, at: toPixel(mark.x, mark.y) }));
    const lens = read > FROM.camera ? scale : scale * 0.7;
    const cameras = placed.filter(({ mark }) => mark.kind === "camera").map(({ mark, at }) => cameraOf(mark, at, zoom, lens));
    for (const camera of cameras) drawCone(context, camera, look.palette);
    for (const { mark, at: [x, y] } of placed) {
      if (mark.kind === "lamp") drawLamp(context, { x, y, lit: mark.properties.lit ?? null, scale }, look.palette);
    }
    for (const camera of cameras) drawLens(context, camera, look.palette);
    /** @type {import("./placing.js").Box[]} */
    const obstacles = cameras.map(({ x, y }) => boxAround(x, y, 12 * scale, 12 * scale));
    const size = (read < FROM.camera ? 14 : 18) * scale;
    const names = [];
    for (const { mark, at: [x, y] } of placed) {
      if (mark.kind !== "facility") continue;
      const box = boxAround(x, y, size, size + 4);
      drawFacility(context, this.glyphs, { x, y, kind: mark.properties.k, size }, look.palette);
      obstacles.push(box);
      if (read >= FROM.facilityName && mark.properties.n) names.push(this.nameOf(mark, x, y, size));
    }
    for (const { mark, at: [x, y] } of placed) {
      if (mark.kind !== "care") continue;
      const { n: tally, hi: high, ke: key } = mark.properties;
      const left = x - bubbleAside(read, tally) * scale;
      drawBubble(context, { x: left, y, count: tally, high, key, scale }, look.palette);
      const side = 2 * bubbleRadius(tally) * scale;
      obstacles.push(boxAround(left, y, side, side));
    }
    return { obstacles, names };
  },

  /** @param {Mark} mark @param {number} x @param {number} y @param {number} size @returns {import("./labels.js").Writing} */
  nameOf(mark, x, y, size) {
    const lettering = LETTERING.facility;
    const text = mark.properties.n;
    const width = this.measure(text, lettering);
    const height = lettering.size * 1.25 * this.source.look().scale;
    const [across, down] = [size / 2 + width / 2 + 5, size / 2 + height / 2 + 4];
    const places = /** @type {[number, number][]} */ ([[x, y + down], [x + across, y], [x - across, y], [x, y - down]]);
    return {
      rank: lettering.rank, size: 100 - facilityRank(mark.properties.k), key: `name ${text}`, apart: 40,
      places: places.map(([px, py]) => [boxAround(px, py, width, height)]),
      write: places.map(([px, py]) => ({ text, x: px, y: py, lettering })),
    };
  },

  /** @param {Laid[]} laid @param {any} sheet @param {import("./placing.js").Box[]} obstacles @param {import("./labels.js").Writing[]} names */
  drawLabels(laid, sheet, obstacles, names) {
    const { shown } = sheet.look;
    const areas = laid.flatMap(({ offer }) => offer.areas).filter(({ kind }) => isShown(kind, shown));
    const lines = shown.ground ? laid.flatMap(({ offer }) => offer.lines) : [];
    const writings = writeLabels(areas, lines, {
      ...sheet, zoom: sheet.read, measure: (/** @type {string} */ text, /** @type {Lettering} */ lettering) => this.measure(text, lettering), gridText: this.source.gridText,
    }, obstacles, names);
    for (const writing of writings) this.write(writing, sheet.look);
  },

  /** @param {string} text @param {Lettering} lettering */
  measure(text, lettering) {
    const { scale } = this.source.look();
    const key = `${lettering.size * scale} ${lettering.weight} ${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.context.font = fontOf(lettering, scale);
      width = this.context.measureText(text).width;
      if (this.widths.size > 5000) this.widths.clear();
      this.widths.set(key, /** @type {number} */ (width));
    }
    return /** @type {number} */ (width) + lettering.spacing * lettering.size * scale * ([...text].length - 1);
  },

  /** @param {LevelText | SetText} writing @param {import("./paint.js").Look} look */
  write(writing, look) {
    const { lettering } = writing;
    const context = this.context;
    context.font = fontOf(lettering, look.scale);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.strokeStyle = look.palette.ground;
    context.fillStyle = look.palette[lettering.colour];
    context.lineWidth = (lettering.size > 12 ? 4 : 3.2) * look.scale;
    const glyphs = "glyphs" in writing ? writing.glyphs : this.spaced(writing);
    if ("glyphs" in writing) this.clearBetween(writing.glyphs, lettering.size * look.scale * 0.6);
    for (const halo of [true, false]) {
      for (const { char, x, y, angle } of glyphs) {
        context.save();
        context.translate(x, y);
        if (angle) context.rotate(angle);
        if (halo) context.strokeText(char, 0, 0);
        else context.fillText(char, 0, 0);
        context.restore();
      }
    }
  },

  /** A boundary that runs along the road must not show between the characters. @param {{ x: number, y: number }[]} glyphs @param {number} width */
  clearBetween(glyphs, width) {
    const context = this.context;
    const before = context.lineWidth;
    context.beginPath();
    for (const { x, y } of glyphs) context.lineTo(x, y);
    context.lineWidth = width;
    context.stroke();
    context.lineWidth = before;
  },

  /** A level text as one piece, or as single characters where it is letter-spaced. @param {LevelText} writing */
  spaced({ text, x, y, lettering }) {
    if (!lettering.spacing) return [{ char: text, x, y, angle: 0 }];
    const gap = lettering.spacing * lettering.size * this.source.look().scale;
    let left = x - this.measure(text, lettering) / 2;
    return [...text].map((char) => {
      const width = this.measure(char, lettering);
      left += width + gap;
      return { char, x: left - gap - width / 2, y, angle: 0 };
    });
  },
});

/** @param {Lettering} lettering @param {number} scale */
function fontOf({ weight, size }, scale) {
  return `${weight} ${size * scale}px ${FAMILY}`;
}

/** @param {CanvasRenderingContext2D} context @param {number[]} ring @param {(x: number, y: number) => [number, number]} toPixel */
function traceRing(context, ring, toPixel) {
  for (let i = 0; i < ring.length; i += 2) {
    const [x, y] = toPixel(ring[i], ring[i + 1]);
    if (i) context.lineTo(x, y);
    else context.moveTo(x, y);
  }
  context.closePath();
}

/** Each thing once, although neighbouring tiles offer it too; important facilities last, so that they lie on top.
 * @param {Laid[]} laid
 * @param {import("./paint.js").Shown} shown
 * @param {number} zoom
 * @returns {Mark[]} */
function shownMarks(laid, shown, zoom) {
  const switches = { camera: shown.cameras, facility: shown.facilities, lamp: shown.lamps, care: shown.care };
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  for (const { offer } of laid) {
    for (const mark of offer.marks) if (switches[mark.kind] && zoom >= FROM[mark.kind]) marks.set(`${mark.kind} ${mark.id}`, mark);
  }
  return [...marks.values()].sort((a, b) => facilityRank(b.properties.k) - facilityRank(a.properties.k));
}

/** Whether a place in world units lies in a grid or region; other areas have no shape here and hold everything.
 * @param {Laid[]} laid
 * @param {string} kind
 * @param {string} id
 * @param {number} x
 * @param {number} y */
function isInside(laid, kind, id, x, y) {
  if (kind !== "grid" && kind !== "dedicated" && !kind.startsWith("region")) return true;
  const zone = kind.startsWith("region") ? "region" : "grid";
  return laid.some(({ offer }) => offer.zones.some((piece) => piece.kind === zone && piece.id === id && holds(piece.rings, x, y)));
}

/** @param {Mark} mark @param {[number, number]} at @param {number} zoom @param {number} scale @returns {import("./symbols.js").Camera} */
function cameraOf({ y: north, properties: { b, a, r, s, nt } }, [x, y], zoom, scale) {
  const latitude = Math.atan(Math.sinh(Math.PI * (1 - 2 * north)));
  const perMetre = (256 * 2 ** zoom) / (EARTH_M * Math.cos(latitude));
  return { x, y, bearing: b ?? null, angle: a ?? null, reach: (r ?? 0) * perMetre, status: s ?? "unknown", blind: nt === false, scale };
}

/** @param {string} kind @param {import("./paint.js").Shown} shown */
function isShown(kind, shown) {
  if (kind === "grid" || kind === "dedicated") return shown.grids || shown.load;
  if (kind.startsWith("region")) return shown.regions;
  if (kind === "compound") return shown.compounds;
  if (kind === "building") return shown.buildings;
  return shown.ground;
}
