/** How a case looks: its network is colour and shape, filled while open, a ring when closed; around it the time that is left. */

import { FROM } from "./style.js";

/** @typedef {import("./layers.js").Trait} Trait */
/** @typedef {import("./layers.js").Properties} Properties */

/** @typedef {{ open: Record<string, string>, closed: Record<string, string>, rest: string }} Squares
 *   by network the attributes that count its open and closed cases, and the network without, which has what is left */

/** @type {Record<string, Trait>} */
const NETWORKS = {
  social_work: { shape: "circle", colour: "social-work" },
  city_management: { shape: "square", colour: "city-management" },
  governance: { shape: "triangle", colour: "governance" },
};
const CLOSED = new Set(["closed", "refused"]);
const SIZE = 11;
/** What is over stays visible and quiet. */
const CLOSED_SIZE = 6.5;
const CLOSED_DOT = 3;
/** From this share of its time on a case is nearing its end. */
const NEARING = 0.25;

/** @param {Properties} properties @returns {Trait} */
export function caseTrait({ k, s }) {
  const hollow = CLOSED.has(s);
  return { shape: "diamond", colour: "stale", ...NETWORKS[k], size: hollow ? CLOSED_SIZE : SIZE, hollow };
}

/**
 * The ring of time around an open case.
 * @param {Properties} properties `r` reported and `d` due, both in seconds since 1970; `u` when it wants acting now
 * @param {number} now seconds since 1970
 * @returns {{ left: number, colour: string } | null} left from 1 (all of it) to 0; null without a limit or when closed
 */
export function timeRing({ s, r, d, u }, now) {
  if (CLOSED.has(s)) return null;
  if (d === undefined || d === null) return u ? { left: 0, colour: "act" } : null;
  const whole = Math.max(d - (r ?? d - 72 * 3600), 1);
  const left = Math.min(Math.max((d - now) / whole, 0), 1);
  return { left, colour: u || left === 0 ? "act" : left < NEARING ? "near" : "info" };
}

/** How urgent a case is, the least first. @param {Properties} properties @param {number} now */
export function caseUrgency(properties, now) {
  if (CLOSED.has(properties.s)) return 0;
  const ring = timeRing(properties, now);
  return ring ? { info: 2, near: 3, act: 4 }[ring.colour] ?? 1 : 1;
}

/** Whether a feature stands for several cases. @param {Properties} properties */
export function isCluster({ n }) {
  return n !== undefined && n !== null;
}

/**
 * Whether cases are drawn at a zoom: what is over only from close up, where it hides nothing, or when the person asks for it.
 * @param {Properties} properties of a case or of several
 * @param {number} zoom of the screen
 * @param {Record<string, string[]> | null} [narrowing]
 * @param {Squares} [squares]
 */
export function isWorthDrawing(properties, zoom, narrowing, squares) {
  if (zoom >= FROM.caseOver || narrowing?.o?.includes("false") || narrowing?.s?.some((state) => CLOSED.has(state))) return true;
  return isCluster(properties) ? clusterLook(properties, narrowing, squares).colour !== "stale" : !CLOSED.has(properties.s);
}

/**
 * The number and colour of several cases: the open ones in the colour of the worst of them; only where none is open, all, grey.
 * @param {Properties} properties `n` all, `o` open, `l` nearing their limit, `u` to be acted on now; tiles leave out what is nought
 * @param {Record<string, string[]> | null} [narrowing] the person's filters; those by network and by open or closed are answered
 * @param {Squares} [squares]
 * @returns {{ count: number, colour: string }}
 */
export function clusterLook(properties, narrowing, squares) {
  const { l, u } = properties;
  const { open, closed } = countsOf(properties, squares ? narrowing?.k : undefined, squares);
  const states = narrowing?.o ?? [];
  const wanted = { open: states.includes("true") || !states.length ? open : 0, closed: states.includes("false") || !states.length ? closed : 0 };
  const colour = !wanted.open ? "stale" : u ? "act" : l ? "near" : "info";
  return { count: narrowing?.u?.join() === "true" ? Math.min(u ?? 0, wanted.open) : wanted.open || wanted.closed, colour };
}

/** @param {Properties} properties @param {string[] | undefined} networks @param {Squares} [squares] */
function countsOf(properties, networks, squares) {
  const { n, o = 0 } = properties;
  if (!networks || !squares) return { open: o, closed: n - o };
  const sum = (/** @type {Record<string, string>} */ attributes, /** @type {number} */ all) => {
    const named = Object.entries(attributes).map(([network, attribute]) => ({ network, count: properties[attribute] ?? 0 }));
    const rest = all - named.reduce((total, { count }) => total + count, 0);
    const wanted = named.reduce((total, { network, count }) => total + (networks.includes(network) ? count : 0), 0);
    return wanted + (networks.includes(squares.rest) ? rest : 0);
  };
  return { open: sum(squares.open, o), closed: sum(squares.closed, n - o) };
}

/** How wide a number's bubble is, CSS pixels at scale 1; where nothing is open there is a dot. @param {{ count: number, colour: string }} look */
export function clusterRadius({ count, colour }) {
  return colour === "stale" ? CLOSED_DOT : 9 + 2.2 * Math.min(Math.log10(Math.max(count, 1)), 4);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, y: number, properties: Properties, now: number, scale: number }} place
 * @param {import("./palette.js").Palette} palette
 */
export function drawTimeRing(context, { x, y, properties, now, scale }, palette) {
  const ring = timeRing(properties, now);
  if (!ring) return;
  const radius = 8.6 * scale;
  context.lineWidth = 2 * scale;
  context.lineCap = "butt";
  for (const [colour, share] of /** @type {const} */ ([[palette.panel, 1], [palette[ring.colour], ring.left || 1]])) {
    context.beginPath();
    context.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + share * 2 * Math.PI);
    context.strokeStyle = colour;
    context.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, y: number, properties: Properties, scale: number, write: (count: number) => string,
 *   narrowing: Record<string, string[]> | null, squares?: Squares }} cluster
 * @param {import("./palette.js").Palette} palette
 */
export function drawCluster(context, { x, y, properties, scale, write, narrowing, squares }, palette) {
  const { count, colour } = clusterLook(properties, narrowing, squares);
  if (!count) return;
  const radius = clusterRadius({ count, colour }) * scale;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = palette[colour];
  context.globalAlpha = colour === "stale" ? 0.45 : 1;
  context.fill();
  context.globalAlpha = 1;
  if (colour === "stale") return;
  context.lineWidth = 1.6 * scale;
  context.strokeStyle = palette.panel;
  context.stroke();
  context.font = `600 ${11 * scale}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = palette.panel;
  context.fillText(write(count), x, y + 0.5 * scale);
}
