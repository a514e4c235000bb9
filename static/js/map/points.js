/** Very many points, each of a kind, in typed arrays: set, moved and taken away one by one, read in drawing order. Pure. */

const GONE = 255;
/** Emptied places are closed up when they are more than those that are taken, but not for a few. */
const FEW = 1024;

export class Points {
  /** @param {number} kinds how many there are, the least urgent first; at most 255 */
  constructor(kinds) {
    this.kinds = kinds;
    /** Places that were ever taken; a moved point takes a new one, so the newest lies on top. */
    this.used = 0;
    this.size = 0;
    this.x = new Float64Array(FEW);
    this.y = new Float64Array(FEW);
    this.kind = new Uint8Array(FEW);
    /** @type {(string | number)[]} */
    this.ids = [];
    /** @type {any[]} */
    this.props = [];
    /** @type {Map<string | number, number>} */
    this.slots = new Map();
    /** Places from here on are not in `slots` yet: very many points are drawn before anybody asks for one of them. */
    this.unknown = 0;
  }

  clear() {
    Object.assign(this, new Points(this.kinds));
  }

  /** @param {number} room */
  reserve(room) {
    if (room <= this.x.length) return;
    const length = Math.max(room, this.x.length * 2);
    this.x = grown(this.x, new Float64Array(length));
    this.y = grown(this.y, new Float64Array(length));
    this.kind = grown(this.kind, new Uint8Array(length));
  }

  /** Where the point of that id is, undefined without one. @param {string | number} id @returns {number | undefined} */
  slotOf(id) {
    for (; this.unknown < this.used; this.unknown += 1) {
      const before = this.slots.get(this.ids[this.unknown]);
      if (before !== undefined) {
        this.kind[before] = GONE;
        this.size -= 1;
      }
      this.slots.set(this.ids[this.unknown], this.unknown);
    }
    return this.slots.get(id);
  }

  /**
   * Adds a point to many others without looking whether its id is among them: it is when one is next asked for.
   * @param {string | number} id
   * @param {number} x
   * @param {number} y
   * @param {number} kind 0…kinds − 1
   * @param {any} [props]
   * @returns {number} its place
   */
  append(id, x, y, kind, props) {
    const slot = this.used;
    if (slot === this.x.length) this.reserve(slot + 1);
    this.x[slot] = x;
    this.y[slot] = y;
    this.kind[slot] = Math.min(Math.max(kind, 0), this.kinds - 1);
    this.ids[slot] = id;
    this.props[slot] = props;
    this.used += 1;
    this.size += 1;
    return slot;
  }

  /**
   * Sets a point, or moves it: it is the newest of its kind.
   * @param {string | number} id
   * @param {number} x
   * @param {number} y
   * @param {number} kind 0…kinds − 1
   * @param {any} [props]
   */
  set(id, x, y, kind, props) {
    this.remove(id);
    if (this.used > FEW && this.used > 2 * this.size) this.closeUp();
    return this.append(id, x, y, kind, props);
  }

  /** @param {string | number} id @returns {boolean} whether there was one */
  remove(id) {
    const slot = this.slotOf(id);
    if (slot === undefined) return false;
    this.kind[slot] = GONE;
    this.props[slot] = undefined;
    this.slots.delete(id);
    this.size -= 1;
    return true;
  }

  closeUp() {
    let kept = 0;
    for (let slot = 0; slot < this.used; slot += 1) {
      if (this.kind[slot] === GONE) continue;
      this.x[kept] = this.x[slot];
      this.y[kept] = this.y[slot];
      this.kind[kept] = this.kind[slot];
      this.ids[kept] = this.ids[slot];
      this.props[kept] = this.props[slot];
      this.slots.set(this.ids[kept], kept);
      kept += 1;
    }
    this.used = this.unknown = this.ids.length = this.props.length = kept;
  }

  /**
   * The places inside a box in drawing order: the most urgent kind last, of one kind the newest last.
   * @param {number} west
   * @param {number} north
   * @param {number} east
   * @param {number} south
   * @returns {Uint32Array}
   */
  within(west, north, east, south) {
    const { x, y, kind, used, kinds } = this;
    const counts = new Uint32Array(kinds + 1);
    const inside = (/** @type {number} */ slot) => kind[slot] !== GONE && x[slot] >= west && x[slot] <= east && y[slot] >= north && y[slot] <= south;
    for (let slot = 0; slot < used; slot += 1) if (inside(slot)) counts[kind[slot] + 1] += 1;
    for (let one = 1; one <= kinds; one += 1) counts[one] += counts[one - 1];
    const order = new Uint32Array(counts[kinds]);
    for (let slot = 0; slot < used; slot += 1) if (inside(slot)) order[counts[kind[slot]]++] = slot;
    return order;
  }

  /**
   * The places of a whole grid of tiles in drawing order, each tile's as `within` gives them, in two passes over the points.
   * @param {{ side: number, reach: number, column: number, row: number, columns: number, rows: number }} grid
   *   `side` of a tile and how far beyond it a point still `reach`es, both in shares of the world; the first tile and how many there are
   * @returns {Uint32Array[]} row by row
   */
  parted({ side, reach, column, row, columns, rows }) {
    const { x, y, kind, used, kinds } = this;
    const ends = new Uint32Array(columns * rows * kinds + 1);
    const each = (/** @type {(bin: number, slot: number) => void} */ take) => {
      for (let slot = 0; slot < used; slot += 1) {
        if (kind[slot] === GONE) continue;
        const [west, north] = [Math.max(Math.ceil((x[slot] - reach) / side - 1) - column, 0), Math.max(Math.ceil((y[slot] - reach) / side - 1) - row, 0)];
        const [east, south] = [Math.min(Math.floor((x[slot] + reach) / side) - column, columns - 1), Math.min(Math.floor((y[slot] + reach) / side) - row, rows - 1)];
        for (let down = north; down <= south; down += 1) {
          for (let across = west; across <= east; across += 1) take((down * columns + across) * kinds + kind[slot], slot);
        }
      }
    };
    each((bin) => { ends[bin + 1] += 1; });
    for (let bin = 1; bin < ends.length; bin += 1) ends[bin] += ends[bin - 1];
    const order = new Uint32Array(ends[ends.length - 1]);
    each((bin, slot) => { order[ends[bin]++] = slot; });
    // by now each bin ends where the next began
    return Array.from({ length: columns * rows }, (_, tile) => order.subarray(tile ? ends[tile * kinds - 1] : 0, ends[(tile + 1) * kinds - 1]));
  }

  /** The topmost point within a distance of a place; −1 without any. @param {number} x @param {number} y @param {number} reach */
  topAt(x, y, reach) {
    const near = this.within(x - reach, y - reach, x + reach, y + reach);
    for (let i = near.length - 1; i >= 0; i -= 1) {
      if (Math.hypot(this.x[near[i]] - x, this.y[near[i]] - y) <= reach) return near[i];
    }
    return -1;
  }
}

/** @template {Float64Array | Uint8Array} T @param {T} from @param {T} to @returns {T} */
function grown(from, to) {
  to.set(from);
  return to;
}
