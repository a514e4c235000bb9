/** The address bar holds everything: what is chosen, the tab, lists, filters, layers, a selection, and where the map looks. Pure. */

import { readOutline, writeOutline } from "./outlines.js";

/** @typedef {{ type: string, id: string }} Choice type as layers name their cards: grid, region, building, camera … */
/** @typedef {{ lat: number, lon: number, zoom: number }} View */
/** @typedef {Record<string, string[]>} Chosen name of a filter → values */
/** @typedef {{ choice: Choice | null, tab: string, sort: string, load: string, area: string, layers: string[] | null, fade: Record<string, number>,
 *   filters: Record<string, Chosen>, list: string, order: string, words: string, near: boolean, outline: import("./outlines.js").Outline | null,
 *   of: string[] | null, theme: string, base: string | null, view: View | null }} Address
 *  `layers` null: as the map shows them by itself; `fade`: layer → per cent, where not 100; `list`: the layer that is listed, with its
 *  `order`, its `words` and whether only what is in view is listed (`near`); `outline` and `of`: where and from which layers is selected;
 *  `theme` empty, `base` null: as the person's own browser has it */

/** Types that have a name of their own in the address; others stand as `sel=type:id`. */
export const TYPES = ["grid", "region", "building", "compound", "camera", "facility"];
export const TABS = ["grids", "communities", "things", "layers", "selection"];
export const SORTS = ["-load", "load", "code"];
export const FILTERS = ["", "over", "right", "under", "dedicated"];
export const THEMES = ["", "light", "dark"];
const NUMBERED = /** @type {Record<string, RegExp>} */ ({ grid: /^\d{15}$/, region: /^\d{12}$/, point: /^-?\d{1,3}(\.\d{1,8})?,-?\d{1,2}(\.\d{1,8})?$/ });
const KEY = /^[a-z][a-z0-9_-]{0,39}$/;
const ORDER = /^-?[a-z][a-z0-9_]{0,39}$/;
const FILTER = /^([a-z][a-z0-9_-]{0,39})\.([a-z][a-z0-9_]{0,39})$/;
/** A filter whose values are many is kept in a saved view; beyond this an address is not one that somebody wrote. */
const MOST_VALUES = 60;
const LONGEST_WORDS = 100;

/** @type {Address} */
export const PLAIN = {
  choice: null, tab: "grids", sort: "-load", load: "", area: "", layers: null, fade: {}, filters: {}, list: "", order: "", words: "", near: false,
  outline: null, of: null, theme: "", base: null, view: null,
};

/**
 * Whatever somebody typed becomes an address; nonsense counts as absent.
 * @param {string} search
 * @param {string} hash
 * @returns {Address}
 */
export function readAddress(search, hash) {
  const query = new URLSearchParams(search);
  const one = (/** @type {string} */ name, /** @type {string[]} */ allowed, /** @type {string} */ otherwise) => {
    const value = query.get(name) ?? otherwise;
    return allowed.includes(value) ? value : otherwise;
  };
  const like = (/** @type {string} */ name, /** @type {RegExp} */ pattern) => (pattern.test(query.get(name) ?? "") ? String(query.get(name)) : "");
  return {
    choice: readChoice(query),
    tab: one("tab", TABS, PLAIN.tab),
    sort: one("sort", SORTS, PLAIN.sort),
    load: one("load", FILTERS, PLAIN.load),
    area: like("area", /^(\d{12}|\d{15})$/),
    layers: readKeys(query, "layers"),
    fade: readFade(query.get("fade") ?? ""),
    filters: readFilters(query),
    list: like("list", KEY),
    order: like("order", ORDER),
    words: (query.get("words") ?? "").slice(0, LONGEST_WORDS),
    near: query.get("near") === "1",
    outline: readOutline(query.get("within") ?? ""),
    of: readKeys(query, "of"),
    theme: one("theme", THEMES, PLAIN.theme),
    base: query.has("base") && /^[\w-]{0,40}$/.test(String(query.get("base"))) ? query.get("base") : null,
    view: readView(hash) ?? readPlainView(query),
  };
}

/** @param {URLSearchParams} query @param {string} name */
function readKeys(query, name) {
  return query.has(name) ? (query.get(name) ?? "").split(",").filter((key) => KEY.test(key)) : null;
}

