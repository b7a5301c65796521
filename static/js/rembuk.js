// What the page does beyond plain HTML, always as an extra: it reads changes aloud, keeps the focus,
// counts characters, and says when the server cannot be reached. Markup it knows:
//   data-announce[="text"]  read aloud when it arrives     data-focus  gets the focus when it arrives
//   data-count="1200"       a field with a limit; data-left and data-over hold "{n} …"
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (root, query) => [...(root.matches?.(query) ? [root] : []), ...(root.querySelectorAll?.(query) ?? [])];
  let timer, held;

  const say = (text) => {
    $("live").textContent = "";
    setTimeout(() => ($("live").textContent = text), 60);
  };

  const focus = (element) => {
    if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
    element.focus();
  };

  const failed = (on, text) => {
    const box = $("failure");
    box.hidden = !on;
    box.textContent = on ? text || box.dataset.text : "";
  };

  const count = (field) => {
    const note = $(field.id + "-count");
    const left = field.dataset.count - [...field.value].length;
    const words = left < 0 ? field.dataset.over : field.dataset.left;
    note.textContent = words.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
    note.classList.toggle("count--over", left < 0);
    return left;
  };

  const arrive = (root) => {
    all(root, "[data-count]").forEach(count);
    const words = all(root, "[data-announce]").map((e) => e.dataset.announce || e.textContent.trim());
    if (words.length) say(words.join(". "));
    const first = all(root, "[data-focus]")[0];
    if (first) focus(first);
    return first;
  };

  document.addEventListener("input", ({ target }) => {
    if (!target.dataset?.count) return;
    const left = count(target);
    clearTimeout(timer);
    if (left < target.dataset.count / 10) timer = setTimeout(() => say($(target.id + "-count").textContent), 1200);
  });

  document.addEventListener("htmx:before:request", () => failed(false));
  document.addEventListener("htmx:error", () => failed(true));

  // A trouble of the server leaves the page alone and is told in its own words. A refusal goes above the
  // form it refuses, which stays as it was. A whole page where a part was asked for is shown as the page it is.
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail.ctx;
    const { status, raw } = ctx.response;
    const whole = /^\s*<!doctype/i.test(ctx.text);
    if (status >= 500) {
      const told = new DOMParser().parseFromString(ctx.text, "text/html").querySelector("p");
      failed(true, whole ? "" : told?.textContent);
    } else if (/^\s*<div class="govuk-error-summary"/.test(ctx.text)) {
      ctx.target = ctx.sourceElement.closest("form") ?? ctx.sourceElement;
      ctx.swap = "beforebegin";
      const earlier = ctx.target.previousElementSibling;
      if (earlier?.matches(".govuk-error-summary")) earlier.remove();
    } else if (whole && status >= 400) {
      ctx.target = document.body;
      ctx.swap = "innerHTML show:top";
    } else if (whole && !ctx.select) {
      event.preventDefault();
      location.assign(raw.url);
    }
  });

  document.addEventListener("htmx:before:swap", ({ detail }) => {
    held = detail.tasks.some((task) => task.target?.contains?.(document.activeElement) && task.target !== document.body);
  });

  document.addEventListener("htmx:after:settle", ({ detail }) => {
    const arrived = detail.newContent.filter((node) => node.nodeType === 1);
    const focused = arrived.map(arrive).some(Boolean);
    if (!focused && held && arrived[0] && document.activeElement === document.body) focus(arrived[0]);
  });

  // The menu of the signed-in person closes on Escape and on a press elsewhere.
  const menu = document.querySelector(".menu");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu?.open) return;
    menu.open = false;
    menu.firstElementChild.focus();
  });
  document.addEventListener("click", (event) => {
    if (menu?.open && !menu.contains(event.target)) menu.open = false;
  });

  arrive(document);
})();
