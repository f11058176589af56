// What the page's scripts share, as `window.paperbacked`, which has the facets before this script runs: what permalinks
// and papers call one, and what filters do. Each script is a function of its own that runs once; outside text is only
// ever set with textContent.
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const touches = matchMedia("(hover: none)");
  const bring = (node, block) => node.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });

  // ---- the interface's words, as an element on the page bears them in its language
  function wordsOf(selector) {
    let spoken = { json: "", words: {} };
    return (key, values = {}) => {
      const json = find(selector)?.dataset.words ?? "{}";
      if (json !== spoken.json) spoken = { json, words: JSON.parse(json) };
      return (spoken.words[key] ?? "").replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
    };
  }
  const say = wordsOf(".masthead");
  const language = () => find(".masthead")?.dataset.language || "en";

  // ---- between the page's parts: an event that the others may hear
  const emit = (name, detail) => document.dispatchEvent(new CustomEvent(`paperbacked:${name}`, { detail }));
  const draft = (text) => emit("draft", { text });
  // With these keys a link opens in another tab or window, and this page stays as it is; triggers.js has the same.
  const opensElsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

  // What is done for the first [selector, act] whose selector the event's target is within.
  function actOn(event, acts) {
    for (const [selector, act] of acts) {
      const node = event.target.closest?.(selector);
      if (node) return act(node);
    }
  }

  // ---- to the server: an event of the masthead or of the conversation, heard by triggers.js
  function send(where, name, data) {
    const node = find(where === "masthead" ? "#masthead .masthead" : "#conversation section");
    node?.dispatchEvent(new CustomEvent("paperbacked:send", { bubbles: true, detail: { name, data } }));
  }
  const ask = (data) => send("conversation", "submit", data);

  // ---- the question box
  const box = () => find("#question textarea");
  function type(text) {
    const area = box();
    if (!area) return;
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus({ preventScroll: true });
    area.setSelectionRange(text.length, text.length);
  }
  // What is asked next is asked of these papers alone, until the reader takes the filter off.
  function askOnly(papers) {
    emit("filter", { papers });
    box()?.focus();
  }

  // ---- small parts of a page
  function make(tag, css, text) {
    const node = document.createElement(tag);
    if (css) node.className = css;
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function button(text, act, css) {
    const node = make("button", css, text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }
  // Inside Gradio's container, so that the theme's colours hold for it.
  const stage = () => find(".gradio-container") ?? document.body;

  // ---- what a script draws within what the server draws, which takes it away whenever it draws that anew
  function placed(selector) {
    let nodes = [];
    function attach() {
      const place = find(selector);
      if (!place || (place.childElementCount === nodes.length && nodes.every((node) => node.parentElement === place)))
        return;
      place.replaceChildren(...nodes);
    }
    new MutationObserver(attach).observe(document.body, { childList: true, subtree: true });
    return {
      put(now) {
        nodes = now;
        attach();
      },
    };
  }

  // ---- the clipboard: whether the text is on it
  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Plain http on another host has no clipboard API.
      const before = document.activeElement;
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      before?.focus({ preventScroll: true });
      return done;
    }
  }

  // Another label for a moment.
  function says(node, text) {
    const label = node.dataset.label ?? node.textContent;
    node.dataset.label = label;
    node.textContent = text;
    setTimeout(() => {
      node.textContent = label;
      delete node.dataset.label;
    }, 1600);
  }

  // What may be refused: private windows and full disks have no storage.
  function stored(storage, key) {
    try {
      return window[storage].getItem(key);
    } catch {
      return null;
    }
  }
  function store(storage, key, value) {
    try {
      if (value === null) window[storage].removeItem(key);
      else window[storage].setItem(key, value);
      return true;
    } catch {
      return false;
    }
  }

  // What was stored as JSON; anybody who has this browser in hand can have written something else.
  function parsed(text, otherwise = null) {
    try {
      return JSON.parse(text) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  // ---- the collection that the page is over: that of its address, else the one that this tab was last over
  const COLLECTION = "paperbacked-collection";
  function chosenCollection() {
    const fields = new URLSearchParams(location.search);
    const named = fields.get("collection");
    const last = stored("sessionStorage", COLLECTION);
    if (named !== null || !last || fields.has("q")) {
      store("sessionStorage", COLLECTION, named || null);
      return named ?? "";
    }
    history.replaceState(history.state, "", `${addressOf(last)}${location.hash}`);
    return last;
  }
  // The page over the collection of that name; over the server's own for "".
  const addressOf = (name) => `./${name ? `?collection=${encodeURIComponent(name)}` : ""}`;
  function goTo(name, section = "") {
    store("sessionStorage", COLLECTION, name || null);
    const address = new URL(`${addressOf(name)}${section}`, document.baseURI);
    if (address.search !== location.search) return location.assign(address);
    // To another section alone the browser would go without loading the page anew.
    history.replaceState(history.state, "", address);
    location.reload();
  }
  const collection = chosenCollection();

  // ---- the server's API, over that collection; an error with the server's own words where something cannot be had
  const WAIT = 15_000; // milliseconds until the server is given up
  class Refused extends Error {
    constructor(status, why) {
      super(why);
      this.status = status;
    }
  }
  function apiAddress(path, fields = {}) {
    const address = new URL(`api/v1/${path}`, document.baseURI);
    const all = collection && !path.startsWith("collections") ? { collection, ...fields } : fields;
    for (const [name, value] of Object.entries(all)) address.searchParams.set(name, value);
    return address;
  }
  async function asked(path, { fields, wait = WAIT, body, json, ...options } = {}) {
    const sent = json === undefined ? { body } : { body: JSON.stringify(json), headers: JSON_BODY };
    const reply = await fetch(apiAddress(path, fields), { signal: AbortSignal.timeout(wait), ...sent, ...options });
    const told = reply.status === 204 ? null : await reply.json().catch(() => null);
    if (!reply.ok) throw new Refused(reply.status, String(told?.detail ?? told?.title ?? reply.status));
    return told;
  }
  const JSON_BODY = { "Content-Type": "application/json" };
  const paperFetched = (id, more = "", fields = {}) => asked(`papers/${encodeURIComponent(id)}${more}`, { fields });
  // Why something failed, in the server's words where it had some.
  const whyNot = (error) => (error instanceof Refused ? error.message : say("shelf_why"));

  // ---- what goes to the server is bounded there: the last of a list that fit into so many bytes of JSON
  function lastThatFit(list, bytes) {
    let first = list.length;
    for (let room = bytes; first; first -= 1) {
      room -= new Blob([JSON.stringify(list[first - 1])]).size + 1; // and a comma
      if (room < 0) break;
    }
    return list.slice(first);
  }

  window.paperbacked = {
    ...window.paperbacked,
    find,
    all,
    touches,
    bring,
    wordsOf,
    say,
    language,
    emit,
    draft,
    opensElsewhere,
    actOn,
    send,
    ask,
    box,
    type,
    askOnly,
    make,
    button,
    stage,
    placed,
    copied,
    says,
    collection,
    addressOf,
    goTo,
    apiAddress,
    asked,
    whyNot,
    paperFetched,
    stored,
    store,
    parsed,
    lastThatFit,
  };
})();
