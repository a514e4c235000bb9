/** What a change on the server concerns: lists, selections and cards look again only where something of theirs has moved. Pure. */

/** Tile sets whose data the lists of grids and communities tell: boundaries, households, buildings. */
const LISTED = ["areas", "homes", "ground"];

/**
 * Whether one of the layers lies in a tile set that has moved.
 * @param {{ key: string, tiles: string | null }[]} layers the catalogue
 * @param {string[]} keys of the layers that are shown
 * @param {Set<string> | null} sets those that moved; null means that all may have
 */
export function concerns(layers, keys, sets) {
  return layers.some(({ key, tiles }) => keys.includes(key) && (!sets || !tiles || sets.has(tiles)));
}

/** Whether the lists of grids and communities may have changed. @param {Set<string> | null} sets */
export function concernsAreas(sets) {
  return !sets || LISTED.some((set) => sets.has(set));
}
