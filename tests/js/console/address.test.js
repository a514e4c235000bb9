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
    ...PLAIN, choice: { type: "grid", id: "990101001001012" }, tab: "layers", sort: "code", load: "over", area: "990101001001",
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

test("lists, filters, opacity, a selection and colours survive, too", () => {
  const address = {
    ...PLAIN, tab: "selection", list: "cameras", order: "-height_m", words: "东门 甲", near: true, fade: { cameras: 40, load: 0 },
    filters: { cameras: { status: ["broken", "unknown"], night: ["1"] }, grids: { kind: ["micro"] } },
    outline: /** @type {const} */ ({ kind: "circle", centre: [120.151, 30.274], radius: 250 }), of: ["cameras", "lamps"], theme: "dark", base: "imagery",
    view: { zoom: 16.25, lat: 30.274, lon: 120.151 },
  };
  const written = writeAddress(/** @type {any} */ (address));
  assert.deepEqual(read(written), address);
  assert.ok(written.includes("cameras.status=broken,unknown"), written);
  assert.ok(written.includes("within=c120.151000,30.274000,250"), written);
});

test("things without a name of their own in the address stand as sel", () => {
  assert.equal(writeAddress({ ...PLAIN, choice: { type: "case", id: "17" } }), "/?sel=case:17");
  assert.deepEqual(read("/?sel=case:17").choice, { type: "case", id: "17" });
  assert.equal(read("/?sel=case:17;drop").choice, null);
  assert.equal(read("/?sel=<b>:17").choice, null);
});

test("FixMyStreet's filter of categories is that of cases", () => {
  assert.deepEqual(read("/?filter_category=lamp,road").filters, { cases: { category: ["lamp", "road"] } });
});

test("filters, opacity and outlines that mean nothing count as absent", () => {
  const { filters, fade, outline, area, base, list } = read("/?Cameras.status=x&cameras.status=&fade=cameras:101,a:5x&within=rabc&area=99&base=a/b&list=..");
  assert.deepEqual({ filters, fade, outline, area, base, list }, { filters: {}, fade: {}, outline: null, area: "", base: null, list: "" });
});

test("a grid can be the area, and a selection is a step of history", () => {
  assert.equal(read("/?area=990101001001012").area, "990101001001012");
  assert.equal(isStep(PLAIN, { ...PLAIN, outline: { kind: "place", code: "990101001001" } }), true);
  assert.equal(isStep(PLAIN, { ...PLAIN, filters: { cameras: { status: ["broken"] } } }), false);
});
