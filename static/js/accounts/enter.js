/** A screen's link carries its token behind `#`, which browsers send to nobody: it is posted from here, and then gone. */

const form = document.querySelector("form[data-enter]");
const token = decodeURIComponent(location.hash.slice(1));
const field = form?.querySelector("input[name=token]");

if (form instanceof HTMLFormElement && field instanceof HTMLInputElement && token) {
  history.replaceState(null, "", location.pathname);
  field.value = token;
  form.submit();
}
export {}; // a module, with names of its own
