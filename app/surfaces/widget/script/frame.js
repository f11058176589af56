// The parts that stay while answers come and go: launcher, head, scroll, composer, foot, log.

import { icon, make, outsideLink } from "./nodes.js";
import { quotePopover } from "./popover.js";
import { askNext } from "./turn.js";
import { scopeWords } from "./wishes.js";

export function frameNodes({ say, title, placeholder, examples, filters }, launcher) {
  const parts = {
    launch: !launcher
      ? null
      : make(
          "button",
          {
            class: "launch",
            type: "button",
            "aria-haspopup": "dialog",
            "aria-expanded": "false",
            "aria-controls": "panel",
          },
          icon("quote"),
          make("span", {}, title),
        ),
    close: !launcher
      ? null
      : make("button", { type: "button", "data-act": "close", "aria-label": say("close") }, icon("close")),
    intro: make(
      "div",
      { class: "intro" },
      make("p", { class: "lead" }, say("lead")),
      scopeWords(filters, say) && make("p", { class: "scope" }, scopeWords(filters, say)),
      askNext(examples, say("worth_asking")),
    ),
    turns: make("div", { class: "turns" }),
    box: make("textarea", {
      rows: 1,
      maxlength: MAX_QUESTION_CHARS,
      placeholder,
      "aria-label": title,
      dir: "auto",
      enterkeyhint: "send",
      autocomplete: "off",
    }),
    send: make("button", { class: "send", type: "button", "data-act": "send" }, say("send")),
    full: outsideLink("about:blank", say("full_page")),
    log: make("div", { class: "unseen", role: "log", "aria-live": "polite", "aria-label": say("log") }),
    popover: quotePopover(say),
  };
  parts.scroll = make("div", { class: "scroll" }, parts.intro, parts.turns);
  parts.panel = make(
    "section",
    {
      class: "panel",
      id: "panel",
      tabindex: "-1",
      "aria-labelledby": "title",
      role: launcher ? "dialog" : "region",
      ...(launcher && { "aria-modal": "true" }),
    },
    make("div", { class: "head" }, make("h2", { id: "title" }, title), parts.close),
    parts.scroll,
    make("div", { class: "composer" }, make("div", { class: "box" }, parts.box, parts.send)),
    make("p", { class: "foot" }, parts.full),
    parts.log,
    parts.popover.box,
  );
  parts.panel.hidden = Boolean(launcher);
  // An empty title keeps the element's own from popping up over everything.
  parts.root = make("div", { class: "root", title: "", lang: say.language }, parts.launch, parts.panel);
  return parts;
}

// What a phone's keyboard leaves of the window, and how much of a turn fits.
export function measure({ root, scroll }) {
  const view = window.visualViewport;
  if (view) {
    root.style.setProperty("--view-height", `${Math.round(view.height)}px`);
    root.style.setProperty("--view-top", `${Math.round(view.offsetTop)}px`);
  }
  root.style.setProperty("--view", `${scroll.clientHeight}px`);
}

// As tall as what is typed in it; the style sheet says up to where.
export function fitBox(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

const FOCUSABLE = 'a[href], button:not([disabled]), textarea, summary, [tabindex="0"]';

// Keeps Tab within the panel.
export function keepFocusIn(panel, event) {
  const stops = [...panel.querySelectorAll(FOCUSABLE)].filter((node) => node.getClientRects().length);
  const here = panel.getRootNode().activeElement;
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (here !== edge && here !== panel) return;
  if (here === panel && !event.shiftKey) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}

// What has the focus, also inside other components of the page.
export function focusedNode() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node === document.body ? null : node;
}
