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
import { addBasemap } from "./basemap.js";
import { Overlay } from "./overlay.js";
import { readPalette } from "./palette.js";
import { VectorTiles } from "./tiles.js";

/** @typedef {import("./paint.js").Shown} Shown */
/** @typedef {{ revisions: Record<string, string>, extent: [number, number, number, number], rules: import("./loads.js").Rules,
 *   dataAt: string | null, stream: string, basemap: { url: string, attribution: string, datum: string } | null, generated: boolean, generatedBoxes: number[][] }} MapInfo */
/** @typedef {{ info?: MapInfo, shown?: Partial<Shown>, view?: { lat: number, lon: number, zoom: number } | null,
 *   bbox?: number[] | null | Promise<number[] | null>, frame?: () => L.FitBoundsOptions, live?: boolean, scale?: number, keyboard?: boolean, onNews?: (news: any) => void }} MapOptions
 *  `info`: the answer of /api/v1/map where the page has it; `bbox`: [west, south, east, north] shown at first instead of all,
 *  `frame`: room that panels take from the map;
 *  `live`: follow the stream and draw again when a layer changes */
/** @typedef {Required<Pick<L.PathOptions, "color">> & L.PathOptions} GeometryStyle */

/** What is drawn unless the page says otherwise. @type {Shown} */
export const SHOWN = {
  load: true, grids: true, regions: true, compounds: true, buildings: true, ground: true, labels: true,
  cameras: true, facilities: true, lamps: false, care: true, tint: false,
};
const WIDE = 2600;
/** News that come in a burst are answered once. */
const GATHER_MS = 400;

/**
 * @param {HTMLElement} element
 * @param {MapOptions} [options]
 */
export function createMap(element, options = {}) {
  const map = L.map(element, {
    attributionControl: false, zoomControl: false, fadeAnimation: false, ...zooms(), zoomSnap: 1,
    keyboard: options.keyboard ?? true, worldCopyJump: false, center: [30, 110], zoom: 5, maxBoundsViscosity: 0.8,
  });
  element.setAttribute("role", "application");
  element.setAttribute("aria-label", say("map"));
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
    this.shown = { ...SHOWN, ...options.shown };
    this.scale = options.scale ?? (window.innerWidth >= WIDE ? 1.6 : 1);
    this.palette = readPalette();
    /** @type {MapInfo | null} */
    this.info = null;
    this.revisions = /** @type {Record<string, string>} */ ({});
    this.ground = this.handle("ground", "buildings");
    this.areas = this.handle("load", "grids", "regions", "compounds");
    this.things = this.handle("cameras", "facilities", "lamps");
    /** Where the page has lettering of its own, in shares of the world and pixels; the map's keeps clear of it.
     * @type {{ x: number, y: number, width: number, height: number }[]} */
    this.lettered = [];
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
    const base = addBasemap(this.map, this.info.basemap);
    if (base) this.shown = { ...this.shown, tint: true, ground: false };
    this.look();
    const source = { look: () => this.look(), revisions: this.revisions, base: "/tiles/", gridText, lettered: () => this.lettered };
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

  /** @returns {import("./paint.js").Look} */
  look() {
    const rules = this.info?.rules ?? { target: 300, min: 240, max: 360 };
    return { palette: this.palette, rules, shown: this.shown, zoom: this.map.getZoom(), scale: this.scale };
  }

  /** @param {...keyof Shown} keys */
  handle(...keys) {
    return { show: (/** @type {boolean} */ on) => this.show(Object.fromEntries(keys.map((key) => [key, on]))) };
  }

  /** Switches layers on or off. @param {Partial<Shown>} shown */
  show(shown) {
    this.shown = { ...this.shown, ...shown };
    this.tiles?.refresh();
    this.overlay?.schedule();
  }

  /** Draws everything with the page's colours of now. */
  repaint() {
    this.palette = readPalette();
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
   * @param {L.PathOptions | ((feature: any) => L.PathOptions)} [style]
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

  /** Asks for the revisions and draws again what has changed. */
  async reload() {
    const info = /** @type {MapInfo} */ (await getJson("/api/v1/map"));
    const changed = Object.keys(info.revisions).some((set) => info.revisions[set] !== this.revisions[set]);
    Object.assign(this.revisions, info.revisions);
    this.info = info;
    if (changed) this.tiles.refresh();
    this.map.fire("gridmap:info", { info, changed });
    return info;
  }

  /** @param {string} stream */
  follow(stream) {
    let waiting = 0;
    this.news = followNews(stream, (news) => {
      this.options.onNews?.(news);
      if (news.kind !== "layer" && news.kind !== "resync") return;
      waiting ||= window.setTimeout(() => {
        waiting = 0;
        this.reload().catch(() => {});
      }, GATHER_MS);
    });
  }
}

/** @param {string} number @param {number} households */
function gridText(number, households) {
  return say("grid_label", { number, households: count(households) });
}
