/** How a case looks: its network is colour and shape, filled while open, a ring when closed; around it the time that is left. */

/** @typedef {import("./layers.js").Trait} Trait */
/** @typedef {import("./layers.js").Properties} Properties */

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
 * The number and colour of several cases: the open ones in the colour of the worst of them; only where none is open, all, grey.
 * @param {Properties} properties of all networks together `n` all, `o` open, `l` nearing their limit, `u` to be acted on now;
 *   of two networks `so` and `co` open, `sc` and `cc` closed: what is left belongs to the third
 * @param {Record<string, string[]> | null} [narrowing] the person's filters; those by network and by open or closed are answered
 * @returns {{ count: number, colour: string }}
 */
export function clusterLook(properties, narrowing) {
  const { l, u } = properties;
  const { open, closed } = countsOf(properties, narrowing?.k);
  const states = narrowing?.o ?? [];
  const wanted = { open: states.includes("true") || !states.length ? open : 0, closed: states.includes("false") || !states.length ? closed : 0 };
  const colour = !wanted.open ? "stale" : u ? "act" : l ? "near" : "info";
  return { count: narrowing?.u?.join() === "true" ? Math.min(u ?? 0, wanted.open) : wanted.open || wanted.closed, colour };
}

/** @param {Properties} properties @param {string[] | undefined} networks */
function countsOf({ n, o = 0, so = 0, co = 0, sc = 0, cc = 0 }, networks) {
  const [open, closed] = [o, n - o]; // tiles leave out what is nought
  if (!networks) return { open, closed };
  const by = /** @type {Record<string, number[]>} */ ({ social_work: [so, sc], city_management: [co, cc], governance: [open - so - co, closed - sc - cc] });
  const sum = (/** @type {0 | 1} */ which) => networks.reduce((all, name) => all + (by[name]?.[which] ?? 0), 0);
  return { open: sum(0), closed: sum(1) };
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
 *   narrowing: Record<string, string[]> | null }} cluster
 * @param {import("./palette.js").Palette} palette
 */
export function drawCluster(context, { x, y, properties, scale, write, narrowing }, palette) {
  const { count, colour } = clusterLook(properties, narrowing);
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
