/** The API of editing: one thing at a time, with the version that was seen. */

import { getJson, leave } from "../http.js";

/** @typedef {{ type: string, coordinates: any }} Shape */
/** @typedef {{ id: number, type: "Feature", geometry: Shape, properties: Record<string, any> }} Feature */
/** @typedef {{ name: string, label: string, type: string, required: boolean, unit?: string, choices?: { value: string, label: string }[],
 *   min_value?: number, max_value?: number, max_length?: number }} Field */
/** @typedef {{ kind: string, title: string, types: string[], fields: Field[] }} Form */
/** @typedef {{ field: string, label: string, before: any, after: any }} Change */
/** @typedef {{ at: string, who: string, what: string, changes: Change[] }} Entry */

const ROOT = "/api/v1/equipment";

/** Why something was not written; `fields` names the fields, `current` is the thing as others left it (409). */
export class Refused extends Error {
  /** @param {number} status @param {any} error */
  constructor(status, error) {
    super(error?.message ?? "");
    this.status = status;
    /** @type {Record<string, string[]>} */
    this.fields = error?.fields ?? {};
    /** @type {Feature | null} */
    this.current = error?.current ?? null;
    /** @type {Entry[]} */
    this.history = error?.history ?? [];
  }
}

/** @param {string} kind @returns {Promise<Form>} */
export const askForm = (kind) => getJson(`${ROOT}/${kind}`);

/** @param {string} kind @param {number} id @returns {Promise<Feature>} */
export const askThing = (kind, id) => getJson(`${ROOT}/${kind}/${id}`);

/** @param {string} kind @param {object} body @returns {Promise<Feature>} */
export const makeThing = (kind, body) => send("POST", `${ROOT}/${kind}`, body);

/** @param {string} kind @param {Feature} thing @param {object} body @returns {Promise<Feature>} */
export const changeThing = (kind, thing, body) => send("PUT", `${ROOT}/${kind}/${thing.id}`, body, thing.properties.version);

/** @param {string} kind @param {Feature} thing @returns {Promise<Feature>} */
export const removeThing = (kind, thing) => send("DELETE", `${ROOT}/${kind}/${thing.id}`, undefined, thing.properties.version);

/** @param {string} kind @param {Feature} thing @returns {Promise<Feature>} */
export const restoreThing = (kind, thing) => send("POST", `${ROOT}/${kind}/${thing.id}/restore`, undefined, thing.properties.version);

/** @param {string} method @param {string} url @param {object} [body] @param {number} [version] */
async function send(method, url, body, version) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" };
  if (body) headers["Content-Type"] = "application/json";
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (response.status === 401) leave();
  const answer = response.headers.get("content-type")?.includes("json") ? await response.json() : null;
  if (!response.ok) throw new Refused(response.status, answer?.error);
  return answer;
}
