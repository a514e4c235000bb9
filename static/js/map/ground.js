/**
 * The map of every page:
 *
 *     import { createMap } from "../map/ground.js";
 *     const ground = createMap(document.getElementById("map"));
 *     ground.showGeometry(geojson, { color: "#c8553d" });
 */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";
import { getJson } from "../http.js";
import { followNews } from "../stream.js";
import { count, say } from "../words.js";
import { ringsOf } from "./area.js";
import { BaseMaps } from "./basemap.js";
import { entriesOf, isSymbols, narrowingOf, setsFor, tokensOf } from "./layers.js";
import { LivePoints } from "./live.js";
import { Moves } from "./moves.js";
import { Overlay } from "./overlay.js";
import { readPalette } from "./palette.js";
import { sampleOf } from "./samples.js";
import { VectorTiles } from "./tiles.js";

/** @typedef {import("./paint.js").Shown} Shown */
/** @typedef {{ revisions: Record<string, string>, extent: [number, number, number, number], rules: import("./loads.js").Rules,
 *   dataAt: string | null, stream: string, basemaps: import("./basemap.js").BaseMap[], basemap: string, generated: boolean, generatedBoxes: number[][],
 *   layers: import("./layers.js").LayerInfo[] }} MapInfo */
/** @typedef {{ info?: MapInfo, shown?: Partial<Shown>, view?: { lat: number, lon: number, zoom: number } | null,
 *   bbox?: number[] | null | Promise<number[] | null>, frame?: () => L.FitBoundsOptions, live?: boolean, quiet?: boolean, only?: string[] | null, scale?: number, hatched?: boolean, keyboard?: boolean }} MapOptions
 *  `info`: the answer of /api/v1/map where the page has it; `bbox`: [west, south, east, north] shown at first instead of all,
 *  `frame`: room that panels take from the map;
 *  `live`: follow the stream and draw again when a layer changes; `quiet`: no symbols but those that `shown` names; `only`: the keys of all that is drawn at first;
 *  `hatched`: classes of load are told without colour, too;
 *  `scale`: how much thicker and larger everything is drawn than at a desk */
/** @typedef {Required<Pick<L.PathOptions, "color">> & L.PathOptions} GeometryStyle */

/** What is switched like layers and is none. */
const BESIDES = ["load", "labels"];
/** From this width on, CSS pixels, the page hangs on a wall: thicker and larger, and it may stop between two whole zooms. */
const WIDE = 2600;
const WALL_SCALE = 2;
/** A burst of changes, as of a slider, is drawn once. */
const SETTLE_MS = 40;

/**
 * @param {HTMLElement} element
 * @param {MapOptions} [options]
 */
export function createMap(element, options = {}) {
  const map = L.map(element, {
    attributionControl: false, zoomControl: false, fadeAnimation: false, ...zooms(), zoomSnap: window.innerWidth >= WIDE ? 0.25 : 1,
    keyboard: options.keyboard ?? true, worldCopyJump: false, center: [30, 110], zoom: 5, maxBoundsViscosity: 0.8,
  });
  element.setAttribute("role", "application");
  element.setAttribute("aria-label", say("map"));
  map.createPane("basemap").style.zIndex = "150";
  map.createPane("live").style.zIndex = "430";
  map.createPane("selection").style.zIndex = "420";
  const lettering = map.createPane("lettering");
  lettering.style.zIndex = "450";
  lettering.style.pointerEvents = "none";
  return new Ground(map, options);
}

/** The zooms that the site's `LEAFLET_CONFIG` allows. @returns {{ minZoom: number, maxZoom: number }} */
function zooms() {
  const config = JSON.parse(document.getElementById("leaflet-config")?.textContent || "{}");
  return { minZoom: config.MIN_ZOOM ?? 4, maxZoom: config.MAX_ZOOM ?? 20 };
}

export class Ground {
  /**
   * @param {L.Map} map
   * @param {MapOptions} options
   */
  constructor(map, options) {
    this.map = map;
    this.options = options;
    /** @type {Shown} */
    this.shown = /** @type {Shown} */ ({ ...Object.fromEntries(BESIDES.map((key) => [key, true])), ...options.shown });
    /** What has been switched since. @type {Partial<Shown>} */
    this.touched = {};
    /** @type {import("geojson").GeoJsonObject | null} */
    this.area = null;
    /** @type {BaseMaps | null} */
    this.basemaps = null;
    /** Opacity by layer, and what of a layer is drawn: a person's filters, by the names of the catalogue.
     * @type {Record<string, number>} */
    this.opacity = {};
    /** @type {Record<string, Record<string, any[]>>} */
    this.filters = {};
    /** @type {import("./layers.js").Narrowing} */
    this.narrowing = {};
    /** @type {import("./layers.js").Entry[]} */
    this.entries = [];
    this.scale = options.scale ?? (window.innerWidth >= WIDE ? WALL_SCALE : 1);
    this.palette = readPalette();
    this.live = /** @type {import("./live.js").Live} */ (new /** @type {any} */ (LivePoints)({ ...zooms(), pane: "live", palette: () => this.palette, scale: this.scale }).addTo(map));
    this.settling = 0;
    /** @type {MapInfo | null} */
    this.info = null;
    this.revisions = /** @type {Record<string, string>} */ ({});
    /** Where the page has lettering of its own, in shares of the world and pixels; the map's keeps clear of it.
     * @type {{ x: number, y: number, width: number, height: number }[]} */
    this.lettered = [];
    /** @type {Moves | null} */ this.moves = null;
    /** @type {any} */ this.tiles = null;
    /** @type {any} */ this.overlay = null;
    /** Resolves with the answer of /api/v1/map once the map is drawn from it. */
    this.ready = this.begin();
    window.addEventListener("gridmap:theme", () => this.repaint());
  }

