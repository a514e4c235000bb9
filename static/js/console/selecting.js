/** Selecting by a free hand, a polygon, a radius or a place: what lies inside, by layer, to be walked through and taken along. */

import { postJson } from "../http.js";
import { count, say } from "../words.js";
import { make, need } from "./elements.js";
import { keepingFocus } from "./filters.js";
import { messageOf } from "./keeping.js";
import { simplify, whereOf, WIDEST_M } from "./outlines.js";
import { Pencil } from "./pencil.js";
import { loadPlace } from "./places.js";
import { drawThing } from "./things.js";

/** @typedef {import("./address.js").Address} Address */
/** @typedef {import("./outlines.js").Outline} Outline */
/** @typedef {import("./things.js").ThingRow} ThingRow */
/** @typedef {{ key: string, title: string, count: number, exact: boolean, columns: import("./things.js").Column[], rows: ThingRow[] }} Found what lies inside of one layer */
/** @typedef {"hand" | "ring" | "circle"} Kind */

/** Rows of a layer that are shown before somebody asks for more. */
const FIRST_ROWS = 20;
/** More layers than these are shown by their counts at first, so that all of them are seen. */
const MOST_UNFOLDED = 2;

export class Selecting {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {() => Address} address
   * @param {(changes: Partial<Address>) => void} note
   * @param {{ closed: () => void, found: () => void, tell: (sentence: string) => void }} page
   */
  constructor(ground, address, note, page) {
    this.ground = ground;
    this.address = address;
    this.note = note;
    this.page = page;
    this.bar = need("[data-select]");
    this.radius = /** @type {HTMLInputElement} */ (need("[data-select-radius]"));
    this.pencil = new Pencil(ground, (drawing) => this.drawn(drawing));
    this.list = need("[data-selection]");
    /** @type {Found[]} */ this.found = [];
    /** Layers of which all rows at hand are shown. @type {Set<string>} */ this.opened = new Set();
    /** Layers whose rows somebody folded or unfolded. @type {Map<string, boolean>} */ this.unfolded = new Map();
    this.asked = "";
    this.turn = 0;
    /** Which outline is meant: a place's boundary that comes after another was chosen is not drawn. */ this.showing = 0;
    this.bar.addEventListener("click", (event) => this.clicked(event));
    this.radius.addEventListener("change", () => this.pencil.busy && this.pencil.widen(this.metres()));
    this.radius.addEventListener("keydown", (event) => event.key === "Enter" && this.around());
    this.list.addEventListener("click", (event) => this.opening(event));
    need("[data-select-clear]").addEventListener("click", () => this.clear());
    need("[data-select-of]").addEventListener("change", () => this.pickLayers());
  }

  get open() {
    return !this.bar.hidden;
  }

  metres() {
    return Math.min(Math.max(Number(this.radius.value) || 300, 1), WIDEST_M);
  }

  /** @param {Kind} [kind] */
  start(kind = "hand") {
    this.bar.hidden = false;
    this.pencil.begin(kind, kind === "circle" ? this.metres() : 0);
    for (const button of this.bar.querySelectorAll("[data-select-kind]")) {
      if (button instanceof HTMLElement) button.setAttribute("aria-pressed", String(button.dataset.selectKind === kind));
    }
    need("[data-select-radius-field]").hidden = kind !== "circle";
    const place = this.address().area;
    need("[data-select-place]").hidden = !place;
  }

  /** So far around the place that was clicked, else around the middle of the map. */
  around() {
    if (!this.pencil.busy) return;
    if (!this.pencil.drawing?.points.length) this.pencil.addMiddle();
    this.pencil.widen(this.metres());
    this.pencil.end();
  }

  /** Ends drawing; what was selected before stays. */
  stop() {
    if (!this.open) return;
    this.bar.hidden = true;
    this.showOutline();
    this.page.closed();
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    const { selectKind, selectDo } = button.dataset;
    if (selectKind) this.start(/** @type {Kind} */ (selectKind));
    const deeds = /** @type {Record<string, () => void>} */ ({
      undo: () => this.pencil.undo(), end: () => this.pencil.end(), close: () => this.stop(), place: () => this.take({ kind: "place", code: this.address().area }),
    });
    if (selectDo) deeds[selectDo]?.();
  }

