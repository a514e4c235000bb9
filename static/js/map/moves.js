/** News about tile sets, gathered: many pages hear the same news at once and should not all ask at the same moment. Pure. */

/** @typedef {{ moved: Set<string>, missed: boolean }} Gathered the sets that moved; `missed`: what else has changed is not known */

/** News are answered once after this time, ms, and by chance so much later. */
const GATHER_MS = 1000;
const SPREAD_MS = 2000;

export class Moves {
  /**
   * @param {Record<string, string>} revisions those that the page draws by, kept up to date here
   * @param {(gathered: Gathered) => void} tell
   * @param {{ random?: () => number, later?: (deed: () => void, ms: number) => any }} [means]
   */
  constructor(revisions, tell, { random = Math.random, later = setTimeout } = {}) {
    this.revisions = revisions;
    this.tell = tell;
    this.random = random;
    this.later = (/** @type {() => void} */ deed, /** @type {number} */ ms) => later(deed, ms);
    this.waiting = false;
    /** @type {Gathered} */
    this.gathered = { moved: new Set(), missed: false };
  }

  /** @param {import("../stream.js").News} news */
  hear({ kind, reference, data }) {
    if (kind === "resync") this.gathered.missed = true;
    else if (kind === "layer" && data?.revision && data.revision !== this.revisions[reference]) {
      this.revisions[reference] = data.revision;
      this.gathered.moved.add(reference);
    } else return;
    if (this.waiting) return;
    this.waiting = true;
    this.later(() => {
      this.waiting = false;
      const gathered = this.take();
      if (gathered.missed || gathered.moved.size) this.tell(gathered);
    }, GATHER_MS + this.random() * SPREAD_MS);
  }

  /** What has been gathered and not been told yet; whoever takes it answers it. @returns {Gathered} */
  take() {
    const { gathered } = this;
    this.gathered = { moved: new Set(), missed: false };
    return gathered;
  }
}
