/** The address and the browser's history: choosing is a step back and forward can take, panning is not. */

import { isStep, readAddress, writeAddress } from "./address.js";

/** @typedef {import("./address.js").Address} Address */

/** Marks the entries that we wrote; one without it was typed, or is a link that somebody followed. */
const OWN = { own: true };

export class History {
  /** @param {Address} address */
  constructor(address) {
    this.address = address;
  }

  /**
   * @param {Partial<Address>} changes
   * @returns {Address}
   */
  note(changes) {
    const before = this.address;
    this.address = { ...before, ...changes };
    const url = writeAddress(this.address);
    if (isStep(before, this.address)) history.pushState(OWN, "", url);
    else history.replaceState(OWN, "", url);
    return this.address;
  }

  /** Another address altogether, as a step that back undoes. @param {Address} address */
  go(address) {
    history.pushState(null, "", writeAddress(address));
  }

  /**
   * The address as the browser's bar has it now. Stepping back leaves the map where it is; a typed place moves it.
   * @param {any} state what the history keeps with the entry
   * @returns {{ address: Address, moveTo: import("./address.js").View | null }}
   */
  read(state) {
    const { view } = this.address;
    const address = readAddress(location.search, location.hash);
    const moveTo = state?.own ? null : address.view;
    this.address = { ...address, view: moveTo ?? view };
    history.replaceState(OWN, "", writeAddress(this.address));
    return { address: this.address, moveTo };
  }
}
