/** Rows of work under way move by themselves; when one ends the page is loaded again, so that the server shows the outcome. */

import { getJson } from "../http.js";

const PAUSE_MS = 2000;
const ENDED = new Set(["succeeded", "failed", "cancelled"]);

/** @param {HTMLElement} row */
async function follow(row) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (row.querySelector(`[data-part="${name}"]`));
  try {
    const job = await getJson(row.dataset.address ?? "");
    if (ENDED.has(job.state)) return window.location.reload();
    /** @type {HTMLProgressElement} */ (part("progress")).value = job.progress;
    part("message").textContent = job.message;
    part("state").textContent = job.stateLabel;
    part("state").className = `mark ${job.state}`;
  } catch {
    // the network or the server is away: the work goes on without us
  }
  window.setTimeout(() => follow(row), PAUSE_MS);
}

for (const row of document.querySelectorAll("[data-address]")) follow(/** @type {HTMLElement} */ (row));
