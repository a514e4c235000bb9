/**
 * The map of a draft, or of the grids in force: grids coloured by load, those outside the band hatched, each with its
 * number and households; any of them can be pointed at, held, and shown with the buildings that its reason names.
 */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { getJson } from "../http.js";
import { make, makeSvg } from "../console/elements.js";
import { createMap } from "../map/ground.js";
import { legendRows, loadClass } from "../map/loads.js";
import { readPalette } from "../map/palette.js";
import { widestPlace } from "../map/shapes.js";
import { count, say } from "../words.js";
import { roomFor } from "./crowding.js";

/** @typedef {{ number: number, code: string, households: number, kind: string, outside: boolean, kept: boolean }} Planned */
/** @typedef {{ path: L.Polygon, label: L.Tooltip, planned: Planned }} Leaf */
/** @typedef {{ target: number, minimum: number, maximum: number }} SizeRule */
/** @typedef {{ point?: (number: number, on: boolean) => void, choose?: (number: number) => void }} Listener */

/** Pixels around what is shown; zooms between two whole ones are drawn from the lower one's tiles up to this share. */
const FRAME = 14;
const NEAR = 64;
const BETWEEN = 0.49;
const CLOSEST = 18;

/** @param {SizeRule} rule @returns {import("../map/loads.js").Rules} */
export function rulesOf({ target, minimum, maximum }) {
  return { target, min: minimum, max: maximum };
}

/**
 * The class of colour of a grid: `special` or the load from 1 to 5.
 * @param {{ households: number, kind: string }} planned
 * @param {SizeRule} rule
 */
export function tone({ households, kind }, rule) {
  return kind === "dedicated" ? "special" : String(loadClass(households, rulesOf(rule)) + 3);
}

/** Runs what sets a zoom that need not be a whole one. @param {L.Map} map @param {() => void} act */
export function exactly(map, act) {
  const { zoomSnap } = map.options;
  map.options.zoomSnap = 0;
  act();
  map.options.zoomSnap = zoomSnap;
}

/** The number of a grid as people write it. @param {{ number: number, code?: string }} planned */
export function nameOf({ number, code }) {
  return code ? code.slice(12) : String(number).padStart(3, "0");
}

export class Sheet {
  /**
   * @param {HTMLElement} element with the address of the shapes in `data-shapes`
   * @param {{ rule: SizeRule, legend?: boolean, listener?: Listener }} options
   */
  constructor(element, { rule, legend = true, listener = {} }) {
    this.rule = rule;
    this.listener = listener;
    this.palette = readPalette();
    const shown = { load: false, grids: false, compounds: false };
    this.ground = createMap(element, { live: false, quiet: true, shown });
    this.map = this.ground.map;
    const name = element.dataset.name;
    if (name) element.setAttribute("aria-label", name);
    this.map.addControl(this.zoomButtons());
    if (legend) this.map.addControl(this.legend());
    /** @type {Map<number, Leaf>} */
    this.leaves = new Map();
    /** @type {Set<number>} */
    this.pointed = new Set();
    /** @type {Set<number>} */
    this.held = new Set();
    /** @type {L.GeoJSON | null} */
    this.marks = null;
    /** @type {any[]} */
    this.named = [];
    this.drawn = this.load(element.dataset.shapes ?? "");
  }

  /** @param {string} address */
  async load(address) {
    const shapes = await getJson(address);
    this.named = shapes.named ?? [];
    this.layer = this.ground.showGeometry(shapes, (feature) => this.rest(feature.properties), {
      onEachFeature: (feature, path) => this.add(feature.properties, /** @type {L.Polygon} */ (path)),
    });
    this.hatch();
    await this.ground.ready;
    this.overview();
    this.map.on("zoomend moveend", () => this.thin());
    this.thin();
  }

  /** @param {Planned} planned @param {L.Polygon} path */
  add(planned, path) {
    const label = L.tooltip({ permanent: true, direction: "center", className: planned.outside ? "planned outside" : "planned" }).setLatLng(middleOf(path)).setContent(lettering(planned));
    this.map.addLayer(label);
    this.leaves.set(planned.number, { path, label, planned });
    path.on({
      mouseover: () => this.listener.point?.(planned.number, true), mouseout: () => this.listener.point?.(planned.number, false),
      click: () => this.listener.choose?.(planned.number),
    });
  }

