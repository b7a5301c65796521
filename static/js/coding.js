// The coding desk by keyboard, always as an extra: without it sentences are ticked and buttons pressed.
//   1 to 9 press the themes shown · / finds a theme · j and k go through the sentences · u takes the last one back
//   n reads the next · m the most alike · x leaves it out · c opens the copies. Words marked with the mouse are sent as the quote.
"use strict";
(() => {
  const $ = (query) => document.querySelector(query);
  const all = (query) => [...document.querySelectorAll(query)];
  const shown = () => all(".coding .pick").filter((button) => !button.closest("li").hidden);

  const ready = () => {
    all(".coding__filter, .keys").forEach((element) => (element.hidden = false));
  };

  const filter = () => {
    const words = $("#filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    all(".coding .pick").forEach((button) => {
      const text = button.textContent.toLowerCase();
      button.closest("li").hidden = !words.every((word) => text.includes(word));
    });
  };

  const step = (by) => {
    const boxes = all(".coding .piece input");
    const at = boxes.indexOf(document.activeElement);
    boxes[Math.max(0, Math.min(boxes.length - 1, at < 0 ? 0 : at + by))]?.focus();
  };

  const marked = () => {
    const chosen = getSelection();
    const inside = chosen.rangeCount && $("#piece .words")?.contains(chosen.getRangeAt(0).commonAncestorContainer);
    return inside ? chosen.toString().trim() : "";
  };

  document.addEventListener("input", ({ target }) => target.id === "filter" && filter());

  document.addEventListener("click", ({ target }) => {
    const quote = $("#quote");
    if (target.closest(".pick") && quote && !quote.value) quote.value = marked();
  }, true);

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: () => $("#next button")?.click(),
    m: () => $("#next button[value=alike]")?.click(),
    u: () => all('form[action$="/retraction"] button').pop()?.click(),
    x: () => $("#leave-out")?.click(),
    c: () => $("#campaign")?.click(),
    "/": () => $("#filter")?.focus(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { target, key } = event;
    if (target.id === "filter") {
      if (key === "Enter") {
        event.preventDefault();
        shown()[0]?.click();
      }
      if (key === "Escape") {
        target.value = "";
        filter();
        target.blur();
      }
      return;
    }
    if (target.matches("textarea, select, input:not([type=checkbox])")) return;
    const act = /^[1-9]$/.test(key) ? () => shown()[key - 1]?.click() : keys[key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("htmx:after:settle", ready);
  ready();
})();
