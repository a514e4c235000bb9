/** Taking what is selected along: a file in the format and coordinates that somebody needs, made by the server. */

import { getJson, postJson } from "../http.js";
import { say } from "../words.js";
import { make, need } from "./elements.js";
import { messageOf } from "./keeping.js";

/** @typedef {{ id: string, state: string, stateLabel: string, progress: number, message: string, result: any }} JobAnswer */

const OFTEN_MS = 700;
const ENDED = new Set(["succeeded", "failed", "cancelled"]);

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
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.begin();
    });
  }

  async begin() {
    const given = new FormData(this.form);
    const layers = this.selecting.found.filter(({ count }) => count > 0).map(({ key }) => key);
    if (!layers.length) return this.tell(say("nothing_inside"));
    const button = /** @type {HTMLButtonElement} */ (need("[type=submit]", this.form));
    button.disabled = true;
    this.say(say("export_begun"));
    try {
      const answer = await postJson(this.form.action, { layers, selection: this.selecting.selection, format: given.get("format"), crs: Number(given.get("crs")) });
      this.follow(answer);
    } catch (error) {
      this.say(messageOf(error));
    } finally {
      button.disabled = false;
    }
  }

  /** @param {any} answer where the file will lie, and the work that makes it */
  async follow(answer) {
    const job = /** @type {JobAnswer | undefined} */ (answer.job);
    if (!job || ENDED.has(job.state)) return this.finish(answer, job);
    const bar = make("progress", { max: 1, value: job.progress, "aria-label": say("export_begun") });
    const cancel = make("button", { type: "button", class: "chip" }, say("cancel"));
    cancel.addEventListener("click", () => postJson(`/jobs/${job.id}/cancel`).catch(() => {}));
    this.state.replaceChildren(bar, make("span", {}, job.message || job.stateLabel), cancel);
    window.setTimeout(async () => {
      const next = await getJson(`/jobs/${job.id}`).catch(() => job);
      this.follow({ ...answer, job: next });
    }, OFTEN_MS);
  }

  /** @param {any} answer @param {JobAnswer | undefined} job */
  finish(answer, job) {
    if (job && job.state !== "succeeded") return this.say(job.message || job.stateLabel);
    const link = make("a", { class: "button", href: answer.href, "data-export-link": true }, say("export_fetch"));
    this.state.replaceChildren(make("span", {}, say("export_done")), link);
  }

  /** @param {string} sentence */
  say(sentence) {
    this.state.replaceChildren(make("span", {}, sentence));
  }
}
