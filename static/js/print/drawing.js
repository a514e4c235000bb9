/** The map of one sheet: the console's own map at the zoom that makes the scale true, gathered into one picture of 200 dots to the inch. */

import { createMap } from "../map/ground.js";
import { CSS_PER_MM, DOTS_PER_MM, stepsAt, zoomFor } from "./paper.js";

/** @typedef {import("./paper.js").Size} Size */
/** @typedef {import("./paper.js").Place} Place */
/** @typedef {import("../map/ground.js").Ground} Ground */
/** @typedef {{ middle: Place, scale: number, frame: Size }} Piece */

/** Tiles are drawn this many times finer than a screen, so that none is coarser than the picture, at whatever zoom. */
const FINE = 3;
const PATIENCE_MS = 60_000;
const LOOK_MS = 60;

/** The map draws for the dots of paper, not for those of this screen. */
export function drawFine() {
  Object.defineProperty(window, "devicePixelRatio", { value: FINE, configurable: true });
}

/**
 * @param {Piece} piece
 * @param {import("../map/ground.js").MapInfo} info
 * @param {(ground: Ground) => void} dress switches layers, filters, the area
 * @param {boolean} hatched
 * @returns {Promise<HTMLCanvasElement>}
 */
export async function drawPiece({ middle, scale, frame }, info, dress, hatched) {
  const { across, up } = stepsAt(scale, middle.lat);
  const holder = document.createElement("div");
  holder.className = "print-desk";
  const width = frame.width * CSS_PER_MM;
  const height = (frame.height * CSS_PER_MM * up) / across; // squeezed when it is gathered: north is stretched more than east
  holder.style.width = `${Math.ceil(width)}px`;
  holder.style.height = `${Math.ceil(height)}px`;
  document.body.append(holder);
  const ground = createMap(holder, { info, view: { ...middle, zoom: zoomFor(across) }, live: false, scale: 1, keyboard: false, hatched });
  Object.assign(ground.map.options, { zoomSnap: 0, maxZoom: 22 });
  try {
    await ground.ready;
    ground.tiles.options.maxZoom = 22;
    ground.map.setView([middle.lat, middle.lon], zoomFor(across), { animate: false });
    dress(ground);
    await settled(ground);
    return gather(holder, { width, height }, frame);
  } finally {
    for (const worker of ground.tiles?.workshop.workers ?? []) worker.terminate();
    ground.map.remove();
    holder.remove();
  }
}

/** Every tile drawn, and the lettering after it. @param {Ground} ground */
async function settled(ground) {
  const until = Date.now() + PATIENCE_MS;
  await pause(4 * LOOK_MS);
  while (!ground.tiles.isComplete() && Date.now() < until) await pause(LOOK_MS);
  await pause(2 * LOOK_MS);
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * One picture of all that the panes hold, lowest first.
 * @param {HTMLElement} holder
 * @param {Size} size CSS pixels of the desk that the frame covers
 * @param {Size} frame
 */
function gather(holder, size, frame) {
  const sheet = document.createElement("canvas");
  sheet.width = Math.round(frame.width * DOTS_PER_MM);
  sheet.height = Math.round(frame.height * DOTS_PER_MM);
  const context = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--ground");
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.imageSmoothingQuality = "high";
  context.scale(sheet.width / size.width, sheet.height / size.height);
  const corner = holder.getBoundingClientRect();
  const panes = [...holder.querySelectorAll(".leaflet-pane")].filter((pane) => pane.querySelector(":scope > canvas, :scope > img, :scope > .leaflet-layer"));
  panes.sort((one, other) => Number(getComputedStyle(one).zIndex) - Number(getComputedStyle(other).zIndex));
  for (const pane of panes) {
    for (const picture of /** @type {NodeListOf<HTMLCanvasElement | HTMLImageElement>} */ (pane.querySelectorAll("canvas, img"))) {
      const box = picture.getBoundingClientRect();
      if (!box.width || !(picture.width && picture.height)) continue;
      context.globalAlpha = opacityOf(picture, holder);
      context.drawImage(picture, box.left - corner.left, box.top - corner.top, box.width, box.height);
    }
  }
  return sheet;
}

/** @param {Element} picture @param {Element} holder */
function opacityOf(picture, holder) {
  let opacity = 1;
  for (let element = /** @type {Element | null} */ (picture); element && element !== holder; element = element.parentElement) {
    opacity *= Number(getComputedStyle(element).opacity);
  }
  return opacity;
}
