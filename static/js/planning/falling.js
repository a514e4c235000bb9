/** The score of a drawing under way: it falls as the search finds better ones. */

import { makeSvg } from "../console/elements.js";
import { count, say } from "../words.js";

/** @typedef {[number, number]} Scored share of the work done (0 to 1), score of the best so far (smaller is better) */

const SIZE = { width: 760, height: 150, left: 4, right: 4, top: 22, bottom: 12 };
/** The first tries are far off and would flatten all that follows: the line enters from above. */
const SHOWN = 0.7;

/**
 * The line in units of the drawing, from the least score at the foot to the worst that is shown at the top.
 * @param {Scored[]} scores
 * @param {number} [width]
 * @returns {[number, number][]}
 */
export function lineOf(scores, width = SIZE.width) {
  const values = scores.map(([, score]) => score);
  const least = Math.min(...values);
  const sorted = [...values].sort((a, b) => a - b);
  const most = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * SHOWN))];
  const room = SIZE.height - SIZE.top - SIZE.bottom;
  return scores.map(([share, score]) => {
    const height = most > least ? Math.min((score - least) / (most - least), 1) : 0.5;
    return [SIZE.left + share * (width - SIZE.left - SIZE.right), SIZE.height - SIZE.bottom - height * room * 0.92 - 4];
  });
}

/**
 * @param {SVGSVGElement} svg
 * @param {Scored[]} scores
 */
export function drawFalling(svg, scores) {
  const width = svg.clientWidth || SIZE.width;
  svg.setAttribute("viewBox", `0 0 ${width} ${SIZE.height}`);
  if (!scores.length) return svg.replaceChildren();
  const points = lineOf(scores, width);
  const path = `M${points.map((point) => point.map((figure) => figure.toFixed(1)).join(" ")).join("L")}`;
  const [x, y] = points[points.length - 1];
  const foot = SIZE.height - SIZE.bottom;
  const label = makeSvg("text", { x: Math.max(x, 60), y: Math.max(y - 9, 12), class: x > width / 2 ? "end" : "" });
  label.textContent = say("score", { score: count(Number(scores[scores.length - 1][1].toPrecision(4))) });
  svg.replaceChildren(
    makeSvg("path", { d: `${path}L${x.toFixed(1)} ${foot}L${points[0][0].toFixed(1)} ${foot}Z`, class: "under" }),
    makeSvg("path", { d: path, class: "line" }),
    makeSvg("path", { d: `M${SIZE.left} ${foot}H${width - SIZE.right}`, class: "axis" }),
    makeSvg("circle", { cx: x, cy: y, r: 4, class: "head" }), label,
  );
}
