import assert from "node:assert/strict";
import test from "node:test";
import { PLAIN, isStep, readAddress, readView, writeAddress } from "../../../static/js/console/address.js";

/** @param {string} url */
const read = (url) => {
  const { search, hash } = new URL(url, "http://site/");
  return readAddress(search, hash);
};

test("an address survives being written and read again", () => {
  const address = {
    choice: /** @type {const} */ ({ type: "grid", id: "990101001001012" }), tab: "layers", sort: "code", load: "over", area: "990101001001",
    layers: ["load", "grids"], view: { zoom: 17, lat: 30.2741, lon: 120.1551 },
  };
  assert.deepEqual(read(writeAddress(address)), address);
  assert.equal(writeAddress(address), "/?grid=990101001001012&tab=layers&sort=code&load=over&area=990101001001&layers=load,grids#map=17/30.2741000/120.1551000");
});

test("what is as usual does not stand in the address", () => {
  assert.equal(writeAddress(PLAIN), "/");
  assert.deepEqual(read("/"), PLAIN);
});

test("no layer at all is not the same as the usual layers", () => {
  assert.deepEqual(read("/?layers=").layers, []);
  assert.equal(read("/").layers, null);
});

test("nonsense counts as absent", () => {
  assert.deepEqual(read("/?grid=12&tab=xyz&sort=%00&load=all&area=<b>#map=99/400/abc"), PLAIN);
  assert.equal(read("/?building=12abc").choice, null);
  assert.equal(readView("#map=17/95/120"), null);
  assert.equal(readView("#map=2/30/120"), null);
});

test("links of cards and of other systems are understood", () => {
  assert.deepEqual(read("/?select=building:17").choice, { type: "building", id: "17" });
  assert.deepEqual(read("/?lat=30.5&lon=120.25&zoom=15").view, { lat: 30.5, lon: 120.25, zoom: 15 });
});

test("the place is exact to less than a metre at zoom 17 and shorter from far", () => {
  assert.match(writeAddress({ ...PLAIN, view: { zoom: 17, lat: 30, lon: 120 } }), /#map=17\/30\.\d{6,}\/120/);
  assert.match(writeAddress({ ...PLAIN, view: { zoom: 5, lat: 30, lon: 120 } }), /#map=5\/30\.\d{3}\/120\.\d{3}$/);
});

test("choosing is a step of history, panning and tabs are not", () => {
  const chosen = { ...PLAIN, choice: /** @type {const} */ ({ type: "building", id: "1" }) };
  assert.equal(isStep(PLAIN, chosen), true);
  assert.equal(isStep(chosen, { ...chosen, view: { zoom: 3, lat: 0, lon: 0 }, tab: "layers" }), false);
  assert.equal(isStep(chosen, PLAIN), true);
});
