/** Editing what stands on the ground, beside the map: by dragging, and by figures and keys for everything that is dragged. */

import { make, need } from "../console/elements.js";
import { listenToKeys } from "../console/keys.js";
import { say } from "../words.js";
import { fieldOf, showReasons, valueOf } from "./fields.js";
import { withGeoman } from "./geoman.js";
import { Handles } from "./handles.js";
import { drawOutline, Outline } from "./outline.js";
import { askForm, askThing, changeThing, makeThing, Refused, removeThing, restoreThing } from "./requests.js";

/** @typedef {import("./requests.js").Feature} Feature */
/** @typedef {import("./requests.js").Form} Form */
/** @typedef {import("./requests.js").Shape} Shape */
/** @typedef {{ type: string, id: string }} Choice */
/** @typedef {{ ground: import("../map/ground.js").Ground, map: import("leaflet").Map, choose: (choice: any) => void, tell: (sentence: string) => void }} Desk the console, as far as editing knows it */

/** What the API calls a kind → the type of its card. */
const CARDS = /** @type {Record<string, string>} */ ({ cameras: "camera", lamps: "lamp", components: "component", facilities: "facility" });
const SIGHT = { bearing: "bearing_deg", angle: "angle_deg", range: "range_m" };
const NOTICE_MS = 10_000;
const PLACE_DIGITS = 7;

/** @param {Desk} desk */
export function setUpEditing(desk) {
  const editing = new Editing(desk);
  document.addEventListener("click", (event) => editing.clicked(event));
  need("#map").addEventListener("click", (event) => editing.clickedMap(event), true);
  listenToKeys({ n: () => editing.begin() });
  return editing;
}

