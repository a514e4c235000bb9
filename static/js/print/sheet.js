/** One page of paper: title, map in its frame, north, scale bar, legend, date, source, page n of m. */

import { make, makeSvg } from "../console/elements.js";
import { tellTime } from "../clock.js";
import { count, say } from "../words.js";
import { barFor, frameOf, HEAD, MARGIN, pageOf } from "./paper.js";

/** @typedef {{ number: number, of: number, title: string, subtitle: string, scale: number, paper: string, upright: boolean,
 *   picture: HTMLCanvasElement, legend: HTMLElement[], dataAt: string | null, sources: string, generated: boolean,
 *   marks: { x: number, y: number, width: number, height: number, text: string }[] }} Sheet
 *  `marks`: which pieces other sheets show, millimetres in the frame */

/** @param {Sheet} sheet */
export function drawSheet(sheet) {
  const page = pageOf(sheet.paper, sheet.upright);
  const frame = frameOf(sheet.paper, sheet.upright);
  const article = make("article", { class: `page ${sheet.paper} ${sheet.upright ? "upright" : "lying"}`, "aria-label": pageText(sheet) },
    make("header", {}, make("h2", {}, sheet.title), make("p", {}, sheet.subtitle), make("p", { class: "scale-text" }, say("print_scale", { scale: count(sheet.scale) }))),
    figure(sheet, frame),
    make("footer", {},
      make("div", { class: "legend-groups" }, ...sheet.legend),
      make("div", { class: "notes" }, bar(sheet.scale), make("p", {}, notes(sheet)), make("p", { class: "page-number" }, pageText(sheet)))));
  size(article, page.width, page.height);
  article.style.padding = `${MARGIN}mm`;
  size(/** @type {HTMLElement} */ (article.querySelector("header")), frame.width, HEAD);
  return article;
}

/** @param {Sheet} sheet @param {import("./paper.js").Size} frame */
function figure(sheet, frame) {
  const { picture, marks } = sheet;
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", say("map"));
  size(picture, frame.width, frame.height);
  const over = makeSvg("svg", { viewBox: `0 0 ${frame.width} ${frame.height}`, class: "over", "aria-hidden": "true" },
    ...marks.flatMap(({ x, y, width, height, text }) => {
      const label = makeSvg("text", { x: x + width / 2, y: y + height / 2 + 2, class: "piece-number", "text-anchor": "middle" });
      label.textContent = text;
      return [makeSvg("rect", { x, y, width, height, class: "piece" }), label];
    }), north(frame));
  const holder = make("div", { class: "frame", "data-frame": true }, picture, over);
  size(holder, frame.width, frame.height);
  return holder;
}

/** An arrow in the upper right corner: Web Mercator has north straight up everywhere. @param {import("./paper.js").Size} frame */
function north({ width }) {
  const letter = makeSvg("text", { x: width - 9, y: 7.5, class: "north-letter", "text-anchor": "middle" });
  letter.textContent = say("print_north");
  return makeSvg("g", { class: "north" },
    makeSvg("rect", { x: width - 15, y: 2.5, width: 12, height: 17, rx: 1, class: "north-ground" }), letter,
    makeSvg("path", { d: `M${width - 9} 9l3.2 9-3.2-2.2-3.2 2.200z`, class: "north-arrow" }));
}

/** Two parts, one dark and one light, and their figures. @param {number} scale */
function bar(scale) {
  const { metres, mm } = barFor(scale);
  const text = (/** @type {number} */ length) => (metres >= 1000 ? say("kilometres", { figure: count(length / 1000) }) : say("metres", { figure: count(length) }));
  const drawing = makeSvg("svg", { viewBox: `0 0 ${mm} 2.4`, class: "bar", "data-bar-metres": metres, "aria-hidden": "true" },
    makeSvg("rect", { x: 0, y: 0, width: mm, height: 2.4, class: "bar-ground" }),
    makeSvg("rect", { x: 0, y: 0, width: mm / 2, height: 2.4, class: "bar-ink" }));
  size(/** @type {any} */ (drawing), mm, 2.4);
  const figures = make("div", { class: "bar-figures" }, make("span", {}, "0"), make("span", {}, text(metres / 2)), make("span", {}, text(metres)));
  figures.style.width = `${mm}mm`;
  return make("div", { class: "bar-holder" }, drawing, figures);
}

/** @param {Sheet} sheet */
function notes({ dataAt, sources, generated }) {
  const day = (/** @type {string | Date} */ moment) => tellTime(moment, { year: "numeric", month: "2-digit", day: "2-digit" });
  return [
    dataAt ? say("data_at", { time: day(dataAt) }) : "", say("print_printed", { day: day(new Date()) }),
    sources ? say("source", { source: sources }) : "", say("print_projection"), generated ? say("generated") : "",
  ].filter(Boolean).join(" · ");
}

/** @param {Sheet} sheet */
function pageText({ number, of }) {
  return say("print_page", { number, of });
}

/** @param {HTMLElement} element @param {number} width @param {number} height millimetres */
function size(element, width, height) {
  element.style.width = `${width}mm`;
  element.style.height = `${height}mm`;
}
