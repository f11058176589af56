// Conversations, kept in this browser and nowhere else, and one of them reopened without asking again.
// history_panel.js shows them.
(() => {
  const { say, send, opensElsewhere, stored, store, parsed, lastThatFit, collection, addressOf, goTo } =
    window.paperbacked;
  const LIST = "paperbacked-conversations"; // [{id, at, title, name, count, size, pinned, collection}…], newest first; name and pinned by the reader
  const ONE = "paperbacked-conversation-"; // its turns, as the server gave them
  const OPEN = "paperbacked-open"; // in this tab: {id, search}
  const MOST = 50;
  const MOST_PINNED = 20;
  const MOST_NAME = 200; // characters
  const LAST_DAY = 8.64e15; // milliseconds, of the calendar
  const MOST_CHARACTERS = 2_000_000; // four megabytes in a browser's memory
  const MOST_SENT = 500_000; // bytes; the page's requests may have 512,000
  const MOST_ASKED = 40_000; // bytes of them for a question with its filters
  let open = null; // the conversation on the page, once it is kept
  let shown = ""; // what the server has last said is to be kept

  const number = (value, most) => (Number.isFinite(value) && value > 0 ? Math.min(value, most) : 0);
  const text = (value) => (typeof value === "string" ? value.slice(0, MOST_NAME) : "");
  // Anybody who has this browser in hand can have written it.
  function listed() {
    const list = parsed(stored("localStorage", LIST), []);
    if (!Array.isArray(list)) return [];
    const entries = list.filter((one) => typeof one?.id === "string" && one.id.length <= MOST_NAME).slice(0, MOST);
    return entries.map((one) => ({
      id: one.id,
      at: number(one.at, LAST_DAY),
      title: text(one.title),
      name: text(one.name),
      count: number(one.count, MOST),
      size: number(one.size, MOST_CHARACTERS),
      pinned: one.pinned === true,
      collection: text(one.collection),
    }));
  }
  const saveList = (list) => store("localStorage", LIST, JSON.stringify(list));
  const turnsKept = () => parsed(shown, []);
  const remember = () => store("sessionStorage", OPEN, open && JSON.stringify({ id: open, search: location.search }));

  function drop(entry) {
    store("localStorage", ONE + entry.id, null);
  }

  // The list without the oldest conversation that is not pinned; null where there is none.
  function withoutOldest(list) {
    const place = list.findLastIndex((entry) => !entry.pinned);
    if (place < 0) return null;
    drop(list[place]);
    return list.filter((entry) => entry !== list[place]);
  }

  // Keeps `json` as the conversation `entry`, for which the oldest make room; whether it could be.
  function put(entry, json, list) {
    let others = list;
    const total = () => others.reduce((sum, one) => sum + one.size, json.length);
    const fits = () => others.length < MOST && total() <= MOST_CHARACTERS;
    let kept = false;
    while (others && json.length <= MOST_CHARACTERS) {
      // The browser's own limit may be lower than ours.
      kept = fits() && store("localStorage", ONE + entry.id, json) && saveList([entry, ...others]);
      if (kept) return true;
      const fewer = withoutOldest(others);
      if (!fewer) break;
      others = fewer;
    }
    drop(entry);
    saveList(others);
    return false;
  }

  function continues(turns, before) {
    const ids = new Set(turns.map((turn) => turn.answer.id));
    return before.length < 2 || before.some((turn) => ids.has(turn.answer?.id));
  }

  function keep(json) {
    if (json === shown) return;
    shown = json;
    const turns = turnsKept();
    if (!turns.length) return;
    const before = listed();
    const old = open && stored("localStorage", ONE + open);
    if (old === json) return;
    // The server forgets a conversation after hours, or when it starts anew: what follows then begins another one.
    if (old && !continues(turns, parsed(old, []))) open = null;
    open ??= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const known = before.find((one) => one.id === open);
    const entry = {
      id: open,
      at: Date.now(),
      title: text(turns[0].answer.question),
      name: known?.name ?? "",
      count: turns.length,
      size: json.length,
      pinned: known?.pinned ?? false,
      collection,
    };
    const others = before.filter((one) => one.id !== open);
    if (!put(entry, json, others)) window.paperbacked.announce(say("full"));
    remember();
  }

  // The turns of a kept conversation; null where there are none to be read.
  function turnsOf(id) {
    const turns = parsed(stored("localStorage", ONE + id), null);
    return Array.isArray(turns) ? turns : null;
  }

  function reopen(id) {
    const turns = turnsOf(id);
    if (!turns) {
      forget(id);
      return;
    }
    const asked = listed().find((entry) => entry.id === id)?.collection ?? collection;
    if (asked !== collection) {
      // It is opened there, over the papers that it quotes.
      const { search } = new URL(addressOf(asked), document.baseURI);
      store("sessionStorage", OPEN, JSON.stringify({ id, search }));
      goTo(asked);
      return;
    }
    open = id;
    remember();
    window.paperbacked.leaveAsked();
    const sent = lastThatFit(turns, MOST_SENT);
    send("masthead", "expand", { turns: sent, left: turns.length - sent.length });
  }

  function forget(id) {
    drop({ id });
    saveList(listed().filter((entry) => entry.id !== id));
    if (open === id) leave();
  }

  // What the reader calls a conversation; without a name it is called by its first question.
  const rename = (id, name) =>
    saveList(listed().map((entry) => (entry.id === id ? { ...entry, name: text(name.trim()) } : entry)));

  // A pinned one stands first and is never dropped to make room. Whether it could be.
  function pin(id, pinned) {
    const list = listed();
    if (pinned && list.filter((entry) => entry.pinned).length >= MOST_PINNED) return false;
    return saveList(list.map((entry) => (entry.id === id ? { ...entry, pinned } : entry)));
  }

  // The conversation on the page, if there is one, is no longer written to; a new one gets a place of its own.
  function leave() {
    open = null;
    remember();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-new]") && !opensElsewhere(event)) {
      leave();
      window.paperbacked.leaveAsked();
    }
  });

  // The question that a reload cut off, after the turns that stood before it: of one that was edited or retried the
  // older answer is kept until there is another.
  function askAgain({ question, filters, after }, id, link) {
    const turns = (id && turnsOf(id)) || [];
    const before = turns.slice(0, turns.findLastIndex((one) => one?.answer?.id === after) + 1);
    open = id;
    remember();
    window.paperbacked.choose(filters);
    const sent = lastThatFit(before, MOST_SENT - MOST_ASKED);
    // A link says also what it was made with.
    if (link && !after && link.q === question) window.paperbacked.ask({ link });
    else window.paperbacked.ask({ again: { question, filters, turns: sent, left: before.length - sent.length } });
  }

  // What the reader finds on opening the page: what was cut off or stood here before a reload, else the link's question.
  function begin(link) {
    const last = parsed(stored("sessionStorage", OPEN), null);
    const here = last && last.search === location.search && stored("localStorage", ONE + last.id);
    const asked = window.paperbacked.cutOff();
    if (asked && !asked.putBack) askAgain(asked, here ? last.id : null, link);
    else if (here) reopen(last.id);
    else if (link && !asked) {
      window.paperbacked.choose(link);
      window.paperbacked.ask({ link });
    }
  }

  const kept = { MOST_PINNED, MOST_NAME, listed, turnsOf, reopen, forget, rename, pin, isOpen: (id) => id === open };
  Object.assign(window.paperbacked, { keep, turnsKept, begin, kept });
})();
