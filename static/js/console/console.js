/** The console: the map, the lists beside it, the card of what is chosen, and the address that restores all of it. */

import { createMap, SHOWN } from "../map/ground.js";
import { say } from "../words.js";
import { readAddress } from "./address.js";
import { Chosen, loadCard } from "./chosen.js";
import { History } from "./history.js";
import { make, need } from "./elements.js";
import { listenToKeys } from "./keys.js";
import { Lists } from "./listing.js";
import { CareNearby } from "./people.js";
import { Switches } from "./switches.js";
import { drawLegend, drawScale } from "./legend.js";
import { setUpSearch } from "./searching.js";

const NOTICE_MS = 6000;
/** Below this width panels are sheets at the bottom. */
const NARROW = 860;

class Console {
  constructor() {
    this.frame = need("[data-console]");
    this.address = readAddress(location.search, location.hash);
    this.history = new History(this.address);
    const opening = this.address.choice ? loadCard(this.address.choice) : undefined;
    this.ground = createMap(need("#map"), {
      view: this.address.view, shown: this.switchedOn(), frame: () => this.padding(),
      bbox: opening?.then((card) => card.bbox, () => null), onNews: (news) => this.hear(news),
    });
    this.opening = opening;
    this.map = this.ground.map;
    this.chosen = new Chosen(this.ground, (choice) => this.choose(choice));
    this.lists = new Lists(this.ground, this.address, (changes) => this.note(changes));
    this.care = new CareNearby(this.ground, (sentence) => this.tell(sentence), () => this.redrawFrame());
    this.switches = new Switches(this.ground, (layers) => this.note({ layers }));
  }

  /** The layers that the address names; null where it names none. */
  switchedOn() {
    const { layers } = this.address;
    return layers ? Object.fromEntries(Object.keys(SHOWN).filter((key) => key !== "tint").map((key) => [key, layers.includes(key)])) : {};
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
    this.switches.reflect();
    this.ground.tiles.on("trouble", () => this.tell(say("map_failed")));
    this.redrawFrame();
    if (!this.address.choice) this.chosen.followMiddle();
    await Promise.all([this.lists.load(), this.address.choice && this.show(this.address.choice, false, this.opening)]);
    need("[data-welcome]").hidden = this.lists.grids.length > 0 || this.lists.communities.length > 0;
    this.frame.dataset.ready = "true";
  }

  /** Room that panels take from the map. @returns {import("leaflet").FitBoundsOptions} */
  padding() {
    const narrow = window.innerWidth <= NARROW;
    const left = need("[data-left]").getBoundingClientRect();
    const card = need("[data-card]");
    const sheet = Math.max(left.height, card.getBoundingClientRect().height);
    if (narrow) return { paddingTopLeft: [16, 64], paddingBottomRight: [16, sheet + 16] };
    const right = card.hidden && !this.address.choice ? 60 : (card.getBoundingClientRect().width || 380) + 40;
    return { paddingTopLeft: [left.width ? left.right + 24 : 24, 24], paddingBottomRight: [right, 60] };
  }

  listen() {
    this.map.on("moveend", () => this.moved());
    this.map.on("gridmap:info", () => this.refresh());
    this.map.on("click", (event) => this.chosen.pick(event.latlng));
    this.map.on("mousemove", (event) => this.hover(event.latlng));
    this.map.on("mouseout", () => this.light(null));
    document.addEventListener("click", (event) => this.clicked(event));
    window.addEventListener("popstate", (event) => this.restore(event.state));
    need(".left").addEventListener("mouseover", (event) => this.light(rowUnder(event.target)));
    need(".left").addEventListener("focusin", (event) => this.light(rowUnder(event.target)));
    need(".left").addEventListener("mouseleave", () => this.light(null));
    const search = document.querySelector("[data-search]");
    if (search instanceof HTMLElement) setUpSearch(search, (hit) => this.choose({ type: /** @type {any} */ (hit.type), id: hit.id }));
    this.listenToKeyboard();
  }

  listenToKeyboard() {
    const help = /** @type {HTMLDialogElement} */ (need("[data-help]"));
    listenToKeys({
      "/": () => document.getElementById("search")?.focus(),
      j: () => this.lists.step(1),
      k: () => this.lists.step(-1),
      m: () => need("#map").focus(),
      Escape: () => this.choose(null),
      "[": () => this.fold("left"),
      "]": () => this.fold("right"),
      1: () => this.lists.pickTab("grids"),
      2: () => this.lists.pickTab("communities"),
      3: () => this.lists.pickTab("layers"),
      "?": () => help.showModal(),
    });
    need("[data-help-open]").addEventListener("click", () => help.showModal());
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const target = event.target instanceof Element ? event.target.closest("button, a") : null;
    if (!(target instanceof HTMLElement)) return;
    const { chooseType, chooseId, type, id, zoom, fold, listArea } = target.dataset;
    if (target.matches("button.row")) this.choose({ type: /** @type {any} */ (type), id: String(id) });
    else if (chooseType) this.choose({ type: /** @type {any} */ (chooseType), id: String(chooseId) });
    else if (target.matches("[data-close-card]")) this.choose(null);
    else if (zoom) this.map.setZoom(this.map.getZoom() + Number(zoom));
    else if (target.matches("[data-home]")) this.ground.fit(/** @type {number[]} */ (this.info?.extent), this.padding());
    else if (fold) this.fold(fold);
    else if (listArea) this.lists.limitTo(listArea);
  }

