/** The area that everything is narrowed to: a region or a grid, from the breadcrumb, a card or the search; the rest is dimmed. */

import { getJson } from "../http.js";
import { say } from "../words.js";
import { make, need } from "./elements.js";

/** @typedef {{ code: string, name: string, level: number }} Step */

const PAUSE_MS = 200;
const PATHS = { 12: "regions", 15: "grids" };

/** @param {string} code of a region or grid @returns {Promise<import("./card.js").Card>} */
export function loadPlace(code) {
  return getJson(`/api/v1/${PATHS[/** @type {12 | 15} */ (code.length)]}/${code}`);
}

export class Places {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {(code: string) => void} change
   * @param {() => Step[]} steps the regions of the breadcrumb, widest first
   */
  constructor(ground, change, steps) {
    this.ground = ground;
    this.change = change;
    this.steps = steps;
    this.menu = /** @type {HTMLDetailsElement} */ (need("[data-place-menu]"));
    this.input = /** @type {HTMLInputElement} */ (need("[data-place-words]"));
    this.options = need("[data-place-options]");
    this.code = "";
    this.name = "";
    this.waiting = 0;
    this.menu.addEventListener("toggle", () => this.menu.open && this.offer());
    this.input.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = window.setTimeout(() => this.offer(), PAUSE_MS);
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      event.preventDefault();
      const first = this.options.querySelector("button");
      if (event.key === "ArrowDown") first?.focus();
      else if (this.input.value.trim()) this.offer().then(() => this.options.querySelector("button")?.click());
    });
    this.options.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button) return;
      this.menu.open = false;
      need("summary", this.menu).focus();
      this.change(button.dataset.placeCode ?? "");
    });
  }

  /** Narrows to a place; an empty code to nothing. @param {string} code @returns {Promise<number[] | null>} its box */
  async narrow(code) {
    if (code === this.code) return null;
    this.code = code;
    this.name = "";
    this.tell();
    if (!code) {
      this.ground.setArea(null);
      return null;
    }
    const card = await loadPlace(code).catch(() => null);
    if (this.code !== code) return null;
    this.name = card?.title ?? code;
    this.ground.setArea(card?.geometry ?? null);
    this.tell();
    return card?.bbox ?? null;
  }

  tell() {
    const name = need("[data-place-name]");
    name.textContent = this.code ? this.name || this.code : say("everywhere");
    need("[data-place-all]").hidden = !this.code;
    this.menu.classList.toggle("narrowed", Boolean(this.code));
  }

  /** The places above the middle of the map, or what the words find. */
  async offer() {
    const words = this.input.value.trim();
    const steps = words ? await this.find(words) : this.steps().map(({ code, name }) => ({ code, name, where: "" }));
    const offers = steps.map(({ code, name, where }) => make("button", { type: "button", "data-place-code": code, "aria-pressed": String(code === this.code) }, name, where && make("small", { class: "muted" }, ` ${where}`)));
    this.options.replaceChildren(...offers, offers.length ? "" : make("p", { class: "muted" }, say(words ? "nothing_found" : "place_hint", { query: words })));
  }

  /** @param {string} words @returns {Promise<{ code: string, name: string, where: string }[]>} */
  async find(words) {
    const { rows } = await getJson(`/api/v1/search?q=${encodeURIComponent(words)}`).catch(() => ({ rows: [] }));
    const places = rows.filter((/** @type {any} */ { type }) => type === "region" || type === "grid");
    return places.map((/** @type {any} */ { id, title, subtitle }) => ({ code: id, name: title, where: subtitle }));
  }
}
