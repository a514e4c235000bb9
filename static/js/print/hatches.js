/** The five classes of load told without colour: lines fall where a grid has few households and rise where it has many, closer the further off. */

/** Class → direction, distance of lines in CSS pixels (a part of 512, so that tiles meet), whether they cross. @type {Record<string, { down: boolean, step: number, crossed: boolean } | null>} */
export const HATCHES = {
  "-2": { down: true, step: 8, crossed: false },
  "-1": { down: true, step: 16, crossed: false },
  0: null,
  1: { down: false, step: 10, crossed: false },
  2: { down: false, step: 8, crossed: true },
};
const INK = "#1f2428";

/**
 * Fills the path that the context has now.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {number} load -2 … 2
 * @param {{ width: number, height: number, ratio: number }} room device pixels that are covered, and those of a CSS pixel
 */
export function hatchPath(context, load, { width, height, ratio }) {
  const hatch = HATCHES[load];
  if (!hatch) return;
  const step = hatch.step * ratio;
  context.save();
  context.clip();
  context.beginPath();
  for (let offset = -height; offset < width; offset += step) {
    if (hatch.down || hatch.crossed) {
      context.moveTo(offset, 0);
      context.lineTo(offset + height, height);
    }
    if (!hatch.down || hatch.crossed) {
      context.moveTo(offset, height);
      context.lineTo(offset + height, 0);
    }
  }
  context.globalAlpha = 0.4;
  context.strokeStyle = INK;
  context.lineWidth = 0.6 * ratio;
  context.stroke();
  context.restore();
}
