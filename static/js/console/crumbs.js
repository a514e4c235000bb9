/** The breadcrumb 区 › 街道 › 社区 › 网格: it follows what is chosen, or else the middle of the map. */

import { make } from "./elements.js";

/** @typedef {{ code: string, name: string, level: number }} Step */

/** Regions above the county say nothing to people who all work in it. */
const WIDEST = 3;

/**
 * @param {HTMLElement} list
 * @param {Step[]} place widest first
 * @param {string | null} last the grid or thing itself
 */
export function drawCrumbs(list, place, last) {
  const steps = place.filter(({ level }) => level >= WIDEST);
  const items = steps.map(({ code, name }, index) => {
    const current = !last && index === steps.length - 1;
    const button = make("button", { type: "button", "data-choose-type": "region", "data-choose-id": code, ...(current ? { "aria-current": "location" } : {}) }, name);
    return make("li", {}, button);
  });
  if (last) items.push(make("li", {}, make("span", { "aria-current": "location" }, last)));
  list.replaceChildren(...items);
}
