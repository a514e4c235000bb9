import assert from "node:assert/strict";
import test from "node:test";
import { tellMoment, tellTime } from "../../static/js/clock.js";

const AT = "2026-11-22T19:23:00Z";
/** @param {string} [zone] @param {string} [lang] */
const page = (zone, lang = "zh-Hans") => ({ lang, dataset: { zone } });

test("the site's clock is told, whatever zone the browser has", () => {
  for (const zone of ["UTC", "America/New_York", "Asia/Shanghai"]) {
    process.env.TZ = zone;
    assert.equal(tellMoment(AT, page("Asia/Shanghai")), "2026/11/23 03:23");
    assert.equal(tellMoment(AT, page("UTC")), "2026/11/22 19:23");
  }
});

test("a day is that of the site, too", () => {
  const day = /** @type {const} */ ({ year: "numeric", month: "2-digit", day: "2-digit" });
  assert.equal(tellTime(AT, day, page("Asia/Shanghai")), "2026/11/23");
  assert.equal(tellTime(new Date(AT), day, page("America/New_York")), "2026/11/22");
});

test("midnight is 00:00", () => {
  assert.equal(tellMoment("2026-11-22T16:00:00Z", page("Asia/Shanghai")), "2026/11/23 00:00");
});

test("without a page it is told all the same", () => {
  assert.match(tellMoment(AT), /2026/);
});
