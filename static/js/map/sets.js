/** The sets of one tile: each by itself, so that one that fails does not take the others with it. */

/** @typedef {import("./paint.js").Decoded} Decoded */
/** @typedef {(bytes: ArrayBuffer) => Decoded} Read */

/** Decoded sets kept for re-drawing when only the look changes. */
const KEPT = 128;
/** Without a session nothing more of the map may be drawn. */
const SIGNED_OUT = "signed_out";

/** @type {Map<string, Decoded>} */
const decoded = new Map();

/**
 * What can be had of the sets; those that came are kept, so that only the others are asked for when the tile is ordered again.
 * Fails when called off, when signed out, and when none of them came.
 * @param {string[]} urls
 * @param {AbortSignal} signal
 * @param {Read} read
 * @returns {Promise<{ layers: Decoded, trouble: string | null }>} `trouble`: why some are missing
 */
export async function loadSets(urls, signal, read) {
  const sets = await Promise.allSettled(urls.map((url) => loadSet(url, signal, read)));
  signal.throwIfAborted();
  const faults = sets.flatMap((set) => (set.status === "rejected" ? [set.reason] : []));
  const out = faults.find(({ message }) => message === SIGNED_OUT);
  if (out || (faults.length && faults.length === urls.length)) throw out ?? faults[0];
  const layers = new Map(sets.flatMap((set) => (set.status === "fulfilled" ? [...set.value] : [])));
  return { layers, trouble: faults.length ? String(faults[0].message) : null };
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {Read} read
 */
async function loadSet(url, signal, read) {
  const kept = decoded.get(url);
  if (kept) return kept;
  const response = await fetch(url, { signal });
  if (response.redirected || response.status === 401) throw new Error(SIGNED_OUT);
  if (!response.ok) throw new Error(`tile ${response.status}`);
  const layers = response.status === 204 ? new Map() : read(await response.arrayBuffer());
  decoded.set(url, layers);
  for (const oldest of decoded.keys()) {
    if (decoded.size <= KEPT) break;
    decoded.delete(oldest);
  }
  return layers;
}
