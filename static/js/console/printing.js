/** The way to the print page, which begins with what is seen on the console. */

import { writeAddress, writeView } from "./address.js";

/** @param {HTMLAnchorElement} link @param {import("./address.js").Address} address @param {import("leaflet").Map} map */
export function leadToPrint(link, address, map) {
  const { lat: middleLat, lng: middleLon } = map.getCenter();
  const [zoom, lat, lon] = writeView(address.view ?? { zoom: map.getZoom(), lat: middleLat, lon: middleLon }).split("/");
  const url = new URL(writeAddress(address), location.href);
  for (const [name, value] of Object.entries({ zoom, lat, lon })) url.searchParams.set(name, value);
  link.href = `${link.dataset.print}?${url.searchParams}`;
}
