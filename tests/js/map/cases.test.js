import assert from "node:assert/strict";
import test from "node:test";
import { caseTrait, caseUrgency, clusterLook, clusterRadius, isCluster, isWorthDrawing, timeRing } from "../../../static/js/map/cases.js";

const HOUR = 3600;
const NOW = 1_800_000_000;

test("a network is a colour and a shape, both its own", () => {
  const traits = ["social_work", "city_management", "governance"].map((k) => caseTrait({ k, s: "open" }));
  assert.deepEqual(traits.map(({ shape }) => shape), ["circle", "square", "triangle"]);
  assert.equal(new Set(traits.map(({ colour }) => colour)).size, 3);
  assert.equal(caseTrait({ k: "unheard of", s: "open" }).shape, "diamond");
});

test("open is filled, closed is a ring", () => {
  assert.deepEqual(["open", "accepted", "closed", "refused"].map((s) => caseTrait({ k: "governance", s }).hollow), [false, false, true, true]);
});

test("the ring of time empties from reported to due", () => {
  const ring = (/** @type {number} */ hours) => timeRing({ s: "open", r: NOW, d: NOW + 8 * HOUR }, NOW + hours * HOUR);
  assert.deepEqual([0, 4, 7, 8, 9].map((hours) => ring(hours)?.left), [1, 0.5, 0.125, 0, 0]);
  assert.deepEqual([0, 5.9, 6.1, 8].map((hours) => ring(hours)?.colour), ["info", "info", "near", "act"]);
});

test("what is urgent is red from the beginning; what is closed or has no limit has no ring", () => {
  assert.equal(timeRing({ s: "open", r: NOW, d: NOW + HOUR, u: true }, NOW)?.colour, "act");
  assert.deepEqual(timeRing({ s: "open", u: true }, NOW), { left: 0, colour: "act" });
  assert.equal(timeRing({ s: "closed", r: NOW, d: NOW + HOUR }, NOW), null);
  assert.equal(timeRing({ s: "open" }, NOW), null);
});

test("without the time of reporting three days count as the whole", () => {
  assert.equal(timeRing({ s: "open", d: NOW + 36 * HOUR }, NOW)?.left, 0.5);
});

test("what is most urgent lies on top", () => {
  const rows = [{ s: "closed" }, { s: "open" }, { s: "open", r: NOW, d: NOW + 9 * HOUR }, { s: "open", r: NOW - 9 * HOUR, d: NOW + HOUR }, { s: "open", u: true }];
  const urgencies = rows.map((row) => caseUrgency(row, NOW));
  assert.deepEqual(urgencies, [...urgencies].sort((a, b) => a - b));
  assert.equal(new Set(urgencies).size, 5);
});

test("several cases are a number in the colour of the worst of them", () => {
  assert.deepEqual(clusterLook({ n: 40, o: 12, l: 3, u: 1 }), { count: 12, colour: "act" });
  assert.deepEqual(clusterLook({ n: 40, o: 12, l: 3, u: 0 }), { count: 12, colour: "near" });
  assert.deepEqual(clusterLook({ n: 40, o: 12 }), { count: 12, colour: "info" });
  for (const o of [0, undefined]) assert.deepEqual(clusterLook({ n: 40, o }), { count: 40, colour: "stale" });
});

test("a person's networks and states narrow the number", () => {
  const bin = { n: 40, o: 12, u: 2, so: 5, sc: 10, co: 4, cc: 6 };
  const squares = { open: { social_work: "so", city_management: "co" }, closed: { social_work: "sc", city_management: "cc" }, rest: "governance" };
  const count = (/** @type {Record<string, string[]>} */ narrowing) => clusterLook(bin, narrowing, squares).count;
  assert.deepEqual([["social_work"], ["city_management"], ["governance"], ["social_work", "governance"]].map((k) => count({ k })), [5, 4, 3, 8]);
  assert.deepEqual(clusterLook(bin, { k: ["governance"], o: ["false"] }, squares), { count: 12, colour: "stale" });
  assert.equal(count({ o: ["false"] }), 28);
  assert.equal(count({ o: ["true", "false"] }), 12);
  assert.equal(count({ u: ["true"] }), 2);
  assert.equal(count({ k: ["unheard of"] }), 0);
});

test("a filter that a bin cannot answer leaves it as it is", () => {
  assert.equal(clusterLook({ n: 40, o: 12 }, { c: ["noise"] }).count, 12);
});

test("a bubble grows with its number, and not without end", () => {
  const radii = [1, 9, 120, 5000, 1e6].map((count) => clusterRadius({ count, colour: "info" }));
  assert.deepEqual(radii, [...radii].sort((a, b) => a - b));
  assert.ok(radii[0] >= 9 && radii[4] < 20);
  assert.ok(clusterRadius({ count: 5000, colour: "stale" }) < 5, "what is over is a dot");
});

test("one case is no cluster, even the first", () => {
  assert.equal(isCluster({ id: 0, k: "governance" }), false);
  assert.equal(isCluster({ n: 1 }), true);
});

test("what is over is drawn from close up, what is open from everywhere", () => {
  const at = (/** @type {Record<string, any>} */ properties) => [12, 15, 16, 16.75, 17, 18].map((zoom) => isWorthDrawing(properties, zoom));
  for (const s of ["closed", "refused"]) assert.deepEqual(at({ s }), [false, false, false, false, true, true]);
  for (const open of [{ s: "reported" }, { s: "handling", u: true }, { n: 40, o: 1 }]) assert.ok(at(open).every(Boolean));
  assert.deepEqual(at({ n: 40 }), [false, false, false, false, true, true]);
});

test("whoever asks for what is over sees it from afar", () => {
  for (const narrowing of /** @type {Record<string, string[]>[]} */ ([{ o: ["false"] }, { o: ["true", "false"] }, { s: ["closed"] }])) {
    for (const properties of [{ s: "closed" }, { n: 40 }]) assert.equal(isWorthDrawing(properties, 13, narrowing), true);
  }
  for (const narrowing of /** @type {Record<string, string[]>[]} */ ([{ o: ["true"] }, { s: ["handling"] }, { k: ["governance"] }])) assert.equal(isWorthDrawing({ s: "closed" }, 13, narrowing), false);
});
