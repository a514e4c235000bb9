import assert from "node:assert/strict";
import test from "node:test";
import { figureOf, ordersOf, tellValue } from "../../../static/js/console/things.js";

/** @param {string} name @param {object} [more] */
const column = (name, more = {}) => ({ name, title: name, kind: "text", unit: "", choices: [], ...more });

test("a short menu offers every column both ways", () => {
  const orders = ordersOf([column("name"), column("hours", { sorts: false })]);
  assert.deepEqual(orders.map(({ value }) => value), ["name", "-name", "hours", "-hours"]);
  assert.deepEqual(orders.map(({ title }) => title).slice(0, 2), ["order_up", "order_down"]);
});

test("a long menu leaves out what nobody sorts by, but never the order that the list has", () => {
  const columns = [...["a", "b", "c", "d", "e", "f", "g"].map((name) => column(name)), column("hours", { sorts: false }), column("source", { sorts: false })];
  const values = (/** @type {string} */ order) => ordersOf(columns, order).map(({ value }) => value);
  assert.equal(values("").length, 14);
  assert.ok(!values("").includes("hours"));
  assert.ok(values("-hours").includes("-hours") && !values("-hours").includes("source"));
});

test("seven columns are the most of which all are offered", () => {
  const columns = (/** @type {number} */ figure) => Array.from({ length: figure }, (_none, number) => column(`c${number}`, { sorts: false }));
  assert.equal(ordersOf(columns(7)).length, 14);
  assert.equal(ordersOf(columns(8)).length, 0);
});

test("values are told in words", () => {
  assert.equal(tellValue(column("kind", { kind: "choice", choices: [{ value: "slab", label: "板楼" }] }), "slab"), "板楼");
  assert.equal(tellValue(column("lit", { kind: "flag" }), false), "no");
  assert.equal(figureOf({ id: "1", title: "x", subtitle: "", lon: null, lat: null, bbox: null, fields: { name: "x" } }, [column("name")], "name"), null);
});
