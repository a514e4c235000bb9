/** One canvas over the whole view: highlights, what cameras see, marks and all lettering, so that nothing is cut at a tile's edge. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { boxAround, writeLabels } from "./labels.js";
import { isDrawn } from "./layers.js";
import { drawMarks } from "./marks.js";
import { holds } from "./shapes.js";
import { Sprites } from "./sprites.js";
import { loadGlyphs } from "./symbols.js";

/** @typedef {import("./candidates.js").Mark} Mark */
/** @typedef {import("./labels.js").LevelText} LevelText */
/** @typedef {import("./labels.js").SetText} SetText */
/** @typedef {import("./labels.js").Lettering} Lettering */
/** @typedef {import("./tiles.js").Laid} Laid */

/** Leaflet's own renderer, whose canvas moves and scales with the map. */
const base = /** @type {any} */ (L.Renderer).prototype;
/** A click this near a symbol means it, CSS pixels. */
const NEAR = 4;
/** On larger maps, CSS pixels, less is drawn beyond the edges. */
const WIDE = 2600;
/** The whole canvas is handed to the screen each time it changes. */
const GATHER_MS = 150;
const FAMILY = '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif';

export const Overlay = L.Renderer.extend({
  options: { pane: "lettering", padding: 0.2 },

  /**
   * @param {any} tiles the layer whose offers are drawn
   * @param {{ look: () => import("./paint.js").Look, gridText: (number: string, households: number) => string,
   *   write: (count: number) => string, lettered: () => { x: number, y: number, width: number, height: number }[] }} source
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
    /** @type {Sprites | null} */
    this.sprites = null;
    /** Where symbols stand, in drawing order, and the corner that their pixels count from. */
    this.standing = { hits: /** @type {import("./marks.js").Hit[]} */ ([]), origin: L.point(0, 0), zoom: NaN };
    /** Outlines of the area that is looked at, in world units; the rest is dimmed. @type {number[][] | null} */
    this.area = null;
    loadGlyphs().then((glyphs) => { this.glyphs = glyphs; this.sprites = null; this.schedule(); });
    /** Whether the canvas is known to be empty. */
    this.blank = true;
    tiles.on("offer", this.gather, this);
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
    this.options.padding = this._map.getSize().x > WIDE ? 0.06 : 0.2;
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
    this.blank = true; // a canvas that is given a size is emptied
    this.draw();
  },

  /** Tiles come in a burst: what they offer is drawn a few times on the way, and when the last of them is there. */
  gather() {
    if (this.tiles.isComplete()) this.schedule();
    else this.gathering ||= window.setTimeout(() => { this.gathering = 0; this.schedule(); }, GATHER_MS);
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

  /** The topmost symbol under a place, as last drawn. @param {L.LatLng} place @returns {{ layer: string, id: string, properties: Record<string, any> } | null} */
  markAt(place) {
    const { hits, origin, zoom } = this.standing;
    if (zoom !== this._map.getZoom()) return null;
    const { x, y } = this._map.project(place).subtract(origin);
    for (let i = hits.length - 1; i >= 0; i -= 1) {
      if (Math.hypot(hits[i].x - x, hits[i].y - y) <= hits[i].radius + NEAR) return { layer: hits[i].layer, id: hits[i].id, properties: hits[i].properties };
    }
    return null;
  },

  /** Dims what lies outside. @param {number[][] | null} rings in world units */
  lookAt(rings) {
    this.area = rings;
    this.schedule();
  },

  draw() {
    const look = this.source.look();
    const zoom = this._map.getZoom();
    const perWorld = 256 * 2 ** zoom;
    const origin = this._map.getPixelOrigin().add(this._bounds.min);
    /** @type {(x: number, y: number) => [number, number]} */
    const toPixel = (x, y) => [x * perWorld - origin.x, y * perWorld - origin.y];
    const read = zoom - Math.log2(look.scale); // larger lettering needs a larger map
    const laid = this.tiles.laid();
    if (!this.wipe(laid)) return;
    const inside = (/** @type {string} */ kind, /** @type {string} */ id, /** @type {number} */ x, /** @type {number} */ y) =>
      isInside(laid, kind, id, (x + origin.x) / perWorld, (y + origin.y) / perWorld);
    const sheet = { zoom, read, scale: look.scale, perWorld, toPixel, inside, look };
    if (this.highlighted) this.drawZone(laid, this.highlighted, sheet);
    const { obstacles, names, hits } = this.drawMarks(laid, sheet);
    this.standing = { hits, origin, zoom };
    for (const { x, y, width, height } of this.source.lettered()) obstacles.push(boxAround(...toPixel(x, y), width, height));
    if (look.shown.labels) this.drawLabels(laid, sheet, obstacles, names);
    if (this.area) this.dim(this.area, sheet);
  },

  /** Empties the canvas; false where there is nothing to draw on it. @param {Laid[]} laid */
  wipe(laid) {
    const idle = !this.highlighted && !this.area && laid.every(({ offer: { areas, lines, marks } }) => !areas.length && !lines.length && !marks.length);
    if (!this.blank) {
      this.context.setTransform(1, 0, 0, 1, 0, 0);
      this.context.clearRect(0, 0, this._container.width, this._container.height);
    }
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.blank = idle;
    if (idle) this.standing.hits = [];
    this._container.style.display = idle ? "none" : ""; // an empty sheet as large as a wall still costs the screen time
    return !idle;
  },

  /** @param {Laid[]} laid @param {any} sheet @returns {import("./marks.js").Standing} */
  drawMarks(laid, { toPixel, zoom, read, scale, look }) {
    if (this.sprites?.palette !== look.palette || this.sprites.ratio !== this.ratio) this.sprites = new Sprites(look.palette, this.glyphs, this.ratio);
    const board = {
      context: this.context, sprites: /** @type {Sprites} */ (this.sprites), look, zoom, read, scale, now: Date.now() / 1000, write: this.source.write,
      measure: (/** @type {string} */ text, /** @type {Lettering} */ lettering) => this.measure(text, lettering),
    };
    return drawMarks(onceEach(laid), board, toPixel, (alpha, paint) => this.through(alpha, paint));
  },

  /** Draws something that lets the map shine through, but not its own parts. @param {number} alpha @param {(context: CanvasRenderingContext2D) => void} paint */
  through(alpha, paint) {
    if (alpha >= 1) {
      paint(this.context);
      return;
    }
    const sheet = document.createElement("canvas");
    sheet.width = this._container.width;
    sheet.height = this._container.height;
    const context = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    paint(context);
    this.context.globalAlpha = alpha;
    this.context.drawImage(sheet, 0, 0, sheet.width / this.ratio, sheet.height / this.ratio);
    this.context.globalAlpha = 1;
  },

  /** @param {number[][]} rings @param {any} sheet */
  dim(rings, { toPixel, look }) {
    const context = this.context;
    const [width, height] = [this._container.width / this.ratio, this._container.height / this.ratio];
    context.beginPath();
    context.rect(0, 0, width, height);
    for (const ring of rings) traceRing(context, ring, toPixel);
    context.globalAlpha = 0.62;
    context.fillStyle = look.palette.ground;
    context.fill("evenodd");
    context.globalAlpha = 1;
    context.beginPath();
    for (const ring of rings) traceRing(context, ring, toPixel);
    context.lineWidth = 1.6 * look.scale;
    context.strokeStyle = look.palette.muted;
    context.stroke();
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

  /** @param {Laid[]} laid @param {any} sheet @param {import("./placing.js").Box[]} obstacles @param {import("./labels.js").Writing[]} names */
  drawLabels(laid, sheet, obstacles, names) {
    const isWritten = (/** @type {{ layer: string }} */ { layer }) => isShown(layer, sheet.look, sheet.read);
    const areas = laid.flatMap(({ offer }) => offer.areas).filter(isWritten);
    const lines = laid.flatMap(({ offer }) => offer.lines).filter(isWritten);
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

  /** @param {import("./labels.js").Written} writing @param {import("./paint.js").Look} look */
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
    context.globalAlpha = look.opacity[writing.layer] ?? 1;
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
    context.globalAlpha = 1;
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

/** Each thing once, although neighbouring tiles offer it too.
 * @param {Laid[]} laid
 * @returns {Mark[]} */
function onceEach(laid) {
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  for (const { offer } of laid) for (const mark of offer.marks) marks.set(`${mark.layer} ${mark.id}`, mark);
  return [...marks.values()];
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

/** Whether the lettering of a layer is written; that of grids also where only their fill is drawn.
 * @param {string} key @param {import("./paint.js").Look} look @param {number} zoom */
function isShown(key, look, zoom) {
  const entry = look.layers.find((one) => one.key === key);
  return Boolean(entry && (isDrawn(entry, look, zoom) || (entry.painter === "grids" && isDrawn({ ...entry, key: "load" }, look, zoom))));
}
