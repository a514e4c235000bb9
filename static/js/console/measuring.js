/** Measuring on the map: lengths with the pieces they are made of, and areas; on the ellipsoid, to be copied. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { count, say } from "../words.js";
import { make, need } from "./elements.js";
import { area, pieces } from "./geodesy.js";
import { Pencil } from "./pencil.js";

/** @typedef {import("./geodesy.js").LonLat} LonLat */
/** @typedef {import("./pencil.js").Drawing} Drawing */

const KILOMETRE = 1000;
const HECTARE = 10_000;
const SQUARE_KILOMETRE = 1_000_000;

/** @param {number} metres */
export function tellLength(metres) {
  if (metres >= KILOMETRE) return say("kilometres", { figure: round(metres / KILOMETRE, 3) });
  return say("metres", { figure: round(metres, metres < 100 ? 1 : 0) });
}

/** @param {number} squareMetres */
export function tellArea(squareMetres) {
  if (squareMetres >= SQUARE_KILOMETRE) return say("square_kilometres", { figure: round(squareMetres / SQUARE_KILOMETRE, 3) });
  const plain = say("square_metres", { figure: round(squareMetres, squareMetres < 100 ? 1 : 0) });
  return squareMetres < HECTARE ? plain : `${plain} · ${say("hectares", { figure: round(squareMetres / HECTARE, 2) })}`;
}

/** @param {number} figure @param {number} decimals */
function round(figure, decimals) {
  return count(Number(figure.toFixed(decimals)));
}

/** The pieces of a line, or the sides of a ring. @param {Drawing} drawing @returns {number[]} metres */
export function sidesOf({ kind, points, ended }) {
  return pieces(kind === "ring" && ended && points.length > 2 ? [...points, points[0]] : points);
}

export class Measure {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {(sentence: string) => void} tell
   * @param {() => void} closed
   */
  constructor(ground, tell, closed) {
    this.ground = ground;
    this.tell = tell;
    this.closed = closed;
    this.bar = need("[data-measure]");
    this.pencil = new Pencil(ground, (drawing) => this.draw(drawing));
    /** @type {import("leaflet").LayerGroup | null} */ this.figures = null;
    this.bar.addEventListener("click", (event) => this.clicked(event));
  }

  get open() {
    return !this.bar.hidden;
  }

  /** @param {"line" | "ring"} [kind] */
  start(kind = "line") {
    this.bar.hidden = false;
    for (const button of this.bar.querySelectorAll("[data-measure-kind]")) {
      if (button instanceof HTMLElement) button.setAttribute("aria-pressed", String(button.dataset.measureKind === kind));
    }
    this.pencil.begin(kind);
  }

  stop() {
    if (!this.open) return;
    this.bar.hidden = true;
    this.pencil.stop();
    this.figures?.remove();
    this.figures = null;
    this.closed();
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    const { measureKind, measureDo } = button.dataset;
    if (measureKind) this.start(/** @type {"line" | "ring"} */ (measureKind));
    const deeds = /** @type {Record<string, () => void>} */ ({
      undo: () => this.pencil.undo(), end: () => this.pencil.end(), copy: () => this.copy(), close: () => this.stop(),
      again: () => this.pencil.drawing && this.start(/** @type {"line" | "ring"} */ (this.pencil.drawing.kind)),
    });
    if (measureDo) deeds[measureDo]?.();
  }

  /** @param {Drawing} drawing */
  draw(drawing) {
    const sides = sidesOf(drawing);
    need("[data-measure-figure]", this.bar).textContent = this.total(drawing, sides);
    need("[data-measure-hint]", this.bar).textContent = drawing.ended ? "" : say(drawing.points.length ? "measure_next" : "measure_first");
    need("[data-measure-sides]", this.bar).replaceChildren(...sides.map((side) => make("li", {}, tellLength(side))));
    for (const name of ["undo", "end", "copy", "again"]) {
      const button = /** @type {HTMLButtonElement} */ (need(`[data-measure-do="${name}"]`, this.bar));
      button.disabled = name === "end" ? drawing.ended || sides.length === 0 : name === "copy" ? !sides.length : !drawing.points.length;
    }
    this.letter(drawing, sides);
  }

  /** @param {Drawing} drawing @param {number[]} sides */
  total(drawing, sides) {
    const length = tellLength(sides.reduce((sum, side) => sum + side, 0));
    if (drawing.kind === "line") return length;
    const around = drawing.ended ? ` · ${say("around", { length })}` : "";
    return drawing.points.length > 2 ? tellArea(area(drawing.points)) + around : "—";
  }

  /** The length of every piece beside its middle. @param {Drawing} drawing @param {number[]} sides */
  letter({ points }, sides) {
    this.figures?.remove();
    const markers = sides.map((side, index) => {
      const [from, to] = [points[index], points[(index + 1) % points.length]];
      const icon = L.divIcon({ className: "measure-figure", html: make("span", {}, tellLength(side)), iconSize: [0, 0] });
      return L.marker([(from[1] + to[1]) / 2, (from[0] + to[0]) / 2], { icon, interactive: false, keyboard: false });
    });
    this.figures = L.layerGroup(markers).addTo(this.ground.map);
  }

  async copy() {
    const { drawing } = this.pencil;
    if (!drawing) return;
    const sides = sidesOf(drawing);
    const lines = [this.total(drawing, sides), ...sides.map((side, index) => `${index + 1}\t${tellLength(side)}`)];
    const places = drawing.points.map(([lon, lat]) => `${lon.toFixed(6)},${lat.toFixed(6)}`);
    await copyText([...lines, ...places].join("\n")).then(() => this.tell(say("copied")), () => this.tell(say("not_copied")));
  }
}

/** @param {string} text */
export async function copyText(text) {
  await navigator.clipboard.writeText(text);
}
