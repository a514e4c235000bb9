/** The card of what is chosen: facts, what to know, links. All words come translated from the server. */

import { count, say } from "../words.js";
import { loadBar } from "./bars.js";
import { make } from "./elements.js";

/** @typedef {{ label: string, value: string | number | null, unit: string, note: string }} Fact */
/** @typedef {{ label: string, href: string, verb: string, type: string, id: string }} CardLink */
/** @typedef {{ type: string, id: string, title: string, subtitle: string, place: { code: string, name: string, level: number }[], facts: Fact[],
 *   findings: string[], links: CardLink[], sections?: { title: string, facts: Fact[], links: CardLink[] }[], geometry: any, bbox: number[] | null, generated: boolean, source: string, sourceHref: string, peopleHref?: string }} Card */

/** Longer notes stand on a line of their own, so that they do not squeeze the figures. */
const SHORT_NOTE = 8;
/** A date or a figure is not broken; the name of something may be. */
const SHORT_VALUE = 16;
/** Cards whose first fact is no figure to be seen from afar. */
const PLAIN_TYPES = ["camera", "facility", "point"];

/**
 * @param {HTMLElement} panel
 * @param {Card} card
 * @param {import("../map/loads.js").Rules} rules
 * @param {{ type: string, id: string, title: string }[]} others what else lies at the clicked place
 */
export function drawCard(panel, card, rules, others) {
  const links = card.links.filter(({ verb }) => verb !== "select");
  const things = card.links.filter(({ verb }) => verb === "select");
  const elsewhere = others.filter((other) => !things.some(({ type, id }) => type === other.type && id === other.id));
  panel.replaceChildren(
    make("div", { class: "card-head" },
      make("div", {}, make("h2", {}, card.title), make("p", { class: "sub" }, card.subtitle)), closeButton()),
    facts(card, rules),
    ...card.findings.map((finding) => make("p", { class: "note act" }, finding)),
    links.length || isPlace(card) || card.type === "point" ? make("div", { class: "actions" }, ...links.map(linkOf), ...placeButtons(card), card.type === "point" && copyButton(card)) : "",
    ...(card.sections ?? []).map(section),
    things.length ? chips(things) : "",
    elsewhere.length ? make("div", {}, make("h3", { class: "muted" }, say("several_here")), chips(elsewhere.map((one) => ({ ...one, label: one.title })))) : "",
    make("footer", {}, make("span", {}, ...sourceOf(card)), card.generated && make("span", { class: "mark near" }, say("generated"))),
  );
  panel.hidden = false;
  panel.scrollTop = 0;
}

/** Puts the coordinates where the person can paste them from; says so on itself. @param {Card} card */
function copyButton({ facts: [coordinates] }) {
  const button = make("button", { type: "button", class: "button" }, say("copy_coordinates"));
  button.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(String(coordinates.value));
    button.textContent = say("copied");
  });
  return button;
}

/** What concerns the thing in one respect: a heading, facts, things to choose and lists to open. @param {{ title: string, facts: Fact[], links: CardLink[] }} part */
function section({ title, facts: told, links }) {
  const list = make("dl", { class: "facts" });
  for (const fact of told) list.append(...factRow(fact, fact.note, false));
  const things = links.filter(({ verb }) => verb === "select");
  const lists = links.filter(({ verb }) => verb !== "select");
  return make("section", { class: "card-part" }, make("h3", {}, title), list, things.length ? chips(things) : "",
    lists.length ? make("ul", { class: "card-lists" }, ...lists.map((link) => make("li", {}, make("a", { href: link.href, "data-open-address": link.href }, link.label)))) : "");
}

/** @param {Fact} fact @param {string} note @param {boolean} main @returns {HTMLElement[]} */
function factRow(fact, note, main) {
  const value = fact.value === null ? "—" : typeof fact.value === "number" ? count(fact.value) : fact.value;
  return [
    make("dt", {}, fact.label),
    make("dd", { class: [main && "main", String(value).length <= SHORT_VALUE && "short"].filter(Boolean).join(" ") }, value),
    make("dd", { class: "unit" }, fact.value !== null && fact.unit && fact.unit !== fact.label ? fact.unit : ""),
    make("dd", { class: note.length > SHORT_NOTE ? "note-line" : "note-cell" }, note),
  ];
}

/** While the card is on its way. @param {HTMLElement} panel */
export function drawWaiting(panel) {
  panel.replaceChildren(
    make("div", { class: "card-head" }, make("h2", {}, say("loading")), closeButton()),
    ...[1, 2, 3].map(() => make("div", { class: "skeleton" })));
  panel.hidden = false;
}

/** @param {HTMLElement} panel @param {string} sentence */
export function drawRefusal(panel, sentence) {
  panel.replaceChildren(make("div", { class: "card-head" }, make("p", {}, sentence), closeButton()));
  panel.hidden = false;
}

/** @param {Card} card @returns {(string | Node)[]} */
function sourceOf({ source, sourceHref, generated }) {
  if (!source || generated) return [];
  const [before, after] = say("source").split("{source}");
  return [before, sourceHref ? make("a", { href: sourceHref }, source) : source, after ?? ""];
}

function closeButton() {
  return make("button", { type: "button", class: "icon-button", "data-close-card": true, "aria-label": say("close") }, "×");
}

/** @param {Card} card @param {import("../map/loads.js").Rules} rules */
function facts(card, rules) {
  const list = make("dl", { class: "facts" });
  card.facts.forEach((fact, index) => {
    const main = index === 0 && !PLAIN_TYPES.includes(card.type);
    const note = fact.note || (main && card.type === "grid" ? say("target", { target: rules.target }) : "");
    list.append(...factRow(fact, note, main));
    if (main && card.type === "grid" && typeof fact.value === "number" && fact.value > 0) list.append(loadBar(fact.value, rules));
  });
  return list;
}

/** @param {CardLink} link */
function linkOf({ href, label, verb }) {
  return make("a", { class: verb === "draw" ? "button primary" : "button", href }, label);
}

/** @param {Card} card */
function isPlace({ type }) {
  return type === "region" || type === "grid";
}

/** What one does with a place as a whole: list its grids, narrow the map to it, select everything inside. @param {Card} card */
function placeButtons(card) {
  if (!isPlace(card)) return [];
  const button = (/** @type {string} */ deed, /** @type {string} */ words) => make("button", { type: "button", class: "button", [`data-${deed}`]: card.id }, say(words));
  return [card.type === "region" && button("list-area", "list_grids"), button("narrow-to", "only_here"), button("select-in", "select_inside")];
}

/** @param {{ type: string, id: string, label: string }[]} things */
function chips(things) {
  return make("div", { class: "children" },
    ...things.map(({ type, id, label }) => make("button", { type: "button", class: "chip", "data-choose-type": type, "data-choose-id": id }, label)));
}
