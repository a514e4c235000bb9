/** The console: the map, the lists beside it, the card of what is chosen, and the address that restores all of it. */

import { createMap } from "../map/ground.js";
import { say } from "../words.js";
import { readAddress, writeAddress } from "./address.js";
import { Appearance } from "./appearance.js";
import { Chosen, loadCard } from "./chosen.js";
import { concerns, concernsAreas } from "./concerning.js";
import { Framing } from "./framing.js";
import { History } from "./history.js";
import { make, need } from "./elements.js";
import { Exports } from "./exporting.js";
import { openingView, partsOf, Views } from "./keeping.js";
import { Lists } from "./listing.js";
import { Measure } from "./measuring.js";
import { CareNearby } from "./people.js";
import { Places } from "./places.js";
import { Pointing } from "./pointing.js";
import { leadToPrint } from "./printing.js";
import { Selecting } from "./selecting.js";
import { Sheet } from "./sheet.js";
import { setUpShortcuts } from "./shortcuts.js";
import { Things } from "./things.js";
import { Tree } from "./tree.js";
import { drawLegend, drawScale } from "./legend.js";
import { asList, setUpSearch } from "./searching.js";

/** @typedef {import("./address.js").Address} Address */
/** @typedef {import("./address.js").Choice} Choice */

const NOTICE_MS = 6000;
/** Near enough to make out a single thing. */
const THING_ZOOM = 18;
/** The click that follows letting go belongs to the drawing that it ended. */
const LAST_CLICK_MS = 350;

export class Console {
  constructor() {
    this.frame = need("[data-console]");
    this.address = this.openingAddress();
    this.history = new History(this.address);
    this.framing = new Framing(() => this.ground, () => Boolean(this.address.choice));
    const opening = this.address.choice ? loadCard(this.address.choice) : undefined;
    const { layers } = this.address;
    this.ground = createMap(need("#map"), {
      view: this.address.view, frame: () => this.framing.padding(), only: layers,
      bbox: opening?.then((card) => card.bbox, () => null),
    });
    this.opening = opening;
    this.idleSince = -Infinity;
    this.map = this.ground.map;
    this.sheet = new Sheet(() => this.map.invalidateSize());
    const { ground } = this;
    const address = () => this.address;
    const note = (/** @type {Partial<Address>} */ changes) => this.note(changes);
    const tell = (/** @type {string} */ sentence) => this.tell(sentence);
    this.chosen = new Chosen(ground, (choice) => this.choose(choice));
    this.pointing = new Pointing(ground, () => this.stops(), (stop) => this.open(stop.type, stop.id, stop));
    this.lists = new Lists(ground, address, note, { drawn: () => this.pointing.renew(), turned: () => this.turned() });
    this.tree = new Tree(ground, address, note, { show: (key) => this.showLayer(key), list: (key) => this.listLayer(key) });
    this.things = new Things(ground, address, note, (key, chosen) => this.narrowLayer(key, chosen), () => this.pointing.renew(), tell);
    this.places = new Places(ground, (code) => this.narrowTo(code, true), () => this.chosen.place);
    this.measure = new Measure(ground, tell, () => this.idle());
    this.selecting = new Selecting(ground, address, (changes) => this.noteSelection(changes), {
      closed: () => this.idle(), found: () => this.pointing.renew(), tell,
    });
    this.exports = new Exports(this.selecting, tell);
    if (document.querySelector("[data-views]")) new Views(() => writeAddress(this.address), (saved) => this.openView(saved), tell); // a wall keeps none
    this.appearance = new Appearance(ground, address, note);
    this.care = new CareNearby(ground, tell, () => this.redrawFrame());
  }

  /** What the address says; where it names a saved view, what that says. @returns {Address} */
  openingAddress() {
    const view = openingView(location);
    if (view.missing) window.setTimeout(() => this.tell(say("view_missing")), 0);
    const { search, hash } = view.address === undefined ? location : partsOf(view.address);
    const address = readAddress(search, hash);
    return { ...address, view: readAddress("", location.hash).view ?? address.view };
  }

