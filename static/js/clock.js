/** Days and times as the site's clock shows them, whatever zone the browser is set to. */

/** @typedef {{ lang: string, dataset: { zone?: string } }} Page whose `<html lang data-zone>` it is */

/** @type {Page} */
const NO_PAGE = { lang: "en", dataset: {} };

/**
 * @param {string | Date} moment
 * @param {Intl.DateTimeFormatOptions} options
 * @param {Page} [page]
 */
export function tellTime(moment, options, page = typeof document === "undefined" ? NO_PAGE : document.documentElement) {
  return new Intl.DateTimeFormat(page.lang, { hourCycle: "h23", timeZone: page.dataset.zone, ...options }).format(new Date(moment));
}

/** “2026/11/22 19:23” @param {string | Date} moment @param {Page} [page] */
export function tellMoment(moment, page) {
  return tellTime(moment, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }, page);
}
