import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { regionLine } from "../../../static/js/map/style.js";

/** Of tiles: `layers/cuts/cut.py`, `layers/cuts/areas.py`. */
const [EXTENT, MARGIN] = [4096, 64];
const HALO_MARGIN = 2 * MARGIN;
/** A wall draws all twice as large, on tiles that are laid out at half a zoom less. */
const [WALL, SMALLEST_TILE] = [2, 512 * 2 ** -0.5];

test("the edge where a region is cut off lies so far outside the tile that its halo is not seen", () => {
  for (const level of [1, 2, 3, 4, 5]) {
    for (let zoom = 4; zoom <= 22; zoom += 0.25) {
      const reach = (regionLine(level, zoom).halo * WALL) / 2;
      assert.ok(reach + 1 < (HALO_MARGIN / EXTENT) * SMALLEST_TILE, `level ${level} at zoom ${zoom}`);
    }
  }
});

test("the margin is the one that the tiles are cut with", () => {
  const cut = readFileSync(new URL("../../../layers/cuts/cut.py", import.meta.url), "utf-8");
  const areas = readFileSync(new URL("../../../layers/cuts/areas.py", import.meta.url), "utf-8");
  assert.match(cut, new RegExp(`^MARGIN = ${MARGIN}$`, "m"));
  assert.match(areas, /^HALO_MARGIN = 2 \* MARGIN$/m);
});