  async begin() {
    const [info, bbox] = await Promise.all([this.options.info ?? getJson("/api/v1/map"), this.options.bbox]);
    this.info = /** @type {MapInfo} */ (info);
    this.revisions = this.info.revisions;
    this.learn(this.info);
    this.basemaps = new BaseMaps(this.map, this.info.basemaps);
    this.basemaps.choose(this.info.basemap);
    const source = {
      look: () => this.look(), sets: (/** @type {number} */ zoom) => setsFor(this.info?.layers ?? [], this.look(), zoom), revisions: this.revisions,
      base: "/tiles/", gridText, write: compact, lettered: () => this.lettered,
    };
    this.place(bbox ?? this.info.extent);
    this.tiles = new /** @type {any} */ (VectorTiles)(source, { ...zooms(), pane: "tilePane" }).addTo(this.map);
    this.overlay = new /** @type {any} */ (Overlay)(this.tiles, source).addTo(this.map);
    if (this.options.live ?? true) this.follow(this.info.stream);
    return this.info;
  }

  /** The first view: the page's own, or a box. @param {number[]} bbox */
  place(bbox) {
    const { view, frame } = this.options;
    if (view) this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
    else this.fit(bbox, { ...frame?.(), animate: false });
  }

  /** What the catalogue says: the layers, their colours, and which of them are drawn at first. @param {MapInfo} info */
  learn(info) {
    this.entries = entriesOf(info.layers);
    this.palette = readPalette(tokensOf(info.layers));
    const { quiet, only, shown } = this.options;
    const symbols = new Set(this.entries.filter(isSymbols).map(({ key }) => key));
    const usual = [...BESIDES.map((key) => [key, true]), ...info.layers.map(({ key, shown: on }) => [key, on && !(quiet && symbols.has(key))])];
    const first = Object.fromEntries(usual.map(([key, on]) => [key, only ? only.includes(String(key)) : on]));
    this.shown = /** @type {Shown} */ ({ ...first, ...shown, ...this.touched });
  }

  /** @returns {import("./paint.js").Look} */
  look() {
    const rules = this.info?.rules ?? { target: 300, min: 240, max: 360 };
    const { palette, scale, opacity, narrowing, entries } = this;
    const shown = this.basemap ? { ...this.shown, tint: true, ground: false } : this.shown;
    return { palette, rules, shown, zoom: this.map.getZoom(), scale, layers: entries, opacity, narrowing, hatched: this.options.hatched };
  }

  /** Switches layers on or off, by their keys in the catalogue; also `load` and `labels`. @param {Partial<Shown>} shown */
  show(shown) {
    this.shown = /** @type {Shown} */ ({ ...this.shown, ...shown });
    this.touched = { ...this.touched, ...shown };
    this.tiles?.refresh();
    this.overlay?.schedule();
  }

  /** @param {string} key of a layer, or `load` @param {number} opacity 0 (gone) to 1 */
  setOpacity(key, opacity) {
    this.opacity = { ...this.opacity, [key]: Math.min(Math.max(opacity, 0), 1) };
    this.changed(key);
  }

  /**
   * Draws only what passes a person's filters; filters that tiles cannot answer change nothing here.
   * @param {string} key of a layer
   * @param {Record<string, any[]> | null} chosen name of a filter → values
   */
  setFilter(key, chosen) {
    const { [key]: _before, ...others } = this.filters;
    this.filters = chosen ? { ...others, [key]: chosen } : others;
    const layers = this.info?.layers ?? [];
    this.narrowing = Object.fromEntries(layers.flatMap((layer) => {
      const narrowing = narrowingOf(layer.filters, this.filters[layer.key] ?? null);
      return narrowing ? [[layer.key, narrowing]] : [];
    }));
    this.settle();
  }

  /** Dims what lies outside of an area; null shows everything alike. @param {import("geojson").GeoJsonObject | null} geojson */
  setArea(geojson) {
    this.area = geojson;
    this.overlay?.lookAt(geojson ? ringsOf(geojson) : null);
  }

