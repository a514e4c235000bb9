/**
 * The progress bar of long work: asks the server how far it is until it has ended, then tells the page.
 *
 * A bubbling `gridmap:job` event carries every answer; when work that was under way ends, the page is loaded again so
 * that the server shows what came of it.
 */

import { getJson, postJson } from "../http.js";

const OFTEN_MS = 700;
const PATIENT_MS = 5000;
const ENDED = new Set(["succeeded", "failed", "cancelled"]);

/** @typedef {{ id: string, state: string, stateLabel: string, progress: number, message: string, result: any, cancellable: boolean,
 *   stoppable?: boolean, detail?: any }} JobAnswer detail: what this kind of work tells of itself on the way */

/** @param {HTMLElement} section */
export function watch(section) {
  const url = section.dataset.job ?? "";
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (section.querySelector(`[data-job-${name}]`));
  const bar = /** @type {HTMLProgressElement} */ (part("bar"));

  /** @param {JobAnswer} job */
  const show = (job) => {
    bar.value = job.progress;
    bar.className = job.state === "succeeded" ? "done" : job.state === "failed" ? "failed" : "";
    part("message").textContent = job.message || job.stateLabel;
    part("state").textContent = job.stateLabel;
    part("state").className = `mark ${job.state}`;
    part("share").textContent = `${Math.round(job.progress * 100)} %`;
    section.dispatchEvent(new CustomEvent("gridmap:job", { bubbles: true, detail: job }));
  };

  const ask = async () => {
    try {
      const job = /** @type {JobAnswer} */ (await getJson(url));
      show(job);
      if (ENDED.has(job.state)) window.location.reload();
      else window.setTimeout(ask, OFTEN_MS);
    } catch {
      window.setTimeout(ask, PATIENT_MS); // the network or the server is away: the work goes on without us
    }
  };

  for (const wish of ["stop", "cancel"]) {
    const button = /** @type {HTMLButtonElement | null} */ (section.querySelector(`[data-job-${wish}]`));
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      button.disabled = true;
      postJson(section.dataset[wish] ?? "").catch(() => (button.disabled = false));
    });
  }
  if (!ENDED.has(section.dataset.state ?? "")) ask();
}

for (const section of document.querySelectorAll("[data-job]")) watch(/** @type {HTMLElement} */ (section));
