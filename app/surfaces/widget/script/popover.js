// The quote and its paper beside a marker: on hover and focus, or on a tap. In the top layer, so that nothing cuts it off.

import { make, nameOf, origin } from "./nodes.js";

export function quotePopover(say) {
  const box = make("div", { class: "popover", id: "quote", role: "tooltip", popover: "manual" });
  box.hidden = true;
  let shown = null;

  function show(marker, citation, onMore) {
    if (shown === marker) return;
    hide();
    shown = marker;
    const { paper, quote, gloss } = citation;
    box.replaceChildren(
      make("p", { class: "words", lang: paper.language }, `“${quote}”`),
      ...(gloss ? [make("p", { class: "gloss" }, say("gloss", { gloss }))] : []),
      make("p", { class: "paper" }, [nameOf(paper), ...origin(paper, say.language)].join(" · ")),
    );
    if (onMore) {
      const more = make("button", { type: "button" }, say("show_source"));
      more.addEventListener("click", onMore);
      box.append(more);
    }
    box.hidden = false;
    box.showPopover?.();
    marker.setAttribute("aria-describedby", "quote");
    place(marker);
  }

  function place(marker) {
    const anchor = marker.getBoundingClientRect();
    const { width, height } = box.getBoundingClientRect();
    const view = document.documentElement;
    const left = Math.min(Math.max(16, anchor.left - 24), Math.max(16, view.clientWidth - width - 16));
    const above = anchor.top > height + 16;
    const top = above ? anchor.top - height - 8 : Math.min(anchor.bottom + 8, Math.max(8, innerHeight - height - 8));
    box.style.left = `${left}px`;
    box.style.top = `${top}px`;
  }

  // True where there was something to hide.
  function hide() {
    if (!shown) return false;
    shown.removeAttribute("aria-describedby");
    shown = null;
    if (box.showPopover && box.matches(":popover-open")) box.hidePopover();
    box.hidden = true;
    return true;
  }

  // After a scroll; `view` is what the marker must not have left.
  function follow(view) {
    if (!shown) return;
    const [{ top, bottom }, seen] = [shown.getBoundingClientRect(), view.getBoundingClientRect()];
    if (bottom < Math.max(seen.top, 0) || top > Math.min(seen.bottom, innerHeight)) hide();
    else place(shown);
  }

  return {
    box,
    show,
    hide,
    follow,
    get marker() {
      return shown;
    },
  };
}

// The marker's card comes forward and its quote lights up, alone within `root`.
export function light(marker, root) {
  const quote = marker.closest(".turn").querySelector(`[data-quote="${marker.dataset.number}"]`);
  if (!quote) return;
  for (const lit of root.querySelectorAll("[data-lit]")) lit.removeAttribute("data-lit");
  const card = quote.closest(".card");
  for (const node of [quote, card]) node.setAttribute("data-lit", "");
  card.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  quote.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}
