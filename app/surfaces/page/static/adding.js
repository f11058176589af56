// Adding papers: files that are dropped or chosen, and what is pasted, are sent to the collection, and what became of
// each is told as it comes. Outside text is only ever set with textContent.
(() => {
  const { find, all, say, make, button, asked, whyNot, goTo, stored, store, parsed } = window.paperbacked;
  const { added, files, shelf } = window.paperbacked;
  const JOBS = "paperbacked-jobs"; // {collection, jobs, notes}, in this tab: what is being added
  const FIRST_LOOK = 300; // milliseconds
  const LAST_LOOK = 2000;
  const MOST_TEXT = 100_000; // characters
  const SENDING = 600_000; // milliseconds until the sending of files is given up
  let report = null; // what is told of the work that is under way, or was last
  let online = false;
  let shut = true; // whether the box to paste into is folded away

  const target = () => {
    const one = shelf.here();
    return one?.may_change ? one : null;
  };
  const of = (name, more = "") => `collections/${encodeURIComponent(name)}/${more}`;
  const pause = (time) => new Promise((done) => setTimeout(done, time));

  // ---- the zone
  const place = window.paperbacked.placed("#library .adding");
  function draw() {
    const known = shelf.known();
    if (!known?.adding) return place.put([]);
    const zone = make("section", "adding-zone");
    zone.setAttribute("aria-labelledby", "adding-heading");
    const heading = make("h2", "", say("add_heading"));
    heading.id = "adding-heading";
    const acts = make("div", "adding-acts");
    acts.append(...choosers(), pasting(known.online));
    const drop = target() ? say("add_drop") : `${say("add_drop")} ${say("add_own")}`;
    zone.append(heading, make("p", "", drop), acts);
    place.put([zone, reportPlace(), ...(target() ? [added.earlier(target().name)] : [])]);
    drawReport();
  }

  function choosers() {
    const chooser = (key, folder) => {
      const input = make("input");
      input.type = "file";
      input.multiple = true;
      input.webkitdirectory = folder;
      input.hidden = true;
      input.addEventListener("change", () => {
        const chosen = files.chosen(input);
        send(chosen.files, "", chosen);
        input.value = "";
      });
      return [input, button(say(key), () => input.click())];
    };
    return [...chooser("add_files", false), ...chooser("add_folder", true)];
  }

  function pasting(mayLookUp) {
    const fold = make("details", "adding-paste");
    fold.open = !shut;
    fold.addEventListener("toggle", () => {
      shut = !fold.open;
    });
    const form = make("form");
    const area = make("textarea");
    area.rows = 3;
    area.maxLength = MOST_TEXT;
    area.setAttribute("aria-label", say("add_paste"));
    area.placeholder = "1706.03762\n10.1038/s41586-021-03819-2";
    area.spellcheck = false;
    const go = button(say("add_paste_send"), () => {});
    go.type = "submit";
    form.append(area, go);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = area.value.trim();
      if (text && (await send([], text))) area.value = "";
    });
    fold.append(make("summary", "", say("add_paste")), form, ...(mayLookUp ? [lookUp()] : []));
    return fold;
  }

  // Nothing is looked up outside unless the reader says so.
  function lookUp() {
    const label = make("label", "adding-online");
    const box = make("input");
    box.type = "checkbox";
    box.checked = online;
    box.addEventListener("change", () => {
      online = box.checked;
    });
    label.append(box, make("span", "", say("add_online")), make("small", "", say("add_online_means")));
    return label;
  }

  // ---- the report
  function reportPlace() {
    const node = make("section", "adding-report");
    node.hidden = true;
    return node;
  }

  function newReport() {
    report?.stop();
    const said = make("p", "adding-said");
    said.setAttribute("role", "status");
    const bar = make("progress");
    bar.setAttribute("aria-label", say("add_heading"));
    const list = added.listOf(say("add_list"));
    const foot = make("p", "adding-foot");
    const one = { said, bar, list, foot, over: false, notes: make("div", "adding-notes"), stop: () => {} };
    one.ended = new Promise((resolve) => {
      one.stop = () => {
        one.over = true;
        resolve();
      };
    });
    one.tell = (text) => {
      if (said.textContent !== text) said.textContent = text;
    };
    one.noted = [];
    one.note = (text) => {
      one.noted.push(text);
      one.notes.append(make("p", "adding-note", text));
    };
    one.far = (done, total) => {
      bar.hidden = false;
      if (total > 0) Object.assign(bar, { max: total, value: Math.min(done, total) });
      else bar.removeAttribute("value");
    };
    report = one;
    drawReport();
    return one;
  }

  function drawReport() {
    const node = find("#library .adding-report");
    if (!node || !report) return;
    node.hidden = false;
    node.replaceChildren(report.said, report.bar, report.notes, report.list.node, report.foot);
  }

  function finish(one, text, worked) {
    one.over = true;
    one.bar.hidden = true;
    one.tell(text);
    const close = button(say("add_close"), () => {
      report = null;
      draw();
      find("#library .adding-acts button")?.focus();
    });
    const ask = button(say("add_ask"), () => {
      location.hash = "ask";
      setTimeout(() => window.paperbacked.box()?.focus());
    });
    one.foot.replaceChildren(...(worked ? [ask, close] : [close]));
  }

  // ---- sending
  const FULL = new Set([403, 404, 413]); // after these the rest would be refused too

  // "My papers", and with a number where there are such already: the choice of them tells no more than titles.
  function ownTitle() {
    const [own, taken] = [say("add_own_title"), new Set(shelf.known()?.collections.map((one) => one.title))];
    let title = own;
    for (let number = 2; taken.has(title); number++) title = `${own} ${number}`;
    return title;
  }

  // Whether it was taken.
  async function send(some, text, { unread = [], left = 0 } = {}) {
    if (report && !report.over) return false;
    const one = newReport();
    if (unread.length) one.note(say("add_unread", { names: added.namesSaid(unread) }));
    if (left) one.note(say("add_left_out", { count: added.number(left) }));
    if (!some.length && !text) {
      finish(one, say("add_nothing"), false);
      return false;
    }
    bringReport();
    try {
      const name = target()?.name ?? (await shelf.created(ownTitle())).name;
      const jobs = await sendAll(name, some, text, one);
      if (!target()) {
        // The work goes on there.
        keepJobs(name, jobs, one.noted);
        goTo(name, "#library");
        return true;
      }
      await follow(name, jobs, one);
      return true;
    } catch (error) {
      console.warn(error);
      finish(one, say("add_stopped", { why: whyNot(error) }), false);
      return false;
    }
  }

  async function sendAll(name, some, text, one) {
    const jobs = [];
    const parts = some.length ? files.parts(some) : [[]];
    let sent = 0;
    for (const part of parts) {
      const values = { first: sent + 1, last: sent + part.length, total: some.length, name: part[0]?.name };
      one.tell(say(part.length ? (some.length > 1 ? "add_sending" : "add_sending_one") : "add_sending_text", values));
      one.far(sent, some.length);
      const body = new FormData();
      for (const file of part) body.append("files", file, file.name);
      if (!sent && text) body.append("text", text);
      if (online) body.append("online", "true");
      try {
        jobs.push((await asked(of(name, "papers"), { method: "POST", body, wait: SENDING })).job);
      } catch (error) {
        if (!jobs.length || FULL.has(error.status)) throw error;
        one.note(whyNot(error)); // the other parts may be taken
      }
      sent += part.length;
      keepJobs(name, jobs, one.noted);
    }
    return jobs;
  }

  const keepJobs = (collection, jobs, notes = []) =>
    store("sessionStorage", JOBS, jobs.length ? JSON.stringify({ collection, jobs, notes }) : null);

  // ---- following
  async function follow(name, jobs, one) {
    const counts = {};
    for (const job of jobs) await followOne(name, job, one, counts);
    keepJobs(name, []);
    if (one.over) return;
    finish(one, say("add_done", { counts: added.countsSaid(counts) }), true);
    await shelf.reload();
    window.paperbacked.refresh();
  }

  async function followOne(name, job, one, counts) {
    let after = 0;
    let wait = FIRST_LOOK;
    while (!one.over) {
      const state = await asked(of(name, `jobs/${encodeURIComponent(job)}`), { fields: { after } });
      after += state.became.length;
      one.list.add(state.became);
      for (const { outcome } of state.became) counts[outcome] = (counts[outcome] ?? 0) + 1;
      if (state.state === "failed") one.note(say("add_stopped", { why: String(state.error ?? "") }));
      if (state.state !== "running") return;
      // All is read, and its passages are not yet what can be found: that takes long for long papers.
      const read = state.total > 0 && state.done >= state.total;
      one.far(state.done, read ? 0 : state.total);
      const far = { done: added.number(state.done), total: added.number(state.total) };
      one.tell(read ? say("add_indexing") : state.total ? say("add_far", far) : say("add_waiting"));
      await Promise.race([pause(wait), one.ended]);
      wait = Math.min(1.5 * wait, LAST_LOOK);
    }
  }

  // What was begun before the page was loaded anew.
  async function goOn() {
    const kept = parsed(stored("sessionStorage", JOBS));
    const name = target()?.name;
    if (!name || kept?.collection !== name || !Array.isArray(kept.jobs) || (report && !report.over)) return;
    const one = newReport();
    for (const text of Array.isArray(kept.notes) ? kept.notes : []) one.note(String(text));
    try {
      await follow(name, kept.jobs.map(String), one);
    } catch (error) {
      console.warn(error);
      keepJobs(name, []);
      finish(one, error.status === 404 ? say("add_lost") : say("add_stopped", { why: whyNot(error) }), false);
    }
  }

  // ---- dropping, anywhere on the library
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const takes = (event) =>
    carriesFiles(event) && shelf.known()?.adding && document.documentElement.dataset.section === "library";
  let leaving = 0;
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    // Elsewhere the browser would leave the page for the file.
    event.preventDefault();
    event.dataTransfer.dropEffect = takes(event) ? "copy" : "none";
    if (!takes(event)) return;
    clearTimeout(leaving);
    find("#library .library").dataset.dropping = say("add_dropping");
    leaving = setTimeout(leave, 300);
  });
  function leave() {
    for (const one of all("[data-dropping]")) delete one.dataset.dropping;
  }
  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    leave();
    if (!takes(event)) return;
    const dropped = await files.dropped(event.dataTransfer);
    send(dropped.files, "", dropped);
  });

  function bringReport() {
    const node = find("#library .adding-report");
    if (node) window.paperbacked.bring(node, "nearest");
  }

  // Drawn once it is known what may be added to.
  document.addEventListener("paperbacked:collections", () => {
    draw();
    goOn();
  });
})();
