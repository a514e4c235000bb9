/** What even loads cost in shape: drawings of the same ground under other weights, the best of them joined by a line. */

import { makeSvg } from "../console/elements.js";
import { count, say } from "../words.js";

/** @typedef {{ balance: number, compactness: number, stability: number }} Weights */
/** @typedef {{ weights: Weights, within_10: number, within_20: number, mean_deviation: number, polsby_popper: number, cut_length_m: number,
 *   moved_share: number | null, chosen: boolean }} Point one drawing: shares of 1, Polsby–Popper from 0 to 1 */
/** @typedef {"within_10" | "mean_deviation"} Measure */
/** @typedef {{ at: (value: number) => number, ticks: number[] }} Scale */

const SIZE = { width: 408, height: 232, left: 46, right: 18, top: 32, bottom: 40 };
const RADIUS = { least: 4.5, most: 11 };
const STEPS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const MOST_TICKS = 6;

/** How good a drawing is by a measure: more is better. @param {Point} point @param {Measure} measure */
function merit(point, measure) {
  return measure === "mean_deviation" ? -point.mean_deviation : point.within_10;
}

/**
 * Drawings that no other beats in both load and shape, roundest last.
 * @param {Point[]} points
 * @param {Measure} measure
 */
export function frontOf(points, measure) {
  const best = points.filter((one) => !points.some((other) => beats(other, one, measure)));
  const once = best.filter((one, index) => best.findIndex((other) => other.polsby_popper === one.polsby_popper) === index);
  return once.sort((a, b) => a.polsby_popper - b.polsby_popper);
}

/** @param {Point} a @param {Point} b @param {Measure} measure */
function beats(a, b, measure) {
  const [load, shape] = [merit(a, measure) - merit(b, measure), a.polsby_popper - b.polsby_popper];
  return load >= 0 && shape >= 0 && load + shape > 0;
}

/**
 * A scale over values with round ticks; values that are all alike lie in the middle.
 * @param {number[]} values
 * @param {[number, number]} range where the least and the greatest lie
 * @returns {Scale}
 */
export function scaleOf(values, [from, to]) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = STEPS.find((one) => (most - least) / one <= MOST_TICKS - 2) ?? 1;
  const low = Math.floor(least / step - 0.25) * step;
  const high = Math.ceil(most / step + 0.25) * step;
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => Number((low + index * step).toFixed(4)));
  return { at: (value) => from + ((value - low) / (high - low)) * (to - from), ticks: ticks.filter((tick) => tick >= 0 && tick <= 1) };
}

/**
 * One of each set of drawings that came out alike, the present one before others, and how many are like it.
 * @param {Point[]} points
 * @returns {{ point: Point, alike: number }[]}
 */
export function once(points) {
  const sets = new Map();
  for (const point of points) {
    const key = [point.within_10, point.mean_deviation, point.polsby_popper, point.moved_share ?? 0].map((figure) => figure.toFixed(3)).join();
    sets.set(key, [...(sets.get(key) ?? []), point]);
  }
  return [...sets.values()].map((set) => ({ point: set.find((/** @type {Point} */ { chosen }) => chosen) ?? set[0], alike: set.length }));
}

/** Larger dots move more households, by area. @param {Point[]} points @returns {(point: Point) => number} */
export function radiusOf(points) {
  const most = Math.max(...points.map(({ moved_share: moved }) => moved ?? 0));
  const [least, span] = [RADIUS.least ** 2, RADIUS.most ** 2 - RADIUS.least ** 2];
  return ({ moved_share: moved }) => Math.sqrt(least + (most ? ((moved ?? 0) / most) * span : span * 0.1));
}

/** @param {number} share */
export function percent(share) {
  const figure = Math.round(share * 1000) / 10;
  return say("share", { share: count(figure) });
}

/** @param {Point} point */
export function describe({ weights, within_10: within, mean_deviation: deviation, polsby_popper: compactness, moved_share: moved }) {
  const parts = [
    say("point", /** @type {Record<string, number>} */ (weights)),
    say("point_figures", { within: percent(within), deviation: percent(deviation), compactness: compactness.toFixed(2) }),
  ];
  if (moved !== null && moved !== undefined) parts.push(say("point_moved", { moved: percent(moved) }));
  return parts;
}

/**
 * @param {SVGSVGElement} svg
 * @param {Point[]} all
 * @param {Measure} measure
 * @param {{ point: (point: Point | null) => void, choose: (point: Point) => void }} listener
 */
