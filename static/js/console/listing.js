/** The left panel: its tabs, the lists of grids and communities with their filters; the list of any layer is in `things.js`. */

import { getJson } from "../http.js";
import { count, say, tally } from "../words.js";
import { chooseCommunities, chooseGrids, drawCommunities, drawGrids, stepRows } from "./lists.js";
import { need } from "./elements.js";

/** @typedef {import("./lists.js").GridRow} GridRow */
/** @typedef {import("./lists.js").CommunityRow} CommunityRow */
/** @typedef {import("./address.js").Address} Address */
/** @typedef {Partial<Address>} Changes */

/** More grids than this are not listed at once; the search finds every one of them. */
const MOST_PAGES = 60;

export class Lists {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {() => Address} address
   * @param {(changes: Changes) => void} note
   * @param {{ drawn: () => void, turned: (tab: string) => void }} page
   */
  constructor(ground, address, note, page) {
    this.ground = ground;
    this.address = address;
    this.note = note;
    this.page = page;
    /** @type {GridRow[]} */ this.grids = [];
    /** @type {GridRow[]} */ this.fitting = [];
    /** @type {CommunityRow[]} */ this.communities = [];
    /** @type {CommunityRow[]} */ this.inside = [];
    this.gridList = need('[data-rows="grids"]');
    this.communityList = need('[data-rows="communities"]');
    this.listen();
  }

  listen() {
    need("[data-filters]").addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.want({ load: button.dataset.filter ?? "" });
    });
    const sort = /** @type {HTMLSelectElement} */ (need("[data-sort]"));
    sort.addEventListener("change", () => this.want({ sort: sort.value }));
    const tabs = need("[role=tablist]");
    tabs.addEventListener("click", (event) => {
      const tab = event.target instanceof Element ? event.target.closest("[role=tab]") : null;
      if (tab instanceof HTMLElement) this.pickTab(String(tab.dataset.tab));
    });
    tabs.addEventListener("keydown", (event) => this.stepTabs(event));
  }

  async load() {
    const [grids, communities] = await Promise.all([this.loadGrids(), getJson(String(JSON.parse(need("#communities-url").textContent ?? ""))).catch(() => ({ rows: [] }))]);
    this.grids = grids;
    this.communities = communities.rows;
    this.draw();
  }

  /** @returns {Promise<GridRow[]>} */
  async loadGrids() {
    const rows = [];
    /** @type {string | null} */
    let next = "/api/v1/grids?sort=-load";
    for (let page = 0; next && page < MOST_PAGES; page += 1) {
      /** @type {{ rows: GridRow[], next: string | null }} */
      const answer = await getJson(next).catch(() => ({ rows: [], next: null }));
      rows.push(...answer.rows);
      next = answer.next;
    }
    return rows;
  }

  draw() {
    const { rules } = this.ground.look();
    const { area, load, sort } = this.address();
    this.fitting = chooseGrids(this.grids, { area, load, sort }, rules);
    this.inside = chooseCommunities(this.communities, area);
    drawGrids(this.gridList, this.fitting, rules);
    drawCommunities(this.communityList, this.inside, rules);
    need("[data-count]").textContent = tally("grids", this.fitting.length);
    need("[data-community-count]").textContent = tally("communities", this.inside.length);
    for (const button of document.querySelectorAll("[data-filter]")) {
      if (button instanceof HTMLElement) button.setAttribute("aria-pressed", String(button.dataset.filter === load));
    }
    /** @type {HTMLSelectElement} */ (need("[data-sort]")).value = sort;
    this.page.drawn();
  }

  /** @param {Changes} changes */
  want(changes) {
    this.note(changes);
    this.draw();
    this.gridList.scrollTop = 0;
  }

  /** @param {string} name */
  pickTab(name) {
    this.note({ tab: name });
    this.showTab(name);
  }

  /** @param {string} name */
  showTab(name) {
    const wanted = name === "selection" && !this.address().outline ? "layers" : name;
    for (const tab of document.querySelectorAll("[role=tab]")) {
      if (!(tab instanceof HTMLElement)) continue;
      const on = tab.dataset.tab === wanted;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      need(`[data-panel="${tab.dataset.tab}"]`).hidden = !on;
    }
    this.page.turned(wanted);
  }

  /** @param {KeyboardEvent} event */
  stepTabs(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tab]:not([hidden])")]);
    const next = tabs[(tabs.findIndex((tab) => tab.tabIndex === 0) + step + tabs.length) % tabs.length];
    event.preventDefault();
    this.pickTab(String(next.dataset.tab));
    next.focus();
  }

  /** The next or previous row of the list that is seen. @param {1 | -1} step */
  step(step) {
    const list = document.querySelector(".panel-body:not([hidden]) [data-rows]");
    if (list instanceof HTMLElement) stepRows(list, step);
  }

  /** What the lists of grids and communities hold, as stops on the map. @param {string} tab @returns {import("./walking.js").Stop[]} */
  stops(tab) {
    const middle = (/** @type {number[]} */ [west, south, east, north]) => ({ lon: (west + east) / 2, lat: (south + north) / 2 });
    if (tab === "grids") {
      return this.fitting.map((row) => ({ type: "grid", id: row.code, title: `${say("type_grid")} ${row.no}, ${row.community}, ${count(row.households)} ${say("household_unit")}`, ...middle(row.bbox) }));
    }
    return this.inside.flatMap(({ code, name, bbox, grids }) => (bbox ? [{ type: "region", id: code, title: `${name}, ${tally("grids", grids)}`, ...middle(bbox) }] : []));
  }
}
