/** The address and the browser's history: choosing is a step back and forward can take, panning is not. */

import { isStep, readAddress, writeAddress } from "./address.js";

/** @typedef {import("./address.js").Address} Address */

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
    if (isStep(before, this.address)) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
    return this.address;
  }

  /** The address as the browser's bar has it now; where the map looks stays as it is. @returns {Address} */
  read() {
    const { view } = this.address;
    this.address = { ...readAddress(location.search, location.hash), view };
    history.replaceState(null, "", writeAddress(this.address));
    return this.address;
  }
}
