/** The page that prints: what the address asks for as sheets of paper at a true scale, on the screen first. */

import { getJson } from "../http.js";
import { make, need } from "../console/elements.js";
import { say } from "../words.js";
import { readAsked, withChanges } from "./asking.js";
import { drawFine, drawPiece } from "./drawing.js";
import { legendOf } from "./legend.js";
import { boxOf, frameOf, MOST_SHEETS, onFrame, readScale, scaleToFit, SCALES, tile, touches } from "./paper.js";
import { drawSheet } from "./sheet.js";

/** @typedef {import("./asking.js").Asked} Asked */
/** @typedef {import("./paper.js").Place} Place */
/** @typedef {{ middle: Place, scale: number, marks: { middle: Place, text: string }[] }} Plan one sheet before it is drawn */
/** @typedef {{ title: string, subtitle: string, geometry: any, bbox: [number, number, number, number], generated: boolean, source: string } | null} Area */

const PATHS = { region: "regions", grid: "grids" };
/** Adopted plans sign boundaries by their number, which tells a reader nothing. */
/** Not on paper unless they are asked for by name: sheets hang on walls and travel in bags. */
const KEPT_OFF_PAPER = ["people", "work"];
const SETTLE_MS = 350;

class Printing {
  constructor() {
    this.form = /** @type {HTMLFormElement} */ (need("[data-print-form]"));
    this.pages = need("[data-pages]");
    this.status = need("[data-print-status]");
    this.turn = 0;
    this.waiting = 0;
    /** @type {Area} */
    this.area = null;
  }

