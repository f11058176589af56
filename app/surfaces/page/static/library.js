// The library: sorts, searches, filters and opens the list of papers, and keeps the picture above it in step.
// Outside text is only ever set with textContent.
(() => {
  const { find, all, make, button, askOnly, bring, wordsOf, say, emit, draft, actOn, facets } = window.paperbacked;
  const { asked, collection, shelf, whyNot, paperFetched, paperName, paperPlace, listSimilar } = window.paperbacked;
  const said = wordsOf(".library"); // in step with the list, whose words come with it

  // ---- the list: what of it is shown
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const field = (name) => find(`#library [data-field=${name}]`);
  const fields = () => all("#library [data-field]");
  let entries = null;

  function listed() {
    entries ??= all("#library .entry").map((row) => {
      const more = row.nextElementSibling;
      const searched = [row.dataset.name, row.children[1].textContent, more.textContent].join("\n");
      return { row, more, button: find("th button", row), searched: plain(searched) };
    });
    return entries;
  }

  function narrow() {
    const wanted = fields()
      .map((choice) => [choice.dataset.field, choice.value])
      .filter(([, value]) => value);
    const words = plain(find("#library [type=search]").value).split(/\s+/).filter(Boolean);
    const fits = ({ row, searched }) =>
      wanted.every(([name, value]) => row.dataset[name] === value) && words.every((word) => searched.includes(word));
    const shown = new Set();
    for (const entry of listed()) {
      const fit = fits(entry);
      entry.row.hidden = !fit;
      entry.more.hidden = !fit || entry.button.getAttribute("aria-expanded") !== "true";
      if (fit) shown.add(entry.row.dataset.id);
    }
    const narrowed = wanted.length > 0 || words.length > 0;
    count(shown.size, narrowed);
    draw(shown, narrowed);
    offer(wanted, words.length > 0);
    find(".library-clear").hidden = !narrowed;
    find(".library-empty").hidden = shown.size > 0 || !listed().length;
  }

  let counting = 0;
  function count(shown, narrowed) {
    const number = (value) => value.toLocaleString(find(".library").lang);
    const values = { shown: number(shown), total: number(listed().length) };
    const all = listed().length === 1 ? "all_shown_one" : "all_shown";
    const text = shown || !listed().length ? said(narrowed ? "some_shown" : all, values) : said("none_shown");
    find(".library-empty").textContent = said("none_shown");
    // Said when the typing rests, not at every letter.
    clearTimeout(counting);
    counting = setTimeout(() => {
      find(".library-count").textContent = text;
    }, 200);
  }

  function draw(shown, narrowed) {
    for (const mark of all(".lane-marks a")) {
      const { paper, bundle, year } = mark.dataset;
      const [organisation, when] = [field("organisation").value, field("year").value];
      const fits =
        paper === undefined
          ? (!organisation || organisation === bundle) && (!when || !year || when === year)
          : shown.has(paper);
      mark.classList.toggle("away", narrowed && !fits);
    }
    for (const button of all("#library [data-filter]")) {
      button.setAttribute("aria-pressed", String(field(button.dataset.filter).value === button.dataset.value));
    }
  }

  // ---- asking only these
  function offer(wanted, searching) {
    const askable = wanted.length > 0 && wanted.every(([, value]) => value.startsWith("="));
    const names = wanted.map(([, value]) => value.slice(1)).join(said("or"));
    const means = find(".library-means");
    find(".library-ask").hidden = !askable;
    means.hidden = !wanted.length;
    if (!askable) means.textContent = said("cannot_ask_only");
    else means.textContent = said("ask_only_means", { filters: names }) + (searching ? ` ${said("search_stays")}` : "");
  }

  function askThese() {
    const chosen = (name) => (field(name).value ? [field(name).value.slice(1)] : []);
    const year = chosen("year").map(Number)[0] ?? null;
    const offered = Object.entries(facets).filter(([name]) => field(name));
    const values = Object.fromEntries(offered.map(([name, plural]) => [plural, chosen(name)]));
    emit("filter", { ...values, since: year, until: year });
  }

  function clear() {
    for (const choice of fields()) choice.value = "";
    find("#library [type=search]").value = "";
    narrow();
  }

  // ---- the order; what is not given comes last either way
  function sort(button) {
    const head = button.closest("th");
    const before = head.getAttribute("aria-sort");
    const down = before === "none" ? button.dataset.sort === "date" : before === "ascending";
    for (const other of all("#library thead th")) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const order = new Intl.Collator(find(".library").lang, { sensitivity: "base", numeric: true });
    const column = [...head.parentElement.children].indexOf(head);
    const key = ({ row }) => {
      if (!column) return row.dataset.name;
      return find("time", row.children[column])?.dateTime ?? row.children[column].textContent;
    };
    const keyed = listed().map((entry) => [key(entry), entry]);
    keyed.sort(([one], [two]) =>
      !one || !two ? Number(!one) - Number(!two) : order.compare(one, two) * (down ? -1 : 1),
    );
    find("#library tbody").append(...keyed.flatMap(([, { row, more }]) => [row, more]));
  }

  // ---- one paper, opened
  function toggle(button, open = button.getAttribute("aria-expanded") !== "true") {
    const row = button.closest("tr");
    const more = row.nextElementSibling;
    button.setAttribute("aria-expanded", String(open));
    more.hidden = !open;
    if (open && !find(".paper-actions", more)) fill(row, find("td", more));
    if (open && !find(".abstract", more)) fetchAbstract(row, find(".paper-abstract", more));
  }

  function fill(row, cell) {
    const actions = make("p", "paper-actions");
    const similar = make("div", "similar");
    const status = make("p");
    status.setAttribute("role", "status");
    similar.append(status);
    const view = make("a", "", said("open"));
    view.href = paperPlace(row.dataset.id);
    actions.append(
      view,
      button(said("ask"), () => draft(say("card_draft", { title: row.dataset.name }))),
      button(said("only"), () => askOnly([row.dataset.id])),
      button(said("similar"), () => listSimilar(similar, row.dataset.id, like)),
    );
    if (row.dataset.pages) {
      const pages = make("a", "", said("pages"));
      pages.href = row.dataset.pages;
      actions.append(pages);
    }
    const link = find(".cell-link a", row)?.cloneNode();
    if (link) {
      link.textContent = said("read");
      actions.append(link);
    }
    if (find(".library").dataset.mayChange) actions.append(removal(row));
    cell.append(make("div", "paper-abstract"), actions, similar);
  }

  // ---- taking a paper out of the reader's own collection, asked twice
  function removal(row) {
    const place = make("span", "removal");
    const told = make("span");
    told.setAttribute("role", "status");
    const first = button(said("remove"), () => {
      const keep = button(said("remove_keep"), () => {
        place.replaceChildren(first, told);
        first.focus();
      });
      const sure = button(said("remove"), () => remove(row, told));
      place.replaceChildren(make("span", "", said("remove_sure")), sure, keep, told);
      keep.focus();
    });
    place.append(first, told);
    return place;
  }

  async function remove(row, told) {
    const paper = encodeURIComponent(row.dataset.id);
    try {
      // The one that is served may be the reader's own too, and the address does not name it.
      const name = encodeURIComponent(collection || shelf.here()?.name);
      await asked(`collections/${name}/papers/${paper}`, { method: "DELETE" });
      await shelf.reload();
      window.paperbacked.refresh();
    } catch (error) {
      console.warn(error);
      told.textContent = said("remove_failed", { why: whyNot(error) });
    }
  }

  async function fetchAbstract(row, target) {
    target.replaceChildren(make("p", "aside", said("fetching")));
    try {
      const paper = await paperFetched(row.dataset.id);
      const text = make("p", "abstract", paper.abstract || said("no_abstract"));
      if (paper.abstract) text.lang = paper.language;
      target.replaceChildren(text);
    } catch (error) {
      console.warn(error);
      target.replaceChildren(make("p", "aside", said("failed")));
    }
  }

  // Under a paper of the list a similar one is opened in the list too.
  const like = (paper) => [button(paperName(paper), () => open(paper.id))];

  function open(id) {
    const entry = listed().find(({ row }) => row.dataset.id === id);
    if (!entry) return;
    if (entry.row.hidden) clear();
    toggle(entry.button, true);
    entry.button.focus({ preventScroll: true });
    bring(entry.row, "center");
  }

  // ---- one listener for each kind of event
  const heard = (type, act) =>
    document.addEventListener(type, (event) => {
      if (event.target.closest?.("#library")) act(event, (selector) => event.target.closest(selector));
    });

  function openMark({ dataset }) {
    if (dataset.paper !== undefined) return open(dataset.paper);
    field("organisation").value = dataset.bundle;
    field("year").value = dataset.year;
    narrow();
  }

  function toggleFilter({ dataset }) {
    const chosen = field(dataset.filter);
    chosen.value = chosen.value === dataset.value ? "" : dataset.value;
    narrow();
  }

  function clearAll() {
    clear();
    find("#library [type=search]").focus();
  }

  heard("click", (event, on) => {
    if (on(".lane-marks a")) event.preventDefault();
    actOn(event, [
      [".lane-marks a", openMark],
      ["[data-filter]", toggleFilter],
      ["[data-sort]", sort],
      [".entry th button", (button) => toggle(button)],
      [".library-clear", clearAll],
      [".library-ask", askThese],
    ]);
  });
  heard("input", (_event, on) => {
    if (on(".library-fields")) narrow();
  });

  // ---- the marks of a lane: one stop for the tab key, the arrow keys go from paper to paper
  heard("keydown", (event, on) => {
    const mark = on(".lane-marks a");
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -Infinity, End: Infinity };
    if (!mark || !(event.key in steps)) return;
    event.preventDefault();
    const marks = all("a", mark.closest(".lane-marks"));
    const next = marks[Math.max(0, Math.min(marks.length - 1, marks.indexOf(mark) + steps[event.key]))];
    mark.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });

  // What is pointed at is named in one line below the picture, the same for mouse, finger and keyboard.
  const nameMark = (mark) => {
    const line = find(".picture-pointed");
    if (line) line.textContent = mark ? mark.getAttribute("aria-label") : line.dataset.hint;
  };
  for (const [begins, ends] of [
    ["pointerover", "pointerout"],
    ["focusin", "focusout"],
  ]) {
    heard(begins, (_, on) => {
      if (on(".lane-marks a")) nameMark(on(".lane-marks a"));
    });
    heard(ends, (_, on) => {
      if (on(".lane-marks a")) nameMark(null);
    });
  }

  // The list comes after this script, and comes anew, in its first order, when the page is put in another language or
  // the collection has other papers. The elements stay then, and are given what is new.
  let made = null;
  new MutationObserver(() => {
    const now = find(".library")?.dataset.made;
    if (!now || now === made) return;
    if (made) {
      entries = null;
      narrow();
    }
    made = now;
    emit("listed");
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-made"] });
})();
