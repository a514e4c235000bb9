/** From an order to a picture: fetch the sets of one tile, decode them, paint them, collect what it offers. Page and worker share it. */

import Pbf from "../../vendor/pbf/index.js";
import { collectOffer } from "./candidates.js";
import { readTile } from "./mvt.js";
import { paintTile } from "./paint.js";
import { loadSets } from "./sets.js";

/** @typedef {{ z: number, x: number, y: number, urls: string[], pixels: number, ratio: number, look: import("./paint.js").Look }} Order */
/** @typedef {{ picture: ImageBitmap | null, offer: import("./candidates.js").Offer, trouble: string | null }} Made
 *   `trouble`: why a set is missing from it; its layers are left out, those of the others are there */
/** @typedef {(pixels: number) => { canvas: OffscreenCanvas | HTMLCanvasElement, context: import("./paint.js").Context }} Easel an empty canvas */

/** @param {ArrayBuffer} bytes */
const read = (bytes) => readTile(new Pbf(bytes));

/**
 * @param {Order} order
 * @param {AbortSignal} signal
 * @param {Easel} easel
 * @returns {Promise<Made>}
 */
export async function makeTile(order, signal, easel) {
  const { layers, trouble } = await loadSets(order.urls, signal, read);
  const offer = collectOffer(layers, order, order.look);
  if (!layers.size) return { picture: null, offer, trouble };
  const { canvas, context } = easel(order.pixels);
  paintTile(context, layers, order.look, order.pixels, order.ratio, () => easel(order.pixels));
  const picture = "transferToImageBitmap" in canvas ? canvas.transferToImageBitmap() : await createImageBitmap(canvas);
  return { picture, offer, trouble };
}
