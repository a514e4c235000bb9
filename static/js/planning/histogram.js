/** How many grids have how many households: bars of one width over the shaded band, as SVG that can be walked by keyboard. */

import { makeSvg } from "../console/elements.js";
import { loadClass } from "../map/loads.js";
import { say, tally } from "../words.js";

/** @typedef {{ low: number | null, high: number | null, count: number, place: "below" | "inside" | "above" }} Bin half-open */
/** @typedef {{ bins: Bin[], most: number, minimum: number, target: number, maximum: number }} Histogram */
/** @typedef {{ x: number, y: number, width: number, height: number }} Bar */
/** @typedef {{ point: (numbers: number[]) => void, choose: (numbers: number[]) => void }} Listener what the pointer or the focus is on; what is held */

const SIZE = { width: 408, height: 176, side: 8, top: 34, bottom: 24 };
const GAP = 2;
const MOST_TICKS = 8;
const LABEL_ROOM = 170;

/**
 * Whether a grid is counted in a bin. The end of the band belongs to the band.
 * @param {Bin} bin
 * @param {number} households
 * @param {number} maximum
 */
export function holds({ low, high }, households, maximum) {
  const above = low === null || households > low || (households === low && low !== maximum);
  return above && (high === null || households < high || (households === high && high === maximum));
}

/**
 * Where a number of households lies on the axis; bins are equally wide, and an open one takes all beyond.
 * @param {Bin[]} bins
 * @param {number} households
 */
export function across(bins, households) {
  const width = (SIZE.width - 2 * SIZE.side) / bins.length;
  const index = bins.findIndex(({ high }) => high === null || households < high);
  if (index < 0) return SIZE.width - SIZE.side;
  const { low, high } = bins[index];
  const share = low === null || high === null ? 0.5 : Math.max(0, (households - low) / (high - low));
  return SIZE.side + (index + share) * width;
}

/**
 * The bars in units of the drawing; an empty bin has a bar of no height.
 * @param {Histogram} histogram
 * @returns {Bar[]}
 */
export function barsOf({ bins, most }) {
  const width = (SIZE.width - 2 * SIZE.side) / bins.length;
  const room = SIZE.height - SIZE.top - SIZE.bottom;
  return bins.map(({ count }, index) => {
    const height = most ? (room * count) / most : 0;
    return { x: SIZE.side + index * width + GAP / 2, y: SIZE.top + room - height, width: width - GAP, height };
  });
}

/**
 * Edges that are written under the axis: the band's ends always, others where there is room.
 * @param {Histogram} histogram
 * @returns {number[]}
 */
export function ticksOf({ bins, minimum, maximum }) {
  const edges = bins.map(({ low }) => low).filter((low) => low !== null);
  const last = bins[bins.length - 1]?.high;
  if (last) edges.push(last);
  const every = Math.ceil(edges.length / MOST_TICKS);
  const from = edges.indexOf(minimum);
  const kept = edges.filter((edge, index) => (index - from) % every === 0 && Math.abs(edge - maximum) >= (edges[1] - edges[0]) * every);
  return [...kept, maximum].sort((a, b) => a - b);
}

/** @param {Bin} bin */
export function rangeOf({ low, high }) {
  if (low === null) return say("range_below", { high: high ?? 0 });
  return high === null ? say("range_above", { low }) : say("range", { low, high });
}

/**
 * Draws the histogram into a figure. Hover and focus point at the grids of a bar, a click or Enter holds them.
 * @param {SVGSVGElement} svg
 * @param {Histogram} histogram
 * @param {{ number: number, households: number, dedicated: boolean }[]} grids
 * @param {Listener} listener
 */
export function drawHistogram(svg, histogram, grids, listener) {
  const { bins, minimum, target, maximum } = histogram;
  svg.setAttribute("viewBox", `0 0 ${SIZE.width} ${SIZE.height}`);
  svg.replaceChildren(hatches(), ...band(histogram));
  const rules = { target, min: minimum, max: maximum };
  const bars = barsOf(histogram);
  const handles = bins.map((bin, index) => {
    const load = loadClass(middleOf(bin), rules) + 3;
    const numbers = grids.filter((grid) => !grid.dedicated && holds(bin, grid.households, maximum)).map(({ number }) => number);
    return { ...handle(bin, bars[index], bin.place === "inside" ? Math.min(Math.max(load, 2), 4) : bin.place === "below" ? 1 : 5), numbers };
  });
  const figures = handles.map(({ figure }) => figure).filter((figure) => figure !== null);
  svg.append(...handles.map(({ element }) => element), axis(histogram), targetLine(bins, target), ...figures);
  walk(handles.filter(({ numbers }) => numbers.length), listener);
}

/** @param {Bin} bin */
function middleOf({ low, high }) {
  if (low === null) return (high ?? 0) - 1;
  return high === null ? low + 1 : (low + high) / 2;
}