  async start() {
    this.listen();
    this.lists.showTab(this.address.tab);
    try {
      this.info = await this.ground.ready;
    } catch {
      this.tell(say("failed"));
      window.setTimeout(() => location.reload(), 5000);
      return;
    }
    this.ground.tiles.on("trouble", () => this.tell(say("map_failed")));
    this.applyAddress();
    if (!this.address.choice) this.chosen.followMiddle();
    await Promise.all([this.lists.load(), this.selecting.refresh(), this.address.choice && this.show(this.address.choice, false, this.opening)]);
    need("[data-welcome]").hidden = this.lists.grids.length > 0 || this.lists.communities.length > 0;
    this.frame.dataset.ready = "true";
  }

  /** Everything that the address says, but what is chosen and where the map looks. */
  applyAddress() {
    this.appearance.apply();
    this.tree.apply();
    this.places.narrow(this.address.area);
    this.places.tell();
    this.lists.showTab(this.address.tab);
    this.redrawFrame();
  }

  listen() {
    this.map.on("moveend", () => this.moved());
    this.map.on("zoomend", () => this.ground.info && this.tree.draw());
    this.map.on("gridmap:info", () => this.refresh());
    this.map.on("gridmap:moved", (event) => this.follow(/** @type {any} */ (event).sets));
    this.map.on("click", (event) => this.drawing || this.chosen.pick(event.latlng));
    document.addEventListener("click", (event) => this.clicked(event));
    window.addEventListener("popstate", (event) => this.restore(event.state));
    const search = document.querySelector("[data-search]");
    if (search instanceof HTMLElement) setUpSearch(search, (hit) => hit.type === "layer" ? this.listKind(asList(hit.id)) : this.choose({ type: hit.type, id: hit.id }));
    document.querySelector("[data-print]")?.addEventListener("click", (event) => leadToPrint(/** @type {HTMLAnchorElement} */ (event.currentTarget), this.address, this.map));
    setUpShortcuts(this);
  }

  /** Whether a click on the map draws instead of choosing. */
  get drawing() {
    const outlining = /** @type {any} */ (this.map).pm?.globalDrawModeEnabled(); // the corners of a new component
    return outlining || this.measure.open || this.selecting.open || performance.now() - this.idleSince < LAST_CLICK_MS;
  }

  /** The tab with the focus on its first row or switch. @param {string} tab */
  goToTab(tab) {
    if (tab === "selection" && !this.address.outline) return;
    if (this.frame.classList.contains("left-folded")) this.fold("left");
    this.lists.pickTab(tab);
    if (tab === "layers") /** @type {HTMLElement | null} */ (need("[data-layers]").querySelector("input"))?.focus();
    else need(`#tab-${tab}`).focus();
  }

  /** The filters of what is listed. */
  goToFilters() {
    const { tab } = this.address;
    if (tab === "grids") return need("[data-filters] button").focus();
    this.goToTab("things");
    const holder = /** @type {HTMLDetailsElement} */ (need("[data-list-filters]"));
    holder.open = true;
    /** @type {HTMLElement} */ (holder.querySelector("button, input") ?? this.things.picker).focus();
  }

  startSelecting() {
    this.measure.stop();
    this.selecting.start();
    this.frame.classList.add("drawing");
    need("[data-select] button").focus();
  }

  startMeasuring() {
    this.selecting.stop();
    this.measure.start();
    this.frame.classList.add("drawing");
    need("#map").focus();
  }

  /** What is under way ends; else the card closes, and the focus goes back to where it was opened. */
  escape() {
    if (this.measure.open) return this.measure.stop();
    if (this.selecting.open) return this.selecting.stop();
    const { choice } = this.address;
    const inCard = need("[data-card]").contains(document.activeElement);
    this.choose(null);
    if (!choice || !inCard) return;
    const row = document.querySelector(`.panel-body:not([hidden]) button.row[data-id="${choice.id}"]`);
    /** @type {HTMLElement} */ (row ?? need("#map")).focus();
  }

  /** Drawing has ended: the map is free again, and so is the keyboard. */
  idle() {
    this.idleSince = performance.now();
    this.frame.classList.toggle("drawing", this.measure.open || this.selecting.open);
    const active = document.activeElement;
    if (!active || active === document.body || active.closest("[hidden]")) need("#map").focus({ preventScroll: true });
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const target = event.target instanceof Element ? event.target.closest("button, a") : null;
    if (!(target instanceof HTMLElement)) return;
    const { chooseType, chooseId, zoom, fold, listArea, narrowTo, selectIn, tool, openAddress } = target.dataset;
    if (target.matches("button.row")) this.openRow(target);
    else if (openAddress) {
      event.preventDefault();
      this.openView(openAddress + location.hash);
    } else if (chooseType) this.choose({ type: chooseType, id: String(chooseId) });
    else if (target.matches("[data-close-card]")) this.escape();
    else if (target.matches("[data-place-all]")) this.narrowTo("");
    else if (zoom) this.map.setZoom(this.map.getZoom() + Number(zoom));
    else if (target.matches("[data-home]")) this.ground.fit(/** @type {number[]} */ (this.info?.extent), this.framing.padding());
    else if (fold) this.fold(fold);
    else if (listArea) this.listGrids(listArea);
    else if (narrowTo) this.narrowTo(narrowTo, true);
    else if (selectIn) this.selecting.takePlace(selectIn);
    else if (tool === "select") this.startSelecting();
    else if (tool === "measure") this.startMeasuring();
  }

