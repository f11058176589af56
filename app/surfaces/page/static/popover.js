// Markers: a quote and its paper on hover, focus or tap; the lit sentence on click. And why a sentence is muted.
(() => {
  const { find, all, touches, bring, say, make, button, stage, actOn } = window.paperbacked;
  const marks = (turn, number) => all(`.evidence[data-turn="${turn}"] mark[data-numbers~="${number}"]`);
  const ENOUGH = 60; // characters from which on what stands beside a quote tells where it stands
  const ROOM = 600; // characters that a popover shows, of which a quote takes what it needs
  let popover = null;

  function open(anchor, ...nodes) {
    hide();
    popover = make("div");
    popover.id = "popover";
    popover.setAttribute("role", "tooltip");
    popover.append(...nodes);
    stage().append(popover);
    anchor.setAttribute("aria-describedby", "popover");
    if (innerWidth > 640) place(anchor.getClientRects()[0] ?? anchor.getBoundingClientRect());
  }

  // ---- a quote between the sentences that stand before and after it
  function sentences(text) {
    if (!Intl.Segmenter) return [text];
    return [...new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text)].map((one) => one.segment);
  }

  // As many sentences as are enough, from the side on which the quote is, cut where there is no room for them.
  function beside(text, atEnd, room) {
    let taken = "";
    for (const one of atEnd ? sentences(text).reverse() : sentences(text)) {
      taken = atEnd ? one + taken : taken + one;
      if (taken.trim().length >= ENOUGH) break;
    }
    if (taken.length <= room) return taken;
    if (room < ENOUGH) return "";
    return atEnd
      ? `… ${taken.slice(-room).replace(/^\S{0,20}\s/, "")}`
      : `${taken.slice(0, room).replace(/\s\S{0,20}$/, "")} …`;
  }

  function inContext(lit) {
    const abstract = lit[0].closest(".abstract");
    const quote = lit.map((mark) => mark.textContent).join("");
    const range = document.createRange();
    range.selectNodeContents(abstract);
    range.setEndBefore(lit[0]);
    const before = range.toString();
    range.selectNodeContents(abstract);
    range.setStartAfter(lit.at(-1));
    const after = range.toString();
    const room = Math.floor((ROOM - quote.length) / 2);
    const node = make("p", "popover-context");
    node.lang = abstract.lang;
    node.append(beside(before, true, room), make("span", "popover-quote", `“${quote}”`), beside(after, false, room));
    return node;
  }

  // Where in the whole text it stands, which leads to its page.
  function placeOf(card, number) {
    const place = find(`[data-place="${number}"]`, card);
    if (!place) return [];
    const href = place.getAttribute("href");
    const name = make(href ? "a" : "span", "", place.lastChild.textContent.trim());
    if (href) name.href = href;
    const line = make("p", "popover-place");
    line.append(name);
    return [line];
  }

  function showQuote(marker) {
    const { turn, number } = marker.dataset;
    const lit = marks(turn, number);
    if (!lit.length) return;
    const card = lit[0].closest(".card");
    const nodes = [inContext(lit)];
    const gloss = find(`[data-gloss="${number}"]`, card);
    if (gloss) nodes.push(make("p", "popover-gloss", gloss.textContent));
    nodes.push(make("p", "popover-paper", find(".card-title", card).textContent), ...placeOf(card, number));
    if (touches.matches)
      nodes.push(
        button(say("show"), () => {
          hide();
          light(turn, number);
        }),
      );
    open(marker, ...nodes);
  }

  function show(node) {
    if (node.matches(".marker")) showQuote(node);
    else open(node, make("p", "popover-reason", node.dataset.reason));
  }

  function place(anchor) {
    const { width, height } = popover.getBoundingClientRect();
    const left = Math.min(Math.max(16, anchor.left - 24), innerWidth - width - 16);
    const above = anchor.top > height + 16;
    popover.style.left = `${left}px`;
    popover.style.top = `${above ? anchor.top - height - 8 : anchor.bottom + 8}px`;
  }

  function hide() {
    popover?.remove();
    popover = null;
    for (const anchor of all("[aria-describedby=popover]")) anchor.removeAttribute("aria-describedby");
  }

  function showEvidence(turn) {
    for (const section of all(".evidence")) section.hidden = section.dataset.turn !== String(turn);
    return find(`.evidence[data-turn="${turn}"]`);
  }

  function bringForward(card) {
    for (const other of all(".forward")) other.classList.remove("forward");
    for (let fold = card; fold; fold = fold.parentElement?.closest("details")) {
      if (fold.tagName === "DETAILS") fold.open = true;
    }
    card.classList.add("forward");
  }

  function light(turn, number) {
    showEvidence(turn);
    const lit = marks(turn, number);
    if (!lit.length) return;
    for (const mark of all("mark.lit")) mark.classList.remove("lit");
    for (const mark of lit) mark.classList.add("lit");
    bringForward(lit[0].closest(".card"));
    // Beside the answer the page moves only as far as it must; below it the reader is taken there.
    bring(lit[0], innerWidth > 1023 ? "nearest" : "center");
    lit[0].focus({ preventScroll: true });
  }

  // ---- from a card back to its marker, and from an answer to its papers
  function back(node) {
    const marker = document.getElementById(node.getAttribute("href").slice(1));
    if (marker) {
      bring(marker, "center");
      marker.focus({ preventScroll: true });
    }
  }

  function showCard(node) {
    showEvidence(node.closest(".turn").dataset.turn);
    const card = document.getElementById(node.dataset.card);
    if (card) {
      bringForward(card);
      bring(card, "start");
    }
  }

  function showSources(node) {
    const section = showEvidence(node.dataset.sources);
    if (section) bring(section, "start");
  }

  const MARKER = ".turn .marker";
  const ANCHOR = `${MARKER}, .turn [data-reason]`;
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest?.(selector);
    if (on("#popover")) {
      if (on("#popover a")) hide();
      return;
    }
    const marker = on(MARKER);
    if (marker || on("[data-back], [data-card]")) event.preventDefault();
    const anchor = touches.matches ? on(ANCHOR) : null;
    if (anchor) {
      show(anchor);
      return;
    }
    hide();
    if (marker) light(marker.dataset.turn, marker.dataset.number);
    else
      actOn(event, [
        ["[data-back]", back],
        ["[data-card]", showCard],
        ["[data-sources]", showSources],
      ]);
  });
  const shows = (event) => {
    const anchor = event.target.closest?.(ANCHOR);
    if (anchor && !touches.matches) show(anchor);
  };
  document.addEventListener("mouseover", shows);
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.(":focus-visible")) shows(event);
  });
  // A tap moves pointer and focus before it becomes a click, which must still find the popover's button.
  const leaves = (event) => {
    if (!touches.matches && event.target.closest?.(ANCHOR)) hide();
  };
  document.addEventListener("mouseout", leaves);
  document.addEventListener("focusout", leaves);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  window.paperbacked.hidePopover = hide;
})();
