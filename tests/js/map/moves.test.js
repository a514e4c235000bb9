import assert from "node:assert/strict";
import test from "node:test";
import { Moves } from "../../../static/js/map/moves.js";

/** @param {string} reference @param {string} revision */
const layer = (reference, revision) => ({ kind: "layer", reference, area: "", data: { revision } });
const resync = { kind: "resync", reference: "", area: "", data: {} };

/** News of a page that draws by these revisions; nothing is told before `pass()`. @param {number} chance */
function listen(chance = 0.5) {
  const revisions = /** @type {Record<string, string>} */ ({ cases: "a.1", areas: "a.7-x" });
  /** @type {{ moved: string[], missed: boolean }[]} */ const told = [];
  /** @type {{ deed: () => void, ms: number }[]} */ const timers = [];
  const moves = new Moves(revisions, ({ moved, missed }) => told.push({ moved: [...moved], missed }), {
    random: () => chance, later: (deed, ms) => timers.push({ deed, ms }),
  });
  const pass = () => timers.splice(0).forEach(({ deed }) => deed());
  return { moves, revisions, told, timers, pass };
}

test("a burst is told once, and the revisions are those of the news", () => {
  const { moves, revisions, told, timers, pass } = listen();
  for (const revision of ["a.2", "a.3", "a.4"]) moves.hear(layer("cases", revision));
  assert.deepEqual(revisions, { cases: "a.4", areas: "a.7-x" });
  assert.equal(timers.length, 1);
  assert.deepEqual(told, []);
  pass();
  assert.deepEqual(told, [{ moved: ["cases"], missed: false }]);
});

test("pages answer between one and three seconds later, each at its own moment", () => {
  const waits = [0, 0.5, 0.999].map((chance) => {
    const { moves, timers } = listen(chance);
    moves.hear(layer("cases", "a.2"));
    return timers[0].ms;
  });
  assert.deepEqual(waits.map(Math.round), [1000, 2000, 2998]);
});

test("a revision that is drawn already is no news, as when the line comes back", () => {
  const { moves, told, timers, pass } = listen();
  moves.hear(layer("cases", "a.1"));
  moves.hear(layer("areas", "a.7-x"));
  moves.hear({ kind: "case", reference: "5", area: "99", data: { revision: "a.9" } });
  moves.hear({ kind: "layer", reference: "cases", area: "", data: {} });
  assert.equal(timers.length, 0);
  pass();
  assert.deepEqual(told, []);
});

test("after missed news everything is asked for, beside what moved", () => {
  const { moves, told, pass } = listen();
  moves.hear(resync);
  moves.hear(layer("areas", "a.8-x"));
  pass();
  assert.deepEqual(told, [{ moved: ["areas"], missed: true }]);
});

test("what somebody took is not told again, and later news are", () => {
  const { moves, told, pass } = listen();
  moves.hear(layer("cases", "a.2"));
  assert.deepEqual([...moves.take().moved], ["cases"]);
  pass();
  assert.deepEqual(told, []);
  moves.hear(layer("cases", "a.3"));
  pass();
  assert.deepEqual(told, [{ moved: ["cases"], missed: false }]);
});
