/** The address bar holds everything: what is chosen, the tab, filters, layers, and where the map looks. Pure. */

/** @typedef {"grid" | "region" | "building" | "compound" | "camera" | "facility"} ThingType */
/** @typedef {{ type: ThingType, id: string }} Choice */
/** @typedef {{ lat: number, lon: number, zoom: number }} View */
/** @typedef {{ choice: Choice | null, tab: string, sort: string, load: string, area: string, layers: string[] | null, view: View | null }} Address
 *  `layers` null: as the map shows them by itself */

export const TYPES = /** @type {const} */ (["grid", "region", "building", "compound", "camera", "facility"]);
export const TABS = ["grids", "communities", "layers"];
export const SORTS = ["-load", "load", "code"];
export const FILTERS = ["", "over", "right", "under", "dedicated"];
const NUMBERED = { grid: /^\d{15}$/, region: /^\d{12}$/ };

/** @type {Address} */
export const PLAIN = { choice: null, tab: "grids", sort: "-load", load: "", area: "", layers: null, view: null };

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
  const area = query.get("area") ?? "";
  return {
    choice: readChoice(query),
    tab: one("tab", TABS, PLAIN.tab),
    sort: one("sort", SORTS, PLAIN.sort),
    load: one("load", FILTERS, PLAIN.load),
    area: /^\d{12}$/.test(area) ? area : "",
    layers: query.has("layers") ? (query.get("layers") ?? "").split(",").filter((key) => /^[a-z]+$/.test(key)) : null,
    view: readView(hash) ?? readPlainView(query),
  };
}

/** @param {URLSearchParams} query @returns {Choice | null} */
function readChoice(query) {
  const [kind, key] = (query.get("select") ?? "").split(":");
  for (const type of TYPES) {
    const id = query.get(type) ?? (kind === type ? key : null);
    const pattern = type === "grid" || type === "region" ? NUMBERED[type] : /^\d{1,18}$/;
    if (id && pattern.test(id)) return { type, id };
  }
  return null;
}

/**
 * `#map=17/30.2741/120.1551`, as OpenStreetMap writes it.
 * @param {string} hash
 * @returns {View | null}
 */
export function readView(hash) {
  const found = /[#&]map=(\d{1,2})\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)/.exec(hash);
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
  if (address.choice) query.set(address.choice.type, address.choice.id);
  for (const name of /** @type {const} */ (["tab", "sort", "load", "area"])) {
    if (address[name] !== PLAIN[name]) query.set(name, address[name]);
  }
  if (address.layers) query.set("layers", address.layers.join(","));
  const search = query.toString().replaceAll("%2C", ",");
  return (search ? `/?${search}` : "/") + (address.view ? `#map=${writeView(address.view)}` : "");
}

/** Enough decimals that a pixel is not lost. @param {View} view */
export function writeView({ zoom, lat, lon }) {
  const decimals = Math.max(3, Math.min(7, Math.ceil((zoom * Math.LN2) / Math.LN10) + 1));
  return `${zoom}/${lat.toFixed(decimals)}/${lon.toFixed(decimals)}`;
}

/**
 * Whether a step from one address to another is a step of history: another thing chosen, another tab or filter.
 * @param {Address} before
 * @param {Address} after
 */
export function isStep(before, after) {
  return before.choice?.type !== after.choice?.type || before.choice?.id !== after.choice?.id || before.area !== after.area;
}
