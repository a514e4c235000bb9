/** Taking what is selected along: a file in the format and coordinates that somebody needs, made by the server. */

import { getJson, postJson } from "../http.js";
import { count, say } from "../words.js";
import { make, need } from "./elements.js";
import { messageOf } from "./keeping.js";

/** @typedef {{ id: string, title: string, state: "waiting" | "ready" | string, rows: number | null, job: string | null, file: string | null, page: string }} ExportAnswer */

const OFTEN_MS = 700;
const ONLY_DEGREES = ["geojson", "kml"];
const DEGREES = "4326";

export class Exports {
  /**
   * @param {import("./selecting.js").Selecting} selecting
   * @param {(sentence: string) => void} tell
   */
  constructor(selecting, tell) {
    this.selecting = selecting;
    this.tell = tell;
    this.form = /** @type {HTMLFormElement} */ (need("[data-export]"));
    this.state = need("[data-export-state]");
    /** What the file that is being made leaves out, in words. */ this.left = "";
    this.form.addEventListener("change", () => this.fit());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.begin();
    });
  }

  /** Some formats know one coordinate system alone. */
  fit() {
    const format = /** @type {HTMLSelectElement} */ (need("[name=format]", this.form)).value;
    const crs = /** @type {HTMLSelectElement} */ (need("[name=crs]", this.form));
    const bound = ONLY_DEGREES.includes(format);
    for (const option of crs.options) option.disabled = bound && option.value !== DEGREES;
    if (bound) crs.value = DEGREES;
  }

  async begin() {
    const given = new FormData(this.form);
    const question = this.selecting.question();
    if (!question.layers.length) return this.say(say("nothing_to_export"));
    this.left = this.selecting.tellLeftOut();
    const button = /** @type {HTMLButtonElement} */ (need("[type=submit]", this.form));
    button.disabled = true;
    this.say(say("export_begun"));
    try {
      await this.follow(await postJson(this.form.action, { ...question, format: given.get("format"), crs: Number(given.get("crs")) }));
    } catch (error) {
      this.say(messageOf(error));
    } finally {
      button.disabled = false;
    }
  }

  /** Until the file is there: small ones are at once, others are made by a job that can be stopped. @param {ExportAnswer} answer */
  async follow(answer) {
    const bar = make("progress", { max: 1, value: 0, "aria-label": say("export_begun") });
    const words = make("span", {});
    const cancel = make("button", { type: "button", class: "chip", "data-export-cancel": true }, say("cancel"));
    let job = answer.job;
    cancel.addEventListener("click", () => job && postJson(`${job}/cancel`).catch(() => {}));
    if (job) this.state.replaceChildren(bar, words, cancel);
    while (job) {
      await new Promise((resolve) => setTimeout(resolve, OFTEN_MS));
      const { progress, message, stateLabel } = await getJson(job);
      bar.value = progress;
      words.textContent = message || stateLabel;
      answer = await getJson(`${this.form.action}${answer.id}`);
      job = answer.job;
    }
    this.finish(answer);
  }

  /** @param {ExportAnswer} answer */
  finish({ file, page, rows }) {
    if (!file) return this.state.replaceChildren(make("span", {}, say("export_not_made")), make("a", { href: page }, say("export_files")));
    this.state.replaceChildren(
      make("span", {}, say("export_done", { count: count(rows ?? 0) })), make("a", { class: "button", href: file, "data-export-link": true }, say("export_fetch")),
      make("a", { href: page }, say("export_files")), this.left && make("span", { class: "export-left" }, this.left));
  }

  /** @param {string} sentence */
  say(sentence) {
    this.state.replaceChildren(make("span", {}, sentence));
  }
}
