/** Drawing one decoded tile on a canvas, in the order of a printed map: ground, load, roads, buildings, lines. */

import { isDrawn, isSymbols, passes, traitOf } from "./layers.js";
import { hatchPath } from "../print/hatches.js";
import { loadClass } from "./loads.js";
import { CASINGS_FROM, FROM, ROAD_CLASSES, ROADS_FROM, finestLevel, regionLine, widthAt } from "./style.js";
import { LINE, POINT, POLYGON } from "./mvt.js";

/** @typedef {import("./mvt.js").Feature} Feature */
/** @typedef {import("./layers.js").Entry} Entry */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */
/** @typedef {Record<string, boolean>} Shown which layers are drawn, by their keys in the catalogue, and three more: `load`, how full grids are;
 *   `labels`; and `tint`, which says that an outside base map lies beneath, so areas stay transparent */
/** @typedef {{ palette: import("./palette.js").Palette, rules: import("./loads.js").Rules, shown: Shown, zoom: number, scale: number,
 *   layers: Entry[], opacity: Record<string, number>, narrowing: import("./layers.js").Narrowing, hatched?: boolean }} Look
 *   `layers` top of the map first; `opacity` 0…1 by layer, 1 where it says nothing */
/** @typedef {Map<string, { extent: number, features: Feature[] }>} Decoded */
/** @typedef {{ context: Context, canvas: CanvasImageSource }} Sheet */

/** A layer of symbols may hold lines and areas as well, as components do. */
const PAINTS_THINGS = new Set(["line", "area", "symbols"]);
/** Corners of one path. */
const CORNERS = 320;

/** What the painters of single layers draw, bottom of the map first; `load` is switched by itself and drawn from grids.
 * @type {[painter: string, paint: (brush: Brush) => void, key?: string][]} */
const BELOW = [["ground", paintGround], ["grids", paintLoads, "load"], ["ground", paintWaterAndGreen], ["compounds", paintCompounds], ["ground", paintWays], ["buildings", paintBuildings]];
/** @type {typeof BELOW} */
const ABOVE = [["grids", paintGridLines], ["regions", paintRegionLines]];

/**
 * @param {Context} context
 * @param {Decoded} layers source layers of all sets together
 * @param {Look} look
 * @param {number} pixels side of the canvas in device pixels
 * @param {number} ratio device pixels per CSS pixel
 * @param {() => Sheet} easel a second canvas of that size, for layers that let others shine through
 */
export function paintTile(context, layers, look, pixels, ratio, easel) {
  const job = { context, layers, look, pixels, ratio, easel };
  for (const step of BELOW) paintStep(job, step);
  for (const entry of [...look.layers].reverse()) {
    if (PAINTS_THINGS.has(entry.painter) && hasShapes(layers, entry)) paintEntry(job, entry, entry.key, paintThings);
  }
  for (const step of ABOVE) paintStep(job, step);
}

/** Whether a layer has anything in this tile that is no point: points are symbols, drawn over the whole view. @param {Decoded} layers @param {Entry} entry */
function hasShapes(layers, { parts }) {
  return parts.some((part) => layers.get(part)?.features.some(({ type }) => type !== POINT));
}

/** @typedef {{ context: Context, layers: Decoded, look: Look, pixels: number, ratio: number, easel: () => Sheet }} Job */

/** @param {Job} job @param {(typeof BELOW)[number]} step */
function paintStep(job, [painter, paint, key]) {
  const entry = job.look.layers.find((one) => one.painter === painter);
  if (entry) paintEntry(job, entry, key ?? entry.key, paint);
}

/** A layer that lets others shine through is drawn apart and laid down as one picture: nothing of its own shines through itself.
 * @param {Job} job @param {Entry} entry @param {string} key @param {(brush: Brush) => void} paint */