/** Two slants of lines, so that bars outside the band differ without their colour. */
function hatches() {
  const pattern = (/** @type {string} */ id, /** @type {string} */ d) => makeSvg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, makeSvg("path", { d, class: "hatch" }));
  return makeSvg("defs", {}, pattern("bar-below", "M-1 1l2-2M0 6l6-6M5 7l2-2"), pattern("bar-above", "M-1 5l2 2M0 0l6 6M5-1l2 2"));
}

/** @param {Histogram} histogram */
function band({ bins, minimum, target, maximum }) {
  const [from, to] = [across(bins, minimum), edgeOf(bins, maximum)];
  const room = LABEL_ROOM / 2;
  const label = makeSvg("text", { x: Math.min(Math.max((from + to) / 2, room), SIZE.width - room), y: 12, class: "band-label" });
  label.textContent = `${say("band", { low: minimum, high: maximum })} · ${say("target", { target })}`;
  return [makeSvg("rect", { x: from, y: 18, width: to - from, height: SIZE.height - 18 - SIZE.bottom, class: "band" }), label];
}

/** The right end of the band: the end of its last bin, even where a bin above begins there. @param {Bin[]} bins @param {number} maximum */
function edgeOf(bins, maximum) {
  const index = bins.findIndex(({ high }) => high === maximum);
  return index < 0 ? across(bins, maximum) : SIZE.side + ((index + 1) * (SIZE.width - 2 * SIZE.side)) / bins.length;
}

/** @param {Bin} bin @param {Bar} bar @param {number} load */
function handle(bin, { x, y, width, height }, load) {
  let figure = /** @type {SVGElement | null} */ (null);
  const parts = [makeSvg("rect", { x, y: 18, width, height: SIZE.height - 18 - SIZE.bottom, class: "reach" })];
  if (bin.count) {
    parts.push(makeSvg("rect", { x, y, width, height, class: `bar load-${load}` }));
    if (bin.place !== "inside") parts.push(makeSvg("rect", { x, y, width, height, class: "bar-hatch", fill: `url(#bar-${bin.place})` }));
    figure = makeSvg("text", { x: x + width / 2, y: y - 4, class: "bar-figure", "aria-hidden": "true" });
    figure.textContent = String(bin.count);
  }
  const element = makeSvg("g", { class: `bin ${bin.place}` }, ...parts);
  if (bin.count) {
    const label = say("bar", { range: rangeOf(bin), grids: tally("grids", bin.count) });
    for (const [name, value] of Object.entries({ role: "button", "aria-pressed": "false", "aria-label": label, tabindex: "-1" })) element.setAttribute(name, value);
  }
  return { element: /** @type {SVGGElement} */ (element), figure };
}

/** @param {Histogram} histogram */
function axis(histogram) {
  const foot = SIZE.height - SIZE.bottom;
  const line = makeSvg("path", { d: `M${SIZE.side} ${foot}H${SIZE.width - SIZE.side}`, class: "axis" });
  const marks = ticksOf(histogram).map((edge) => {
    const x = edge === histogram.maximum ? edgeOf(histogram.bins, edge) : across(histogram.bins, edge);
    const text = makeSvg("text", { x, y: foot + 15, class: edge === histogram.minimum || edge === histogram.maximum ? "tick limit" : "tick" });
    text.textContent = String(edge);
    return makeSvg("g", {}, makeSvg("path", { d: `M${x} ${foot}v4`, class: "axis" }), text);
  });
  return makeSvg("g", { "aria-hidden": "true" }, line, ...marks);
}

/** @param {Bin[]} bins @param {number} target */
function targetLine(bins, target) {
  const x = across(bins, target);
  return makeSvg("path", { d: `M${x} 18V${SIZE.height - SIZE.bottom}`, class: "target-line", "aria-hidden": "true" });
}

/** One stop of the Tab key; arrows, Home and End walk the bars. @param {{ element: SVGGElement, numbers: number[] }[]} handles @param {Listener} listener */
function walk(handles, listener) {
  /** @type {SVGGElement | null} */
  let held = null;
  handles[0]?.element.setAttribute("tabindex", "0");
  handles.forEach(({ element, numbers }, index) => {
    const choose = () => {
      held?.setAttribute("aria-pressed", "false");
      held = held === element ? null : element;
      held?.setAttribute("aria-pressed", "true");
      listener.choose(held ? numbers : []);
    };
    const step = (/** @type {number} */ to) => {
      const next = handles[Math.min(Math.max(to, 0), handles.length - 1)].element;
      for (const one of handles) one.element.setAttribute("tabindex", one.element === next ? "0" : "-1");
      next.focus();
    };
    element.addEventListener("pointerenter", () => listener.point(numbers));
    element.addEventListener("pointerleave", () => listener.point([]));
    element.addEventListener("focus", () => listener.point(numbers));
    element.addEventListener("blur", () => listener.point([]));
    element.addEventListener("click", choose);
    element.addEventListener("keydown", (event) => {
      const moves = /** @type {Record<string, number>} */ ({ ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: handles.length - 1 });
      if (event.key === "Enter" || event.key === " ") choose();
      else if (event.key in moves) step(moves[event.key]);
      else return;
      event.preventDefault();
    });
  });
}