export class Editing {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.panel = need("[data-equipment]");
    this.panel.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    /** @type {Feature | null} */ this.thing = null;
    /** @type {Form | null} */ this.form = null;
    /** @type {Shape | null} */ this.shape = null;
    /** @type {Handles | Outline | null} */ this.drawn = null;
    /** @type {((place: { lat: number, lon: number }) => void) | null} */ this.placing = null;
    this.drawing = false;
    /** Whether the server has yet to answer. */ this.saving = false;
  }

  get element() {
    return /** @type {HTMLFormElement} */ (need("form", this.panel));
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const link = event.target instanceof Element ? event.target.closest("a[href*='edit='], [data-add-thing]") : null;
    if (!link) return;
    event.preventDefault();
    if (link.matches("[data-add-thing]")) this.begin();
    else {
      const [kind, id] = (new URL(/** @type {HTMLAnchorElement} */ (link).href).searchParams.get("edit") ?? "").split(":");
      this.open(kind, Number(id)).catch((error) => this.desk.tell(error.message));
    }
  }

  /** While something is edited, a click on the map chooses nothing else; where a place is asked for, it is one. @param {MouseEvent} event */
  clickedMap(event) {
    if (this.panel.hidden || this.drawing) return;
    event.stopPropagation();
    if (!this.placing) return;
    const { lat, lng } = this.desk.map.mouseEventToLatLng(event);
    this.placing({ lat, lon: lng });
  }

  /** @param {string} kind @param {number} id */
  async open(kind, id) {
    const [form, thing] = await Promise.all([askForm(kind), askThing(kind, id)]);
    await withGeoman(this.desk.map);
    this.show(form, thing, thing.geometry);
  }

  /** A new thing: its kind first, then its place. */
  begin() {
    this.close();
    const kinds = Object.keys(CARDS).map((kind) => make("button", { type: "button", class: "button", "data-kind": kind }, say(`new_${kind}`)));
    this.panel.replaceChildren(head(say("new_thing"), () => this.close()), make("div", { class: "actions kinds" }, ...kinds));
    for (const button of kinds) button.addEventListener("click", () => this.askPlace(String(button.dataset.kind)));
    this.reveal();
    kinds[0].focus();
  }

  /** @param {string} kind */
  async askPlace(kind) {
    const form = await askForm(kind);
    const pm = await withGeoman(this.desk.map);
    const middle = make("button", { type: "button", class: "button primary" }, say("in_the_middle"));
    const lines = form.types.includes("LineString") ? ["LineString", "Polygon"].map((type) => make("button", { type: "button", class: "button", "data-type": type }, say(`draw_${type}`))) : [];
    this.panel.replaceChildren(head(say(`new_${kind}`), () => this.close()), make("p", { class: "muted" }, say("click_the_place")), make("div", { class: "actions" }, middle, ...lines));
    const put = (/** @type {{ lat: number, lon: number }} */ { lat, lon }) => this.show(form, null, { type: "Point", coordinates: [lon, lat] });
    this.placing = put;
    middle.addEventListener("click", () => {
      const { lat, lng } = this.desk.map.getCenter();
      put({ lat, lon: lng });
    });
    for (const button of lines) button.addEventListener("click", async () => {
      this.drawing = true;
      need("p", this.panel).textContent = say("draw_corners");
      for (const other of lines) other.setAttribute("aria-pressed", String(other === button));
      this.desk.map.getContainer().focus({ preventScroll: true });
      this.desk.map.once("pm:drawend", () => { this.drawing = false; });
      const shape = await drawOutline(this.desk.map, pm, /** @type {"LineString" | "Polygon"} */ (button.dataset.type));
      this.drawing = false;
      this.show(form, null, shape);
    });
    middle.focus();
  }

  /** @param {Form} form @param {Feature | null} thing null for a new one @param {Shape} shape */
  show(form, thing, shape) {
    this.release();
    Object.assign(this, { form, thing, shape, placing: null });
    const element = make("form", { class: "equipment-form", novalidate: true },
      ...(shape.type === "Point" ? [this.placeFields(shape)] : []),
      ...form.fields.filter(({ name }) => !thing || name !== "category").map((field) => fieldOf(field, thing?.properties[field.name])),
      make("div", { class: "conflict", hidden: true }),
      make("p", { class: "reason general", role: "alert" }),
      make("div", { class: "actions" }, make("button", { class: "button primary" }, say("save")),
        make("button", { type: "button", class: "button", "data-do": "cancel" }, say("cancel")),
        thing && make("button", { type: "button", class: "button quiet", "data-do": "remove" }, say("remove"))));
    this.panel.replaceChildren(head(thing ? say("edit_thing", { title: form.title }) : say(`new_${form.kind}`), () => this.close()), element);
    element.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    element.addEventListener("input", () => this.typed());
    element.querySelector("[data-do=cancel]")?.addEventListener("click", () => this.close());
    element.querySelector("[data-do=remove]")?.addEventListener("click", () => this.remove());
    this.drawOn(shape);
    this.reveal();
    element.querySelector("input")?.focus();
  }

  /** @param {Shape} shape */
  placeFields({ coordinates: [lon, lat] }) {
    const field = (/** @type {string} */ name, /** @type {number} */ value) => make("label", { class: "field", "data-field": name }, make("span", {}, say(name)),
      make("input", { type: "number", name, step: "0.000001", value: value.toFixed(PLACE_DIGITS), required: true }));
    return make("div", { class: "pair", "data-field": "geometry" }, field("longitude", lon), field("latitude", lat), make("span", { class: "reason", role: "alert" }));
  }

  /** @param {Shape} shape */
  drawOn(shape) {
    const colour = this.desk.ground.palette.camera ?? this.desk.ground.palette.grid;
    if (shape.type !== "Point") {
      this.drawn = new Outline(this.desk.map, shape, colour, (changed) => { this.shape = changed; });
      return;
    }
    this.drawn = new Handles(this.desk.map, this.typedStand(), colour, (stand) => this.dragged(stand));
  }

  /** What the figures of the form say. @returns {import("./handles.js").Stand} */
  typedStand() {
    const figure = (/** @type {string} */ name) => {
      const control = this.element.elements.namedItem(name);
      const text = control instanceof HTMLInputElement ? control.value : "";
      return text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
    };
    const sight = this.form?.kind === "cameras" ? { bearing: figure(SIGHT.bearing), angle: figure(SIGHT.angle), range: figure(SIGHT.range) } : null;
    return { place: { lat: figure("latitude") ?? 0, lon: figure("longitude") ?? 0 }, sight };
  }

  typed() {
    if (this.drawn instanceof Handles) this.drawn.put(this.typedStand());
  }

  /** @param {import("./handles.js").Stand} stand */
  dragged({ place, sight }) {
    this.write("longitude", place.lon.toFixed(PLACE_DIGITS));
    this.write("latitude", place.lat.toFixed(PLACE_DIGITS));
    if (!sight) return;
    this.write(SIGHT.bearing, sight.bearing);
    this.write(SIGHT.angle, sight.angle);
    this.write(SIGHT.range, sight.range);
  }

  /** @param {string} name @param {string | number | null} value */
  write(name, value) {
    const control = this.element.elements.namedItem(name);
    if (control instanceof HTMLInputElement && value !== null) control.value = String(value);
  }

  /** What the person has changed, and the values that were there. */
  changes() {
    const thing = this.thing;
    /** @type {{ properties: Record<string, any>, geometry?: Shape }} */ const now = { properties: {} };
    /** @type {{ properties: Record<string, any>, geometry?: Shape }} */ const before = { properties: {} };
    for (const field of /** @type {Form} */ (this.form).fields) {
      if (thing && field.name === "category") continue;
      const former = thing ? thing.properties[field.name] ?? (field.type === "text" ? "" : null) : undefined;
      const value = valueOf(this.element, field, former);
      if (thing ? JSON.stringify(value) === JSON.stringify(former) : value === null || value === "") continue;
      now.properties[field.name] = value;
      before.properties[field.name] = former;
    }
    const shape = this.shapeNow();
    if (!thing || JSON.stringify(shape) !== JSON.stringify(rounded(thing.geometry))) {
      now.geometry = shape;
      if (thing) before.geometry = thing.geometry;
    }
    return { now, before };
  }

  /** @returns {Shape} */
  shapeNow() {
    const shape = /** @type {Shape} */ (this.shape);
    if (shape.type !== "Point") return rounded(shape);
    const { lat, lon } = this.typedStand().place;
    return rounded({ type: "Point", coordinates: [lon, lat] });
  }

  async save() {
    const { thing, form } = this;
    if (!form || this.saving) return;
    this.occupy(true);
    try {
      const { now, before } = this.changes();
      if (thing && !Object.keys(now.properties).length && !now.geometry) {
        this.close();
        this.desk.tell(say("nothing_changed"));
        return;
      }
      const saved = thing ? await changeThing(form.kind, thing, now) : await makeThing(form.kind, now);
      this.close();
      this.offer(say("saved"), () => (thing ? changeThing(form.kind, saved, before) : removeThing(form.kind, saved)), form.kind, saved, Boolean(thing));
    } catch (error) {
      this.refused(error);
    } finally {
      this.occupy(false);
    }
  }

  /** Until the server has answered nothing is sent a second time. @param {boolean} saving */
  occupy(saving) {
    this.saving = saving;
    this.panel.setAttribute("aria-busy", String(saving));
  }

  async remove() {
    const { thing, form } = this;
    if (!thing || !form || this.saving) return;
    this.occupy(true);
    try {
      const gone = await removeThing(form.kind, thing);
      this.close();
      this.desk.choose(null);
      this.offer(say("removed"), () => restoreThing(form.kind, gone), form.kind, null, true);
    } catch (error) {
      this.refused(error);
    } finally {
      this.occupy(false);
    }
  }

  /** @param {unknown} error */
  refused(error) {
    const general = need(".general", this.panel);
    if (!(error instanceof Refused)) {
      general.replaceChildren(error instanceof Error ? error.message : say("failed"));
      this.showFirstReason();
      return;
    }
    const left = showReasons(this.element, error.fields);
    general.replaceChildren([...left, error.status === 400 && Object.keys(error.fields).length ? "" : error.message].filter(Boolean).join(" "));
    if (error.current) this.showConflict(error.current, error.history);
    this.showFirstReason();
  }

  /** What is wrong may stand below the edge of the panel. */
  showFirstReason() {
    const told = [...this.panel.querySelectorAll(".conflict:not([hidden]), .reason")].find((one) => one.textContent);
    told?.scrollIntoView({ block: "center" });
    const input = told?.closest(".field")?.querySelector("input, select, textarea");
    if (input instanceof HTMLElement) input.focus({ preventScroll: true });
  }

  /** Mine beside theirs, and what to do about it. @param {Feature} current @param {import("./requests.js").Entry[]} history */
  showConflict(current, history) {
    const { now } = this.changes();
    const labels = Object.fromEntries(/** @type {Form} */ (this.form).fields.map(({ name, label }) => [name, label]));
    const rows = Object.entries(now.properties).map(([name, mine]) => make("tr", {}, make("th", {}, labels[name]), make("td", {}, told(mine)), make("td", {}, told(current.properties[name]))));
    if (now.geometry) rows.push(make("tr", {}, make("th", {}, say("position")), make("td", {}, say("mine_moved")), make("td", {}, String(current.properties.position))));
    const place = need(".conflict", this.panel);
    const latest = history[0];
    place.replaceChildren(
      make("p", {}, latest ? say("changed_by", { who: latest.who, what: latest.changes.map(({ label, before, after }) => `${label}: ${told(before)} → ${told(after)}`).join("; ") }) : ""),
      make("table", {}, make("tr", {}, make("td", {}), make("th", {}, say("mine")), make("th", {}, say("theirs"))), ...rows),
      make("div", { class: "actions" }, make("button", { type: "button", class: "button primary", "data-do": "mine" }, say("keep_mine")), make("button", { type: "button", class: "button", "data-do": "theirs" }, say("take_theirs"))));
    place.hidden = false;
    place.querySelector("[data-do=mine]")?.addEventListener("click", () => { this.thing = { ...current, geometry: /** @type {Feature} */ (this.thing).geometry, properties: { .../** @type {Feature} */ (this.thing).properties, version: current.properties.version } }; this.save(); });
    place.querySelector("[data-do=theirs]")?.addEventListener("click", () => this.show(/** @type {Form} */ (this.form), current, current.geometry));
  }

  /**
   * Says that something is done and offers to undo it for a while.
   * @param {string} sentence @param {() => Promise<Feature>} undo @param {string} kind @param {Feature | null} chosen @param {boolean} stays whether undoing leaves it on the map
   */
  offer(sentence, undo, kind, chosen, stays) {
    const notice = need("[data-notice]");
    const button = make("button", { type: "button", class: "button", "data-undo": true }, say("undo"));
    notice.replaceChildren(make("span", {}, sentence), button);
    notice.hidden = false;
    clearTimeout(this.telling);
    this.telling = window.setTimeout(() => { notice.hidden = true; }, NOTICE_MS);
    this.refresh(kind, chosen);
    button.addEventListener("click", async () => {
      try {
        const back = await undo();
        this.refresh(kind, stays ? back : null);
        this.desk.tell(say("undone"));
      } catch (error) {
        this.desk.tell(error instanceof Error ? error.message : say("failed"));
      }
    });
  }

  /** @param {string} kind @param {Feature | null} thing */
  refresh(kind, thing) {
    this.desk.ground.reload().catch(() => {});
    this.desk.choose(thing ? { type: CARDS[kind], id: String(thing.id) } : null);
  }

  reveal() {
    this.panel.hidden = false;
    need("[data-card]").hidden = true;
  }

  release() {
    this.drawn?.remove();
    this.drawn = null;
    this.placing = null;
  }

  close() {
    this.release();
    /** @type {any} */ (this.desk.map).pm?.disableDraw();
    this.drawing = false;
    this.panel.hidden = true;
    this.panel.replaceChildren();
    const card = need("[data-card]");
    card.hidden = !card.childElementCount;
  }
}

/** @param {string} title @param {() => void} close */
function head(title, close) {
  const button = make("button", { type: "button", class: "icon-button", "aria-label": say("close") }, "×");
  button.addEventListener("click", close);
  return make("div", { class: "card-head" }, make("h2", {}, title), button);
}

/** @param {any} value */
function told(value) {
  return value === null || value === undefined || value === "" ? "—" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A shape to a centimetre, as the server keeps it. @param {Shape} shape @returns {Shape} */
function rounded({ type, coordinates }) {
  /** @param {any} one @returns {any} */
  const round = (one) => (Array.isArray(one) ? one.map(round) : Number(Number(one).toFixed(PLACE_DIGITS)));
  return { type, coordinates: round(coordinates) };
}
