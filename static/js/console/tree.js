/** The layer tree: the catalogue's groups with switches, counts, opacity, filters; it knows no layer by itself. */

import { getJson } from "../http.js";
import { count, say } from "../words.js";
import { make, need } from "./elements.js";
import { countFilters, drawFilters, keepingFocus } from "./filters.js";

/** @typedef {import("../map/layers.js").LayerInfo} LayerInfo */
/** @typedef {import("./address.js").Address} Address */
/** @typedef {{ show: (key: string) => void, list: (key: string) => void }} Deeds go where a layer can be seen, list its things */

/** What can be switched within a layer, beside its things. */
const PARTS = /** @type {Record<string, string>} */ ({ grids: "load", ground: "labels" });
const SETTLE_MS = 250;

export class Tree {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {() => Address} address
   * @param {(changes: Partial<Address>) => void} note
   * @param {Deeds} deeds
   */
  constructor(ground, address, note, deeds) {
    this.ground = ground;
    this.address = address;
    this.note = note;
    this.deeds = deeds;
    this.form = need("[data-layers]");
    /** @type {Record<string, number>} */ this.counts = {};
    /** @type {Set<string>} */ this.folded = new Set();
    /** @type {Set<string>} */ this.opened = new Set();
    this.waiting = 0;
    /** Whether the counts are older than the data. */ this.late = false;
    this.form.addEventListener("change", (event) => this.switched(event.target));
    this.form.addEventListener("input", (event) => this.faded(event.target));
    this.form.addEventListener("click", (event) => this.clicked(event.target));
    this.form.addEventListener("submit", (event) => event.preventDefault());
  }

  get layers() {
    return this.ground.info?.layers ?? [];
  }

  /** Every switch: the layers', and those within layers. */
  keys() {
    return this.layers.flatMap(({ key }) => (PARTS[key] ? [key, PARTS[key]] : [key]));
  }

  /** The map as the address says: what is on, how clear, which of it. */
  apply() {
    const { layers, fade, filters } = this.address();
    const usual = Object.fromEntries(this.layers.map(({ key, shown }) => [key, shown]));
    this.ground.show(Object.fromEntries(this.keys().map((key) => [key, layers ? layers.includes(key) : usual[key] ?? true])));
    for (const key of this.keys()) {
      const opacity = (fade[key] ?? 100) / 100;
      if ((this.ground.opacity[key] ?? 1) !== opacity) this.ground.setOpacity(key, opacity);
    }
    for (const { key } of this.layers) this.narrow(key, filters[key] ?? null);
    this.draw();
    this.recount();
  }

  /** @param {string} key @param {import("./address.js").Chosen | null} chosen */
  narrow(key, chosen) {
    const wanted = chosen && Object.keys(chosen).length ? chosen : null;
    if (JSON.stringify(this.ground.filters[key] ?? null) !== JSON.stringify(wanted)) this.ground.setFilter(key, wanted);
  }

  /** @param {EventTarget | null} target */
  switched(target) {
    if (!(target instanceof HTMLInputElement) || target.type !== "checkbox") return;
    this.ground.show({ [target.name]: target.checked });
    const shown = /** @type {Record<string, boolean>} */ (this.ground.shown);
    this.note({ layers: this.keys().filter((key) => shown[key]) });
    this.draw();
  }

  /** @param {EventTarget | null} target */
  faded(target) {
    if (!(target instanceof HTMLInputElement) || target.type !== "range") return;
    const share = Number(target.value);
    const key = String(target.dataset.fade);
    this.ground.setOpacity(key, share / 100);
    const { [key]: _before, ...others } = this.address().fade;
    this.note({ fade: share < 100 ? { ...others, [key]: share } : others });
    const output = target.parentElement?.querySelector("output");
    if (output) output.textContent = `${share} %`;
  }

  /** @param {EventTarget | null} target */
  clicked(target) {
    const button = target instanceof Element ? target.closest("button") : null;
    if (!button) return;
    const { foldGroup, openLayer, showLayer, listLayer } = button.dataset;
    if (foldGroup) toggle(this.folded, foldGroup);
    if (openLayer) toggle(this.opened, openLayer);
    if (foldGroup || openLayer) this.draw();
    if (showLayer) this.deeds.show(showLayer);
    if (listLayer) this.deeds.list(listLayer);
  }

  /** @param {string} key @param {import("./address.js").Chosen} chosen */
  filter(key, chosen) {
    const { [key]: _before, ...others } = this.address().filters;
    this.note({ filters: Object.keys(chosen).length ? { ...others, [key]: chosen } : others });
    this.narrow(key, chosen);
    this.draw();
    this.recount();
  }

