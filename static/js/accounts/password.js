/** Passwords can be shown while one types them: nobody looks over everybody's shoulder, and phones have small keys. */

const box = document.querySelector("[data-show-password]");
const fields = [...document.querySelectorAll("input[type=password]")];

if (box instanceof HTMLElement && fields.length) {
  box.hidden = false;
  box.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    for (const field of fields) if (field instanceof HTMLInputElement) field.type = target.checked ? "text" : "password";
  });
}
export {}; // a module, with names of its own