  /** A row opens its card; the row of an open card leads into it. @param {HTMLElement} row */
  openRow(row) {
    const { type, id, lon, lat } = row.dataset;
    if (row.hasAttribute("aria-current") && !need("[data-card]").hidden) return need("[data-card]").focus();
    this.open(String(type), String(id), lon && lat ? { lon: Number(lon), lat: Number(lat) } : null);
  }

  /** @param {string} type @param {string} id @param {{ lon: number, lat: number } | null} place */
  open(type, id, place) {
    const layer = this.ground.info?.layers.find(({ key, card }) => (card || key) === type);
    if (layer?.card || !layer) this.choose({ type, id });
    else if (place) this.framing.goTo([place.lon, place.lat, place.lon, place.lat], Math.max(THING_ZOOM, layer.zooms[0]));
  }

  /** @param {Choice | null} choice */
  choose(choice) {
    if (!choice && !this.address.choice) return;
    this.note({ choice });
    if (choice) this.show(choice, true);
    else this.hide();
  }

  /**
   * @param {Choice} choice
   * @param {boolean} move whether the map goes there
   * @param {Promise<import("./card.js").Card>} [coming] the card where it was asked for already
   */
  async show(choice, move, coming) {
    this.frame.classList.remove("right-folded");
    this.pointing.mark(choice);
    const card = await this.chosen.show(choice, coming);
    if (!card) return;
    this.pointing.mark(choice);
    this.redrawFrame();
    if (move && card.bbox) this.framing.goTo(card.bbox);
  }

  hide() {
    this.chosen.hide();
    this.pointing.mark(null);
    this.chosen.followMiddle();
  }

  /** Everything narrowed to a place, or to nothing. @param {string} code @param {boolean} [move] */
  async narrowTo(code, move = false) {
    this.note({ area: code });
    this.lists.draw();
    this.tree.recount();
    this.things.refresh();
    const box = await this.places.narrow(code);
    if (box && move) this.ground.fit(box, this.framing.padding());
  }

  /** @param {string} code */
  listGrids(code) {
    this.lists.pickTab("grids");
    this.narrowTo(code);
  }

  /** @param {string} key @param {import("./address.js").Chosen} chosen */
  narrowLayer(key, chosen) {
    this.tree.filter(key, chosen);
  }

  /** Goes as near as the layer needs to be drawn. @param {string} key */
  showLayer(key) {
    const layer = this.ground.info?.layers.find((one) => one.key === key);
    if (!layer) return;
    const [from, to] = layer.zooms;
    const zoom = this.map.getZoom();
    if (zoom < from || zoom > to) this.map.setZoom(Math.min(Math.max(zoom, from), to));
    else this.ground.fit(/** @type {number[]} */ (this.info?.extent), { ...this.framing.padding(), maxZoom: to });
  }

  /** @param {string} key */
  listLayer(key) {
    this.things.pick(key);
    this.lists.pickTab("things");
    this.things.picker.focus();
  }

  /** The list of a layer, narrowed to one kind of its things. @param {ReturnType<typeof asList>} kind */
  listKind({ key, chosen, words }) {
    if (this.frame.classList.contains("left-folded")) this.fold("left");
    this.narrowLayer(key, chosen);
    this.note({ near: false });
    this.listLayer(key);
    if (words) this.things.want({ words });
  }

  /** @param {Partial<Address>} changes */
  noteSelection(changes) {
    this.note(changes);
    if (changes.tab) this.lists.showTab(changes.tab);
  }

  /** Another tab is seen. */
  turned() {
    this.sheet.lift();
    this.things?.refresh();
    this.tree?.catchUp();
    this.pointing?.renew();
  }

