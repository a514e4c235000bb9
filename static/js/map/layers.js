/** What the catalogue says about the layers, as the painters need it: which are drawn, how, and what of them. Pure. */

/** @typedef {"circle" | "square" | "triangle" | "diamond" | "pin"} SymbolShape */
/** @typedef {{ shape?: SymbolShape, colour?: string, glyph?: string, size?: number, hollow?: boolean,
 *   width?: number, dash?: number[], fill?: number, hatch?: boolean }} Trait one way to draw a thing; see docs/map.md */
/** @typedef {Trait & { painter?: string, by?: { attribute: string, values: Record<string, Trait> },
 *   label?: { attribute: string, from?: number }, squares?: import("./cases.js").Squares }} Style */
/** @typedef {{ name: string, title?: string, kind?: string, tile: string, choices?: { value: any, label: string }[] }} LayerFilter */
/** @typedef {{ key: string, title: string, group: string, groupTitle: string, shape: string, tiles: string | null, parts: string[],
 *   zooms: [number, number], shown: boolean, refresh: string, look: Style, card: string, dated: boolean, public?: boolean, filters: LayerFilter[],
 *   legend: { key: string, label: string }[], sources: string[] }} LayerInfo one entry of `layers[]` of /api/v1/map */
/** @typedef {{ key: string, painter: string, parts: string[], zooms: [number, number], style: Style }} Entry what workers get of a layer */
/** @typedef {Record<string, Record<string, string[]>>} Narrowing layer key → attribute of its tiles → values that are drawn */
/** @typedef {Record<string, any>} Properties */

/** Painters whose things are symbols, drawn over the whole view so that no tile's edge cuts them. */
const SYMBOL_PAINTERS = new Set(["symbols", "camera", "care", "case"]);
const BY_SHAPE = /** @type {Record<string, string>} */ ({ point: "symbols", line: "line" });

/**
 * The layers that tiles hold, top of the map first.
 * @param {LayerInfo[]} layers
 * @returns {Entry[]}
 */
export function entriesOf(layers) {
  return layers.filter(({ tiles }) => tiles).map(({ key, parts, zooms, look, shape }) => ({
    key, parts, zooms, style: look, painter: look.painter ?? BY_SHAPE[shape] ?? "area",
  }));
}

/** @param {Entry} entry */
export function isSymbols({ painter }) {
  return SYMBOL_PAINTERS.has(painter);
}

/**
 * Whether a layer is drawn at a zoom: it is switched on, not wholly transparent, and the zoom is one of its own.
 * @param {{ key: string, zooms: [number, number] }} layer
 * @param {{ shown: Record<string, boolean>, opacity: Record<string, number> }} look
 * @param {number} zoom
 */
export function isDrawn({ key, zooms }, { shown, opacity }, zoom) {
  return Boolean(shown[key]) && (opacity[key] ?? 1) > 0 && zoom >= zooms[0] && zoom <= zooms[1];
}

/** How a feature is drawn: its value's own traits before those of the layer. @param {Style} style @param {Properties} properties @returns {Trait} */
export function traitOf(style, properties) {
  const own = style.by?.values[String(properties[style.by.attribute])];
  return own ? { ...style, ...own } : style;
}

/** The place of a feature's value in its style, the first and most important 0. @param {Style} style @param {Properties} properties */
export function rankOf(style, properties) {
  if (!style.by) return 0;
  const values = Object.keys(style.by.values);
  const rank = values.indexOf(String(properties[style.by.attribute]));
  return rank < 0 ? values.length : rank;
}

/** Every colour that styles name. @param {LayerInfo[]} layers @returns {string[]} */
export function tokensOf(layers) {
  const traits = layers.flatMap(({ look }) => [look, ...Object.values(look.by?.values ?? {})]);
  return [...new Set(traits.flatMap(({ colour }) => (colour ? [colour] : [])))];
}

/**
 * What a person's filters of one layer mean for its tiles; filters that the tiles cannot answer are left out.
 * @param {LayerFilter[]} filters those of the catalogue
 * @param {Record<string, any[]> | null} chosen name of a filter → values
 * @returns {Record<string, string[]> | null} null where nothing is narrowed
 */
export function narrowingOf(filters, chosen) {
  /** @type {Record<string, string[]>} */
  const narrowing = {};
  for (const { name, kind, tile } of filters) {
    const values = chosen?.[name];
    if (tile && values?.length) narrowing[tile] = values.map((value) => (kind === "flag" ? flag(value) : asText(value)));
  }
  return Object.keys(narrowing).length ? narrowing : null;
}

/** @param {any} value */
function flag(value) {
  return String(["true", "1", "yes", "on"].includes(String(value).toLowerCase()));
}

/** Tiles leave out what is not known. @param {any} value */
function asText(value) {
  return value === null || value === undefined ? "" : String(value);
}

/**
 * Whether a feature is among the wanted values of every attribute.
 * @param {Properties} properties
 * @param {Record<string, string[]> | null | undefined} narrowing
 */
export function passes(properties, narrowing) {
  if (!narrowing) return true;
  return Object.entries(narrowing).every(([attribute, values]) => values.includes(asText(properties[attribute])));
}

/**
 * The tile sets that a view needs: those of drawn layers, and the areas, which tell where the pointer is.
 * @param {LayerInfo[]} layers
 * @param {{ shown: Record<string, boolean>, opacity: Record<string, number> }} look
 * @param {number} zoom
 * @returns {string[]} in the order of the catalogue
 */
export function setsFor(layers, look, zoom) {
  const needed = layers.filter((layer) => layer.tiles && (isDrawn(layer, look, zoom) || layer.tiles === "areas"));
  return [...new Set(needed.map(({ tiles }) => String(tiles)))];
}
