// <paperbacked-answer>: draws the conversation, keeps focus where it belongs, and is what the host page talks to.

import { copied, plainText } from "./clipboard.js";
import { paint } from "./colour.js";
import { Conversation } from "./conversation.js";
import { pageAddress } from "./exchange.js";
import { fitBox, focusedNode, frameNodes, keepFocusIn, measure } from "./frame.js";
import { make } from "./nodes.js";
import { patch } from "./patch.js";
import { light } from "./popover.js";
import { turnNodes } from "./turn.js";
import { wishesOf } from "./wishes.js";

export class PaperbackedAnswer extends HTMLElement {
  static observedAttributes = ATTRIBUTES;

  #conversation = new Conversation({
    changed: (now) => this.#changed(now),
    said: (text) => this.#parts?.log.append(make("p", {}, text)),
    told: (name, detail) =>
      this.dispatchEvent(new CustomEvent(`paperbacked:${name}`, { detail, bubbles: true, composed: true })),
  });
  #parts = null;
  #wishes = null;
  #redrawing = false;
  #drawing = 0;
  #cameFrom = null;
  #leaving = null; // takes the listeners on objects of the page away

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint(), { signal });
    window.visualViewport?.addEventListener("resize", () => this.#measure(), { signal });
    window.visualViewport?.addEventListener("scroll", () => this.#measure(), { signal });
    document.addEventListener("scroll", () => this.#scrolled(), { signal, capture: true, passive: true });
    this.#draw();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    // An element that is only moved is connected again before this runs.
    queueMicrotask(() => {
      if (!this.isConnected) this.#conversation.stop();
    });
  }

  attributeChangedCallback(_name, before, after) {
    if (!this.#parts || before === after || this.#redrawing) return;
    this.#redrawing = true;
    queueMicrotask(() => {
      this.#redrawing = false;
      if (this.isConnected) this.#draw();
    });
  }

  // ---- what the host page may call

  get isOpen() {
    return !this.#floating || this.#parts?.panel.hidden === false;
  }

  open() {
    if (this.isOpen) return;
    const { panel, launch, root, box } = this.#parts;
    this.#cameFrom = focusedNode();
    panel.hidden = false;
    root.classList.add("open");
    launch.setAttribute("aria-expanded", "true");
    this.#measure();
    // On a touch screen the keyboard would rise over the panel that has just opened.
    (matchMedia("(hover: none)").matches ? panel : box).focus({ preventScroll: true });
    this.#tell("open");
  }

  close() {
    if (!this.#floating || !this.isOpen) return;
    const { panel, launch, root, popover } = this.#parts;
    const within = this.shadowRoot.activeElement;
    popover.hide();
    panel.hidden = true;
    root.classList.remove("open");
    launch.setAttribute("aria-expanded", "false");
    if (within) (this.#cameFrom?.isConnected ? this.#cameFrom : launch).focus({ preventScroll: true });
    this.#tell("close");
  }

  // Opens the widget and asks; resolves to the Answer, or to null where none came.
  async ask(question) {
    const text = String(question ?? "")
      .trim()
      .slice(0, MAX_QUESTION_CHARS);
    if (!text || !this.#parts) return null;
    this.open();
    this.#parts.log.replaceChildren();
    const answer = this.#conversation.ask(text, this.#wishes);
    this.#changed(true);
    this.#showLast();
    return answer;
  }

  stop() {
    this.#conversation.stop();
  }

  // ---- drawing

  get #floating() {
    return this.hasAttribute("launcher");
  }

  #tell(name) {
    this.dispatchEvent(new CustomEvent(`paperbacked:${name}`, { bubbles: true, composed: true }));
  }

  #draw() {
    const draft = this.#parts?.box.value ?? "";
    const open = this.#parts && this.isOpen;
    this.#wishes = wishesOf(this);
    this.#parts = frameNodes(this.#wishes, this.#floating);
    const { root, panel, launch, box } = this.#parts;
    root.classList.add(this.#floating ? "floating" : "inline", `place-${this.#wishes.place}`);
    // By what the page says of itself, not by what its style sheet does to this element.
    root.dir = this.closest("[dir=rtl i], [dir=ltr i]")?.dir || "ltr";
    box.value = draft;
    this.#listen();
    this.shadowRoot.replaceChildren(root);
    if (this.#floating && open) {
      panel.hidden = false;
      root.classList.add("open");
      launch.setAttribute("aria-expanded", "true");
    }
    // The top layer: no ancestor's transform, filter or z-index reaches it there.
    if (this.#floating && this.showPopover) {
      this.popover = "manual";
      if (!this.matches(":popover-open")) this.showPopover();
    } else if (this.popover) this.popover = null;
    this.#paint();
    this.#changed(true);
  }

  #paint() {
    paint(this.#parts.root, this.#wishes);
  }

  #measure() {
    measure(this.#parts);
  }

  #changed(now = false) {
    if (!this.#parts) return;
    cancelAnimationFrame(this.#drawing);
    if (now) this.#render();
    else this.#drawing = requestAnimationFrame(() => this.#render());
  }

  #render() {
    const { turns, intro, send, full, popover } = this.#parts;
    const { say, language, server } = this.#wishes;
    const { exchanges, busy, last } = this.#conversation;
    const articles = exchanges.map((exchange, index) =>
      make(
        "article",
        { class: "turn", "data-turn": index, "aria-busy": exchange.phase === "running" ? "true" : null },
        ...turnNodes(exchange, { say, language, last: exchange === last }),
      ),
    );
    patch(turns, articles);
    intro.hidden = exchanges.length > 0;
    send.textContent = say(busy ? "stop" : "send");
    send.classList.toggle("stops", busy);
    full.href = pageAddress(server, last);
    if (popover.marker && !popover.marker.isConnected) popover.hide();
  }

  #scrolled() {
    this.#parts.popover.follow(this.#parts.scroll);
  }

  #showLast() {
    const { turns, scroll } = this.#parts;
    this.#measure();
    const turn = turns.lastElementChild;
    if (this.#floating || this.hasAttribute("fill")) scroll.scrollTop = turn.offsetTop - scroll.offsetTop;
    else turn.scrollIntoView({ block: "nearest" });
  }

  // ---- what the reader does

  #listen() {
    const { root, panel, launch, box } = this.#parts;
    launch?.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    panel.addEventListener("click", (event) => this.#clicked(event));
    root.addEventListener("keydown", (event) => this.#pressed(event));
    // A host page's shortcuts would take what is typed here for themselves: to them it comes from no text box.
    for (const name of ["keydown", "keyup", "keypress"])
      root.addEventListener(name, (event) => event.stopPropagation());
    box.addEventListener("input", () => fitBox(box));
    const touches = matchMedia("(hover: none)");
    const over = (event) => {
      const marker = event.target.closest(".marker");
      if (marker && !touches.matches) this.#quote(marker);
    };
    const away = ({ relatedTarget }) => {
      if (!touches.matches && !relatedTarget?.closest?.(".popover, .marker")) this.#parts.popover.hide();
    };
    panel.addEventListener("pointerover", over);
    panel.addEventListener("pointerout", away);
    panel.addEventListener("focusin", (event) => {
      if (event.target.matches(":focus-visible")) over(event);
    });
    panel.addEventListener("focusout", away);
    this.#parts.scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  #pressed(event) {
    const { panel, popover, box } = this.#parts;
    const marker = event.target.closest(".marker");
    if (event.key === "Escape" && !event.isComposing) {
      if (!popover.hide()) this.close();
      event.preventDefault();
    } else if (event.key === "Tab" && this.#floating && panel.contains(event.target)) keepFocusIn(panel, event);
    else if (marker && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      this.#light(marker);
    } else if (
      event.target === box &&
      event.key === "Enter" &&
      !event.shiftKey &&
      !event.isComposing &&
      event.keyCode !== 229
    ) {
      event.preventDefault();
      if (!this.#conversation.busy) this.#send();
    }
  }

  #clicked(event) {
    const on = (selector) => event.target.closest(selector);
    const { popover } = this.#parts;
    if (on(".popover")) return;
    const marker = on(".marker");
    if (marker) {
      if (matchMedia("(hover: none)").matches) this.#quote(marker, () => this.#light(marker));
      else this.#light(marker);
      return;
    }
    popover.hide();
    const question = on("[data-ask]")?.dataset.ask;
    if (question) {
      this.#parts.box.focus({ preventScroll: true });
      this.ask(question);
    }
    const act = on("[data-act]")?.dataset.act;
    if (act === "close") this.close();
    else if (act === "retry") {
      this.#parts.log.replaceChildren();
      this.#conversation.retry(this.#wishes);
    } else if (act === "copy") this.#copy(this.#exchangeOf(event.target));
    // The second click of a double click on "Ask" is none on "Stop".
    else if (act === "send" && this.#conversation.busy) {
      if (event.detail < 2) this.stop();
    } else if (act === "send") this.#send();
    const verdict = on("[data-vote]")?.dataset.vote;
    if (verdict) this.#conversation.vote(this.#exchangeOf(event.target), verdict);
  }

  #exchangeOf(node) {
    return this.#conversation.exchanges[Number(node.closest(".turn").dataset.turn)];
  }

  #send() {
    const { box } = this.#parts;
    if (!box.value.trim()) return box.focus();
    this.ask(box.value);
    box.value = "";
    fitBox(box);
  }

  #quote(marker, onMore) {
    const number = Number(marker.dataset.number);
    const citation = this.#exchangeOf(marker).citations.find((each) => each.number === number);
    if (citation) this.#parts.popover.show(marker, citation, onMore);
  }

  #light(marker) {
    this.#parts.popover.hide();
    light(marker, this.shadowRoot);
  }

  async #copy(exchange) {
    const text = plainText(exchange, this.#wishes.language);
    exchange.copied = (await copied(text, this.#parts.panel)) ? "copied" : "not_copied";
    this.#changed(true);
    setTimeout(() => {
      exchange.copied = false;
      this.#changed(true);
    }, 1600);
  }
}
