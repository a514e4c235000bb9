/** Saved views: keep what is seen under a name, open it again, share it, make it the first; and links to what is seen. */

import { deleteJson, getJson, postJson, putJson } from "../http.js";
import { say } from "../words.js";
import { make, need } from "./elements.js";
import { keepingFocus } from "./filters.js";
import { copyText } from "./measuring.js";

/** @typedef {{ id: string, name: string, address: string, shared: boolean, first: boolean, mine: boolean, owner: string, changed: string }} SavedView */

const VIEWS = "/api/v1/views";
/** Chat programs and paper cut longer addresses; they are given under a short key. */
const LONGEST_LINK = 600;

/**
 * The view that the page was opened with, as the server handed it over. An address that says where the map is says all: nobody's first
 * view is laid over it.
 * @param {{ search: string, hash: string }} address @returns {Partial<SavedView> & { missing?: boolean }}
 */
export function openingView({ search, hash }) {
  return !search && hash ? {} : JSON.parse(document.getElementById("opening-view")?.textContent || "{}");
}

/** Query and hash of a saved address or of a link within the console, as `location` has them. @param {string} address */
export function partsOf(address) {
  const [query, hash] = addressOf(address).split("#");
  return { search: query ? `?${query}` : "", hash: hash ? `#${hash}` : "" };
}

export class Views {
  /**
   * @param {() => string} present what the address bar would hold, `/?…#…`
   * @param {(address: string) => void} open
   * @param {(sentence: string) => void} tell
   */
  constructor(present, open, tell) {
    this.present = present;
    this.open = open;
    this.tell = tell;
    this.menu = /** @type {HTMLDetailsElement} */ (need("[data-views]"));
    this.list = need("[data-views-list]");
    /** @type {SavedView[]} */ this.views = [];
    this.menu.addEventListener("toggle", () => this.menu.open && this.load());
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("submit", (event) => this.renamed(event));
    need("[data-views-form]").addEventListener("submit", (event) => this.save(event));
    need("[data-views-copy]").addEventListener("click", () => this.copy());
  }

  async load() {
    try {
      this.views = (await getJson(VIEWS)).rows;
      this.draw();
    } catch (error) {
      this.list.replaceChildren(make("li", { class: "empty" }, messageOf(error)));
    }
  }

  draw() {
    const items = this.views.map((view) => this.row(view));
    if (!items.length) items.push(make("li", { class: "empty" }, say("no_views")));
    keepingFocus(this.list, () => this.list.replaceChildren(...items));
  }

  /** @param {SavedView} view */
  row({ id, name, first, shared, mine, owner }) {
    const act = (/** @type {string} */ deed, /** @type {string} */ label, pressed = /** @type {boolean | null} */ (null)) =>
      make("button", { type: "button", class: "chip", "data-view-do": deed, "data-view-id": id, "aria-pressed": pressed === null ? null : String(pressed), "aria-label": `${label}: ${name}` }, label);
    return make("li", { class: "saved-view" },
      make("button", { type: "button", class: "saved-name", "data-view-do": "open", "data-view-id": id }, make("b", {}, name), make("small", { class: "muted" }, mine ? "" : owner)),
      make("div", { class: "chips" },
        act("copy", say("copy_link")),
        mine && act("first", say("first_view"), first),
        mine && act("share", say("share_view"), shared),
        mine && act("replace", say("replace_view")),
        mine && act("rename", say("rename_view")),
        mine && act("delete", say("delete_view"))));
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const view = this.views.find(({ id }) => id === button?.dataset.viewId);
    if (!button || !view) return;
    const deeds = /** @type {Record<string, () => any>} */ ({
      open: () => { this.menu.open = false; this.open(view.address); },
      copy: () => this.give(`/?view=${view.id}`),
      first: () => this.change(view, { first: !view.first }),
      share: () => this.change(view, { shared: !view.shared }),
      replace: () => this.change(view, { address: addressOf(this.present()) }),
      rename: () => this.rename(view, button),
      delete: () => this.remove(view, button),
    });
    deeds[String(button.dataset.viewDo)]?.();
  }

  /** @param {SavedView} view @param {Partial<SavedView>} changes */
  async change(view, changes) {
    try {
      await putJson(`${VIEWS}/${view.id}`, changes);
      this.tell(say("view_saved", { name: changes.name ?? view.name }));
      await this.load();
    } catch (error) {
      this.tell(messageOf(error));
    }
  }

  /** Asks once more in the button itself. @param {SavedView} view @param {HTMLElement} button */
  async remove(view, button) {
    if (!button.hasAttribute("data-sure")) {
      button.setAttribute("data-sure", "");
      button.textContent = say("delete_sure");
      return;
    }
    try {
      await deleteJson(`${VIEWS}/${view.id}`);
      await this.load();
      need("[data-views-form] input").focus();
    } catch (error) {
      this.tell(messageOf(error));
    }
  }

  /** @param {SavedView} view @param {HTMLElement} button */
  rename(view, button) {
    const input = make("input", { type: "text", name: "name", value: view.name, maxlength: 80, required: true, "aria-label": say("rename_view") });
    const form = make("form", { class: "inline", "data-view-id": view.id }, input, make("button", { class: "button" }, say("save")));
    button.closest("li")?.replaceChildren(form);
    input.select();
  }

  /** @param {SubmitEvent} event */
  renamed(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const view = this.views.find(({ id }) => id === form.dataset.viewId);
    if (view) this.change(view, { name: String(new FormData(form).get("name")).trim() });
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const given = new FormData(form);
    try {
      await postJson(VIEWS, { name: String(given.get("name")).trim(), shared: given.has("shared"), address: addressOf(this.present()) });
      form.reset();
      await this.load();
    } catch (error) {
      this.tell(messageOf(error));
    }
  }

  /** A link to what is seen now, short where the address is long. */
  async copy() {
    const address = this.present();
    try {
      const link = address.length <= LONGEST_LINK ? address : `/?view=${(await postJson(VIEWS, { address: addressOf(address) })).id}`;
      await this.give(link);
    } catch (error) {
      this.tell(messageOf(error));
    }
  }

  /** @param {string} path */
  async give(path) {
    const link = new URL(path, location.href).href;
    await copyText(link).then(() => this.tell(say("copied")), () => this.tell(link));
  }
}

/** What is kept of `/?query#hash`. @param {string} written */
function addressOf(written) {
  return written.replace(/^\/\??/, "");
}

/** @param {unknown} error */
export function messageOf(error) {
  return (error instanceof Error && error.message) || say("failed");
}