  /** What the tab that is seen lists. @returns {import("./walking.js").Stop[]} */
  stops() {
    const { tab } = this.address;
    if (tab === "grids" || tab === "communities") return this.lists.stops(tab);
    const rows = tab === "selection" ? this.selecting.rows() : tab === "things" ? this.things.rows.map((row) => ({ ...row, type: this.things.layer?.card || String(this.things.layer?.key) })) : [];
    return rows.flatMap(({ type, id, title, subtitle, lon, lat }) => (lon === null || lat === null ? [] : [{ type, id, title: [title, subtitle].filter(Boolean).join(", "), lon, lat }]));
  }

  moved() {
    const { lat, lng } = this.map.getCenter();
    this.note({ view: { lat, lon: lng, zoom: this.map.getZoom() } });
    this.redrawFrame();
    if (!this.address.choice) this.chosen.followMiddle();
  }

  redrawFrame() {
    if (!this.ground.info) return;
    const { lat } = this.map.getCenter();
    const metresPerPixel = (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** this.map.getZoom());
    drawLegend(need("[data-legend]"), this.ground, this.care.drawn);
    drawScale(need("[data-scale]"), { metresPerPixel, zoom: Number(this.map.getZoom().toFixed(2)), dataAt: this.ground.info.dataAt, generated: this.seesGenerated() });
  }

  /** Whether something generated is in view, or chosen. */
  seesGenerated() {
    const view = this.map.getBounds();
    const seen = this.ground.info?.generatedBoxes.some(([west, south, east, north]) => view.intersects([[south, west], [north, east]]));
    return Boolean(seen || (this.address.choice && this.chosen.card?.generated));
  }

  /** @param {Partial<Address>} changes */
  note(changes) {
    this.address = this.history.note(changes);
    if (changes.layers || changes.fade) this.redrawFrame();
    if (changes.filters) {
      this.things.refresh();
      this.selecting.refresh();
    }
  }

  /** @param {string} saved query and hash of a saved view */
  openView(saved) {
    const { search, hash } = partsOf(saved);
    this.history.go(readAddress(search, hash));
    this.restore(null);
  }

  /** Back and forward step through what was chosen; the map stays unless that lies elsewhere. @param {any} state */
  restore(state) {
    const { address, moveTo } = this.history.read(state);
    this.address = address;
    if (moveTo) this.map.setView([moveTo.lat, moveTo.lon], moveTo.zoom);
    this.applyAddress();
    this.lists.draw();
    this.selecting.refresh();
    if (this.address.choice) this.show(this.address.choice, !moveTo);
    else this.hide();
  }

  /** After one's own change, or where news were missed. */
  refresh() {
    this.info = this.ground.info ?? undefined;
    this.follow(null);
  }

  /** After a change on the server: what shows something of a tile set that has moved; null means all. @param {Set<string> | null} sets */
  follow(sets) {
    const { layers } = /** @type {import("../map/ground.js").MapInfo} */ (this.ground.info);
    const { choice } = this.address;
    this.redrawFrame();
    if (concernsAreas(sets)) this.lists.load();
    this.tree.recountWhenSeen();
    if (concerns(layers, [String(this.things.layer?.key)], sets)) this.things.refresh(true);
    if (concerns(layers, this.selecting.asks(), sets)) this.selecting.refresh("again");
    if (choice && concerns(layers, layers.filter(({ card }) => card === choice.type).map(({ key }) => key), sets)) this.show(choice, false);
  }

  /** @param {string} side */
  fold(side) {
    const folded = this.frame.classList.toggle(`${side}-folded`);
    for (const button of document.querySelectorAll(`[data-fold="${side}"]`)) button.setAttribute("aria-expanded", String(!folded));
    if (side !== "left") return;
    need(".unfold-left").hidden = !folded;
    if (folded && need("[data-left]").contains(document.activeElement)) need(".unfold-left").focus();
  }

  /** @param {string} sentence */
  tell(sentence) {
    const notice = need("[data-notice]");
    notice.replaceChildren(make("span", {}, sentence));
    notice.hidden = false;
    clearTimeout(this.telling);
    this.telling = window.setTimeout(() => { notice.hidden = true; }, NOTICE_MS);
  }
}

const console_ = new Console();
console_.start();
if (document.querySelector("[data-equipment]")) import("../equipment/editing.js").then(({ setUpEditing }) => setUpEditing(console_));
