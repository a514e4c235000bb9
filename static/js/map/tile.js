/** From an order to a picture: fetch the sets of one tile, decode them, paint them, collect what it offers. Page and worker share it. */

import Pbf from "../../vendor/pbf/index.js";
import { collectOffer } from "./candidates.js";
import { readTile } from "./mvt.js";
import { paintTile } from "./paint.js";

/** @typedef {{ z: number, x: number, y: number, urls: string[], pixels: number, ratio: number, look: import("./paint.js").Look }} Order */
/** @typedef {{ picture: ImageBitmap | null, offer: import("./candidates.js").Offer }} Made */
/** @typedef {(pixels: number) => { canvas: OffscreenCanvas | HTMLCanvasElement, context: import("./paint.js").Context }} Easel an empty canvas */

/** Decoded sets kept for re-drawing when only the look changes. */
const KEPT = 128;

/** @type {Map<string, import("./paint.js").Decoded>} */
const decoded = new Map();

/**
 * @param {Order} order
 * @param {AbortSignal} signal
 * @param {Easel} easel
 * @returns {Promise<Made>}
 */
export async function makeTile(order, signal, easel) {
  const sets = await Promise.all(order.urls.map((url) => loadSet(url, signal)));
  /** @type {import("./paint.js").Decoded} */
  const layers = new Map(sets.flatMap((set) => [...set]));
  const offer = collectOffer(layers, order, order.look);
  if (!layers.size) return { picture: null, offer };
  const { canvas, context } = easel(order.pixels);
  paintTile(context, layers, order.look, order.pixels, order.ratio, () => easel(order.pixels));
  const picture = "transferToImageBitmap" in canvas ? canvas.transferToImageBitmap() : await createImageBitmap(canvas);
  return { picture, offer };
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function loadSet(url, signal) {
  const kept = decoded.get(url);
  if (kept) return kept;
  const response = await fetch(url, { signal });
  if (response.redirected) throw new Error("signed_out");
  if (!response.ok) throw new Error(`tile ${response.status}`);
  const layers = response.status === 204 ? new Map() : readTile(new Pbf(await response.arrayBuffer()));
  decoded.set(url, layers);
  for (const oldest of decoded.keys()) {
    if (decoded.size <= KEPT) break;
    decoded.delete(oldest);
  }
  return layers;
}
