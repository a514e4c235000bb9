/** Tabs over panels, as the WAI-ARIA pattern has it: arrows walk, the chosen one is in the Tab order. */

/** @param {HTMLElement} bar element with role tablist; the panels are named by aria-controls */
export function followPanels(bar) {
  const tabs = [.../** @type {NodeListOf<HTMLButtonElement>} */ (bar.querySelectorAll('[role="tab"]'))];
  /** @param {HTMLButtonElement} chosen */
  const show = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = tab !== chosen;
    }
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => show(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: tabs.length - 1 }[key];
      if (to === undefined) return;
      const next = tabs[(to + tabs.length) % tabs.length];
      show(next);
      next.focus();
    });
  });
}
