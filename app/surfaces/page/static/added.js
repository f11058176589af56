// What became of what was added: a line for each, and the counts; as it comes, and later from the reports that are kept.
(() => {
  const { all, say, language, make, paperPlace, asked, whyNot } = window.paperbacked;
  const MOST_LINES = 1000; // a browser grows slow with more
  const MOST_NAMES = 5; // of files in one sentence
  const OUTCOMES = ["added", "updated", "same", "duplicate", "no_abstract", "broken", "passed_over"];
  const PROBLEMS = new Set(["broken", "no_abstract", "duplicate", "passed_over"]);

  const number = (count) => Number(count).toLocaleString(language());
  const list = (parts) => new Intl.ListFormat(language(), { type: "unit", style: "long" }).format(parts);

  // "a.docx, b.docx … and 3 more"
  function namesSaid(names) {
    const told = list(names.slice(0, MOST_NAMES));
    const more = names.length - MOST_NAMES;
    return more > 0 ? `${told} ${say("add_more", { count: number(more) })}` : told;
  }

  // "12 added, 1 not read"
  function countsSaid(counts) {
    const told = OUTCOMES.filter((one) => counts?.[one] > 0);
    return told.length
      ? list(told.map((one) => say(`added_count_${one}`, { count: number(counts[one]) })))
      : say("add_none");
  }

  function outcomeSaid({ outcome, reason, of }, nameOf) {
    if (outcome === "duplicate") {
      const name = of && nameOf(of);
      return name ? say("added_duplicate_of", { name }) : say("added_duplicate");
    }
    if (!OUTCOMES.includes(outcome)) return String(outcome);
    return say(`added_${outcome}`, { why: String(reason ?? "") });
  }

  function lineOf(became, nameOf) {
    const item = make("li", `became ${PROBLEMS.has(became.outcome) ? "odd" : ""}`);
    const name = String(became.name || became.place);
    const named = make(became.paper_id ? "a" : "span", "became-name", name);
    if (became.paper_id) named.href = paperPlace(became.paper_id);
    item.append(named, " ", make("span", "became-what", outcomeSaid(became, nameOf)));
    if (became.name && became.place && became.place !== became.name)
      item.append(" ", make("small", "became-place", String(became.place)));
    return item;
  }

  // A list that is added to; of more than can be shown it says how many are left out.
  function listOf(label) {
    const node = make("ul", "became-list");
    node.setAttribute("aria-label", label);
    node.tabIndex = 0; // it scrolls
    const names = new Map();
    // The other work is of the same list, or was in the library before.
    const nameOf = (id) => names.get(id) ?? all("#library .entry").find((row) => row.dataset.id === id)?.dataset.name;
    const more = make("li", "became-more");
    let count = 0;
    const add = (several) => {
      for (const one of several) {
        if (one.paper_id && one.name) names.set(one.paper_id, String(one.name));
        count += 1;
        if (count <= MOST_LINES) node.append(lineOf(one, nameOf));
      }
      if (count > MOST_LINES) {
        more.textContent = say("add_more", { count: number(count - MOST_LINES) });
        node.append(more);
      }
      node.hidden = !count;
    };
    add([]);
    return { node, add };
  }

  // ---- the reports that are kept
  function earlier(name) {
    const fold = make("details", "adding-earlier");
    const inside = make("div");
    fold.append(make("summary", "", say("add_earlier")), inside);
    fold.addEventListener("toggle", async () => {
      if (!fold.open) return;
      try {
        const reports = await asked(`collections/${encodeURIComponent(name)}/reports`);
        inside.replaceChildren(...(reports.length ? reports.map(kept) : [make("p", "", say("add_no_reports"))]));
      } catch (error) {
        console.warn(error);
        inside.replaceChildren(make("p", "", say("shelf_failed", { why: whyNot(error) })));
      }
    });
    return fold;
  }

  function kept(one) {
    const fold = make("details");
    const when = new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" });
    const date = when.format(new Date(one.at));
    fold.append(make("summary", "", say("add_report", { date, counts: countsSaid(one.counts) })));
    fold.addEventListener(
      "toggle",
      () => {
        const list = listOf(say("add_list"));
        list.add(one.became);
        fold.append(list.node);
        if (one.left_out > 0) fold.append(make("p", "", say("add_more", { count: number(one.left_out) })));
      },
      { once: true },
    );
    return fold;
  }

  Object.assign(window.paperbacked, { added: { countsSaid, namesSaid, listOf, earlier, number } });
})();
