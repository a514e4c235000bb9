/** The filters of one layer, from its entry in the catalogue: chips for choices and flags, a field for the rest. */

import { say } from "../words.js";
import { make } from "./elements.js";

/** @typedef {import("../map/layers.js").LayerInfo} LayerInfo */
/** @typedef {import("./address.js").Chosen} Chosen */

const PAUSE_MS = 400;

/**
 * @param {LayerInfo} layer
 * @param {Chosen} chosen
 * @param {(chosen: Chosen) => void} change
 */
export function drawFilters(layer, chosen, change) {
  return make("div", { class: "filters", "data-filters-of": layer.key }, ...layer.filters.map((filter) => {
    const values = chosen[filter.name] ?? [];
    const set = (/** @type {string[]} */ wanted) => change(without({ ...chosen, [filter.name]: wanted }));
    const title = filter.title ?? filter.name;
    return make("div", { class: "filter", role: "group", "aria-label": title },
      make("span", { class: "muted" }, title), choicesOf(filter).length ? chips(layer, filter, values, set) : field(layer, filter, values, set));
  }));
}

/** How many filters narrow a layer. @param {Chosen | undefined} chosen */
export function countFilters(chosen) {
  return Object.values(chosen ?? {}).filter((values) => values.length).length;
}

/** @param {Chosen} chosen @returns {Chosen} */
function without(chosen) {
  return Object.fromEntries(Object.entries(chosen).filter(([, values]) => values.length));
}

/** @param {import("../map/layers.js").LayerFilter} filter @returns {{ value: string, label: string }[]} */
function choicesOf({ kind, choices = [] }) {
  if (kind === "flag") return [{ value: "1", label: say("yes") }, { value: "0", label: say("no") }];
  return choices.map(({ value, label }) => ({ value: String(value), label }));
}

/**
 * @param {LayerInfo} layer
 * @param {import("../map/layers.js").LayerFilter} filter
 * @param {string[]} values
 * @param {(values: string[]) => void} set
 */
function chips(layer, filter, values, set) {
  return make("span", { class: "chips" }, ...choicesOf(filter).map(({ value, label }) => {
    const on = values.includes(value);
    const chip = make("button", { type: "button", "aria-pressed": String(on), "data-filter-value": `${layer.key}.${filter.name}=${value}` }, label);
    chip.addEventListener("click", () => set(on ? values.filter((one) => one !== value) : [...values, value]));
    return chip;
  }));
}

/**
 * @param {LayerInfo} layer
 * @param {import("../map/layers.js").LayerFilter} filter
 * @param {string[]} values
 * @param {(values: string[]) => void} set
 */
function field(layer, filter, values, set) {
  const hint = ["integer", "number", "day", "moment"].includes(filter.kind ?? "") ? say("from_to") : "";
  const input = make("input", { type: "text", value: values.join(","), placeholder: hint, "aria-label": filter.title, "data-filter-value": `${layer.key}.${filter.name}` });
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => set(input.value.split(",").map((value) => value.trim()).filter(Boolean)), PAUSE_MS);
  });
  return input;
}

/**
 * The focus stays where it was when something is drawn anew: on the element with the same name.
 * @param {HTMLElement} holder
 * @param {() => void} draw
 */
export function keepingFocus(holder, draw) {
  const active = document.activeElement;
  const name = active instanceof HTMLElement && holder.contains(active) ? nameOf(active) : "";
  const caret = active instanceof HTMLInputElement && active.type === "text" ? active.selectionStart : null;
  draw();
  if (!name) return;
  const again = [...holder.querySelectorAll("button, input, select, [tabindex]")].find((element) => nameOf(/** @type {HTMLElement} */ (element)) === name);
  if (!(again instanceof HTMLElement) || again === document.activeElement) return;
  again.focus({ preventScroll: true });
  if (again instanceof HTMLInputElement && caret !== null) again.setSelectionRange(caret, caret);
}

/** @param {HTMLElement} element */
function nameOf(element) {
  return Object.entries(element.dataset).map(([key, value]) => `${key}=${value}`).join(" ") || element.getAttribute("name") || "";
}
