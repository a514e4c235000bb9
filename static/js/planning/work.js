/** A drawing under way: the line of its score grows with every answer about the job. */

import { say } from "../words.js";
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

const PAUSE_MS = 3000;
let asked = 0;

/** How many communities are done; the list of them is the server's. @param {{ communities: number, drawn: number, refused: number }} detail @param {number} progress */
function tell({ communities, drawn, refused }, progress) {
  const message = document.querySelector("[data-job-message]");
  if (message) message.textContent = say("communities_done", { drawn, refused, communities });
  const share = Math.max(progress, (drawn + refused) / communities);
  const bar = document.querySelector("[data-job-bar]");
  if (bar instanceof HTMLProgressElement) bar.value = share;
  const figure = document.querySelector("[data-job-share]");
  if (figure) figure.textContent = say("share", { share: Math.round(share * 100) });
  if (Date.now() - asked > PAUSE_MS) refresh();
}

/** The page itself as a document: the browser reads it without running anything, and no text becomes markup here. */
function refresh() {
  asked = Date.now();
  const question = new XMLHttpRequest();
  question.responseType = "document";
  question.addEventListener("load", () => {
    const fresh = question.status === 200 ? question.responseXML?.querySelector("[data-communities]") : null;
    if (fresh) document.querySelector("[data-communities]")?.replaceChildren(...fresh.children);
  });
  question.open("GET", location.href); // where the server is away the next answer about the job asks again
  question.send();
}

document.addEventListener("gridmap:job", (event) => {
  const { detail, progress } = /** @type {CustomEvent} */ (event).detail;
  if (detail?.scores) show(detail.scores);
  if (detail?.communities) tell(detail, progress);
});
show(first);
