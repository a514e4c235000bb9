/** Symbols of the catalogue's styles: a shape in a colour of the page, with a glyph; drawn once, stamped as often as needed. */

/** @typedef {import("./layers.js").Trait} Trait */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {{ picture: HTMLCanvasElement, side: number, foot: number }} Sprite side in CSS pixels, and how far its foot lies below its middle */

export const SIZE = 18;
/** Smaller symbols are dots: no rim, no glyph. */
const DOT = 8;
const RIM = 1.5;

/** The outline of a shape of this size around 0, 0. @param {string} shape @param {number} size @returns {Path2D} */
export function outline(shape, size) {
  const half = size / 2;
  const path = new Path2D();
  if (shape === "square") path.roundRect(-half, -half, size, size, size * 0.26);
  else if (shape === "triangle") polygon(path, [[0, -half * 1.06], [half * 1.1, half * 0.84], [-half * 1.1, half * 0.84]]);
  else if (shape === "diamond") polygon(path, [[0, -half * 1.15], [half * 1.15, 0], [0, half * 1.15], [-half * 1.15, 0]]);
  else if (shape === "pin") pin(path, half);
  else path.arc(0, 0, half, 0, 2 * Math.PI);
  return path;
}

/** @param {Path2D} path @param {number[][]} corners */
function polygon(path, corners) {
  for (const [x, y] of corners) path.lineTo(x, y);
  path.closePath();
}

/** A head with a tip below. @param {Path2D} path @param {number} half */
function pin(path, half) {
  path.arc(0, 0, half, Math.PI * 0.84, Math.PI * 2.16);
  path.lineTo(0, half * 1.75);
  path.closePath();
}

/**
 * Draws one symbol around 0, 0.
 * @param {CanvasRenderingContext2D} context
 * @param {Trait} trait
 * @param {number} size CSS pixels
 * @param {Palette} palette
 * @param {Map<string, Path2D>} glyphs
 */
export function drawSymbol(context, { shape = "circle", colour = "info", glyph, hollow }, size, palette, glyphs) {
  const path = outline(shape, size);
  const tone = palette[colour] ?? palette.info;
  context.lineJoin = "round";
  if (size >= DOT) {
    context.lineWidth = 2 * RIM * (size / SIZE);
    context.strokeStyle = palette.panel;
    context.stroke(path);
  }
  context.fillStyle = hollow ? palette.panel : tone;
  context.fill(path);
  if (hollow) {
    context.lineWidth = Math.max(size * 0.15, 1.1);
    context.strokeStyle = tone;
    context.stroke(path);
  }
  const drawn = size >= DOT && glyph ? glyphs.get(glyph) : undefined;
  if (!drawn) return;
  const inner = (shape === "square" ? 1 : 0.8) * (size / SIZE);
  context.scale(inner, inner);
  context.translate(-SIZE / 2, -SIZE / 2 + (shape === "triangle" ? 2 : 0));
  context.fillStyle = hollow ? tone : "#ffffff";
  context.fill(drawn, "evenodd");
}

/** The symbols of one palette at one resolution. */
export class Sprites {
  /** @param {Palette} palette @param {Map<string, Path2D>} glyphs @param {number} ratio device pixels per CSS pixel */
  constructor(palette, glyphs, ratio) {
    this.palette = palette;
    this.glyphs = glyphs;
    this.ratio = ratio;
    /** @type {Map<string, Sprite>} */
    this.made = new Map();
  }

  /** @param {Trait} trait @param {number} scale @returns {Sprite} */
  get(trait, scale) {
    const size = (trait.size ?? SIZE) * scale;
    const key = `${trait.shape} ${trait.colour} ${trait.glyph} ${trait.hollow} ${size}`;
    let sprite = this.made.get(key);
    if (!sprite) this.made.set(key, (sprite = this.make(trait, size)));
    return sprite;
  }

  /** @param {Trait} trait @param {number} size @returns {Sprite} */
  make(trait, size) {
    const side = Math.ceil((size * (trait.shape === "pin" ? 1.9 : 1.3) + 4) * this.ratio) / this.ratio;
    const picture = document.createElement("canvas");
    picture.width = picture.height = Math.round(side * this.ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
    context.setTransform(this.ratio, 0, 0, this.ratio, picture.width / 2, picture.height / 2);
    drawSymbol(context, trait, size, this.palette, this.glyphs);
    return { picture, side, foot: trait.shape === "pin" ? (size / 2) * 1.75 : 0 };
  }

  /** Stamps a symbol with its middle (a pin: its tip) at a place, on whole device pixels.
   * @param {CanvasRenderingContext2D} context @param {Trait} trait @param {number} x @param {number} y @param {number} scale */
  stamp(context, trait, x, y, scale) {
    const { picture, side, foot } = this.get(trait, scale);
    const snap = (/** @type {number} */ value) => Math.round(value * this.ratio) / this.ratio;
    context.drawImage(picture, snap(x - side / 2), snap(y - side / 2 - foot), side, side);
  }
}
