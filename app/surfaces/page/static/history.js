// Conversations, kept in this browser and nowhere else: the list of them, and reopening one without asking again.
(() => {
  const { find, say, send, make, button, stage, opensElsewhere, stored, store, lastThatFit } = window.paperbacked;
  const LIST = "paperbacked-conversations"; // [{id, at, title, count, size}…], newest first
  const ONE = "paperbacked-conversation-"; // its turns, as the server gave them
  const OPEN = "paperbacked-open"; // in this tab: {id, search}
  const MOST = 50;
  const MOST_CHARACTERS = 2_000_000; // four megabytes in a browser's memory
  const MOST_SENT = 500_000; // bytes; the page's requests may have 512,000
  const MOST_ASKED = 40_000; // bytes of them for a question with its filters
  let open = null; // the conversation on the page, once it is kept
  let shown = ""; // what the server has last said is to be kept

  function parsed(text, otherwise) {
    try {
      return JSON.parse(text) ?? otherwise;
    } catch {
      return otherwise;
    }
  }
  const listed = () => {
    const list = parsed(stored("localStorage", LIST), []);
    return Array.isArray(list) ? list.filter((one) => one && typeof one.id === "string") : [];
  };
  const turnsKept = () => parsed(shown, []);
  const remember = () => store("sessionStorage", OPEN, open && JSON.stringify({ id: open, search: location.search }));

  function drop(entry) {
    store("localStorage", ONE + entry.id, null);
  }

  // Makes room for `size` characters by dropping the oldest; the list that is left.
  function withRoom(list, size) {
    let total = list.reduce((sum, entry) => sum + (entry.size || 0), size);
    const left = [...list];
    while (left.length && (left.length >= MOST || total > MOST_CHARACTERS)) {
      const oldest = left.pop();
      total -= oldest.size || 0;
      drop(oldest);
    }
    return left;
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
    const entry = {
      id: open,
      at: Date.now(),
      title: String(turns[0].answer.question).slice(0, 200),
      count: turns.length,
      size: json.length,
    };
    let others = before.filter((one) => one.id !== open);
    others = json.length > MOST_CHARACTERS ? others : withRoom(others, json.length);
    let kept = json.length <= MOST_CHARACTERS && store("localStorage", ONE + open, json);
    // The browser's own limit may be lower than ours.
    while (!kept && others.length && json.length <= MOST_CHARACTERS) {
      drop(others.pop());
      kept = store("localStorage", ONE + open, json);
    }
    kept = kept && store("localStorage", LIST, JSON.stringify([entry, ...others]));
    if (!kept) {
      drop(entry);
      store("localStorage", LIST, JSON.stringify(others));
      window.paperbacked.announce(say("full"));
    }
    remember();
  }

  function reopen(id) {
    const turns = parsed(stored("localStorage", ONE + id), null);
    if (!Array.isArray(turns)) {
      forget(id);
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
    store("localStorage", LIST, JSON.stringify(listed().filter((entry) => entry.id !== id)));
    if (open === id) leave();
  }

  // The conversation on the page, if there is one, is no longer written to; a new one gets a place of its own.
  function leave() {
    open = null;
    remember();
  }

  // ---- the panel
  function panel() {
    const dialog = make("dialog", "history");
    dialog.id = "history";
    dialog.setAttribute("aria-labelledby", "history-heading");
    const heading = make("h2", "", say("history"));
    heading.id = "history-heading";
    const list = make("ul");
    const foot = make("p", "history-foot");
    const close = button(say("close"), () => dialog.close());
    dialog.append(heading, make("p", "history-note", say("history_note")), list, foot);
    dialog.addEventListener("close", () => {
      dialog.remove();
      find("[data-history]")?.focus();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    const fill = () => {
      const entries = listed();
      list.replaceChildren(...entries.map((entry) => row(entry, dialog, fill)));
      if (!entries.length) list.append(make("li", "history-none", say("history_none")));
      foot.replaceChildren(...(entries.length ? [deleteAll(fill)] : []), close);
    };
    fill();
    stage().append(dialog);
    dialog.showModal();
    (find("li button", dialog) ?? close).focus();
  }

  function row(entry, dialog, fill) {
    const item = make("li");
    const count = entry.count === 1 ? say("questions_one") : say("questions_many", { count: entry.count });
    const day = new Intl.DateTimeFormat(document.documentElement.lang || "en", { dateStyle: "medium" }).format(
      entry.at || 0,
    );
    const title = button("", () => {
      dialog.close();
      reopen(entry.id);
    });
    title.append(make("span", "history-title", String(entry.title)), make("span", "meta", `${day} · ${count}`));
    if (entry.id === open) title.setAttribute("aria-current", "true");
    const gone = button(say("delete"), () => {
      const next = item.nextElementSibling ?? item.previousElementSibling;
      const place = [...item.parentElement.children].indexOf(next) - (item.nextElementSibling ? 1 : 0);
      forget(entry.id);
      fill();
      (find(`li:nth-child(${place + 1}) button`, dialog) ?? find(".history-foot button", dialog)).focus();
    });
    gone.setAttribute("aria-label", say("delete_label", { title: String(entry.title) }));
    item.append(title, gone);
    return item;
  }

  function deleteAll(fill) {
    const node = button(say("delete_all"), () => {
      if (!node.dataset.sure) {
        node.dataset.sure = "1";
        node.textContent = say("delete_sure");
        return;
      }
      for (const entry of listed()) forget(entry.id);
      fill();
      find("#history .history-foot button").focus();
    });
    return node;
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-history]")) panel();
    else if (event.target.closest?.("[data-new]") && !opensElsewhere(event)) {
      leave();
      window.paperbacked.leaveAsked();
    }
  });

  // The question that a reload cut off, after the turns that stood before it: of one that was edited or retried the
  // older answer is kept until there is another.
  function askAgain({ question, filters, after }, id, link) {
    const turns = (id && parsed(stored("localStorage", ONE + id), [])) || [];
    const before = Array.isArray(turns)
      ? turns.slice(0, turns.findLastIndex((one) => one?.answer?.id === after) + 1)
      : [];
    open = id;
    remember();
    if (!link) window.paperbacked.choose(filters);
    const sent = lastThatFit(before, MOST_SENT - MOST_ASKED);
    // A link says also what it was made with.
    if (link && !after && link.q === question) window.paperbacked.ask({ link });
    else window.paperbacked.ask({ again: { question, filters, turns: sent, left: before.length - sent.length } });
  }

  // What the reader finds on opening the page: the link's question, else what stood here before a reload.
  function begin(link) {
    const last = parsed(stored("sessionStorage", OPEN), null);
    const here = last && last.search === location.search && stored("localStorage", ONE + last.id);
    const asked = window.paperbacked.cutOff();
    if (asked && !asked.putBack) askAgain(asked, here ? last.id : null, link);
    else if (here) reopen(last.id);
    else if (link && !asked) window.paperbacked.ask({ link });
  }

  Object.assign(window.paperbacked, { keep, turnsKept, begin });
})();
