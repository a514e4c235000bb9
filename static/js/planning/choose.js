/** Ticking communities in the planner's list: the buttons count them and are silent while there is none. */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-choose]"));
const go = /** @type {HTMLButtonElement | null} */ (form?.querySelector("[data-choose-go]") ?? null);
const more = /** @type {HTMLButtonElement | null} */ (form?.querySelector("[data-choose-more]") ?? null);

if (form && go) {
  const all = /** @type {HTMLInputElement} */ (form.querySelector("[data-choose-all]"));
  const count = /** @type {HTMLElement} */ (form.querySelector("[data-choose-count]"));
  const boxes = [.../** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll('input[name="community"]'))];
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    for (const button of [go, more]) if (button) button.disabled = chosen === 0;
    count.textContent = chosen ? String(chosen) : "";
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  form.addEventListener("change", tell);
  tell();
}

export {};
