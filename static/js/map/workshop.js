/** Who makes the tiles: two module workers, or the page itself where the browser has no OffscreenCanvas in workers. */

import { makeTile } from "./tile.js";

/** @typedef {import("./tile.js").Order} Order */
/** @typedef {import("./tile.js").Made} Made */

const WORKERS = 2;

/** @type {import("./tile.js").Easel} */
const pageEasel = (pixels) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = pixels;
  return { canvas, context: /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")) };
};

export class Workshop {
  constructor() {
    /** @type {Map<number, { resolve: (made: Made) => void, reject: (error: Error) => void, order: Order, worker: Worker }>} */
    this.orders = new Map();
    this.next = 0;
    /** @type {Worker[]} */
    this.workers = typeof OffscreenCanvas === "undefined" || typeof Worker === "undefined" ? [] : this.hire();
  }

  hire() {
    return Array.from({ length: WORKERS }, () => {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }) => this.deliver(data);
      worker.onerror = () => this.dismiss();
      return worker;
    });
  }

  /**
   * @param {Order} order
   * @param {AbortSignal} signal
   * @returns {Promise<Made>}
   */
  make(order, signal) {
    if (!this.workers.length) return makeTile(order, signal, pageEasel);
    const id = (this.next += 1);
    const worker = this.workers[(order.x + order.y) % this.workers.length];
    signal.addEventListener("abort", () => worker.postMessage({ id, cancel: true }), { once: true });
    return new Promise((resolve, reject) => {
      this.orders.set(id, { resolve, reject, order, worker });
      worker.postMessage({ id, order });
    });
  }

  /** @param {{ id: number, made?: Made, error?: string }} data */
  deliver({ id, made, error }) {
    const order = this.orders.get(id);
    this.orders.delete(id);
    if (made) order?.resolve(made);
    else order?.reject(new Error(error));
  }

  /** Module workers do not run here: the page takes over what was ordered. */
  dismiss() {
    for (const worker of this.workers) worker.terminate();
    this.workers = [];
    for (const { resolve, reject, order } of this.orders.values()) {
      makeTile(order, new AbortController().signal, pageEasel).then(resolve, reject);
    }
    this.orders.clear();
  }
}
