/** Two divisions of one community: maps that move together, and the buildings whose grid is another one. */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { make, need } from "../console/elements.js";
import { count, say } from "../words.js";
import { Sheet, exactly } from "./sheet.js";
import { moveTogether } from "./together.js";
import { percent } from "./tradeoff.js";

/** @typedef {{ lon: number, lat: number, name: string, households: number, from: string, to: string }} Moved */

const FEW = 40;
/** @param {string} id */
const island = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

const rule = island("rule");
const moved = /** @type {Moved[]} */ (island("moved")).sort((a, b) => b.households - a.households);
const sheets = ["a", "b"].map((side) => new Sheet(need(`[data-map="${side}"]`), { rule, legend: side === "a" }));
const layers = sheets.map((sheet) => ({ sheet, layer: L.layerGroup(), dots: /** @type {L.CircleMarker[]} */ ([]) }));

for (const cell of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-percent]"))) cell.textContent = percent(Number(cell.dataset.percent));

Promise.all(sheets.map(({ drawn }) => drawn)).then(() => {
  const [{ map: a }, { map: b }] = sheets;
  exactly(b, () => b.setView(a.getCenter(), a.getZoom(), { animate: false }));
  moveTogether(a, b);
  for (const one of layers) draw(one);
});

/** @param {(typeof layers)[number]} side */
function draw({ sheet, layer, dots }) {
  sheet.map.createPane("moved").style.zIndex = "430";
  const renderer = L.canvas({ pane: "moved" });
  const { near, text } = sheet.palette;
  moved.forEach((one, index) => {
    const dot = L.circleMarker([one.lat, one.lon], { renderer, pane: "moved", radius: radiusOf(one, sheet.map.getZoom()), color: text, weight: 1, fillColor: near, fillOpacity: 0.9 });
    dot.bindTooltip(make("span", {}, make("b", {}, one.name), ` ${count(one.households)}${say("household_unit")}`, make("br"), say("moves", { from: one.from, to: one.to })), { direction: "top" });
    dot.on({ mouseover: () => light(index, true), mouseout: () => light(index, false) });
    dots.push(dot.addTo(layer));
  });
  sheet.map.on("zoomend", () => dots.forEach((dot, index) => dot.setRadius(radiusOf(moved[index], sheet.map.getZoom()))));
  layer.addTo(sheet.map);
}

/** Area by households; smaller from afar. @param {Moved} one @param {number} zoom */
function radiusOf({ households }, zoom) {
  return Math.min(3 + Math.sqrt(households) / 2.2, 12) * Math.min(Math.max(1.4 ** (zoom - 17), 0.4), 1);
}

/** @param {number} index @param {boolean} on */
function light(index, on) {
  for (const { dots, sheet } of layers) {
    dots[index]?.setStyle({ weight: on ? 3 : 1, fillColor: on ? sheet.palette.act : sheet.palette.near });
    if (on) dots[index]?.bringToFront();
  }
  document.querySelector(`[data-moved] [data-index="${index}"]`)?.classList.toggle("lit", on);
}

/** @param {number} most */
function list(most) {
  const body = document.querySelector("[data-moved] tbody");
  body?.replaceChildren(...moved.slice(0, most).map((one, index) => {
    const button = make("button", { type: "button", class: "grid-name" }, one.name || "—");
    const row = make("tr", { "data-index": index }, make("td", {}, button), make("td", {}, say("moves", { from: one.from, to: one.to })), make("td", { class: "figure" }, count(one.households)));
    row.addEventListener("mouseenter", () => light(index, true));
    row.addEventListener("mouseleave", () => light(index, false));
    row.addEventListener("focusin", () => light(index, true));
    row.addEventListener("focusout", () => light(index, false));
    row.addEventListener("click", () => sheets[0].map.setView([one.lat, one.lon], Math.max(sheets[0].map.getZoom(), 18)));
    return row;
  }));
}

const more = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-more]"));
list(FEW);
if (more && moved.length > FEW) {
  more.hidden = false;
  more.addEventListener("click", () => {
    more.hidden = true;
    list(moved.length);
  });
}

document.querySelector("[data-show-moved]")?.addEventListener("change", ({ target }) => {
  const on = /** @type {HTMLInputElement} */ (target).checked;
  for (const { sheet, layer } of layers) if (on) layer.addTo(sheet.map);
    else layer.remove();
});

const form = /** @type {HTMLFormElement} */ (need("[data-sides]"));
for (const select of form.querySelectorAll("select")) select.addEventListener("change", () => form.requestSubmit());
need("[data-swap]", form).addEventListener("click", () => {
  const [a, b] = form.querySelectorAll("select");
  [a.value, b.value] = [b.value, a.value];
  form.requestSubmit();
});
