/** Suggestions under a field: places by words or down the tree, people by name. Without a script the field takes text. */

import { getJson } from "../http.js";

/** @typedef {{ value: string, kind: string, path: string, area?: string }} Row */

const WAIT_MS = 150;
const ADDRESSES = { places: "/staff/places.json", people: "/staff/people.json" };
let fields = 0;

class Suggestions {
  /** @param {HTMLInputElement} field */
  constructor(field) {
    this.field = field;
    this.isPlaces = field.dataset.suggest === "places";
    this.address = this.isPlaces ? ADDRESSES.places : ADDRESSES.people;
    this.list = document.createElement("ul");
    this.list.className = "suggestions";
    this.list.id = `suggestions-${++fields}`;
    this.list.role = "listbox";
    this.list.hidden = true;
    this.list.setAttribute("aria-label", field.labels?.[0]?.textContent ?? "");
    /** @type {Row[]} */
    this.rows = [];
    this.at = -1;
    this.asked = 0;
    this.timer = 0;
    const frame = document.createElement("span");
    frame.className = "suggesting";
    field.before(frame);
    frame.append(field, this.list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": this.list.id, "aria-autocomplete": "list" })) {
      field.setAttribute(name, value);
    }
    field.addEventListener("input", () => this.later());
    field.addEventListener("focus", () => field.value === "" && this.begin());
    field.addEventListener("blur", () => this.close());
    field.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("pointerdown", (event) => this.point(event));
  }

  later() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.begin(), WAIT_MS);
  }

  /** By words; without any, the top of the tree. */
  begin() {
    window.clearTimeout(this.timer);
    if (this.field.value.trim() !== "" || !this.isPlaces) this.look("q", this.field.value);
    else this.look("below", "");
  }

  /**
   * @param {string} how
   * @param {string} text
   */
  async look(how, text) {
    const turn = ++this.asked;
    try {
      const found = await getJson(`${this.address}?${how}=${encodeURIComponent(text)}`);
      if (turn === this.asked && document.activeElement === this.field) this.show(found.rows);
    } catch {
      this.close();
    }
  }

  /** @param {Row[]} rows */
  show(rows) {
    this.rows = rows;
    this.at = -1;
    this.list.replaceChildren(...rows.map((row, index) => this.line(row, index)));
    this.list.hidden = rows.length === 0;
    this.field.setAttribute("aria-expanded", String(rows.length > 0));
    this.field.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {Row} row
   * @param {number} index
   */
  line(row, index) {
    const line = document.createElement("li");
    line.role = "option";
    line.id = `${this.list.id}-${index}`;
    line.setAttribute("aria-selected", "false");
    const more = document.createElement("small");
    more.textContent = [row.kind, row.path].filter(Boolean).join(" · ");
    line.append(row.value, " ", more);
    if (this.isPlaces && row.area && row.area.length < 15) {
      const open = document.createElement("span");
      open.className = "open";
      open.textContent = "›";
      open.dataset.open = row.area;
      line.append(open);
    }
    return line;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.begin();
      else this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "ArrowRight" && this.at >= 0 && this.isPlaces) {
      event.preventDefault();
      this.look("below", this.rows[this.at].area ?? "");
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.take(this.at);
    }
  }

  /** @param {number} step */
  move(step) {
    this.at = (this.at + step + this.rows.length) % this.rows.length;
    [...this.list.children].forEach((line, index) => line.setAttribute("aria-selected", String(index === this.at)));
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
  }

  /** @param {Event} event */
  point(event) {
    event.preventDefault();
    if (!(event.target instanceof HTMLElement)) return;
    if (event.target.dataset.open) {
      this.look("below", event.target.dataset.open);
      return;
    }
    const line = event.target.closest("li");
    if (line) this.take([...this.list.children].indexOf(line));
  }

  /** @param {number} index */
  take(index) {
    this.field.value = this.rows[index].value;
    this.close();
  }

  close() {
    this.asked += 1;
    window.clearTimeout(this.timer);
    this.list.hidden = true;
    this.at = -1;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}

for (const field of document.querySelectorAll("input[data-suggest]")) {
  if (field instanceof HTMLInputElement) new Suggestions(field);
}
