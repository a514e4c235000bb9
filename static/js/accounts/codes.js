/** Recovery codes and links of screens are shown once: copied or printed with one press. */

const copy = document.querySelector("[data-copy-codes]");
const print = document.querySelector("[data-print]");

if (copy instanceof HTMLButtonElement && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const codes = [...document.querySelectorAll(".recovery-codes code, [data-once]")].map((one) => one.textContent ?? "");
    await navigator.clipboard.writeText(codes.join("\n"));
    copy.setAttribute("aria-pressed", "true");
  });
}
if (print instanceof HTMLButtonElement) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
export {}; // a module, with names of its own
