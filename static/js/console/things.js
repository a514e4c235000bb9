/** The list of any layer: picked, narrowed and ordered here, answered by the server a page at a time. */

import { tellMoment } from "../clock.js";
import { getJson } from "../http.js";
import { count, say } from "../words.js";
import { make, need } from "./elements.js";
import { countFilters, drawFilters, keepingFocus } from "./filters.js";

/** @typedef {import("./address.js").Address} Address */
/** @typedef {import("../map/layers.js").LayerInfo} LayerInfo */
/** @typedef {{ name: string, title: string, kind: string, unit: string, choices: { value: any, label: string }[], sorts?: boolean }} Column */
/** @typedef {{ id: string, title: string, subtitle: string, lon: number | null, lat: number | null, bbox: number[] | null, fields: Record<string, any> }} ThingRow */
/** @typedef {{ count: number, exact: boolean, columns: Column[], rows: ThingRow[], next: string | null }} Page */

const SETTLE_MS = 200;
const WORDS_MS = 350;
/** A menu of more orders than these leaves out columns that nobody sorts by. */
const MOST_ORDERS = 15;
const FIGURES = new Set(["integer", "number"]);

export class Things {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {() => Address} address
   * @param {(changes: Partial<Address>) => void} note
   * @param {(key: string, chosen: import("./address.js").Chosen) => void} filter
   * @param {() => void} drawn after every change of the rows
   * @param {(sentence: string) => void} tell
   */
  constructor(ground, address, note, filter, drawn, tell) {
    this.ground = ground;
    this.address = address;
    this.note = note;
    this.filter = filter;
    this.drawn = drawn;
    this.tell = tell;
    this.panel = need('[data-panel="things"]');
    this.list = need('[data-rows="things"]');
    this.picker = /** @type {HTMLSelectElement} */ (need("[data-list-pick]"));
    this.order = /** @type {HTMLSelectElement} */ (need("[data-list-order]"));
    this.words = /** @type {HTMLInputElement} */ (need("[data-list-words]"));
    this.near = /** @type {HTMLInputElement} */ (need("[data-list-near]"));
    /** @type {ThingRow[]} */ this.rows = [];
    /** @type {Column[]} */ this.columns = [];
    /** @type {Page | null} */ this.page = null;
    /** The page whose next one is on its way. @type {Page | null} */ this.fetching = null;
    this.asked = "";
    this.turn = 0;
    this.waiting = 0;
    this.listen();
  }

  listen() {
    this.picker.addEventListener("change", () => this.pick(this.picker.value));
    this.order.addEventListener("change", () => this.want({ order: this.order.value }));
    this.near.addEventListener("change", () => this.want({ near: this.near.checked }));
    this.words.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = window.setTimeout(() => this.want({ words: this.words.value.trim() }), WORDS_MS);
    });
    this.ground.map.on("moveend", () => this.address().near && this.refresh());
  }

  /** The layer that is listed: the one picked, else the first that people usually see. @returns {LayerInfo | undefined} */
  get layer() {
    const layers = this.ground.info?.layers ?? [];
    const { list } = this.address();
    return layers.find(({ key }) => key === list) ?? layers.find(({ shape, card }) => shape === "point" && card) ?? layers[0];
  }

  /** @param {string} key */
  pick(key) {
    this.want({ list: key, order: "", words: "" });
    this.list.scrollTop = 0;
  }

  /** @param {Partial<Address>} changes */
  want(changes) {
    this.note(changes);
    this.refresh();
  }

  /** Asks again where the question has changed and somebody is looking. @param {boolean} [anyhow] after news from the server */
  refresh(anyhow = false) {
    clearTimeout(this.waiting);
    this.drawHead();
    if (anyhow) this.asked = "";
    if (this.panel.hidden || !this.layer) return;
    const question = this.question();
    if (question === this.asked) return;
    this.waiting = window.setTimeout(() => this.ask(question), SETTLE_MS);
  }

  question() {
    const { area, near, order, words, filters } = this.address();
    const key = String(this.layer?.key);
    const query = new URLSearchParams();
    for (const [name, values] of Object.entries(filters[key] ?? {})) query.set(name, values.join(","));
    if (area) query.set("area", area);
    if (near) query.set("bbox", boxOf(this.ground.map.getBounds()));
    if (words) query.set("q", words);
    if (order) query.set("sort", order);
    return `/api/v1/layers/${key}/rows?${query}`;
  }

  /** @param {string} question */
  async ask(question) {
    const turn = (this.turn += 1);
    this.asked = question;
    if (!this.rows.length) this.list.replaceChildren(...[1, 2, 3].map(() => make("li", { class: "skeleton" })));
    try {
      const page = /** @type {Page} */ (await getJson(question));
      if (turn !== this.turn) return;
      this.take(page, page.rows);
    } catch (error) {
      if (turn !== this.turn) return;
      this.asked = "";
      this.rows = [];
      this.list.replaceChildren(make("li", { class: "empty" }, (error instanceof Error && error.message) || say("failed")));
      this.drawn();
    }
  }

  /** The page after the last, once; the list may have become another one meanwhile. */
  async more() {
    const { page: before, turn } = this;
    if (!before?.next || this.fetching === before) return;
    this.fetching = before;
    try {
      const page = /** @type {Page} */ (await getJson(before.next));
      if (turn === this.turn) this.take(page, [...this.rows, ...page.rows]);
    } catch (error) {
      if (turn === this.turn) this.tell((error instanceof Error && error.message) || say("failed"));
    } finally {
      if (this.fetching === before) this.fetching = null;
    }
  }

  /** @param {Page} page @param {ThingRow[]} rows */
  take(page, rows) {
    this.page = page;
    this.rows = rows;
    this.columns = page.columns;
    this.draw();
  }

  /** The layers to pick from, the orders, the filters. */
  drawHead() {
    const { layer } = this;
    if (!layer) return;
    const { order, words, near, filters } = this.address();
    const layers = this.ground.info?.layers ?? [];
    const groups = [...new Set(layers.map(({ groupTitle }) => groupTitle))];
    this.picker.replaceChildren(...groups.map((group) => make("optgroup", { label: group },
      ...layers.filter(({ groupTitle }) => groupTitle === group).map(({ key, title }) => make("option", { value: key }, title)))));
    this.picker.value = layer.key;
    this.order.replaceChildren(make("option", { value: "" }, say("order_plain")), ...ordersOf(this.columns, order).map(({ value, title }) => make("option", { value }, title)));
    this.order.value = order;
    if (document.activeElement !== this.words) this.words.value = words;
    this.near.checked = near;
    const holder = need("[data-list-filters]");
    holder.hidden = !layer.filters.length;
    const narrowed = countFilters(filters[layer.key]);
    need("summary", holder).textContent = say("filters") + (narrowed ? ` · ${narrowed}` : "");
    keepingFocus(holder, () => need("[data-list-filter-chips]").replaceChildren(
      drawFilters(layer, filters[layer.key] ?? {}, (chosen) => { this.filter(layer.key, chosen); this.refresh(); })));
  }

  draw() {
    this.drawHead();
    const { layer, page } = this;
    if (!layer || !page) return;
    need("[data-list-count]").textContent = say(page.exact ? "tally_things" : "tally_things_many", { count: count(page.count) });
    const items = this.rows.map((row) => make("li", {}, drawThing(layer, row, this.columns, this.address().order)));
    if (!items.length) items.push(make("li", { class: "empty" }, this.nothing()));
    if (page.next) {
      const more = make("button", { type: "button", class: "more", "data-more": "things" }, say("more"));
      more.addEventListener("click", () => this.more());
      items.push(make("li", {}, more));
    }
    keepingFocus(this.list, () => this.list.replaceChildren(...items));
    this.drawn();
  }

  /** Says what to do next. */
  nothing() {
    const { near, words, area, filters } = this.address();
    if (countFilters(filters[String(this.layer?.key)]) || words) return say("nothing_fits");
    return say(near ? "nothing_in_view" : area ? "nothing_in_area" : "nothing_at_all");
  }
}

