/** Forms that take something away ask first. */

for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", (event) => {
    if (form instanceof HTMLFormElement && !window.confirm(form.dataset.ask)) event.preventDefault();
  });
}