function paintEntry(job, entry, key, paint) {
  const { context, look } = job;
  if (!isDrawn({ ...entry, key }, look, look.zoom)) return;
  const alpha = look.opacity[key] ?? 1;
  if (alpha >= 1) {
    paint(new Brush(job, context, entry));
    return;
  }
  const sheet = job.easel();
  paint(new Brush(job, sheet.context, entry));
  context.globalAlpha = alpha;
  context.drawImage(sheet.canvas, 0, 0);
  context.globalAlpha = 1;
}

class Brush {
  /**
   * @param {Job} job
   * @param {Context} context
   * @param {Entry} entry the layer that is drawn
   */
  constructor({ layers, look, pixels, ratio }, context, entry) {
    this.context = context;
    this.layers = layers;
    this.look = look;
    this.entry = entry;
    this.palette = look.palette;
    this.pixels = pixels;
    this.ratio = ratio * look.scale;
    context.lineJoin = "round";
  }

  /** The features of one source layer that the person's filters leave. @param {string} name @returns {Feature[]} */
  features(name) {
    const features = this.layers.get(name)?.features ?? [];
    const narrowing = this.look.narrowing[this.entry.key];
    return narrowing ? features.filter(({ properties }) => passes(properties, narrowing)) : features;
  }

  /** @param {Feature[]} features */
  trace(features) {
    const unit = this.pixels / 4096;
    this.context.beginPath();
    for (const { type, parts } of features) {
      for (const part of parts) {
        this.context.moveTo(part[0] * unit, part[1] * unit);
        for (let i = 2; i < part.length; i += 2) this.context.lineTo(part[i] * unit, part[i + 1] * unit);
        if (type === POLYGON) this.context.closePath();
      }
    }
  }

  /**
   * Features that do not overlap, a few hundred corners at a time: browsers take the square of a path's length to fill it.
   * @param {Feature[]} features
   * @param {() => void} paint what is done with each path
   */
  inParts(features, paint) {
    for (let from = 0, to = 0; from < features.length; from = to) {
      for (let corners = 0; to < features.length && corners < CORNERS; to += 1) for (const part of features[to].parts) corners += part.length / 2;
      this.trace(from === 0 && to === features.length ? features : features.slice(from, to));
      paint();
    }
  }

  /** @param {Feature[]} features @param {string} colour @param {number} [alpha] */
  fill(features, colour, alpha = 1) {
    this.context.globalAlpha = alpha;
    this.context.fillStyle = colour;
    this.inParts(features, () => this.context.fill());
    this.context.globalAlpha = 1;
  }