  /** @param {import("./pencil.js").Drawing} drawing */
  drawn(drawing) {
    const { kind, points, radius, ended } = drawing;
    if (kind === "circle" && radius) this.radius.value = String(radius);
    need("[data-select-hint]", this.bar).textContent = say(`select_${kind}`);
    const whole = kind === "circle" ? points.length > 0 && radius > 0 : points.length > 2;
    /** @type {HTMLButtonElement} */ (need('[data-select-do="end"]', this.bar)).disabled = !whole;
    /** @type {HTMLButtonElement} */ (need('[data-select-do="undo"]', this.bar)).disabled = !points.length;
    if (!ended) return;
    if (!whole) this.pencil.resume();
    else this.take(kind === "circle" ? { kind, centre: points[0], radius } : { kind: "ring", ring: simplify(points) });
  }

  /** @param {Outline} outline */
  take(outline) {
    this.bar.hidden = true;
    this.note({ outline, of: this.address().of ?? this.usual(), tab: "selection" });
    this.refresh("anew");
    this.page.closed();
  }

  /** Everything within a place, from its card. @param {string} code */
  takePlace(code) {
    this.take({ kind: "place", code });
  }

  clear() {
    this.bar.hidden = true;
    this.note({ outline: null, of: null, tab: "layers" });
    this.refresh();
    this.page.closed();
  }

  /** The layers that one sees and can open. */
  usual() {
    const shown = /** @type {Record<string, boolean>} */ (this.ground.shown);
    return this.layers.filter(({ key, card, shape }) => shown[key] && (card || shape === "point")).map(({ key }) => key);
  }

  get layers() {
    return this.ground.info?.layers ?? [];
  }

  pickLayers() {
    const boxes = /** @type {HTMLInputElement[]} */ ([...need("[data-select-of]").querySelectorAll("input")]);
    this.note({ of: boxes.filter(({ checked }) => checked).map(({ name }) => name) });
    this.refresh();
  }

  /** The layers that the selection looks into; none without one. */
  asks() {
    const { outline, of } = this.address();
    const known = new Set(this.layers.map(({ key }) => key));
    return outline ? (of ?? this.usual()).filter((key) => known.has(key)) : [];
  }

  /** Asks again where outline, layers or filters have changed. @param {"anew" | "again"} [anyhow] ask in any case: `again` after a change on the server, when the same selection need not be kept once more */
  async refresh(anyhow) {
    const { outline, filters } = this.address();
    need("[data-selection-tab]").hidden = !outline;
    if (anyhow !== "again") this.showOutline();
    if (!outline) {
      this.turn += 1;
      this.found = [];
      this.asked = "";
      this.draw();
      return;
    }
    const layers = this.asks();
    const body = { layers, ...whereOf(outline), filters: Object.fromEntries(Object.entries(filters).filter(([key]) => layers.includes(key))) };
    const asked = JSON.stringify(body);
    if (asked === this.asked && !anyhow) return;
    const kept = asked === this.asked && anyhow === "again";
    this.asked = asked;
    await this.ask(kept ? { ...body, keep: false } : body);
  }

  /** @param {{ layers: string[], shape?: any, area?: string, filters: object, keep?: boolean }} body */
  async ask(body) {
    const turn = (this.turn += 1);
    need("[data-selection-count]").textContent = say("loading");
    try {
      const answer = body.layers.length ? await postJson("/api/v1/select", body) : { layers: [] };
      if (turn !== this.turn) return;
      this.found = answer.layers;
      this.draw();
    } catch (error) {
      if (turn !== this.turn) return;
      this.found = [];
      this.draw();
      need("[data-selection-count]").textContent = messageOf(error);
    }
  }

  /** The outline on the map; a place's own may be thinned, which is why the server is asked by its code. */
  async showOutline() {
    const { outline } = this.address();
    const showing = (this.showing += 1);
    this.pencil.stop();
    if (outline?.kind === "circle") this.pencil.show({ kind: "circle", points: [outline.centre], radius: outline.radius, ended: true });
    if (outline?.kind === "ring") this.pencil.show({ kind: "ring", points: outline.ring, radius: 0, ended: true });
    this.border?.remove();
    this.border = null;
    if (outline?.kind !== "place") return;
    const card = await loadPlace(outline.code).catch((error) => {
      if (showing === this.showing) this.page.tell(messageOf(error));
      return null;
    });
    if (showing !== this.showing) return;
    if (card?.geometry) this.border = this.ground.showGeometry(card.geometry, { color: this.ground.palette.info, weight: 3 * this.ground.scale, dashArray: "6 4", fillOpacity: 0.08, interactive: false });
  }

