/** The form of one thing: a field for each value, figures for everything that can be dragged, too. */

import { make } from "../console/elements.js";
import { say } from "../words.js";

/** @typedef {import("./requests.js").Field} Field */
/** @typedef {HTMLInputElement | HTMLSelectElement} Control */

const SPAN = /^([01]?\d|2[0-4]):([0-5]\d)\s*[-–~至]\s*([01]?\d|2[0-4]):([0-5]\d)$/;

/** @param {Field} field @param {any} value @returns {HTMLElement} */
export function fieldOf(field, value) {
  if (field.type === "hours") return hoursOf(field, value);
  const control = controlOf(field, value);
  const label = field.unit && !/[(（]/.test(field.label) ? `${field.label} (${field.unit})` : field.label;
  return make("label", { class: "field", "data-field": field.name }, make("span", {}, label), control, make("span", { class: "reason", role: "alert" }));
}

/** @param {Field} field @param {any} value @returns {Control} */
function controlOf(field, value) {
  const id = { name: field.name, required: field.required && field.type !== "flag" };
  if (field.type === "choice" || field.type === "flag") {
    const choices = field.type === "choice" ? field.choices ?? []
      : [{ value: "", label: "—" }, { value: "true", label: say("yes") }, { value: "false", label: say("no") }];
    const chosen = value === null || value === undefined ? "" : String(value);
    return make("select", id, ...choices.map((one) => make("option", { value: one.value, selected: one.value === chosen }, one.label)));
  }
  const figure = field.type === "number" || field.type === "integer";
  return make("input", {
    ...id, type: figure ? "number" : field.type === "day" ? "date" : "text", value: value ?? "", autocomplete: "off",
    step: field.type === "integer" ? "1" : figure ? "any" : null, min: field.min_value, max: field.max_value, maxlength: field.max_length,
  });
}

/** Seven lines, one for each day; special days stay as they are. @param {Field} field @param {any} value */
function hoursOf(field, value) {
  const days = say("days").split(" ");
  return make("fieldset", { class: "field hours", "data-field": field.name }, make("legend", {}, field.label),
    ...days.map((day, number) => make("label", {}, make("span", {}, day), make("input", {
      type: "text", name: `hours.${number}`, autocomplete: "off", placeholder: say("closed_day"),
      value: (value?.week?.[number] ?? []).map((/** @type {string[]} */ span) => span.join("-")).join(", "),
    }))), make("span", { class: "reason", role: "alert" }));
}

/**
 * The value of a field as the API takes it. Error with a sentence where it is none.
 * @param {HTMLFormElement} form @param {Field} field @param {any} former
 */
export function valueOf(form, field, former) {
  if (field.type === "hours") return weekOf(form, former);
  const control = form.elements.namedItem(field.name);
  const text = control instanceof HTMLInputElement || control instanceof HTMLSelectElement ? control.value.trim() : "";
  if (field.type === "flag") return text === "" ? null : text === "true";
  if (field.type === "number" || field.type === "integer") return text === "" ? null : Number(text);
  return field.type === "day" && !text ? null : text;
}

/** @param {HTMLFormElement} form @param {any} former */
function weekOf(form, former) {
  const week = Array.from({ length: 7 }, (_, day) => {
    const control = form.elements.namedItem(`hours.${day}`);
    const text = control instanceof HTMLInputElement ? control.value.trim() : "";
    return text ? text.split(/[,，、]/).map((span) => spanOf(span.trim())) : [];
  });
  const empty = week.every((spans) => !spans.length) && !Object.keys(former?.days ?? {}).length;
  return empty ? null : { week, ...(former?.days ? { days: former.days } : {}) };
}

/** @param {string} text */
function spanOf(text) {
  const found = SPAN.exec(text);
  if (!found) throw new Error(say("span_wrong", { text }));
  return [`${found[1].padStart(2, "0")}:${found[2]}`, `${found[3].padStart(2, "0")}:${found[4]}`];
}

/** Puts the reasons beside their fields; what belongs to no field is returned. @param {HTMLElement} form @param {Record<string, string[]>} reasons */
export function showReasons(form, reasons) {
  for (const place of form.querySelectorAll(".reason")) place.replaceChildren();
  const left = [];
  for (const [name, sentences] of Object.entries(reasons)) {
    const place = form.querySelector(`[data-field="${CSS.escape(name)}"] .reason`);
    if (place) place.append(sentences.join(" "));
    else left.push(...[sentences].flat().map(String));
  }
  return left;
}
