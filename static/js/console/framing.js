/** Where the map looks so that panels do not lie over what is shown. */

import { need } from "./elements.js";

/** Below this width panels are sheets at the bottom. */
const NARROW = 860;
/** Room for the tools above the map. */
const TOOLS_PX = 64;

export class Framing {
  /**
   * @param {() => import("../map/ground.js").Ground} ground
   * @param {() => boolean} expectsCard whether a card is shown, or on its way
   */
  constructor(ground, expectsCard) {
    this.ground = ground;
    this.expectsCard = expectsCard;
  }

  /** Room that panels take from the map. @returns {import("leaflet").FitBoundsOptions} */
  padding() {
    const narrow = window.innerWidth <= NARROW;
    const left = need("[data-left]").getBoundingClientRect();
    const card = need("[data-card]");
    const sheet = Math.max(left.height, card.getBoundingClientRect().height);
    if (narrow) return { paddingTopLeft: [16, 110], paddingBottomRight: [16, Math.min(sheet, window.innerHeight / 2) + 16] };
    const right = card.hidden && !this.expectsCard() ? 60 : (card.getBoundingClientRect().width || 380) + 40;
    return { paddingTopLeft: [left.width ? left.right + 24 : 24, TOOLS_PX * this.ground().scale], paddingBottomRight: [right, 60] };
  }

  /** Near enough to read it, and not at all where it is in view already. @param {number[]} bbox @param {number} [nearest] */
  goTo([west, south, east, north], nearest = 17) {
    const { map } = this.ground();
    const view = map.getBounds();
    const target = map.getBoundsZoom([[south, west], [north, east]], false, /** @type {any} */ ([200, 140]));
    const inView = view.contains([[south, west], [north, east]]) && map.getZoom() >= Math.min(target, nearest) - 1;
    if (inView && !this.isCovered([west, south, east, north])) return;
    this.ground().fit([west, south, east, north], { ...this.padding(), maxZoom: nearest });
  }

  /** Whether panels lie over the middle of a box. @param {number[]} bbox */
  isCovered([west, south, east, north]) {
    const { x, y } = this.ground().map.latLngToContainerPoint([(south + north) / 2, (west + east) / 2]);
    const frame = need("[data-console]").getBoundingClientRect();
    return [need("[data-left]"), need("[data-card]")].some((panel) => {
      const box = panel.getBoundingClientRect();
      return box.width > 0 && x > box.left - frame.left && x < box.right - frame.left && y > box.top - frame.top && y < box.bottom - frame.top;
    });
  }
}