  /** After news from the server: counts that nobody sees wait until somebody looks. */
  recountWhenSeen() {
    this.late = true;
    this.catchUp();
  }

  catchUp() {
    if (this.late && !need('[data-panel="layers"]').hidden) this.recount();
  }

  /** Asks how much there is of every layer, in the chosen area and through the filters. */
  recount() {
    this.late = false;
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(async () => {
      const { area, filters } = this.address();
      const query = new URLSearchParams(area ? { area } : {});
      for (const [key, chosen] of Object.entries(filters)) {
        if (!this.layers.some((layer) => layer.key === key)) continue;
        for (const [name, values] of Object.entries(chosen)) query.set(`${key}.${name}`, values.join(","));
      }
      this.counts = await getJson(`/api/v1/layers/counts?${query}`).catch(() => ({}));
      this.draw();
    }, SETTLE_MS);
  }

  draw() {
    const groups = [...new Set(this.layers.map(({ group }) => group))];
    keepingFocus(this.form, () => this.form.replaceChildren(...groups.map((group) => this.drawGroup(group))));
  }

  /** @param {string} group */
  drawGroup(group) {
    const layers = this.layers.filter((layer) => layer.group === group);
    const shown = /** @type {Record<string, boolean>} */ (this.ground.shown);
    const on = layers.filter(({ key }) => shown[key]).length;
    const open = !this.folded.has(group);
    return make("section", { class: "tree-group" },
      make("h3", {}, make("button", { type: "button", "data-fold-group": group, "aria-expanded": String(open) },
        make("span", { class: "turn", "aria-hidden": "true" }, "›"), layers[0].groupTitle, make("small", { class: "muted" }, say("layers_on", { on, all: layers.length })))),
      open && make("ul", {}, ...layers.map((layer) => this.drawLayer(layer))));
  }

  /** @param {LayerInfo} layer */
  drawLayer(layer) {
    const { key } = layer;
    const open = this.opened.has(key);
    const narrowed = countFilters(this.address().filters[key]);
    return make("li", { class: "tree-layer", "data-layer": key },
      make("div", { class: "tree-row" },
        this.drawSwitch(key, layer.title, this.hintOf(layer), this.ground.sample(key)),
        narrowed > 0 && make("span", { class: "mark", title: say("filtered") }, `▽${narrowed}`),
        make("span", { class: "figure muted" }, key in this.counts ? count(this.counts[key]) : ""),
        make("button", { type: "button", class: "icon-button turn", "data-open-layer": key, "aria-expanded": String(open), "aria-label": say("layer_settings", { layer: layer.title }) }, "›")),
      PARTS[key] && this.drawSwitch(PARTS[key], say(`part_${PARTS[key]}`), "", null, "tree-part"),
      open && this.drawMore(layer));
  }

  /** @param {string} key @param {string} title @param {string} hint @param {Node | null} sample @param {string} [more] */
  drawSwitch(key, title, hint, sample, more = "") {
    const box = make("input", { type: "checkbox", name: key });
    box.checked = Boolean(/** @type {Record<string, boolean>} */ (this.ground.shown)[key]);
    return make("label", { class: `layer ${more}` }, box, make("span", { class: "layer-symbol", "aria-hidden": "true" }, sample), make("span", {}, title, hint && make("small", { class: "muted" }, ` ${hint}`)));
  }

  /** Why nothing is seen yet. @param {LayerInfo} layer */
  hintOf({ zooms }) {
    const zoom = this.ground.map.getZoom();
    if (zoom < zooms[0]) return say("from_zoom", { zoom: zooms[0] });
    return zoom > zooms[1] ? say("to_zoom", { zoom: zooms[1] }) : "";
  }

  /** @param {LayerInfo} layer */
  drawMore(layer) {
    const { key } = layer;
    const share = this.address().fade[key] ?? 100;
    const slider = make("input", { type: "range", min: 0, max: 100, step: 5, "data-fade": key, "aria-label": say("opacity_of", { layer: layer.title }) });
    slider.value = String(share);
    return make("div", { class: "tree-more" },
      make("div", { class: "slider" }, make("span", { class: "muted" }, say("opacity")), slider, make("output", {}, `${share} %`)),
      drawFilters(layer, this.address().filters[key] ?? {}, (chosen) => this.filter(key, chosen)),
      make("div", { class: "actions" },
        make("button", { type: "button", class: "chip", "data-show-layer": key }, say("zoom_to_layer")),
        make("button", { type: "button", class: "chip", "data-list-layer": key }, say("list_layer"))),
      layer.sources.length > 0 && make("p", { class: "muted" }, say("source", { source: layer.sources.join(", ") })));
  }
}

/** @param {Set<string>} set @param {string} key */
function toggle(set, key) {
  if (!set.delete(key)) set.add(key);
}
