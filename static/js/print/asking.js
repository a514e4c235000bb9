/** What is to be printed, read from the address: a view of the console, or the sheets of an area. Pure. */

import { readAddress } from "../console/address.js";
import { PAPER_NAMES, readScale } from "./paper.js";

/** @typedef {{ paper: string, upright: boolean | null, scale: number | null, title: string, subtitle: string, area: { type: "region" | "grid", code: string } | null,
 *   overview: boolean, hatched: boolean, console: import("../console/address.js").Address }} Asked `scale` and `upright` null: whatever fits; `overview`: one sheet of the whole before those of its parts */

const LONGEST = 80;
const AREA = /^(?:(region):(\d{12})|(grid):(\d{15}))$/;

/** @param {string} search @param {string} hash @returns {Asked} */
export function readAsked(search, hash) {
  const query = new URLSearchParams(search);
  const area = AREA.exec(query.get("sheet") ?? "");
  const paper = query.get("paper") ?? "";
  return {
    paper: PAPER_NAMES.includes(paper) ? paper : "a4",
    upright: { 1: true, 0: false }[query.get("upright") ?? ""] ?? null,
    scale: readScale(query.get("scale") ?? ""),
    title: (query.get("title") ?? "").slice(0, LONGEST),
    subtitle: (query.get("subtitle") ?? "").slice(0, LONGEST),
    area: area ? { type: /** @type {"region" | "grid"} */ (area[1] ?? area[3]), code: area[2] ?? area[4] } : null,
    overview: query.get("overview") !== "0",
    hatched: query.get("hatched") !== "0",
    console: readAddress(search, hash),
  };
}

/** The same address with other answers. @param {string} search @param {Record<string, string>} changes empty ones are left out */
export function withChanges(search, changes) {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return `?${query}`;
}
