/** The search of the top bar, a combobox after the WAI-ARIA pattern: type, arrow keys, Enter. Things near the view come first. */

import { Refusal, getJson } from "../http.js";
import { say } from "../words.js";
import { readView } from "./address.js";
import { make, need } from "./elements.js";

/** @typedef {{ type: string, id: string, title: string, subtitle: string, lon: number | null, lat: number | null }} Hit */
/** @typedef {{ rows: Hit[], tried: string[] }} Answer */

const PAUSE_MS = 140;
/** What has no card of its own is shown as the place where it lies. */
const WITHOUT_CARD = ["road"];

/** @param {HTMLElement} box @param {(hit: Hit) => void} choose */
export function setUpSearch(box, choose) {
  const input = /** @type {HTMLInputElement} */ (need("input", box));
  const results = need("[role=listbox]", box);
  /** @type {Hit[]} */
  let hits = [];
  let active = -1;
  let waiting = 0;
  /** @type {AbortController | null} */
  let asking = null;

  const close = () => {
    results.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const open = (/** @type {Node[]} */ ...content) => {
    results.replaceChildren(...content);
    results.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  const mark = (/** @type {number} */ index) => {
    active = index;
    results.querySelectorAll("[role=option]").forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === active));
      if (i === active) option.scrollIntoView({ block: "nearest" });
    });
    if (active >= 0) input.setAttribute("aria-activedescendant", `hit-${active}`);
    else input.removeAttribute("aria-activedescendant");
  };
  const take = (/** @type {number} */ index) => {
    const hit = hits[index];
    if (!hit) return;
    close();
    input.value = "";
    hits = [];
    input.blur();
    choose(asChoice(hit));
  };
  const ask = async () => {
    const words = input.value.trim();
    asking?.abort();
    if (!words) return close();
    asking = new AbortController();
    try {
      const answer = /** @type {Answer} */ (await getJson(questionFor(words, location.hash), asking.signal));
      hits = answer.rows;
      open(...drawAnswer(answer, words), ...(words.length < input.maxLength ? [] : [make("p", { class: "muted" }, say("search_cut", { most: input.maxLength }))]));
      mark(hits.length ? 0 : -1);
    } catch (error) {
      if (error instanceof DOMException) return;
      hits = [];
      mark(-1);
      open(make("p", { role: "alert" }, (error instanceof Refusal && error.message) || say("failed")));
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("focus", () => input.value.trim() && ask());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!hits.length || results.hidden) return;
      event.preventDefault();
      mark((active + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (results.hidden) ask().then(() => take(0));
      else take(Math.max(active, 0));
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
      input.blur();
    }
  });
  results.addEventListener("pointerdown", (event) => {
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (!option) return;
    event.preventDefault();
    take([...results.querySelectorAll("[role=option]")].indexOf(option));
  });
  input.addEventListener("blur", () => setTimeout(close, 100));
}

/**
 * The address of the question: of equals those near the middle of the view come first.
 * @param {string} words
 * @param {string} hash `#map=…` of the page
 */
export function questionFor(words, hash) {
  const query = new URLSearchParams({ q: words });
  const view = readView(hash);
  if (view) {
    query.set("lon", view.lon.toFixed(5));
    query.set("lat", view.lat.toFixed(5));
  }
  return `/api/v1/search?${query}`;
}

/** @param {Hit} hit @returns {Hit} */
export function asChoice(hit) {
  if (!WITHOUT_CARD.includes(hit.type) || hit.lon === null || hit.lat === null) return hit;
  return { ...hit, type: "point", id: `${hit.lon.toFixed(6)},${hit.lat.toFixed(6)}` };
}

/**
 * The list that a kind of things leads to: `lamps`, `facilities?kind=pharmacy`, `components?words=井盖`.
 * @param {string} id
 * @returns {{ key: string, chosen: import("./address.js").Chosen, words: string }}
 */
export function asList(id) {
  const [key, query = ""] = id.split("?");
  const { words = "", ...filters } = Object.fromEntries(new URLSearchParams(query));
  return { key, chosen: Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, [value]])), words };
}

/** Rows under a heading for each kind, or what was tried. @param {Answer} answer @param {string} words */
function drawAnswer({ rows, tried }, words) {
  const told = tried.length ? [make("p", { class: "muted tried" }, say("tried", { tried: tried.join(" · ") }))] : [];
  if (!rows.length) return [make("p", {}, say("nothing_found", { query: words })), ...told];
  const kinds = new Set(rows.map(({ type }) => type));
  let index = -1;
  const groups = [...kinds].map((kind) => make("div", { role: "group", class: "hits", "aria-label": say(`type_${kind}`) },
    ...rows.filter(({ type }) => type === kind).map((hit) => drawHit(hit, (index += 1)))));
  return [...told, ...groups];
}

/** @param {Hit} hit @param {number} index */
function drawHit(hit, index) {
  return make("div", { class: "hit", role: "option", id: `hit-${index}`, "aria-selected": "false" },
    make("b", {}, hit.title), make("small", {}, hit.subtitle), make("span", { class: "mark" }, say(`type_${hit.type}`)));
}
