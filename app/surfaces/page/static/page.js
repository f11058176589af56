// What the page does by itself, last of its scripts: it begins, reads out, listens to keys and to its other parts,
// and keeps the newest question in view.
(() => {
  const page = window.paperbacked;
  const { find, all, touches, bring, say, send, make, box, type } = page;

  // ---- read out: whole sentences, never pieces of one
  const reader = make("div", "read-out");
  reader.setAttribute("role", "status");
  reader.setAttribute("aria-live", "polite");
  reader.setAttribute("aria-atomic", "false");
  document.body.append(reader);
  function announce(text) {
    reader.append(make("p", "", text));
    while (reader.childElementCount > 20) reader.firstElementChild.remove();
  }
  page.announce = announce;

  let heard = { turn: null, keys: new Set(), finished: true };
  let restoring = true; // what is on the page when it is opened was read before
  function readOut() {
    const told = find("#announced [data-announced]");
    if (!told) {
      heard = { turn: null, keys: new Set(), finished: true };
      return;
    }
    const finished = told.dataset.ended !== "";
    const begins = told.dataset.announced !== heard.turn || (heard.finished && !finished);
    if (begins) {
      heard = { turn: told.dataset.announced, keys: new Set(), finished: true };
      restoring = finished;
      if (!finished) announce(say("answering"));
    }
    for (const line of all("[data-key]", told)) {
      if (heard.keys.has(line.textContent)) continue;
      heard.keys.add(line.textContent);
      if (!restoring) announce(line.textContent);
    }
    if (told.dataset.ended === "answer" && !heard.finished && !restoring) announce(say("done"));
    heard.finished = finished;
  }

  // ---- the link that the page was opened with
  function linked() {
    const fields = new URLSearchParams(location.search);
    const question = fields.get("q");
    if (!question) return null;
    const many = (name) => fields.getAll(name).filter(Boolean).slice(0, 40);
    return {
      q: question.slice(0, 4000),
      ...Object.fromEntries(Object.keys(page.facets).map((name) => [name, many(name)])),
      since: fields.get("since"),
      until: fields.get("until"),
      v: fields.get("v"),
    };
  }
  // What is asked next is asked of the same papers.
  function choose(asked) {
    const year = (text) => Number.parseInt(text, 10) || null;
    const filters = {
      ...Object.fromEntries(Object.entries(page.facets).map(([name, plural]) => [plural, asked[name] ?? []])),
      since: year(asked.since),
      until: year(asked.until),
    };
    if (Object.values(filters).some((value) => (Array.isArray(value) ? value.length : value)))
      send("masthead", "select", filters);
  }
  page.choose = choose;
  function begin() {
    page.begin(linked());
    page.restoreDraft();
  }

  // ---- other parts of the page: the library, the cards
  const on = (name, act) => document.addEventListener(`paperbacked:${name}`, (event) => act(event.detail ?? {}));
  on("filter", (filters) => send("masthead", "select", filters));
  on("ask", ({ question }) => {
    if (question) page.ask({ question: String(question) });
  });
  on("draft", ({ text }) => type(String(text ?? "")));

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-skip]")) {
      event.preventDefault();
      box()?.focus();
    } else if (event.target.closest?.("[data-edit]")) editing = true;
    else if (event.target.closest?.("[data-unfiltered]")) {
      // The filters go, and the question is asked again of all papers.
      send("masthead", "select", {});
      page.ask({ retry: true, unfiltered: true });
    }
  });
  let editing = false;

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !find("dialog[open]")) {
      event.preventDefault();
      if (document.documentElement.dataset.section !== "ask") location.hash = "ask";
      // The section is shown once the address has changed.
      setTimeout(() => box()?.focus());
    }
    if (event.key === "Escape" && event.target === box()) find("[data-leave-edit]")?.click();
  });

  // ---- the box is ready to type in, and a new question comes to the top of the view, once
  // What stood there while the page was loaded goes once it is drawn in the language in which that spoke.
  const LATEST = 5000; // milliseconds until it goes in any case
  const front = find("#front");
  function uncover() {
    if (!front?.isConnected || !box() || !find("#conversation section")) return;
    const { ready, language } = find(".masthead")?.dataset ?? {};
    if (ready || language === front.dataset.language) front.remove();
    else setTimeout(() => front.remove(), LATEST);
  }

  let turns = 0;
  let newest = "";
  let ready = false;
  let begun = false;
  function seen() {
    uncover();
    if (!ready && box() && !front?.isConnected) {
      ready = true;
      if (!touches.matches) box().focus({ preventScroll: true });
    }
    if (!begun && box() && find("#conversation section") && find(".masthead[data-ready]")) {
      begun = true;
      begin();
    }
    const articles = all(".turn");
    const last = articles.at(-1);
    const asked = last ? find(".question", last).textContent : "";
    // Of a long conversation the oldest question goes when a new one comes, and their number stays.
    if (articles.length > turns || (last?.matches("[aria-busy]") && asked !== newest)) {
      page.hidePopover();
      if (touches.matches) box()?.blur(); // folds the keyboard away from the answer
      bring(last, "start");
    }
    turns = articles.length;
    newest = asked;
    if (editing && find("[data-leave-edit]")) {
      editing = false;
      box()?.focus();
    }
    readOut();
    page.watch();
    if (begun) page.follow();
    page.pressThumbs();
    page.keep(find("#kept [data-turns]")?.dataset.turns ?? "");
  }
  new MutationObserver(seen).observe(document.body, {
    childList: true,
    subtree: true,
    characterData: true,
    attributeFilter: ["data-turns", "data-announced", "data-ended", "data-ready", "data-answer", "data-key"],
  });
})();
