/** The grids of a draft as rows: worst first or by number, and pointing at each other with the map. */

import { count, say } from "../words.js";

/** @typedef {{ number: number, households: number, dedicated: boolean, outside: boolean, deviation: number }} Grid deviation: share of the target, 0 where nobody lives */

/**
 * Grids outside the band first, then by how far they are from the target; those without households last.
 * @param {Grid} a
 * @param {Grid} b
 */
export function worstFirst(a, b) {
  const weight = (/** @type {Grid} */ grid) => (grid.outside ? 2 : 0) + (grid.dedicated ? -1 : 0);
  const off = (/** @type {Grid} */ { deviation }) => Math.round(Math.abs(deviation) * 1e6);
  return weight(b) - weight(a) || off(b) - off(a) || a.number - b.number;
}

/**
 * A grid as its row tells it.
 * @param {HTMLElement} row
 * @param {number} target
 * @returns {Grid}
 */
export function readGrid({ dataset }, target) {
  const households = Number(dataset.households);
  const dedicated = dataset.kind === "dedicated";
  return { number: Number(dataset.number), households, dedicated, outside: "outside" in dataset, deviation: dedicated ? 0 : households / target - 1 };
}

/** A deviation with its sign, in whole per cents. @param {number} share */
export function signed(share) {
  const figure = Math.round(share * 100);
  const sign = figure > 0 ? "+" : figure < 0 ? "−" : "±";
  return `${sign}${say("share", { share: count(Math.abs(figure)) })}`;
}

export class Rows {
  /**
   * @param {HTMLTableSectionElement} body
   * @param {number} target
   * @param {{ point: (numbers: number[]) => void, choose: (number: number) => void }} listener
   */
  constructor(body, target, listener) {
    this.body = body;
    this.rows = new Map([.../** @type {NodeListOf<HTMLTableRowElement>} */ (body.querySelectorAll("[data-number]"))].map((row) => [Number(row.dataset.number), row]));
    this.reasons = new Map([.../** @type {NodeListOf<HTMLTableRowElement>} */ (body.querySelectorAll("[data-why]"))].map((row) => [Number(row.dataset.why), row]));
    this.grids = [...this.rows.values()].map((row) => readGrid(row, target));
    for (const { number, dedicated, deviation } of this.grids) {
      const cell = this.rows.get(number)?.querySelector("[data-deviation]");
      if (cell) cell.textContent = dedicated ? "—" : signed(deviation);
    }
    for (const [number, row] of [...this.rows, ...this.reasons]) {
      row.addEventListener("mouseenter", () => listener.point([number]));
      row.addEventListener("mouseleave", () => listener.point([]));
      row.addEventListener("focusin", () => listener.point([number]));
      row.addEventListener("focusout", () => listener.point([]));
      row.addEventListener("click", () => listener.choose(number));
    }
  }

  /** @param {string} order `worst` or `number` */
  sort(order) {
    const compare = order === "worst" ? worstFirst : (/** @type {Grid} */ a, /** @type {Grid} */ b) => a.number - b.number;
    const focused = document.activeElement;
    const inOrder = [...this.grids].sort(compare).flatMap(({ number }) => [this.rows.get(number), this.reasons.get(number)]);
    this.body.append(...inOrder.filter((row) => row !== undefined));
    if (focused instanceof HTMLElement && this.body.contains(focused)) focused.focus();
  }

  /** @param {number[]} numbers */
  point(numbers) {
    for (const [number, row] of [...this.rows, ...this.reasons]) row.classList.toggle("lit", numbers.includes(number));
  }

  /** @param {number[]} numbers */
  hold(numbers) {
    for (const [number, row] of [...this.rows, ...this.reasons]) {
      row.classList.toggle("chosen", numbers.includes(number));
      row.querySelector("button")?.setAttribute("aria-pressed", String(numbers.includes(number)));
    }
  }

  /** @param {number} number */
  reveal(number) {
    this.rows.get(number)?.scrollIntoView({ block: "nearest" });
  }
}
