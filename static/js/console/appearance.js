/** How the map looks to this person: light or dark, with which base map, how much of the screen. */

import { say } from "../words.js";
import { make, need } from "./elements.js";

const THEME = "gridmap.theme";
const BASE = "gridmap.basemap";

/** @returns {"light" | "dark"} */
export function themeNow() {
  return document.documentElement.dataset.theme === "dark" ? "dark" : "light";
}

export class Appearance {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {() => import("./address.js").Address} address
   * @param {(changes: Partial<import("./address.js").Address>) => void} note
   */
  constructor(ground, address, note) {
    this.ground = ground;
    this.address = address;
    this.note = note;
    this.menu = /** @type {HTMLDetailsElement} */ (need("[data-look-menu]"));
    this.bases = need("[data-bases]");
    this.menu.addEventListener("change", (event) => this.chosen(event.target));
    need("[data-full]").addEventListener("click", () => this.fill());
    document.addEventListener("fullscreenchange", () => need("[data-full]").setAttribute("aria-pressed", String(Boolean(document.fullscreenElement))));
    window.addEventListener("gridmap:theme", () => this.themed());
  }

  /** The address's own theme before the browser's; it is not remembered. */
  apply() {
    const { theme } = this.address();
    const wanted = theme || (localStorage.getItem(THEME) === "dark" ? "dark" : "light");
    if (wanted !== themeNow()) this.ground.setTheme(/** @type {"light" | "dark"} */ (wanted));
    this.lay();
    this.reflect();
  }

  /** The base map of the address, else the one this browser used last, else the site's. */
  lay() {
    const { info } = this.ground;
    if (!info) return;
    const known = ["", ...info.basemaps.map(({ id }) => id)];
    const wanted = [this.address().base, localStorage.getItem(BASE), info.basemap].find((id) => id !== null && id !== undefined && known.includes(id));
    if ((wanted ?? "") !== this.ground.basemap) this.ground.setBasemap(wanted ?? "");
    this.drawBases();
  }

  drawBases() {
    const { info } = this.ground;
    if (!info) return;
    const choices = [{ id: "", title: say("own_map") }, ...info.basemaps];
    this.bases.replaceChildren(...choices.map(({ id, title }) => {
      const box = make("input", { type: "radio", name: "base", value: id });
      box.checked = id === this.ground.basemap;
      return make("label", { class: "check" }, box, title);
    }));
    need("[data-bases-hint]").hidden = info.basemaps.length > 0;
  }

  /** @param {EventTarget | null} target */
  chosen(target) {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.name === "theme") {
      localStorage.setItem(THEME, target.value);
      this.ground.setTheme(/** @type {"light" | "dark"} */ (target.value));
    }
    if (target.name !== "base") return;
    localStorage.setItem(BASE, target.value);
    this.ground.setBasemap(target.value);
    this.note({ base: target.value === (this.ground.info?.basemap ?? "") ? null : target.value });
  }

  /** Dark stands in the address, so that it looks the same elsewhere. */
  themed() {
    this.note({ theme: themeNow() === "dark" ? "dark" : "" });
    this.reflect();
  }

  reflect() {
    for (const box of this.menu.querySelectorAll('input[name="theme"]')) {
      if (box instanceof HTMLInputElement) box.checked = box.value === themeNow();
    }
    document.querySelector("[data-theme-switch]")?.setAttribute("aria-pressed", String(themeNow() === "dark"));
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }
}
