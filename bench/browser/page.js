/** One renderer on one page. `?renderer=ours|protomaps|vectorgrid|pixels|circles`, `z`, `lon`, `lat`; `start()` resolves when all is painted. */

const asked = new URLSearchParams(location.search);
const view = { zoom: Number(asked.get("z")), lon: Number(asked.get("lon")), lat: Number(asked.get("lat")) };
const element = document.getElementById("map");
const style = getComputedStyle(document.documentElement);
const colour = { fill: style.getPropertyValue("--building").trim(), edge: style.getPropertyValue("--building-edge").trim() };
const edged = view.zoom >= 15;

/** @param {string} src */
function load(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = resolve;
    script.onerror = reject;
    script.src = src;
    document.head.append(script);
  });
}

const frame = () => new Promise(requestAnimationFrame);

/** Two frames after the last drawing the picture is on the screen. */
async function painted() {
  await frame();
  await frame();
}

/** The product's own map, whole: workers, overlay, live layer. */
async function ours() {
  const { createMap } = await import("/static/js/map/ground.js");
  const layer = (key, painter) => ({
    key, title: key, group: "ground", groupTitle: "", shape: "any", tiles: "ground", parts: ["building"], zooms: [0, 22], shown: true,
    refresh: "revision", look: { painter }, card: "", dated: false, filters: [], legend: [], sources: [],
  });
  const info = {
    revisions: { ground: "1" }, extent: [105, 29, 107, 31], rules: { target: 300, min: 240, max: 360 }, dataAt: null, stream: "",
    basemaps: [], basemap: "", generated: false, generatedBoxes: [], layers: [layer("buildings", "buildings")],
  };
  let map;
  return {
    start: async () => {
      const ground = createMap(element, { info, view, live: false, scale: 1 });
      map = ground.map;
      await ground.ready;
      if (!ground.tiles.isComplete()) await new Promise((resolve) => ground.tiles.once("load", resolve));
      await painted();
    },
    map: () => map,
    live: () => createMap(element, { info: { ...info, layers: [] }, view, live: false, scale: 1 }),
  };
}

function bareMap() {
  const { L } = window;
  return L.map(element, { zoomControl: false, attributionControl: false, fadeAnimation: false }).setView([view.lat, view.lon], view.zoom);
}

/** @param {any} layer @param {any} map */
function wholly(layer, map) {
  return new Promise((resolve) => layer.once("load", () => painted().then(resolve)).addTo(map));
}

async function protomaps() {
  await load("/static/vendor/leaflet/leaflet.js");
  await load("/peers/protomaps-leaflet/dist/protomaps-leaflet.js");
  const { leafletLayer, PolygonSymbolizer } = window.protomapsL;
  const symbolizer = new PolygonSymbolizer({ fill: colour.fill, ...(edged ? { stroke: colour.edge, width: 0.8 } : {}) });
  let map;
  return {
    start: () => {
      map = bareMap();
      const layer = leafletLayer({ url: `${location.origin}/tiles/ground/{z}/{x}/{y}.mvt`, paintRules: [{ dataLayer: "building", symbolizer }], labelRules: [], maxDataZoom: 16 });
      return wholly(layer, map);
    },
    map: () => map,
  };
}

/** Told to draw 512 pixels, it asks for the tiles of a zoom below through the server's `/up/`: the very tiles of the others. */
async function vectorgrid() {
  await load("/static/vendor/leaflet/leaflet.js");
  await load("/peers/leaflet.vectorgrid/dist/Leaflet.VectorGrid.bundled.min.js");
  let map;
  return {
    start: () => {
      map = bareMap();
      const layer = window.L.vectorGrid.protobuf(`${location.origin}/up/{z}/{x}/{y}`, {
        tileSize: 512, rendererFactory: window.L.canvas.tile, interactive: false, updateWhenIdle: false,
        vectorTileLayerStyles: { building: { fill: true, fillColor: colour.fill, fillOpacity: 1, stroke: edged, color: colour.edge, weight: 0.8 } },
      });
      return wholly(layer, map);
    },
    map: () => map,
  };
}

/** @param {number} count */
function places(count) {
  let seed = 7;
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  return Array.from({ length: count }, (_, id) => [id, view.lon + (next() - 0.5) * 0.15, view.lat + (next() - 0.5) * 0.13, { urgent: next() < 0.05 }]);
}

async function pixels() {
  const ground = (await ours()).live();
  await ground.ready;
  const rows = places(200_000);
  await painted();
  return {
    start: async () => {
      const drawn = new Promise((resolve) => ground.live.once("drawn", resolve));
      ground.live.load(rows);
      await drawn;
      await painted();
    },
    map: () => ground.map,
  };
}

async function circles() {
  await load("/static/vendor/leaflet/leaflet.js");
  const { L } = window;
  const map = bareMap();
  const rows = places(200_000);
  const renderer = L.canvas({ padding: 0.2 });
  await painted();
  return {
    start: async () => {
      for (const [, lon, lat, { urgent }] of rows) {
        L.circleMarker([lat, lon], { renderer, radius: 4, weight: 1, fillOpacity: 1, color: urgent ? "#c0392b" : "#2f6fa8" }).addTo(map);
      }
      await painted();
    },
    map: () => map,
  };
}

/** Notes when frames come, until it is told to stop. */
window.watchFrames = () => {
  const times = [];
  let on = true;
  const note = (time) => {
    times.push(time);
    if (on) requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
  window.framesNow = () => {
    on = false;
    return times.slice(1).map((time, index) => time - times[index]);
  };
};

const made = await { ours, protomaps, vectorgrid, pixels, circles }[String(asked.get("renderer"))]();
window.start = async () => {
  const from = performance.now();
  await made.start();
  return performance.now() - from;
};
window.zoomNow = () => made.map().getZoom();
window.prepared = true;
