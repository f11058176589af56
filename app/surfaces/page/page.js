// What the page does by itself, without asking the server: theme, popovers, lighting a quote, copying,
// and keeping the newest question in view. Outside text is only ever set with textContent.
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const touches = matchMedia("(hover: none)");
  const scrollTo = (node, block) => node.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });

  // ---- dark and light: the system's choice until the reader makes one
  const THEME = "paperbacked-theme";
  const remembered = () => { try { return localStorage.getItem(THEME); } catch { return null; } };
  const system = matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    const dark = remembered() ? remembered() === "dark" : system.matches;
    document.body.classList.toggle("dark", dark);
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
  }
  paint();
  // Gradio paints too when the system changes; ours comes after it.
  system.addEventListener("change", () => setTimeout(paint));

  function toggleTheme() {
    const dark = !document.body.classList.contains("dark");
    try { localStorage.setItem(THEME, dark ? "dark" : "light"); } catch { /* private mode: for this visit only */ }
    document.body.classList.toggle("dark", dark);
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
  }

  // ---- markers: a quote and its paper on hover, focus or tap; the lit sentence on click
  const marks = (turn, number) => all(`.evidence[data-turn="${turn}"] mark[data-numbers~="${number}"]`);
  let popover = null;

  function showPopover(marker) {
    const { turn, number } = marker.dataset;
    const lit = marks(turn, number);
    if (!lit.length) return;
    hidePopover();
    const card = lit[0].closest(".card");
    popover = document.createElement("div");
    popover.id = "popover";
    popover.setAttribute("role", "tooltip");
    const line = (css, text) => {
      const node = document.createElement("p");
      node.className = css;
      node.textContent = text;
      popover.append(node);
    };
    line("popover-quote", `“${lit.map((mark) => mark.textContent).join("")}”`);
    const gloss = find(`[data-gloss="${number}"]`, card);
    if (gloss) line("popover-gloss", gloss.textContent);
    line("popover-paper", find(".card-title", card).textContent);
    if (touches.matches) {
      const more = document.createElement("button");
      more.type = "button";
      more.textContent = "Show it in the abstract";
      more.addEventListener("click", () => { hidePopover(); light(turn, number); });
      popover.append(more);
    }
    // Inside Gradio's container, so that the theme's colours hold for it.
    (find(".gradio-container") ?? document.body).append(popover);
    marker.setAttribute("aria-describedby", "popover");
    if (innerWidth > 640) place(marker.getBoundingClientRect());
  }

  function place(anchor) {
    const { width, height } = popover.getBoundingClientRect();
    const left = Math.min(Math.max(16, anchor.left - 24), innerWidth - width - 16);
    const above = anchor.top > height + 16;
    popover.style.left = `${left}px`;
    popover.style.top = `${above ? anchor.top - height - 8 : anchor.bottom + 8}px`;
  }

  function hidePopover() {
    popover?.remove();
    popover = null;
    all("[aria-describedby=popover]").forEach((marker) => marker.removeAttribute("aria-describedby"));
  }

  function showEvidence(turn) {
    all(".evidence").forEach((section) => { section.hidden = section.dataset.turn !== String(turn); });
    return find(`.evidence[data-turn="${turn}"]`);
  }

  function bringForward(card) {
    all(".forward").forEach((other) => other.classList.remove("forward"));
    for (let fold = card; fold; fold = fold.parentElement?.closest("details")) {
      if (fold.tagName === "DETAILS") fold.open = true;
    }
    card.classList.add("forward");
  }

  function light(turn, number) {
    showEvidence(turn);
    const lit = marks(turn, number);
    if (!lit.length) return;
    all("mark.lit").forEach((mark) => mark.classList.remove("lit"));
    lit.forEach((mark) => mark.classList.add("lit"));
    bringForward(lit[0].closest(".card"));
    // Beside the answer the page moves only as far as it must; below it the reader is taken there.
    scrollTo(lit[0], innerWidth > 1023 ? "nearest" : "center");
    lit[0].focus({ preventScroll: true });
  }

  // ---- copy
  async function copy(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Plain http on another host has no clipboard API.
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1600);
  }

  // ---- one listener for each kind of event
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest?.(selector);
    let node;
    if (on("#popover")) return;
    if ((node = on(".answer .marker"))) {
      event.preventDefault();
      if (touches.matches) showPopover(node);
      else { hidePopover(); light(node.dataset.turn, node.dataset.number); }
      return;
    }
    hidePopover();
    if ((node = on("[data-back]"))) {
      event.preventDefault();
      const marker = document.getElementById(node.getAttribute("href").slice(1));
      if (marker) { scrollTo(marker, "center"); marker.focus({ preventScroll: true }); }
    } else if ((node = on("[data-card]"))) {
      event.preventDefault();
      showEvidence(node.closest(".turn").dataset.turn);
      const card = document.getElementById(node.dataset.card);
      if (card) { bringForward(card); scrollTo(card, "start"); }
    } else if ((node = on("[data-sources]"))) {
      const section = showEvidence(node.dataset.sources);
      if (section) scrollTo(section, "start");
    } else if ((node = on("[data-copy]"))) copy(node);
    else if (on("[data-theme-toggle]")) toggleTheme();
  });
  const shows = (event) => {
    const marker = event.target.closest?.(".answer .marker");
    if (marker && !touches.matches) showPopover(marker);
  };
  document.addEventListener("mouseover", shows);
  document.addEventListener("focusin", (event) => { if (event.target.matches?.(":focus-visible")) shows(event); });
  // A tap moves pointer and focus before it becomes a click, which must still find the popover's button.
  const leaves = (event) => { if (!touches.matches && event.target.closest?.(".answer .marker")) hidePopover(); };
  document.addEventListener("mouseout", leaves);
  document.addEventListener("focusout", leaves);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hidePopover(); });

  // ---- the box is ready to type in, and a new question comes to the top of the view, once
  let turns = 0;
  let box = null;
  new MutationObserver(() => {
    if (!box && (box = find("#question textarea")) && !touches.matches) box.focus({ preventScroll: true });
    const articles = all(".turn");
    if (articles.length > turns) {
      hidePopover();
      if (touches.matches) box?.blur(); // folds the keyboard away from the answer
      scrollTo(articles.at(-1), "start");
    }
    turns = articles.length;
  }).observe(document.body, { childList: true, subtree: true });
})();