  async start() {
    drawFine();
    this.asked = readAsked(location.search, location.hash);
    this.fill(this.asked);
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      window.print();
    });
    try {
      this.info = /** @type {import("../map/ground.js").MapInfo} */ (await getJson("/api/v1/map"));
      const { area } = this.asked;
      this.area = area ? await getJson(`/api/v1/${PATHS[area.type]}/${area.code}`) : null;
    } catch {
      this.tell(say("failed"));
      return;
    }
    await this.draw();
  }

  /** The form as the address has it. @param {Asked} asked */
  fill({ paper, upright, scale, title, subtitle, overview, hatched, area }) {
    const set = (/** @type {string} */ name, /** @type {string | boolean} */ value) => {
      const field = /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
      if (typeof value === "boolean") field.checked = value;
      else field.value = value;
    };
    set("paper", paper);
    set("upright", upright === null ? "" : upright ? "1" : "0");
    set("title", title);
    set("subtitle", subtitle);
    set("overview", overview);
    set("hatched", hatched);
    set("scale", scale === null ? "" : SCALES.includes(scale) ? String(scale) : "own");
    set("own", scale === null || SCALES.includes(scale) ? "" : String(scale));
    need("[data-own-scale]").hidden = scale === null || SCALES.includes(scale);
    need("[data-overview]").hidden = !area;
  }

  changed() {
    const data = new FormData(this.form);
    const one = (/** @type {string} */ name) => String(data.get(name) ?? "");
    const own = one("scale") === "own";
    need("[data-own-scale]").hidden = !own;
    if (own && readScale(one("own")) === null) return;
    history.replaceState(null, "", withChanges(location.search, {
      paper: one("paper"), upright: one("upright"), scale: own ? one("own") : one("scale"), title: one("title"), subtitle: one("subtitle"),
      overview: data.has("overview") ? "" : "0", hatched: data.has("hatched") ? "" : "0",
    }) + location.hash);
    this.asked = readAsked(location.search, location.hash);
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => this.draw(), SETTLE_MS);
  }

  /** The sheets that are asked for. @param {Asked} asked @returns {{ plans: Plan[], wanted: number }} */
  plan(asked) {
    const frame = frameOf(asked.paper, this.isUpright(asked));
    if (!this.area) return { plans: [{ ...this.viewOf(asked, frame), marks: [] }], wanted: 1 };
    const { bbox } = this.area;
    const whole = scaleToFit(bbox, frame);
    const middleOfAll = { lat: (bbox[1] + bbox[3]) / 2, lon: (bbox[0] + bbox[2]) / 2 };
    const scale = asked.scale ?? whole;
    const rings = this.area.geometry ? lonLats(this.area.geometry) : [];
    const { columns, rows, middles } = tile(bbox, scale, frame);
    const kept = middles.filter((middle) => !rings.length || touches(rings, boxOf(middle, scale, frame)));
    const details = kept.map((middle) => ({ middle, scale, marks: [] }));
    if (!kept.length || kept.length > MOST_SHEETS) return { plans: [], wanted: kept.length || columns * rows };
    if (kept.length === 1 || !asked.overview) return { plans: details, wanted: kept.length };
    const marks = kept.map((middle, index) => ({ middle, text: String(index + 2) }));
    return { plans: [{ middle: middleOfAll, scale: whole, marks }, ...details], wanted: kept.length + 1 };
  }

  /** As it is asked for; else for an area the way that fits it better, for a view lying. @param {Asked} asked */
  isUpright({ upright, paper }) {
    if (upright !== null || !this.area) return upright ?? false;
    const [lying, standing] = [false, true].map((way) => scaleToFit(/** @type {any} */ (this.area).bbox, frameOf(paper, way)));
    return standing < lying || (standing === lying && isTall(this.area.bbox));
  }

  /** @param {Asked} asked @param {import("./paper.js").Size} frame */
  viewOf(asked, frame) {
    const { view } = asked.console;
    const [west, south, east, north] = this.info?.extent ?? [0, 0, 0, 0];
    if (!view) return { middle: { lat: (south + north) / 2, lon: (west + east) / 2 }, scale: asked.scale ?? scaleToFit([west, south, east, north], frame) };
    const seen = (591_657_550 / 2 ** view.zoom) * Math.cos((view.lat * Math.PI) / 180);
    const near = SCALES.find((scale) => scale >= seen * 0.9) ?? SCALES[SCALES.length - 1];
    return { middle: { lat: view.lat, lon: view.lon }, scale: asked.scale ?? near };
  }

  /** Draws what is asked for now; where a sheet fails the page says so, unless something else is being drawn already. */
  async draw() {
    const turn = (this.turn += 1);
    try {
      await this.drawSheets(turn);
    } catch {
      if (turn === this.turn) this.tell(say("failed"));
    }
  }

  /** @param {number} turn */
  async drawSheets(turn) {
    const asked = /** @type {Asked} */ (this.asked);
    const { plans, wanted } = this.plan(asked);
    this.pages.replaceChildren();
    this.pages.dataset.ready = "";
    if (!plans.length) return this.tell(say("print_too_many", { wanted, most: MOST_SHEETS }));
    for (const [index, plan] of plans.entries()) {
      this.tell(say("print_drawing", { number: index + 1, of: plans.length }));
      const sheet = await this.sheet(asked, plan, index + 1, plans.length);
      if (turn !== this.turn) return;
      this.pages.append(drawSheet(sheet));
    }
    this.tell(say("print_ready", { count: plans.length }));
    this.pages.dataset.ready = "true";
  }

  /** @param {Asked} asked @param {Plan} plan @param {number} number @param {number} of @returns {Promise<import("./sheet.js").Sheet>} */
  async sheet(asked, { middle, scale, marks }, number, of) {
    const info = /** @type {import("../map/ground.js").MapInfo} */ (this.info);
    const upright = this.isUpright(asked);
    const frame = frameOf(asked.paper, upright);
    /** @type {import("../map/ground.js").Ground | null} */
    let drawn = null;
    const dress = (/** @type {import("../map/ground.js").Ground} */ ground) => {
      drawn = ground;
      this.dress(ground, asked);
    };
    const picture = await drawPiece({ middle, scale, frame }, info, dress, asked.hatched);
    const [west, south, east, north] = boxOf(middle, scale, frame);
    const generated = info.generatedBoxes.some((box) => box[0] < east && box[2] > west && box[1] < north && box[3] > south);
    return {
      number, of, scale, picture, generated, paper: asked.paper, upright, dataAt: info.dataAt,
      title: asked.title || (this.area?.title ?? say("print_title")), subtitle: asked.subtitle || (this.area?.subtitle ?? ""),
      legend: drawn ? legendOf(drawn) : [], sources: this.sources(drawn),
      marks: marks.map((mark) => this.mark(mark, { middle, scale, frame }, asked)),
    };
  }

  /** The console's layers, filters, opacities, base map and area. @param {import("../map/ground.js").Ground} ground @param {Asked} asked */
  dress(ground, { console: { layers, fade, filters, base } }) {
    const keys = [...(ground.info?.layers ?? []).map(({ key }) => key), "load", "labels"];
    const quiet = (ground.info?.layers ?? []).filter(({ group }) => KEPT_OFF_PAPER.includes(group)).map(({ key }) => key);
    const shown = (/** @type {string} */ key) => (layers ? layers.includes(key) : ground.shown[key] && !quiet.includes(key));
    ground.show(Object.fromEntries(keys.map((key) => [key, shown(key)])));
    for (const [key, share] of Object.entries(fade)) ground.setOpacity(key, share / 100);
    for (const [key, chosen] of Object.entries(filters)) ground.setFilter(key, chosen);
    if (base !== null) ground.setBasemap(base);
    if (this.area?.geometry && this.area.geometry.type !== "Point") ground.setArea(this.area.geometry);
  }

  /** @param {import("../map/ground.js").Ground | null} ground */
  sources(ground) {
    if (!ground?.info) return "";
    const { shown } = ground.look();
    const named = ground.info.layers.filter(({ key }) => shown[key]).flatMap(({ sources }) => sources);
    const base = ground.info.basemaps.find(({ id }) => id === ground.basemap)?.attribution ?? "";
    return [...new Set([...named.filter((name) => name !== say("print_generated")), base])].filter(Boolean).slice(0, 4).join(" · ");
  }

  /** @param {{ middle: Place, text: string }} mark @param {{ middle: Place, scale: number, frame: import("./paper.js").Size }} on @param {Asked} asked */
  mark({ middle, text }, on, asked) {
    const scale = asked.scale ?? on.scale;
    const [west, south, east, north] = boxOf(middle, scale, on.frame);
    const corner = onFrame({ lat: north, lon: west }, on.middle, on.scale, on.frame);
    const other = onFrame({ lat: south, lon: east }, on.middle, on.scale, on.frame);
    return { x: corner.x, y: corner.y, width: other.x - corner.x, height: other.y - corner.y, text };
  }

  /** @param {string} sentence */
  tell(sentence) {
    this.status.replaceChildren(make("span", {}, sentence));
  }
}

/** Higher on paper than wide. @param {number[]} box */
function isTall([west, south, east, north]) {
  return north - south > (east - west) * Math.cos((((south + north) / 2) * Math.PI) / 180);
}

/** Outer rings in degrees, flat. @param {any} geometry @returns {number[][]} */
function lonLats(geometry) {
  const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : geometry.type === "Polygon" ? [geometry.coordinates] : [];
  return polygons.map((/** @type {number[][][]} */ polygon) => polygon[0].flat());
}

new Printing().start();
