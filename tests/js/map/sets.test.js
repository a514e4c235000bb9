import assert from "node:assert/strict";
import test from "node:test";
import { loadSets } from "../../../static/js/map/sets.js";

/** @typedef {Error | number | string | { redirected: string }} Answer an error, a status, the name of the one layer of a set, or a page elsewhere */

/** A set of one layer, named by its bytes. @type {import("../../../static/js/map/sets.js").Read} */
const read = (bytes) => new Map([[new TextDecoder().decode(bytes), { extent: 4096, features: [] }]]);
const never = new AbortController().signal;
let places = 0;

/**
 * Serves sets by their names; addresses are of a place that no other test has.
 * @param {Record<string, Answer>} answers
 */
function serve(answers) {
  places += 1;
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {{ signal: AbortSignal }} */ { signal }) => {
    signal.throwIfAborted();
    const name = url.slice(url.lastIndexOf("/") + 1);
    asked.push(name);
    return responseOf(answers[name]);
  });
  return { asked, urls: Object.keys(answers).map((name) => `https://tiles.example/${places}/${name}`) };
}

/** @param {Answer} answer */
function responseOf(answer) {
  if (answer instanceof Error) throw answer;
  if (typeof answer === "number") return new Response(null, { status: answer });
  if (typeof answer === "string") return new Response(answer);
  return Object.defineProperty(new Response(answer.redirected), "redirected", { value: true });
}

/** Why it failed. @param {Promise<any>} promise */
const fault = (promise) => promise.then(() => null, (/** @type {Error} */ error) => error);

for (const [what, answer, reason] of /** @type {[string, Answer, string][]} */ ([
  ["500", 500, "tile 500"], ["503", 503, "tile 503"], ["the network", new TypeError("no network"), "no network"],
])) {
  test(`a set that fails by ${what} leaves the others there, and it alone is asked for again`, async () => {
    /** @type {Record<string, Answer>} */
    const answers = { areas: "grid", things: "bench", cases: answer };
    const { asked, urls } = serve(answers);
    const { layers, trouble } = await loadSets(urls, never, read);
    assert.deepEqual([[...layers.keys()], trouble], [["grid", "bench"], reason]);
    asked.length = 0;
    answers.cases = "case";
    const again = await loadSets(urls, never, read);
    assert.deepEqual([[...again.layers.keys()], again.trouble, asked], [["grid", "bench", "case"], null, ["cases"]]);
  });
}

test("where no set came there is no tile: what was drawn stays", async () => {
  const { urls } = serve({ areas: 500, cases: new TypeError("no network") });
  assert.equal((await fault(loadSets(urls, never, read)))?.message, "tile 500");
});

test("a set that cannot be read fails by itself, too", async () => {
  const { urls } = serve({ areas: "grid", cases: "rubbish" });
  const { layers, trouble } = await loadSets(urls, never, (bytes) => {
    const set = read(bytes);
    if (set.has("rubbish")) throw new Error("not a tile");
    return set;
  });
  assert.deepEqual([[...layers.keys()], trouble], [["grid"], "not a tile"]);
});

test("an empty place is no trouble, and neither is a tile without sets", async () => {
  const { urls } = serve({ areas: 204, cases: 204 });
  for (const wanted of [urls, []]) assert.deepEqual(await loadSets(wanted, never, read), { layers: new Map(), trouble: null });
});

test("whoever is signed out sees nothing more, whatever the other sets answer", async () => {
  for (const cases of [401, { redirected: "<!doctype html>" }]) {
    const { urls } = serve({ areas: "grid", things: 500, cases });
    assert.equal((await fault(loadSets(urls, never, read)))?.message, "signed_out");
  }
});

test("what is called off is called off, also when a set has failed before", async () => {
  const abort = new AbortController();
  const { urls } = serve({ areas: "grid", cases: 500 });
  const loading = fault(loadSets(urls, abort.signal, read));
  abort.abort();
  assert.equal((await loading)?.name, "AbortError");
  assert.equal((await fault(loadSets(urls, abort.signal, read)))?.name, "AbortError");
});