  /** Lays an outside base map of the settings below our own lines; an empty name takes it away. @param {string} id */
  setBasemap(id) {
    this.basemaps?.choose(id);
    this.settle();
  }

  /** The outside base map that is laid down; empty without one. */
  get basemap() {
    return this.basemaps?.chosen ?? "";
  }

  /** @param {"light" | "dark"} theme */
  setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    window.dispatchEvent(new CustomEvent("gridmap:theme"));
  }

  /** The topmost symbol under a place. @param {L.LatLng} place @returns {{ layer: string, id: string, properties: Record<string, any> } | null} */
  markAt(place) {
    return this.overlay?.markAt(place) ?? null;
  }

  /** A layer's symbol as the map draws it, for a legend or a list. @param {string} key @param {string} [mark] a key of its legend */
  sample(key, mark) {
    const entry = this.entries.find((one) => one.key === key);
    return sampleOf(entry, mark, this.palette);
  }

  /** Symbols are drawn again at once; for all else the tiles are. @param {string} key */
  changed(key) {
    const entry = this.entries.find((one) => one.key === key);
    if (entry && isSymbols(entry) && this.opacity[key] > 0) this.overlay?.schedule();
    else this.settle();
  }

  /** Draws tiles and symbols anew, once for a burst of changes. */
  settle() {
    this.settling ||= window.setTimeout(() => {
      this.settling = 0;
      this.show({});
    }, SETTLE_MS);
  }

  /** Draws everything with the page's colours of now. */
  repaint() {
    this.palette = readPalette(tokensOf(this.info?.layers ?? []));
    this.live.repaint();
    this.show({});
  }

  /**
   * Moves to a box.
   * @param {number[]} box [west, south, east, north]
   * @param {L.FitBoundsOptions} [how]
   */
  fit([west, south, east, north], how = {}) {
    this.map.fitBounds([[south, west], [north, east]], { padding: [24, 24], maxZoom: 18, ...how });
  }

  /**
   * Draws GeoJSON above the ground and below the lettering; returns the Leaflet layer, `remove()` takes it away.
   * @param {import("geojson").GeoJsonObject} geojson
   * @param {L.CircleMarkerOptions | ((feature: any) => L.CircleMarkerOptions)} [style] `radius` is that of points
   * @param {L.GeoJSONOptions} [options]
   * @returns {L.GeoJSON}
   */
  showGeometry(geojson, style = {}, options = {}) {
    const styled = typeof style === "function" ? style : () => style;
    return L.geoJSON(/** @type {any} */ (geojson), {
      pane: "selection", style: (feature) => ({ color: this.palette.grid, weight: 3, fillOpacity: 0.12, ...styled(feature) }),
      pointToLayer: (feature, place) => L.circleMarker(place, { pane: "selection", radius: 9, color: this.palette.grid, weight: 3, fillOpacity: 0.15, ...styled(feature) }),
      ...options,
    }).addTo(this.map);
  }

  /** Marks a grid or region until the next call. @param {{ kind: string, id: string } | null} zone */
  highlight(zone) {
    this.overlay?.highlight(zone);
  }

  /** @param {L.LatLng} place @param {"grid" | "region"} kind @returns {{ kind: string, id: string } | null} */
  zoneAt(place, kind) {
    return this.overlay?.zoneAt(place, kind) ?? null;
  }

  /** Asks for everything and draws again what has changed: after one's own change, and where news were missed. @param {Set<string>} [moved] sets that have moved already */
  async reload(moved = new Set()) {
    const info = /** @type {MapInfo} */ (await getJson("/api/v1/map"));
    const told = this.moves?.take().moved ?? [];
    const changed = new Set([...moved, ...told, ...Object.keys(info.revisions).filter((set) => info.revisions[set] !== this.revisions[set])]);
    Object.assign(this.revisions, info.revisions);
    this.info = info;
    this.entries = entriesOf(info.layers);
    if (changed.size) this.tiles.refresh(changed);
    this.map.fire("gridmap:info", { info });
    return info;
  }

  /** Draws the tiles of sets anew by the revisions that the news told. @param {Set<string>} sets */
  redraw(sets) {
    if (this.info) this.info.dataAt = new Date().toISOString();
    this.tiles.refresh(sets);
    this.map.fire("gridmap:moved", { sets });
  }

  /** @param {string} stream */
  follow(stream) {
    const moves = new Moves(this.revisions, ({ moved, missed }) => (missed ? this.reload(moved).catch(() => this.redraw(moved)) : this.redraw(moved)));
    this.moves = moves;
    this.news = followNews(stream, (news) => moves.hear(news));
  }
}

/** @param {string} number @param {number} households */
function gridText(number, households) {
  return say("grid_label", { number, households: count(households) });
}

/** A count on the map: short. @param {number} figure */
function compact(figure) {
  return new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 }).format(figure);
}
