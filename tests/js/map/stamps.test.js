import assert from "node:assert/strict";
import test from "node:test";
import { cut, partsOf, press } from "../../../static/js/map/stamps.js";

const WHITE = { red: 255, green: 255, blue: 255 };
const die = (/** @type {Partial<import("../../../static/js/map/stamps.js").Die>} */ values = {}) => ({ shape: "circle", red: 200, green: 30, blue: 10, size: 10, ...values });

/** @param {Uint32Array} picture @param {number} at */
const rgba = (picture, at) => [picture[at] & 255, (picture[at] >>> 8) & 255, (picture[at] >>> 16) & 255, picture[at] >>> 24];

test("the middle has the colour, the rim is white, the corner is empty", () => {
  const picture = new Uint32Array(31 * 31);
  press(picture, 31, 31, cut(die(), WHITE), 15, 15);
  assert.deepEqual(rgba(picture, 15 * 31 + 15), [200, 30, 10, 255]);
  const rim = rgba(picture, 15 * 31 + 15 + 5);
  assert.ok(rim[1] > 120 && rim[3] > 200, String(rim));
  assert.equal(picture[0], 0);
});

test("a ring is empty of its colour inside", () => {
  const picture = new Uint32Array(31 * 31);
  press(picture, 31, 31, cut(die({ hollow: true, size: 14 }), WHITE), 15, 15);
  assert.deepEqual(rgba(picture, 15 * 31 + 15), [255, 255, 255, 255]);
  assert.ok(rgba(picture, 15 * 31 + 15 + 6)[1] < 120);
});

test("shapes differ, and each fills about its own area", () => {
  const solid = (/** @type {string} */ shape) => cut(die({ shape, size: 20 }), WHITE).solid.length / 2;
  const [circle, square, diamond, triangle] = ["circle", "square", "diamond", "triangle"].map(solid);
  assert.ok(square > circle && circle > triangle && diamond > triangle, String([circle, square, diamond, triangle]));
});

test("a stamp at or beyond the edge changes nothing outside of the picture, and inside what it would in the open", () => {
  const stamp = cut(die(), WHITE);
  const [width, height] = [20, 16];
  for (const [x, y] of [[0, 0], [19, 15], [-3, 8], [22, 8], [10, -4], [10, 19], [-40, -40], [400, 8]]) {
    const picture = new Uint32Array(width * height);
    press(picture, width, height, stamp, x, y);
    const open = new Uint32Array(100 * 100);
    if (Math.abs(x) < 40 && Math.abs(y) < 40) press(open, 100, 100, stamp, x + 40, y + 40);
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) assert.equal(picture[row * width + column], open[(row + 40) * 100 + column + 40], `${x},${y} at ${column},${row}`);
    }
  }
});

test("one stamp serves pictures of several widths", () => {
  const stamp = cut(die(), WHITE);
  for (const width of [40, 64, 40]) {
    const picture = new Uint32Array(width * 40);
    press(picture, width, 40, stamp, 20, 20);
    assert.deepEqual(rgba(picture, 20 * width + 20), [200, 30, 10, 255]);
  }
});

test("a soft edge over something lets it through and stays opaque", () => {
  const picture = new Uint32Array(31 * 31).fill(0xff00ff00);
  press(picture, 31, 31, cut(die(), WHITE), 15, 15);
  assert.ok(picture.every((pixel) => pixel >>> 24 === 255));
  assert.deepEqual(rgba(picture, 0), [0, 255, 0, 255]);
});

test("colours are read from tokens", () => {
  assert.deepEqual(partsOf("#c0392b"), { red: 192, green: 57, blue: 43 });
  assert.deepEqual(partsOf("nonsense"), { red: 0, green: 0, blue: 0 });
});

test("two hundred thousand are pressed in less time than anyone notices", () => {
  const [width, height] = [1728, 1080];
  const picture = new Uint32Array(width * height);
  const stamp = cut(die({ size: 8 }), WHITE);
  const from = performance.now();
  for (let i = 0; i < 200_000; i += 1) press(picture, width, height, stamp, (i * 7919) % width, (i * 104_729) % height);
  assert.ok(performance.now() - from < 2000);
});