  draw() {
    const { outline, of } = this.address();
    const total = this.found.reduce((sum, { count: figure }) => sum + figure, 0);
    need("[data-selection-count]").textContent = outline ? say("tally_selected", { count: count(total) }) : "";
    need("[data-selection-tab]").textContent = say("selected_tab", { count: total > 999 ? "999+" : String(total) });
    const wanted = new Set(of ?? this.usual());
    const holder = need("[data-select-of]");
    keepingFocus(holder, () => holder.replaceChildren(...this.layers.map(({ key, title }) => {
      const box = make("input", { type: "checkbox", name: key });
      box.checked = wanted.has(key);
      return make("label", { class: "check" }, box, title);
    })));
    keepingFocus(this.list, () => this.list.replaceChildren(...this.found.flatMap((found) => this.group(found)),
      total ? "" : make("p", { class: "empty" }, say(outline ? "nothing_inside" : "select_how"))));
    need("[data-export-left]").textContent = this.tellLeftOut();
    this.page.found();
  }

  /** Whether a layer's rows are shown. @param {string} key */
  isOpen(key) {
    return this.unfolded.get(key) ?? this.found.filter(({ count: figure }) => figure).length <= MOST_UNFOLDED;
  }

  /** @param {Found} found */
  group(found) {
    const { key, title, count: figure, exact } = found;
    const layer = this.layers.find((one) => one.key === key);
    if (!layer || !figure) return [];
    const open = this.isOpen(key);
    const head = make("button", { type: "button", "data-unfold": key, "aria-expanded": String(open) },
      make("span", { class: "turn", "aria-hidden": "true" }, "›"), this.ground.sample(key), make("span", {}, title), make("span", { class: "figure" }, count(figure) + (exact ? "" : "+")));
    return [make("h3", { class: "selection-head" }, head), open ? this.drawRows(layer, found) : ""];
  }

  /** @param {import("../map/layers.js").LayerInfo} layer @param {Found} found */
  drawRows(layer, { key, count: figure, columns, rows }) {
    const shown = this.opened.has(key) ? rows : rows.slice(0, FIRST_ROWS);
    const hidden = figure - shown.length;
    return make("ul", { class: "plain" }, ...shown.map((row) => make("li", {}, drawThing(layer, row, columns ?? []))),
      hidden > 0 && shown.length < rows.length && make("li", {}, make("button", { type: "button", class: "more", "data-more": key }, say("more"))),
      hidden > 0 && shown.length === rows.length && make("li", { class: "muted rest" }, say("rest_in_export", { count: count(hidden) })));
  }

  /** @param {MouseEvent} event */
  opening(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-more], [data-unfold]") : null;
    if (!(button instanceof HTMLElement)) return;
    const { more, unfold } = button.dataset;
    if (more) this.opened.add(more);
    if (unfold) this.unfolded.set(unfold, !this.isOpen(unfold));
    this.draw();
  }

  /** What an export asks for: all that lies inside, of layers that may be taken out. */
  question() {
    const open = new Set(this.layers.filter((layer) => layer.public).map(({ key }) => key));
    const layers = this.found.filter(({ key, count: figure }) => figure && open.has(key)).map(({ key }) => key);
    const filters = Object.fromEntries(Object.entries(this.address().filters).filter(([key]) => layers.includes(key)));
    const { outline } = this.address();
    return { layers, question: { ...(outline ? whereOf(outline) : {}), filters } };
  }

  /** What was found and may not be taken out this way, in words; empty where everything may. */
  tellLeftOut() {
    const closed = new Set(this.layers.filter((layer) => !layer.public).map(({ key }) => key));
    const left = this.found.filter(({ key, count: figure }) => figure && closed.has(key));
    const named = left.map(({ title, count: figure, exact }) => say("export_left_layer", { layer: title, count: count(figure) + (exact ? "" : "+") }));
    return named.length ? say("export_without", { layers: named.join(" · ") }) : "";
  }

  /** What is listed, in its order. */
  rows() {
    return this.found.filter(({ key }) => this.isOpen(key)).flatMap(({ key, rows }) => {
      const layer = this.layers.find((one) => one.key === key);
      return (this.opened.has(key) ? rows : rows.slice(0, FIRST_ROWS)).map((row) => ({ ...row, type: layer?.card || key }));
    });
  }
}
