/** The live stream: news from the server as they happen. The browser reconnects by itself and asks for what it missed. */

import { leave } from "./http.js";

/** @typedef {{ kind: string, reference: string, area: string, data: any }} News
 *  kind `resync` says that news were missed: fetch again what is shown */

/** A server that refuses is asked again after this long; a broken line the browser mends by itself. */
const REFUSED_MS = 20_000;

/**
 * @param {string} url
 * @param {(news: News) => void} tell
 * @returns {{ close: () => void }}
 */
export function followNews(url, tell) {
  /** @type {EventSource} */
  let source;
  let waiting = 0;
  const open = () => {
    source = new EventSource(url, { withCredentials: true });
    source.addEventListener("news", (event) => tell(JSON.parse(event.data)));
    source.addEventListener("ended", () => {
      source.close();
      leave();
    });
    source.addEventListener("resync", () => tell({ kind: "resync", reference: "", area: "", data: {} }));
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) waiting = window.setTimeout(open, REFUSED_MS);
    });
  };
  const close = () => {
    clearTimeout(waiting);
    source.close();
  };
  open();
  window.addEventListener("pagehide", close, { once: true });
  return { close };
}
