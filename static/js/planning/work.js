/** A drawing under way: the line of its score grows with every answer about the job. */

import { drawFalling } from "./falling.js";

const svg = document.querySelector("[data-falling]");
const figure = svg?.closest("figure");
const first = JSON.parse(document.getElementById("scores")?.textContent ?? "[]");

/** @param {import("./falling.js").Scored[]} scores */
function show(scores) {
  if (!(svg instanceof SVGSVGElement) || !figure) return;
  figure.hidden = scores.length < 2;
  drawFalling(svg, scores);
}

document.addEventListener("gridmap:job", (event) => {
  const scores = /** @type {CustomEvent} */ (event).detail.detail?.scores;
  if (scores) show(scores);
});
show(first);