  /** @param {Planned} planned @returns {L.PathOptions & { color: string }} */
  rest(planned) {
    return { color: this.palette.grid, weight: planned.outside ? 2.4 : 1.4, fillColor: this.colour(planned), fillOpacity: planned.outside ? 0.56 : 0.5, opacity: 1 };
  }

  /** @param {Planned} planned */
  colour(planned) {
    const kind = tone(planned, this.rule);
    return this.palette[/** @type {"load-1"} */ (`load-${kind}`)];
  }

  /** Grids outside the band get slanted lines over their colour, as the bars of the histogram have them. */
  hatch() {
    const outside = [...this.leaves.values()].filter(({ planned }) => planned.outside);
    const svg = /** @type {any} */ (outside[0]?.path)?._path?.ownerSVGElement;
    if (!svg) return;
    const pattern = (/** @type {string} */ side, /** @type {string} */ fill, /** @type {string} */ d) => makeSvg("pattern", { id: this.hatchOf(side), width: 9, height: 9, patternUnits: "userSpaceOnUse" },
      makeSvg("rect", { width: 9, height: 9, fill }), makeSvg("path", { d, class: "map-hatch" }));
    svg.prepend(makeSvg("defs", {}, pattern("below", this.palette["load-1"], "M-2 2l4-4M0 9l9-9M7 11l4-4"), pattern("above", this.palette["load-5"], "M-2 7l4 4M0 0l9 9M7-2l4 4")));
    for (const { path, planned } of outside) {
      path.setStyle({ fillColor: `url(#${this.hatchOf(planned.households < this.rule.minimum ? "below" : "above")})` });
    }
  }

  /** @param {string} side */
  hatchOf(side) {
    return `outside-${side}-${L.Util.stamp(this.map)}`;
  }

  /** Everything in sight. */
  overview() {
    if (this.layer) this.show(this.layer.getBounds(), FRAME, false);
  }

  /** Fills the frame with a place, between two zooms where their lettering still fits. @param {L.LatLngBounds} bounds @param {number} padding @param {boolean} animate */
  show(bounds, padding, animate) {
    exactly(this.map, () => {
      const zoom = Math.min(this.map.getBoundsZoom(bounds, false, L.point(2 * padding, 2 * padding)), CLOSEST);
      this.map.setView(bounds.getCenter(), Math.min(zoom, Math.floor(zoom) + BETWEEN), { animate });
    });
  }

  /** Shows which grids are locked, and no other. @param {number[]} numbers */
  lock(numbers) {
    for (const [number, { label, planned, path }] of this.leaves) {
      planned.kept = numbers.includes(number);
      label.setContent(lettering(planned));
      path.setStyle({ dashArray: planned.kept ? undefined : "5 4", fillOpacity: planned.kept ? 0.75 : 0.3 });
    }
    this.thin();
  }

  /** What the pointer or the focus is on, until the next call. @param {number[]} numbers */
  point(numbers) {
    this.change(this.pointed, numbers);
  }

  /** What stays marked; `near` moves the map there. @param {number[]} numbers @param {boolean} [near] */
  hold(numbers, near = false) {
    this.change(this.held, numbers);
    this.marks?.remove();
    this.marks = null;
    const named = this.named.filter(({ properties }) => numbers.length === 1 && numbers.includes(properties.grid));
    if (named.length) this.marks = this.mark(named);
    const paths = numbers.map((number) => this.leaves.get(number)?.path).filter((path) => path !== undefined);
    if (near && paths.length) this.show(L.featureGroup(paths).getBounds(), NEAR, true);
    this.thin();
  }

  /** @param {Set<number>} set @param {number[]} numbers */
  change(set, numbers) {
    const touched = new Set([...set, ...numbers]);
    set.clear();
    for (const number of numbers) set.add(number);
    for (const number of touched) this.paint(number);
  }

  /** @param {number} number */
  paint(number) {
    const leaf = this.leaves.get(number);
    if (!leaf) return;
    const isMarked = this.pointed.has(number) || this.held.has(number);
    const { color, weight } = this.rest(leaf.planned);
    leaf.path.setStyle(isMarked ? { color: this.palette["grid-text"], weight: 4 } : { color, weight });
    if (isMarked) leaf.path.bringToFront();
    leaf.label.getElement()?.classList.toggle("held", isMarked);
  }

