/** The layer tab: a switch and a symbol per layer. */

import { need } from "./elements.js";
import { symbol } from "./legend.js";

export class Switches {
  /**
   * @param {import("../map/ground.js").Ground} ground
   * @param {(layers: string[]) => void} note
   */
  constructor(ground, note) {
    this.ground = ground;
    this.form = need("[data-layers]");
    for (const holder of this.form.querySelectorAll("[data-symbol]")) {
      if (holder instanceof HTMLElement) holder.replaceChildren(symbol(String(holder.dataset.symbol)));
    }
    this.form.addEventListener("change", () => {
      ground.show(Object.fromEntries(this.boxes().map(({ name, checked }) => [name, checked])));
      note(this.boxes().filter(({ checked }) => checked).map(({ name }) => name));
    });
  }

  boxes() {
    return /** @type {HTMLInputElement[]} */ ([...this.form.querySelectorAll("input")]);
  }

  /** The switches as the map is. */
  reflect() {
    const shown = /** @type {Record<string, boolean>} */ (this.ground.shown);
    for (const box of this.boxes()) box.checked = shown[box.name];
  }
}