/** `cameras:40,buildings:60`. @param {string} text */
function readFade(text) {
  const pairs = text.split(",").map((pair) => pair.split(":"));
  const sound = pairs.filter(([key, share]) => KEY.test(key) && /^\d{1,2}$/.test(share ?? ""));
  return Object.fromEntries(sound.map(([key, share]) => [key, Number(share)]));
}

/** `cameras.status=broken,unknown`; FixMyStreet's `filter_category` is the category of cases. @param {URLSearchParams} query */
function readFilters(query) {
  /** @type {Record<string, Chosen>} */
  const filters = {};
  for (const [name, text] of query) {
    const [, layer, filter] = (name === "filter_category" ? FILTER.exec("cases.category") : FILTER.exec(name)) ?? [];
    const values = text.split(",").filter(Boolean).slice(0, MOST_VALUES);
    if (layer && values.length) (filters[layer] ??= {})[filter] = values;
  }
  return filters;
}

/** @param {URLSearchParams} query @returns {Choice | null} */
function readChoice(query) {
  for (const type of TYPES) {
    const id = query.get(type);
    if (id && isSound(type, id)) return { type, id };
  }
  const [type, id] = (query.get("sel") ?? query.get("select") ?? "").split(":");
  return type && id && isSound(type, id) ? { type, id } : null;
}

/** @param {string} type @param {string} id */
function isSound(type, id) {
  return KEY.test(type) && (NUMBERED[type] ?? /^\d{1,18}$/).test(id);
}

/**
 * `#map=17/30.2741/120.1551`, as OpenStreetMap writes it.
 * @param {string} hash
 * @returns {View | null}
 */
export function readView(hash) {
  const found = /[#&]map=(\d{1,2}(?:\.\d{1,2})?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)/.exec(hash);
  return found ? validView(Number(found[2]), Number(found[3]), Number(found[1])) : null;
}

/** `?lat=…&lon=…&zoom=…`, as other systems link. @param {URLSearchParams} query */
function readPlainView(query) {
  if (!query.has("lat") || !query.has("lon")) return null;
  return validView(Number(query.get("lat")), Number(query.get("lon")), Number(query.get("zoom") ?? 17));
}

/** @param {number} lat @param {number} lon @param {number} zoom @returns {View | null} */
function validView(lat, lon, zoom) {
  const sound = Math.abs(lat) <= 85.0511 && Math.abs(lon) <= 180 && zoom >= 4 && zoom <= 20;
  return sound ? { lat, lon, zoom } : null;
}

/**
 * @param {Address} address
 * @returns {string} `/?…#map=…`, shortest form: what is as usual is left out
 */
export function writeAddress(address) {
  const query = new URLSearchParams();
  const { choice } = address;
  if (choice && TYPES.includes(choice.type)) query.set(choice.type, choice.id);
  else if (choice) query.set("sel", `${choice.type}:${choice.id}`);
  for (const name of /** @type {const} */ (["tab", "sort", "load", "area", "list", "order", "words", "theme"])) {
    if (address[name] !== PLAIN[name]) query.set(name, address[name]);
  }
  if (address.near) query.set("near", "1");
  if (address.layers) query.set("layers", address.layers.join(","));
  const fade = Object.entries(address.fade).map(([key, share]) => `${key}:${share}`);
  if (fade.length) query.set("fade", fade.join(","));
  for (const [layer, chosen] of Object.entries(address.filters)) {
    for (const [name, values] of Object.entries(chosen)) if (values.length) query.set(`${layer}.${name}`, values.join(","));
  }
  if (address.outline) query.set("within", writeOutline(address.outline));
  if (address.of) query.set("of", address.of.join(","));
  if (address.base !== null) query.set("base", address.base);
  const search = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return (search ? `/?${search}` : "/") + (address.view ? `#map=${writeView(address.view)}` : "");
}

/** Enough decimals that a pixel is not lost. @param {View} view */
export function writeView({ zoom, lat, lon }) {
  const decimals = Math.max(3, Math.min(7, Math.ceil((zoom * Math.LN2) / Math.LN10) + 1));
  return `${Number(zoom.toFixed(2))}/${lat.toFixed(decimals)}/${lon.toFixed(decimals)}`;
}

/**
 * Whether a step from one address to another is a step of history: another thing chosen, another area or selection.
 * @param {Address} before
 * @param {Address} after
 */
export function isStep(before, after) {
  const moved = before.choice?.type !== after.choice?.type || before.choice?.id !== after.choice?.id || before.area !== after.area;
  return moved || writeOutline(before.outline) !== writeOutline(after.outline);
}
