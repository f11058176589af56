// The panel of kept conversations: searched, renamed, pinned, deleted, reopened, and taken along as a file.
(() => {
  const { find, all, say, make, button, stage, kept } = window.paperbacked;
  const nameOf = (entry) => entry.name || entry.title;
  const plain = (text) => String(text).normalize("NFKC").toLocaleLowerCase();
  let texts = new Map(); // of conversations by their ids: what is searched, while the panel is open
  let query = "";
  let naming = null; // the conversation that is being renamed

  // ---- search: all words, in names, questions and answers
  function textOf(entry) {
    if (!texts.has(entry.id)) {
      const answers = (kept.turnsOf(entry.id) ?? []).map((turn) => turn?.answer ?? {});
      texts.set(entry.id, {
        questions: answers.map((answer) => String(answer.question ?? "")),
        whole: plain(answers.map((answer) => `${answer.question} ${answer.answer}`).join(" ")),
      });
    }
    return texts.get(entry.id);
  }
  const words = () => plain(query).split(/\s+/).filter(Boolean);
  const found = (entry) => {
    const whole = `${plain(entry.name)} ${plain(entry.title)} ${words().length ? textOf(entry).whole : ""}`;
    return words().every((word) => whole.includes(word));
  };
  // The question that was searched for, where the name does not say it.
  const hit = (entry) =>
    words().length && !words().every((word) => plain(nameOf(entry)).includes(word))
      ? textOf(entry).questions.find((question) => words().some((word) => plain(question).includes(word)))
      : undefined;
  const shownNow = () => {
    const entries = kept.listed().filter(found);
    return [...entries.filter((entry) => entry.pinned), ...entries.filter((entry) => !entry.pinned)];
  };

  // ---- the panel
  function panel() {
    texts = new Map();
    query = "";
    naming = null;
    const dialog = make("dialog", "history");
    dialog.id = "history";
    dialog.setAttribute("aria-labelledby", "history-heading");
    const heading = make("h2", "", say("history"));
    heading.id = "history-heading";
    const told = make("p", "history-told");
    told.setAttribute("role", "status");
    const foot = make("div", "history-foot");
    dialog.append(heading, make("p", "history-note", say("history_note")), searchField(), told, make("ul"), foot);
    dialog.addEventListener("close", () => {
      dialog.remove();
      find("[data-history]")?.focus();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    dialog.addEventListener("keydown", (event) => keys(event, dialog));
    stage().append(dialog);
    fill();
    dialog.showModal();
    (find("li button", dialog) ?? find(".history-foot button:last-child", dialog)).focus();
  }

  function searchField() {
    const field = make("input", "history-search");
    field.type = "search";
    field.maxLength = kept.MOST_NAME;
    field.placeholder = say("history_search");
    field.setAttribute("aria-label", say("history_search"));
    field.addEventListener("input", () => {
      query = field.value;
      naming = null;
      fill();
    });
    return field;
  }

  function tell(text) {
    find("#history .history-told").textContent = text;
  }

  // Draws the list anew. What had the focus has it again: `act` is the place of a button among those of a row.
  function fill(focused, act = "") {
    const dialog = find("#history");
    const every = kept.listed();
    const entries = shownNow();
    find("ul", dialog).replaceChildren(...entries.map((entry) => row(entry)));
    if (!every.length) find("ul", dialog).append(make("li", "history-none", say("history_none")));
    find(".history-search", dialog).hidden = every.length < 2 && !query;
    const counted = say("history_found", { count: entries.length, total: every.length });
    tell(words().length ? (entries.length ? counted : say("history_nothing")) : "");
    const close = button(say("close"), () => dialog.close());
    find(".history-foot", dialog).replaceChildren(...(every.length ? [files(), deleteAll()] : []), close);
    const item = focused && all("li", dialog).find((one) => one.dataset.entry === focused);
    if (item) (find(act ? `[data-act=${act}]` : "button", item) ?? find("button", item)).focus();
  }

  function keys(event, dialog) {
    const field = find(".history-search", dialog);
    if (event.key === "/" && !event.target.matches("input")) {
      event.preventDefault();
      field.focus();
    } else if (event.key === "Escape" && (naming || (event.target === field && field.value))) {
      // One step back, and not out of the panel.
      event.preventDefault();
      const left = naming;
      naming = null;
      if (!left) {
        field.value = "";
        query = "";
      }
      fill(left, "rename");
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const stops = [...(field.hidden ? [] : [field]), ...all("li .history-open", dialog)];
      const here = stops.findIndex((one) => one === event.target || one.parentElement.contains(event.target));
      const inRow = event.target.closest("li")
        ? stops.indexOf(find(".history-open", event.target.closest("li")))
        : here;
      const next = stops[inRow + (event.key === "ArrowDown" ? 1 : -1)];
      if (!next || (event.target.matches("input") && event.target !== field)) return;
      event.preventDefault();
      next.focus();
    }
  }

  // ---- a conversation
  function row(entry) {
    const item = make("li");
    item.dataset.entry = entry.id;
    item.append(naming === entry.id ? nameField(entry) : title(entry), ...(naming === entry.id ? [] : [acts(entry)]));
    return item;
  }

  function title(entry) {
    const count = entry.count === 1 ? say("questions_one") : say("questions_many", { count: entry.count });
    const day = new Intl.DateTimeFormat(document.documentElement.lang || "en", { dateStyle: "medium" }).format(
      entry.at,
    );
    const node = button("", () => {
      find("#history").close();
      kept.reopen(entry.id);
    });
    node.className = "history-open";
    node.append(make("span", "history-title", nameOf(entry)));
    const question = hit(entry);
    if (question) node.append(make("span", "history-hit", question));
    node.append(make("span", "meta", [...(entry.pinned ? [say("pinned")] : []), day, count].join(" · ")));
    if (kept.isOpen(entry.id)) node.setAttribute("aria-current", "true");
    return node;
  }

  function acts(entry) {
    const act = (key, label, press) => {
      const node = button(say(key), press);
      node.dataset.act = label;
      node.setAttribute("aria-label", say("act_label", { act: say(key), title: nameOf(entry) }));
      return node;
    };
    const line = make("span", "history-acts");
    line.append(
      act(entry.pinned ? "unpin" : "pin", "pin", () => {
        const done = kept.pin(entry.id, !entry.pinned);
        fill(entry.id, "pin");
        if (!done) tell(say("pins_full", { count: kept.MOST_PINNED }));
      }),
      act("rename", "rename", () => {
        naming = entry.id;
        fill();
        find("#history .history-name input").select();
      }),
      act("delete", "delete", () => {
        const rows = shownNow();
        const place = rows.findIndex((one) => one.id === entry.id);
        const next = rows[place + 1] ?? rows[place - 1];
        kept.forget(entry.id);
        fill(next?.id);
        if (!next) find("#history .history-foot button").focus();
      }),
    );
    return line;
  }

  function nameField(entry) {
    const form = make("form", "history-name");
    const input = make("input");
    input.maxLength = kept.MOST_NAME;
    input.value = nameOf(entry);
    input.setAttribute("aria-label", say("act_label", { act: say("rename"), title: nameOf(entry) }));
    const save = button(say("save"), () => {});
    save.type = "submit";
    form.append(input, save);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      kept.rename(entry.id, input.value === entry.title ? "" : input.value);
      naming = null;
      fill(entry.id, "rename");
    });
    return form;
  }

  // ---- all of them
  function files() {
    const line = make("span", "history-files", say("all_as_file"));
    for (const format of ["Markdown", "JSON"]) {
      const node = button(format, async () => {
        const done = await window.paperbacked.saveAll(format, (far) => tell(say("writing_file", far)));
        if (!find("#history")) return;
        tell(done.failed ? say("failed") : done.left ? say("all_part", { count: done.left }) : "");
      });
      node.setAttribute("aria-label", say("act_label", { act: say("all_as_file"), title: format }));
      line.append(node);
    }
    return line;
  }

  function deleteAll() {
    const node = button(say("delete_all"), () => {
      if (!node.dataset.sure) {
        node.dataset.sure = "1";
        node.textContent = say("delete_sure");
        return;
      }
      for (const entry of kept.listed()) kept.forget(entry.id);
      fill();
      find("#history .history-foot button").focus();
    });
    return node;
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-history]")) panel();
  });
})();
