/** A worker that makes tiles off the page's thread. In: `{ id, order }` or `{ id, cancel: true }`; out: `{ id, made }` or `{ id, error }`. */

import { makeTile } from "./tile.js";

/** @type {Map<number, AbortController>} */
const running = new Map();

/** @type {import("./tile.js").Easel} */
const easel = (pixels) => {
  const canvas = new OffscreenCanvas(pixels, pixels);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  return { canvas, context };
};

self.onmessage = async ({ data: { id, order, cancel } }) => {
  if (cancel) {
    running.get(id)?.abort();
    return;
  }
  const abort = new AbortController();
  running.set(id, abort);
  try {
    const made = await makeTile(order, abort.signal, easel);
    self.postMessage({ id, made }, { transfer: made.picture ? [made.picture] : [] });
  } catch (error) {
    self.postMessage({ id, error: abort.signal.aborted ? "aborted" : String(error) });
  }
  running.delete(id);
};