/** @param {import("leaflet").LatLngBounds} view */
export function boxOf(view) {
  const edges = [Math.max(view.getWest(), -180), Math.max(view.getSouth(), -85), Math.min(view.getEast(), 180), Math.min(view.getNorth(), 85)];
  return edges.map((edge) => edge.toFixed(6)).join(",");
}

/**
 * What a list can be ordered by; the order that it has now is always among them.
 * @param {Column[]} columns
 * @param {string} [order]
 */
export function ordersOf(columns, order = "") {
  const all = 1 + 2 * columns.length <= MOST_ORDERS;
  return columns.filter(({ name, sorts }) => all || sorts !== false || order.replace(/^-/, "") === name).flatMap(({ name, title }) => [
    { value: name, title: say("order_up", { title }) },
    { value: `-${name}`, title: say("order_down", { title }) },
  ]);
}

/**
 * Two lines: what it is and where, with a figure at the end.
 * @param {LayerInfo} layer
 * @param {ThingRow} row
 * @param {Column[]} columns
 * @param {string} [order]
 */
export function drawThing(layer, row, columns, order = "") {
  const figure = figureOf(row, columns, order.replace(/^-/, ""));
  return make("button", { type: "button", class: "row thing", "data-type": layer.card || layer.key, "data-id": row.id, "data-layer": layer.key,
    "data-lon": row.lon, "data-lat": row.lat, "data-bbox": row.bbox?.join(",") },
    make("b", {}, row.title),
    make("span", { class: "figure aside" }, figure && make("b", {}, figure.text), figure?.unit ? ` ${figure.unit}` : null),
    make("small", { class: "below" }, row.subtitle),
    make("small", { class: "aside" }, figure?.title ?? ""));
}

/**
 * The value that the list is ordered by, else the first count that the layer has.
 * @param {ThingRow} row
 * @param {Column[]} columns
 * @param {string} ordered
 * @returns {{ text: string, unit: string, title: string } | null}
 */
export function figureOf(row, columns, ordered) {
  const known = (/** @type {Column} */ { name }) => row.fields[name] !== null && row.fields[name] !== undefined && row.fields[name] !== "";
  const column = columns.find((one) => one.name === ordered && known(one)) ?? columns.find((one) => one.kind === "integer" && known(one));
  if (!column) return null;
  const text = tellValue(column, row.fields[column.name]);
  return text === row.title ? null : { text, unit: column.unit, title: column.title };
}

/** @param {Column} column @param {any} value */
export function tellValue({ kind, choices }, value) {
  if (kind === "flag") return say(value ? "yes" : "no");
  if (FIGURES.has(kind)) return count(Number(Number(value).toFixed(1)));
  if (kind === "moment") return tellMoment(value);
  return choices.find((choice) => String(choice.value) === String(value))?.label ?? String(value);
}