export function drawTradeoff(svg, all, measure, listener) {
  const sets = once(all);
  const points = sets.map(({ point }) => point);
  svg.setAttribute("viewBox", `0 0 ${SIZE.width} ${SIZE.height}`);
  const across = scaleOf(points.map((one) => one.polsby_popper), [SIZE.left, SIZE.width - SIZE.right]);
  const ends = /** @type {[number, number]} */ (measure === "mean_deviation" ? [SIZE.top, SIZE.height - SIZE.bottom] : [SIZE.height - SIZE.bottom, SIZE.top]);
  const up = scaleOf(points.map((one) => one[measure]), ends);
  const place = (/** @type {Point} */ one) => /** @type {[number, number]} */ ([across.at(one.polsby_popper), up.at(one[measure])]);
  const front = frontOf(points, measure);
  const line = makeSvg("path", { d: front.map((one, index) => `${index ? "L" : "M"}${place(one).join(" ")}`).join(""), class: "front" });
  const radius = radiusOf(points);
  const inOrder = [...points].sort((a, b) => a.polsby_popper - b.polsby_popper || merit(a, measure) - merit(b, measure));
  const alike = (/** @type {Point} */ one) => sets.find(({ point }) => point === one)?.alike ?? 1;
  const dots = inOrder.map((one) => dot(one, place(one), radius(one), { isBest: front.includes(one), alike: alike(one) }));
  const largestFirst = dots.map((element, index) => ({ element, index })).sort((a, b) => radius(inOrder[b.index]) - radius(inOrder[a.index]));
  svg.replaceChildren(frame(across, up, measure), line, ...largestFirst.map(({ element }) => element));
  const own = inOrder.find(({ chosen }) => chosen);
  if (own) svg.append(flag(place(own), radius(own)));
  walk(dots, inOrder, listener);
}

/** @param {Scale} across @param {Scale} up @param {Measure} measure */
function frame(across, up, measure) {
  const foot = SIZE.height - SIZE.bottom;
  const lines = up.ticks.map((tick) => makeSvg("path", { d: `M${SIZE.left} ${up.at(tick)}H${SIZE.width - SIZE.right}`, class: "rule" }));
  const beside = up.ticks.map((tick) => text(percent(tick), { x: SIZE.left - 6, y: up.at(tick) + 4, class: "tick beside" }));
  const below = across.ticks.map((tick) => text(String(tick), { x: across.at(tick), y: foot + 15, class: "tick" }));
  return makeSvg("g", { "aria-hidden": "true" }, ...lines, ...beside, ...below,
    makeSvg("path", { d: `M${SIZE.left} ${foot}H${SIZE.width - SIZE.right}`, class: "axis" }),
    text(say("axis_compact"), { x: SIZE.width - SIZE.right, y: SIZE.height - 6, class: "axis-name end" }),
    text(say(measure === "mean_deviation" ? "axis_deviation" : "axis_within"), { x: 4, y: 11, class: "axis-name" }));
}

/** @param {string} words @param {Record<string, string | number>} attributes */
function text(words, attributes) {
  const element = makeSvg("text", attributes);
  element.textContent = words;
  return element;
}

/** @param {Point} point @param {[number, number]} place @param {number} radius @param {{ isBest: boolean, alike: number }} more */
function dot(point, [x, y], radius, { isBest, alike }) {
  const label = [...(point.chosen ? [say("this_draft")] : []), ...describe(point), ...(alike > 1 ? [say("point_alike", { count: alike })] : [])].join(" · ");
  const times = alike > 1 ? [text(`×${alike}`, { x: x + radius + 4, y: y + 4, class: "times", "aria-hidden": "true" })] : [];
  const classes = ["dot", isBest ? "best" : "", point.chosen ? "own" : ""].join(" ");
  return /** @type {SVGGElement} */ (makeSvg("g", { class: classes, role: "button", "aria-pressed": String(point.chosen), "aria-label": label, tabindex: "-1" },
    makeSvg("circle", { cx: x, cy: y, r: Math.max(radius + 4, 12), class: "reach" }), makeSvg("circle", { cx: x, cy: y, r: radius }), ...times));
}

/** The present draft is named, above its dot or below it where there is no room. @param {[number, number]} place @param {number} radius */
function flag([x, y], radius) {
  const side = x > SIZE.width - 70 ? "end" : x < SIZE.left + 30 ? "start" : "";
  const above = y - radius - 8 > SIZE.top;
  return text(say("this_draft"), { x, y: above ? y - radius - 7 : y + radius + 16, class: `flag ${side}`, "aria-hidden": "true" });
}

/** One stop of the Tab key; arrows walk the dots from the least compact to the most. @param {SVGGElement[]} dots @param {Point[]} points
 * @param {{ point: (point: Point | null) => void, choose: (point: Point) => void }} listener */
function walk(dots, points, listener) {
  const start = Math.max(points.findIndex(({ chosen }) => chosen), 0);
  dots[start]?.setAttribute("tabindex", "0");
  dots.forEach((element, index) => {
    const choose = () => {
      for (const one of dots) one.setAttribute("aria-pressed", String(one === element));
      listener.choose(points[index]);
    };
    element.addEventListener("pointerenter", () => listener.point(points[index]));
    element.addEventListener("pointerleave", () => listener.point(null));
    element.addEventListener("focus", () => listener.point(points[index]));
    element.addEventListener("blur", () => listener.point(null));
    element.addEventListener("click", choose);
    element.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: index - 1, ArrowDown: index - 1, ArrowRight: index + 1, ArrowUp: index + 1, Home: 0, End: dots.length - 1 }[event.key];
      if (event.key === "Enter" || event.key === " ") choose();
      else if (to !== undefined) {
        const next = dots[Math.min(Math.max(to, 0), dots.length - 1)];
        for (const one of dots) one.setAttribute("tabindex", one === next ? "0" : "-1");
        next.focus();
      } else return;
      event.preventDefault();
    });
  });
}
