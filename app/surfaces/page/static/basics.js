// What the page's scripts share, as `window.paperbacked`. Each script is a function of its own that runs once;
// outside text is only ever set with textContent.
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const touches = matchMedia("(hover: none)");
  const bring = (node, block) => node.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });

  // ---- the interface's words, in the language that the masthead is in
  let spoken = { json: "", words: {} };
  function say(key, values = {}) {
    const json = find(".masthead")?.dataset.words ?? "{}";
    if (json !== spoken.json) spoken = { json, words: JSON.parse(json) };
    return (spoken.words[key] ?? "").replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
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

  // What may be refused: private windows and full disks have no storage.
  function stored(storage, key) { try { return window[storage].getItem(key); } catch { return null; } }
  function store(storage, key, value) {
    try {
      if (value === null) window[storage].removeItem(key);
      else window[storage].setItem(key, value);
      return true;
    } catch { return false; }
  }

  window.paperbacked = { find, all, touches, bring, say, send, ask, box, type, make, button, stage, stored, store };
})();
