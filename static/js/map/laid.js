/**
 * A grid of tiles of 512 pixels at any zoom. Between two whole zooms Leaflet stretches a level of tiles, which blurs them and leaves
 * seams. Here a level is laid out at the very zoom of the map: each tile has whole pixels, its neighbours begin where it ends,
 * and it is drawn at that size.
 */

import * as L from "../../vendor/leaflet/leaflet-src.esm.js";

/** Leaflet's own grid, which knows only whole zooms. */
const base = /** @type {any} */ (L.GridLayer).prototype;
export const SIDE = 512;

/** Whoever extends it has `refresh()`, which draws all tiles again. */
export const LaidGrid = L.GridLayer.extend({
  options: { tileSize: SIDE },

  /** The zoom at which tiles of a level are laid out. @param {number} z */
  zoomOf(z) {
    return this._levels?.[z]?.laid ?? z;
  },

  /** @param {L.LatLng} center @param {number} zoom @param {boolean} noPrune @param {boolean} noUpdate */
  _setView(center, zoom, noPrune, noUpdate) {
    this.wanted = zoom;
    if (!noUpdate && !this._map._animatingZoom) this.layOut(zoom);
    base._setView.call(this, center, zoom, noPrune, noUpdate);
  },

  /** @param {any} level @param {L.LatLng} center @param {number} zoom */
  _setZoomTransform(level, center, zoom) {
    if (level.laid === undefined) this.lay(level, Math.round(this.wanted) === level.zoom ? this.wanted : level.zoom);
    const scale = this._map.getZoomScale(zoom, level.laid);
    const shift = level.corner.multiplyBy(scale).subtract(this._map._getNewPixelOrigin(center, zoom)).round();
    L.DomUtil.setTransform(level.el, shift, scale);
  },

  /** @param {{ x: number, y: number }} coords */
  _getTilePos(coords) {
    return cornerOf(coords, this._level).subtract(this._level.corner);
  },

  /** @param {L.Coords} coords @param {HTMLElement} container */
  _addTile(coords, container) {
    base._addTile.call(this, coords, container);
    const tile = this._tiles[this._tileCoordsToKey(coords)];
    if (tile) place(tile.el, coords, this._level);
  },

  /** @param {any} level @param {number} zoom */
  lay(level, zoom) {
    const map = this._map;
    level.laid = zoom;
    level.corner = map.project(map.unproject(map.getPixelOrigin()), zoom).round();
  },

  /** Lays the tiles that are there already out at another zoom, and draws them at their new size. @param {number} zoom */
  layOut(zoom) {
    const level = this._levels?.[Math.round(zoom)];
    if (!level || level.laid === zoom) return;
    this.lay(level, zoom);
    for (const { el, coords } of Object.values(/** @type {Record<string, any>} */ (this._tiles))) if (coords.z === level.zoom) place(el, coords, level);
    this.refresh();
  },
});

/** The north-west corner of a tile in pixels of the zoom at which its level is laid out. @param {{ x: number, y: number }} coords @param {any} level */
function cornerOf({ x, y }, { zoom, laid }) {
  const side = SIDE * 2 ** (laid - zoom);
  return L.point(Math.round(x * side), Math.round(y * side));
}

/** @param {HTMLElement} element @param {{ x: number, y: number }} coords @param {any} level */
function place(element, coords, level) {
  const from = cornerOf(coords, level);
  const size = cornerOf({ x: coords.x + 1, y: coords.y + 1 }, level).subtract(from);
  element.style.width = `${size.x}px`;
  element.style.height = `${size.y}px`;
  L.DomUtil.setPosition(element, from.subtract(level.corner));
}