  /** The buildings that a reason names, with their name and households. @param {any[]} features */
  mark(features) {
    const style = { color: this.palette.text, weight: 3, fillColor: this.palette.act, fillOpacity: 0.3, interactive: false };
    const layer = this.ground.showGeometry(/** @type {any} */ ({ type: "FeatureCollection", features }), style);
    for (const { properties, geometry } of features) {
      const bounds = L.geoJSON(geometry).getBounds();
      const text = make("span", {}, make("b", {}, properties.name), ` ${count(properties.households)}${say("household_unit")}`);
      const label = L.tooltip({ permanent: true, direction: "bottom", className: "named", offset: [0, 4] }).setLatLng([bounds.getSouth(), bounds.getCenter().lng]);
      layer.addLayer(label.setContent(text));
    }
    return layer;
  }

  /** Leaves out the labels that would lie on others. */
  thin() {
    const leaves = [...this.leaves.values()];
    const boxes = leaves.map(({ label }) => label.getElement()?.getBoundingClientRect());
    const labels = leaves.map(({ planned }, index) => ({
      rank: this.held.has(planned.number) ? 2 : planned.outside ? 1 : 0,
      box: boxes[index] ?? { left: 0, top: 0, right: 0, bottom: 0 },
    }));
    const names = [...this.map.getPane("tooltipPane")?.querySelectorAll(".named") ?? []];
    const shown = roomFor([...labels, ...names.map((name) => ({ rank: 3, box: name.getBoundingClientRect() }))]).slice(0, leaves.length);
    shown.forEach((fits, index) => leaves[index].label.getElement()?.classList.toggle("crowded", !fits));
    this.ground.lettered = leaves.filter((_, index) => shown[index]).map(({ label }) => this.placeOf(label));
    this.ground.overlay?.schedule();
  }

  /** @param {L.Tooltip} label */
  placeOf(label) {
    const { x, y } = this.map.project(/** @type {L.LatLng} */ (label.getLatLng()), 0).divideBy(256);
    const element = label.getElement();
    return { x, y, width: element?.offsetWidth ?? 0, height: element?.offsetHeight ?? 0 };
  }

  /** Leaflet's own buttons are made of markup. @returns {L.Control} */
  zoomButtons() {
    const control = new L.Control({ position: "topright" });
    control.onAdd = () => {
      const button = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {() => void} */ act) => {
        const element = make("button", { type: "button", title: label, "aria-label": label }, sign);
        element.addEventListener("click", act);
        return element;
      };
      const box = make("div", { class: "zoom-buttons" }, button(say("zoom_in"), "+", () => this.map.zoomIn()),
        button(say("zoom_out"), "−", () => this.map.zoomOut()), button(say("overview"), "⤢", () => this.overview()));
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    return control;
  }

  /** The five classes of load with their limits in households. @returns {L.Control} */
  legend() {
    const control = new L.Control({ position: "bottomleft" });
    control.onAdd = () => make("div", { class: "legend", "aria-label": say("legend_load"), role: "group" },
      ...legendRows(rulesOf(this.rule)).map(({ load, text }) => make("span", {}, make("i", { class: `swatch load-${load + 3}${Math.abs(load) === 2 ? " outside" : ""}` }), text)),
      make("span", {}, make("i", { class: "swatch special" }), say("dedicated")));
    return control;
  }
}

/** Where a label has most room inside a polygon. @param {L.Polygon} path @returns {L.LatLng} */
function middleOf(path) {
  const rings = /** @type {L.LatLng[][]} */ (path.getLatLngs()).map((ring) => ring.flatMap(({ lng, lat }) => [lng, lat]));
  const bounds = path.getBounds();
  const { x, y } = widestPlace(rings, [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]);
  return L.latLng(y, x);
}

/** Number and households, with a padlock where the grid stays as it is. @param {Planned} planned */
function lettering(planned) {
  const households = planned.kind === "dedicated" ? say("dedicated") : count(planned.households);
  return make("span", {}, make("b", {}, nameOf(planned)), planned.kept ? padlock() : null, make("br"), households);
}

function padlock() {
  return /** @type {any} */ (makeSvg("svg", { viewBox: "0 0 12 12", class: "lock", role: "img", "aria-label": say("locked") }, makeSvg("path", { d: "M3.5 5.5V4a2.5 2.5 0 0 1 5 0v1.5M2.5 5.5h7v5h-7z" })));
}
