/** On a phone the left panel is a sheet at the bottom with three heights: its tabs, half the screen, nearly all of it. */

import { say } from "../words.js";
import { need } from "./elements.js";

const HEIGHTS = /** @type {const} */ (["low", "half", "full"]);
/** A shorter movement is a tap. */
const TAP_PX = 8;

/** @typedef {(typeof HEIGHTS)[number]} Height */

export class Sheet {
  /** @param {() => void} moved */
  constructor(moved) {
    this.frame = need("[data-console]");
    this.panel = need("[data-left]");
    this.handle = need("[data-sheet-handle]");
    this.moved = moved;
    this.handle.addEventListener("pointerdown", (event) => this.drag(event));
    this.handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.step(/** @type {1 | -1} */ (step));
    });
    this.handle.addEventListener("click", (event) => event.detail === 0 && this.turn());
    this.set("half");
  }

  /** @returns {Height} */
  get height() {
    return /** @type {Height} */ (this.frame.dataset.sheet);
  }

  /** @param {Height} height */
  set(height) {
    this.frame.dataset.sheet = height;
    this.handle.setAttribute("aria-label", say(`sheet_${height}`));
    this.moved();
  }

  /** @param {1 | -1} step */
  step(step) {
    const index = HEIGHTS.indexOf(this.height) + step;
    this.set(HEIGHTS[Math.min(Math.max(index, 0), HEIGHTS.length - 1)]);
  }

  /** A tap: low opens to half, half to full, full goes back to half. */
  turn() {
    this.set(this.height === "half" ? "full" : "half");
  }

  /** Whatever is asked for in the sheet must be seen. */
  lift() {
    if (this.height === "low") this.set("half");
  }

  /** The sheet follows the finger and settles at the nearest height. @param {PointerEvent} event */
  drag(event) {
    event.preventDefault();
    const [start, height] = [event.clientY, this.panel.getBoundingClientRect().height];
    const room = this.frame.getBoundingClientRect().height;
    let gone = 0;
    const move = (/** @type {PointerEvent} */ at) => {
      gone = start - at.clientY;
      this.panel.style.height = `${Math.min(Math.max(height + gone, 60), room)}px`;
    };
    const up = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", up);
      this.panel.style.height = "";
      if (Math.abs(gone) < TAP_PX) return this.turn();
      const share = (height + gone) / room;
      this.set(share < 0.25 ? "low" : share < 0.7 ? "half" : "full");
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
  }
}