  /** @param {import("./address.js").Choice | null} choice */
  choose(choice) {
    if (!choice && !this.address.choice) return;
    this.note({ choice });
    if (choice) this.show(choice, true);
    else this.hide();
  }

  /**
   * @param {import("./address.js").Choice} choice
   * @param {boolean} move whether the map goes there
   * @param {Promise<import("./card.js").Card>} [coming] the card where it was asked for already
   */
  async show(choice, move, coming) {
    this.frame.classList.remove("right-folded");
    this.lists.mark(choice);
    const card = await this.chosen.show(choice, coming);
    if (!card) return;
    this.lists.mark(choice);
    this.redrawFrame();
    if (move && card.bbox) this.goTo(card.bbox);
  }

  /** Near enough to read it, and not at all where it is in view already. @param {number[]} bbox */
  goTo([west, south, east, north]) {
    const view = this.map.getBounds();
    const padding = this.padding();
    const target = this.map.getBoundsZoom([[south, west], [north, east]], false, /** @type {any} */ ([200, 140]));
    const inView = view.contains([[south, west], [north, east]]) && this.map.getZoom() >= Math.min(target, 17) - 1;
    if (!inView || this.isCovered([west, south, east, north])) this.ground.fit([west, south, east, north], { ...padding, maxZoom: 17 });
  }

  /** Whether panels lie over the middle of a box. @param {number[]} bbox */
  isCovered([west, south, east, north]) {
    const { x, y } = this.map.latLngToContainerPoint([(south + north) / 2, (west + east) / 2]);
    const frame = this.frame.getBoundingClientRect();
    return [need("[data-left]"), need("[data-card]")].some((panel) => {
      const box = panel.getBoundingClientRect();
      return box.width > 0 && x > box.left - frame.left && x < box.right - frame.left && y > box.top - frame.top && y < box.bottom - frame.top;
    });
  }

  hide() {
    this.chosen.hide();
    this.lists.mark(null);
    this.chosen.followMiddle();
  }

  /** @param {import("leaflet").LatLng} place */
  hover(place) {
    if (/** @type {any} */ (this.map.dragging).moving()) return;
    this.light(this.ground.zoneAt(place, "grid"));
  }

  /** @param {{ kind: string, id: string } | null} zone */
  light(zone) {
    this.ground.highlight(zone);
    this.lists.light(zone);
    need("#map").classList.toggle("pointing", Boolean(zone));
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
    drawLegend(need("[data-legend]"), this.ground.shown, this.ground.info.rules, this.map.getZoom(), this.care.drawn);
    drawScale(need("[data-scale]"), { metresPerPixel, zoom: this.map.getZoom(), dataAt: this.ground.info.dataAt, generated: this.seesGenerated() });
  }

  /** Whether something generated is in view, or chosen. */
  seesGenerated() {
    const view = this.map.getBounds();
    const seen = this.ground.info?.generatedBoxes.some(([west, south, east, north]) => view.intersects([[south, west], [north, east]]));
    return Boolean(seen || (this.address.choice && this.chosen.card?.generated));
  }

  /** @param {Partial<import("./address.js").Address>} changes */
  note(changes) {
    this.address = this.history.note(changes);
    if (changes.layers) this.redrawFrame();
  }

  /** Back and forward step through what was chosen; the map stays unless that lies elsewhere. @param {any} state */
  restore(state) {
    const { address, moveTo } = this.history.read(state);
    this.address = address;
    if (moveTo) this.map.setView([moveTo.lat, moveTo.lon], moveTo.zoom);
    this.lists.restore(this.address);
    this.ground.show(this.address.layers ? this.switchedOn() : SHOWN_WITHOUT_TINT);
    this.switches.reflect();
    if (this.address.choice) this.show(this.address.choice, !moveTo);
    else this.hide();
  }

  /** After a change on the server. */
  refresh() {
    this.info = this.ground.info ?? undefined;
    this.redrawFrame();
    this.lists.load();
    if (this.address.choice) this.show(this.address.choice, false);
  }

  /** @param {import("../stream.js").News} news */
  hear(news) {
    window.dispatchEvent(new CustomEvent("gridmap:news", { detail: news }));
  }

  /** @param {string} side */
  fold(side) {
    const folded = this.frame.classList.toggle(`${side}-folded`);
    for (const button of document.querySelectorAll(`[data-fold="${side}"]`)) button.setAttribute("aria-expanded", String(!folded));
    if (side === "left") need(".unfold-left").hidden = !folded;
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

const { tint: _tint, ...SHOWN_WITHOUT_TINT } = SHOWN;

/** @param {EventTarget | null} target */
function rowUnder(target) {
  const row = target instanceof Element ? target.closest("button.row") : null;
  return row instanceof HTMLElement ? { kind: String(row.dataset.type), id: String(row.dataset.id) } : null;
}

const console_ = new Console();
console_.start();
