/** The left panel: its tabs, the filters above the lists, and the rows that belong to what the map shows. */

import { getJson } from "../http.js";
import { say, tally } from "../words.js";
import { chooseGrids, drawCommunities, drawGrids, markRows, stepRows } from "./lists.js";
import { make, need } from "./elements.js";

/** @typedef {import("./lists.js").GridRow} GridRow */
/** @typedef {import("./lists.js").CommunityRow} CommunityRow */
/** @typedef {Partial<import("./address.js").Address>} Changes */

/** More grids than this are not listed at once; the search finds every one of them. */
const MOST_PAGES = 60;

export class Lists {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {import("./address.js").Address} address
   * @param {(changes: Changes) => void} note
   */
  constructor(ground, address, note) {
    this.ground = ground;
    this.note = note;
    this.wanted = { load: address.load, area: address.area, sort: address.sort };
    /** @type {GridRow[]} */ this.grids = [];
    /** @type {CommunityRow[]} */ this.communities = [];
    /** @type {{ type: string, id: string } | null} */ this.chosen = null;
    /** @type {{ kind: string, id: string } | null} */ this.lit = null;
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
    need("[data-area]").addEventListener("click", () => this.want({ area: "" }));
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
    const rows = chooseGrids(this.grids, this.wanted, rules);
    drawGrids(this.gridList, rows, rules);
    drawCommunities(this.communityList, this.communities, rules);
    need("[data-count]").textContent = tally("grids", rows.length);
    need("[data-community-count]").textContent = tally("communities", this.communities.length);
    for (const button of document.querySelectorAll("[data-filter]")) {
      if (button instanceof HTMLElement) button.setAttribute("aria-pressed", String(button.dataset.filter === this.wanted.load));
    }
    /** @type {HTMLSelectElement} */ (need("[data-sort]")).value = this.wanted.sort;
    this.drawArea();
    this.mark(this.chosen, true);
  }

  drawArea() {
    const { area } = this.wanted;
    const chip = need("[data-area]");
    const name = this.communities.find(({ code }) => code === area)?.name ?? area;
    chip.hidden = !area;
    chip.replaceChildren(make("button", { type: "button", class: "chip", "aria-label": say("all_areas") }, `${name} ×`));
  }

  /** @param {Partial<{ load: string, area: string, sort: string }>} changes */
  want(changes) {
    this.wanted = { ...this.wanted, ...changes };
    this.note(changes);
    this.draw();
    this.gridList.scrollTop = 0;
  }

  /** The grids of one region alone. @param {string} area */
  limitTo(area) {
    this.pickTab("grids");
    this.want({ area });
  }

  /** @param {import("./address.js").Address} address */
  restore(address) {
    this.wanted = { load: address.load, area: address.area, sort: address.sort };
    this.showTab(address.tab);
    this.draw();
  }

  /** @param {string} name */
  pickTab(name) {
    this.showTab(name);
    this.note({ tab: name });
  }

  /** @param {string} name */
  showTab(name) {
    for (const tab of document.querySelectorAll("[role=tab]")) {
      if (!(tab instanceof HTMLElement)) continue;
      const on = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      need(`[data-panel="${tab.dataset.tab}"]`).hidden = !on;
    }
  }

  /** @param {KeyboardEvent} event */
  stepTabs(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
    const next = tabs[(tabs.findIndex((tab) => tab.tabIndex === 0) + step + tabs.length) % tabs.length];
    event.preventDefault();
    this.pickTab(String(next.dataset.tab));
    next.focus();
  }

  /** @param {1 | -1} step */
  step(step) {
    stepRows(this.communityList.closest("[hidden]") ? this.gridList : this.communityList, step);
  }

  /** @param {{ type: string, id: string } | null} chosen @param {boolean} [redrawn] */
  mark(chosen, redrawn = false) {
    const changed = redrawn || chosen?.id !== this.chosen?.id;
    this.chosen = chosen;
    this.markBoth();
    if (!changed) return;
    const row = document.querySelector('.rows button.row[aria-current="true"]');
    const list = row?.closest(".rows");
    if (row instanceof HTMLElement && list && !row.matches(":focus")) row.scrollIntoView({ block: "nearest" });
  }

  /** @param {{ kind: string, id: string } | null} zone */
  light(zone) {
    if (zone?.id === this.lit?.id) return;
    this.lit = zone;
    this.markBoth();
  }

  markBoth() {
    markRows(this.gridList, this.chosen, this.lit);
    markRows(this.communityList, this.chosen, this.lit);
  }
}
