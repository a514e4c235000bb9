import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

/**
 * What people with the two common kinds of colour blindness see: Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
 * Differences are ΔE of CIE 1976; about 2.3 is the least that anyone notices, and 10 is plain to see side by side.
 */
const EYES = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
};
const CSS = readFileSync(new URL("../../../static/css/tokens.css", import.meta.url), "utf-8");
const [light, night] = CSS.split(':root[data-theme="dark"]');
const THEMES = { light: tokens(light), dark: { ...tokens(light), ...tokens(night) } };

/** @param {string} css @returns {Record<string, string>} */
function tokens(css) {
  return Object.fromEntries([...css.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map(([, name, value]) => [name, value]));
}

/** @param {string} colour */
function linear(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
}

/** CIE L*a*b* under D65. @param {number[]} rgb */
function lab([r, g, b]) {
  const xyz = [0.4124 * r + 0.3576 * g + 0.1805 * b, 0.2126 * r + 0.7152 * g + 0.0722 * b, 0.0193 * r + 0.1192 * g + 0.9505 * b];
  const [x, y, z] = xyz.map((part, i) => part / [0.95047, 1, 1.08883][i]).map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** @param {string} colour @param {number[][]} eye */
function seen(colour, eye) {
  const rgb = linear(colour);
  return lab(eye.map((row) => Math.min(Math.max(row.reduce((sum, share, i) => sum + share * rgb[i], 0), 0), 1)));
}

/** @param {string} a @param {string} b @param {number[][]} eye */
function difference(a, b, eye) {
  const [one, other] = [seen(a, eye), seen(b, eye)];
  return Math.hypot(...one.map((part, i) => part - other[i]));
}

/** @param {string[]} names @param {number} least */
function allApart(names, least) {
  for (const [theme, colours] of Object.entries(THEMES)) {
    for (const [name, eye] of Object.entries(EYES)) {
      names.forEach((a, i) => names.slice(i + 1).forEach((b) => {
        const apart = difference(colours[a], colours[b], eye);
        assert.ok(apart >= least, `${theme}, ${name}: ${a} and ${b} differ by ${apart.toFixed(1)}`);
      }));
    }
  }
}

test("the three networks can be told apart by colour alone, though each has its shape as well", () => allApart(["social-work", "city-management", "governance"], 10));

test("the five classes of load can be told apart", () => allApart(["load-1", "load-2", "load-3", "load-4", "load-5"], 10));

test("states can be told apart: act now, nearing, in time, over", () => {
  allApart(["act", "near", "info", "stale"], 10);
});

test("classes of care can be told apart", () => allApart(["care-high", "care-key", "care-general"], 10));

test("too few and too many households are never mixed up: the two ends lie far apart", () => allApart(["load-1", "load-5"], 30));

test("text on the map is readable on the ground", () => {
  const light = (/** @type {string} */ colour) => linear(colour).reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  for (const [theme, colours] of Object.entries(THEMES)) {
    for (const name of ["text", "region", "grid-text", "road-text", "water-text", "green-text", "compound-text", "building-text"]) {
      const [a, b] = [light(colours[name]), light(colours.ground)].sort((one, other) => other - one);
      const contrast = (a + 0.05) / (b + 0.05);
      assert.ok(contrast >= 4, `${theme}: ${name} has a contrast of ${contrast.toFixed(2)}`);
    }
  }
});
