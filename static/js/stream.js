/** The live stream: news from the server as they happen. The browser reconnects by itself and asks for what it missed. */

/** @typedef {{ kind: string, reference: string, area: string, data: any }} News */

/**
 * @param {string} url
 * @param {(news: News) => void} tell
 * @returns {{ close: () => void }}
 */
export function followNews(url, tell) {
  const source = new EventSource(url, { withCredentials: true });
  source.addEventListener("news", (event) => tell(JSON.parse(event.data)));
  window.addEventListener("pagehide", () => source.close(), { once: true });
  return { close: () => source.close() };
}