  /**
   * @param {Feature[]} features
   * @param {string} colour
   * @param {number} width CSS pixels
   * @param {number[]} [dash] CSS pixels
   * @param {number} [alpha]
   * @param {CanvasLineCap} [cap]
   */
  stroke(features, colour, width, dash = [], alpha = 1, cap = "round") {
    if (!features.length) return;
    const { context, ratio } = this;
    context.globalAlpha = alpha;
    context.strokeStyle = colour;
    context.lineWidth = width * ratio;
    context.lineCap = dash.length ? "butt" : cap;
    context.setLineDash(dash.map((step) => step * ratio));
    if (alpha === 1) this.inParts(features, () => context.stroke());
    else {
      this.trace(features); // where two lines meet they must not shine through each other
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
}

/** @param {Brush} brush */
function paintGround(brush) {
  brush.fill(brush.features("block"), brush.palette.block);
}

/** @param {Brush} brush */
function paintWaterAndGreen(brush) {
  const { palette } = brush;
  const tint = brush.look.shown.load ? 0.85 : 1;
  brush.fill(brush.features("green"), palette.green, tint);
  brush.fill(brush.features("square"), palette.square, tint);
  brush.fill(brush.features("water"), palette.water);
  const rivers = brush.features("river");
  brush.fill(rivers.filter(({ type }) => type === POLYGON), palette.water);
  brush.stroke(rivers.filter(({ type }) => type === LINE), palette.water, widthAt("river", brush.look.zoom));
}

/** @param {Brush} brush */
function paintLoads(brush) {
  const { palette, rules, shown } = brush.look;
  const colours = [palette["load-1"], palette["load-2"], palette["load-3"], palette["load-4"], palette["load-5"]];
  /** @type {Feature[][]} */
  const classes = [[], [], [], [], []];
  for (const grid of brush.features("grid")) {
    if (grid.properties.k === "general") classes[loadClass(grid.properties.hh, rules) + 2].push(grid);
  }
  const alpha = shown.tint ? [0.35, 0.35, 0.2, 0.4, 0.4] : [0.52, 0.55, 0.75, 0.7, 0.6];
  classes.forEach((grids, index) => brush.fill(grids, colours[index], alpha[index]));
  if (brush.look.hatched) hatchLoads(brush, classes);
  paintHatch(brush, brush.features("grid").filter(({ properties }) => properties.k === "dedicated"), palette["load-special"]);
}

/** On paper the classes are told without colour, too. @param {Brush} brush @param {Feature[][]} classes lightest load first */
function hatchLoads(brush, classes) {
  classes.forEach((grids, index) => {
    if (!grids.length) return;
    brush.trace(grids);
    hatchPath(brush.context, index - 2, { width: brush.pixels, height: brush.pixels, ratio: brush.ratio });
  });
}

/** Grids without households are hatched: another thing, not another amount.
 * @param {Brush} brush
 * @param {Feature[]} areas
 * @param {string} colour */
function paintHatch(brush, areas, colour) {
  if (!areas.length) return;
  const { context, pixels } = brush;
  const step = 8 * brush.ratio;
  context.save();
  brush.trace(areas);
  context.clip();
  context.beginPath();
  for (let offset = -pixels; offset < pixels; offset += step) {
    context.moveTo(offset, pixels);
    context.lineTo(offset + pixels, 0);
  }
  context.strokeStyle = colour;
  context.globalAlpha = 0.55;
  context.lineWidth = 1.2 * brush.ratio;
  context.stroke();
  context.restore();
}

/** @param {Brush} brush */
function paintCompounds(brush) {
  if (brush.look.zoom >= FROM.compoundLine) brush.stroke(brush.features("compound"), brush.palette["compound-text"], 0.8, [2, 3], 0.7);
}

/** @param {Brush} brush */
function paintWays(brush) {
  const { palette } = brush;
  const { zoom } = brush.look;
  if (zoom >= FROM.wall) brush.stroke(brush.features("wall"), palette.wall, widthAt("wall", zoom));
  const rails = brush.features("rail");
  const width = widthAt("rail", zoom);
  brush.stroke(rails, palette.rail, width);
  if (zoom >= 14) brush.stroke(rails, palette.ground, width * 0.55, [width * 3, width * 3]);
  paintRoads(brush);
}

/** Casings first, so that roads of all classes open into each other.
 * @param {Brush} brush */
function paintRoads(brush) {
  const { palette } = brush;
  const { zoom } = brush.look;
  const roads = brush.features("road");
  const classes = ROAD_CLASSES.filter((name) => zoom >= ROADS_FROM[name]).map((name) => ({
    name, width: widthAt(name, zoom), lines: roads.filter(({ properties }) => properties.c === name),
  }));
  for (const { name, width, lines } of classes) {
    if (zoom >= CASINGS_FROM[name]) brush.stroke(lines, palette["road-casing"], width + (zoom >= 16 ? 2 : 1.4));
  }
  for (const { name, width, lines } of classes) {
    brush.stroke(lines, zoom >= CASINGS_FROM[name] ? palette.road : palette["road-casing"], width);
  }
}

/** @param {Brush} brush */
function paintBuildings(brush) {
  const { palette } = brush;
  const { zoom, shown } = brush.look;
  const all = brush.features("building");
  const cells = all.filter(({ properties }) => properties.k === "cells");
  brush.fill(cells, palette["building-edge"], 0.75);
  const shapes = all.filter(({ type, properties }) => type === POLYGON && properties.k !== "cells");
  brush.fill(shapes, palette.building, shown.load ? 0.82 : 1);
  if (zoom >= FROM.buildingEdge) brush.stroke(shapes, palette["building-edge"], widthAt("building", zoom));
  paintBuildingPoints(brush, all.filter(({ type }) => type === POINT));
}

/** @param {Brush} brush @param {Feature[]} points */
function paintBuildingPoints(brush, points) {
  if (!points.length) return;
  const unit = brush.pixels / 4096;
  const side = Math.max(1.6, 2 ** (brush.look.zoom - 14)) * brush.ratio;
  brush.context.fillStyle = brush.palette.building;
  brush.context.strokeStyle = brush.palette["building-edge"];
  brush.context.lineWidth = 0.8 * brush.ratio;
  for (const { parts: [[x, y]] } of points) {
    brush.context.fillRect(x * unit - side / 2, y * unit - side / 2, side, side);
    if (side > 4) brush.context.strokeRect(x * unit - side / 2, y * unit - side / 2, side, side);
  }
}

/** @param {Brush} brush */
function paintGridLines(brush) {
  const grids = brush.features("grid");
  const width = widthAt("grid", brush.look.zoom);
  const [micro, whole] = [grids.filter((grid) => grid.properties.k === "micro"), grids.filter((grid) => grid.properties.k !== "micro")];
  brush.stroke(whole, brush.palette.ground, width + 2, [], 0.55);
  brush.stroke(micro, brush.palette.grid, width * 0.8, [3, 3]);
  brush.stroke(whole, brush.palette.grid, width, [], 0.95);
}

/** A halo under every single line: where two regions share a border only the one drawn last is seen, its dashes whole.
 * @param {Brush} brush */
function paintRegionLines(brush) {
  const { zoom } = brush.look;
  const regions = brush.features("region").filter(({ properties }) => properties.lv <= finestLevel(zoom));
  for (const level of [5, 4, 3, 2, 1]) {
    const line = regionLine(level, zoom);
    for (const region of regions.filter(({ properties }) => properties.lv === level)) {
      brush.stroke([region], brush.palette.ground, line.halo, [], 0.9);
      brush.stroke([region], brush.palette.region, line.width, line.dash);
    }
  }
}

/** Lines and areas of any layer, by the traits of its style: what looks alike is drawn in one stroke.
 * @param {Brush} brush */
function paintThings(brush) {
  const { entry: { parts, style, painter } } = brush;
  /** @type {Map<string, { trait: import("./layers.js").Trait, features: Feature[], filled: boolean }>} */
  const kinds = new Map();
  for (const feature of parts.flatMap((part) => brush.features(part))) {
    if (feature.type === POINT) continue;
    const filled = feature.type === POLYGON && painter !== "line";
    const alike = `${filled} ${style.by ? feature.properties[style.by.attribute] : ""}`;
    const kind = kinds.get(alike) ?? { trait: traitOf(style, feature.properties), features: [], filled };
    kind.features.push(feature);
    kinds.set(alike, kind);
  }
  for (const { trait, features, filled } of kinds.values()) paintKind(brush, trait, features, filled);
}

/** @param {Brush} brush @param {import("./layers.js").Trait} trait @param {Feature[]} features @param {boolean} filled */
function paintKind(brush, { colour = "info", width, dash, fill = 0.22, hatch }, features, filled) {
  const tone = brush.palette[colour] ?? brush.palette.info;
  if (filled && hatch) paintHatch(brush, features, tone);
  else if (filled) brush.fill(features, tone, fill);
  const pixels = width ?? (filled ? 1.2 : 2);
  if (!filled) brush.stroke(features, brush.palette.ground, pixels + 2, [], 0.6);
  if (pixels > 0) brush.stroke(features, tone, pixels, dash);
}
