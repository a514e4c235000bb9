/** Talking to the server: JSON in, JSON out, refusals as `Refusal` with the server's own sentence. */

export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
  }
}

let isLeaving = false;

/** The session has ended: ask for the page again, once, and be led to the sign-in page, which says why. */
export function leave() {
  if (isLeaving) return;
  isLeaving = true;
  location.reload();
}

/** @returns {string} */
function csrfToken() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field instanceof HTMLInputElement ? field.value : "";
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
async function read(response) {
  const isJson = response.headers.get("content-type")?.includes("json");
  const body = isJson ? await response.json() : null;
  if (response.status === 401) leave();
  if (response.redirected && !isJson) throw new Refusal(401, "signed_out", "");
  if (response.ok) return body;
  throw new Refusal(response.status, body?.error?.code ?? "", body?.error?.message ?? response.statusText);
}

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function getJson(url, signal) {
  return read(await fetch(url, { headers: { Accept: "application/json" }, signal }));
}

/**
 * Sends `body` as JSON, or a FormData as it is.
 * @param {string} url
 * @param {object | FormData} [body]
 * @returns {Promise<any>}
 */
export function postJson(url, body = {}) {
  return send("POST", url, body);
}

/** @param {string} url @param {object} body @returns {Promise<any>} */
export function putJson(url, body) {
  return send("PUT", url, body);
}

/** @param {string} url @returns {Promise<any>} */
export function deleteJson(url) {
  return send("DELETE", url, {});
}

/** @param {string} method @param {string} url @param {object | FormData} body */
async function send(method, url, body) {
  const isForm = body instanceof FormData;
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  if (!isForm) headers["Content-Type"] = "application/json";
  return read(await fetch(url, { method, headers, body: isForm ? body : JSON.stringify(body) }));
}
