/** After a file was fetched the page is asked for anew: it tells how often the file may still be fetched. */

const RELOAD_MS = 2500;

for (const form of document.querySelectorAll("form[data-fetch]")) {
  form.addEventListener("submit", () => window.setTimeout(() => location.reload(), RELOAD_MS));
}
