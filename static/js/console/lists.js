/** The lists of grids and communities: rows of two lines with a bar, filtered and sorted; a row and its area light up together. */

import { count, say, tally } from "../words.js";
import { loadClass } from "../map/loads.js";
import { loadBar } from "./bars.js";
import { make } from "./elements.js";
import { keepingFocus } from "./filters.js";

/** @typedef {{ code: string, no: string, name: string, community: string, households: number, residents: number | null, elders: number | null,
 *   buildings: number, standIns: number, kind: string, load: number, bbox: number[] }} GridRow */
/** @typedef {{ code: string, name: string, street: string, grids: number, households: number | null, residents: number | null, buildings: number,
 *   standIns: number, over: number, under: number, bbox: number[] | null }} CommunityRow */
/** @typedef {import("../map/loads.js").Rules} Rules */

/** Rows drawn at once; the rest on demand. */
const PAGE = 200;

/**
 * @param {GridRow[]} rows
 * @param {{ load: string, area: string, sort: string }} wanted
 * @param {Rules} rules
 */
export function chooseGrids(rows, { load, area, sort }, rules) {
  const prefix = area.replace(/(000){1,2}$/, "");
  const kept = rows.filter((row) => row.code.startsWith(prefix) && fits(row, load, rules));
  const byCode = (/** @type {GridRow} */ a, /** @type {GridRow} */ b) => (a.code < b.code ? -1 : 1);
  if (sort === "code") return kept.sort(byCode);
  const sign = sort === "load" ? 1 : -1;
  return kept.sort((a, b) => sign * (a.households - b.households) || byCode(a, b));
}

/** The communities of an area; of a grid, the one it lies in. @param {CommunityRow[]} rows @param {string} area */
export function chooseCommunities(rows, area) {
  const prefix = area.slice(0, 12).replace(/(000){1,2}$/, "");
  return rows.filter(({ code }) => code.startsWith(prefix));
}

/** @param {GridRow} row @param {string} load @param {Rules} rules */
export function fits(row, load, rules) {
  if (!load) return true;
  if (load === "dedicated") return row.kind === "dedicated";
  if (row.kind !== "general") return false;
  const degree = loadClass(row.households, rules);
  if (load === "over") return degree === 2;
  return load === "under" ? degree === -2 : Math.abs(degree) < 2;
}

/**
 * @param {HTMLElement} list
 * @param {GridRow[]} rows
 * @param {Rules} rules
 * @param {number} [shown] how many rows
 */
export function drawGrids(list, rows, rules, shown = PAGE) {
  drawRows(list, rows, shown, (row) => gridRow(row, rules), "no_rows", (more) => drawGrids(list, rows, rules, more));
}

/**
 * @param {HTMLElement} list
 * @param {CommunityRow[]} rows
 * @param {Rules} rules
 * @param {number} [shown]
 */
export function drawCommunities(list, rows, rules, shown = PAGE) {
  drawRows(list, rows, shown, communityRow, "no_communities", (more) => drawCommunities(list, rows, rules, more));
}

/**
 * @template T
 * @param {HTMLElement} list
 * @param {T[]} rows
 * @param {number} shown
 * @param {(row: T) => HTMLElement} draw
 * @param {string} nothing
 * @param {(shown: number) => void} again
 */
function drawRows(list, rows, shown, draw, nothing, again) {
  const items = rows.slice(0, shown).map((row) => make("li", {}, draw(row)));
  if (!rows.length) items.push(make("li", { class: "empty" }, say(nothing)));
  if (rows.length > shown) {
    const more = make("button", { type: "button", class: "more", "data-more": nothing }, say("more"));
    more.addEventListener("click", () => again(shown + PAGE));
    items.push(make("li", {}, more));
  }
  keepingFocus(list, () => list.replaceChildren(...items));
}

/** @param {GridRow} row @param {Rules} rules */
function gridRow(row, rules) {
  const degree = row.kind === "general" ? loadClass(row.households, rules) + 3 : 0;
  const dedicated = row.kind === "general" ? null : say(row.kind);
  return make("button", { type: "button", class: "row", "data-type": "grid", "data-id": row.code },
    make("i", { class: `swatch ${degree ? `load-${degree}` : "special"}`, "aria-hidden": "true" }),
    make("b", {}, `${row.no} · ${row.name || row.community}`),
    make("span", { class: "figure aside" }, dedicated ?? make("b", {}, count(row.households)), dedicated ? null : ` ${say("household_unit")}`),
    make("small", { class: "below" }, counted(tally("buildings", row.buildings), row.standIns)),
    make("small", { class: "aside" }, row.residents === null ? say("unknown_residents") : tally("residents", row.residents)),
    row.kind === "general" && loadBar(row.households, rules));
}

/** What a row counts, and for how many buildings dwellings stand in. @param {string} words @param {number} standIns */
export function counted(words, standIns) {
  return standIns ? `${words} · ${say("tally_stand_ins", { count: count(standIns) })}` : words;
}

/** @param {CommunityRow} row */
function communityRow(row) {
  const judged = [row.over && say("row_over", { count: row.over }), row.under && say("row_under", { count: row.under })].filter(Boolean);
  return make("button", { type: "button", class: "row", "data-type": "region", "data-id": row.code },
    make("i", { class: `swatch load-${row.over ? 5 : row.under ? 1 : 3}`, "aria-hidden": "true" }),
    make("b", {}, row.name),
    make("span", { class: "figure aside" }, make("b", {}, row.households === null ? "—" : count(row.households)), row.households === null ? null : ` ${say("household_unit")}`),
    make("small", { class: "below" }, counted(`${tally("grids", row.grids)} · ${tally("buildings", row.buildings)}`, row.standIns)),
    make("small", { class: "aside" }, judged.join(" · ") || (row.grids ? say("all_right") : say("not_drawn"))));
}

/**
 * Marks the row of what is chosen, and the one of what lies under the pointer.
 * @param {HTMLElement} list
 * @param {{ type: string, id: string } | null} chosen
 * @param {{ kind: string, id: string } | null} lit
 */
export function markRows(list, chosen, lit) {
  for (const row of list.querySelectorAll("button.row")) {
    if (!(row instanceof HTMLElement)) continue;
    const { type, id } = row.dataset;
    if (type === chosen?.type && id === chosen?.id) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    row.classList.toggle("lit", type === lit?.kind && id === lit?.id);
  }
}

/**
 * Moves the focus to the next or previous row, as j and k do.
 * @param {HTMLElement} list
 * @param {1 | -1} step
 */
export function stepRows(list, step) {
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("button.row, button.more")]);
  if (!rows.length) return;
  const focused = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const from = focused >= 0 ? focused : rows.findIndex((row) => row.hasAttribute("aria-current"));
  rows[Math.min(Math.max(from + step, 0), rows.length - 1)].focus();
}
