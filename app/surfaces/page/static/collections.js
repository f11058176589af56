// The collections that the reader may see: a line above the list with the one that the page is over, to choose
// another, to make, rename, share and delete. Outside text is only ever set with textContent.
(() => {
  const { find, all, say, language, emit, make, button, copied, says, asked, whyNot } = window.paperbacked;
  const { collection, addressOf, goTo, stored, store, parsed } = window.paperbacked;
  const DELETED = "paperbacked-deleted"; // {name, title, until}, in this tab, while it can be had back
  const MOST_TITLE = 80; // characters
  let known = null; // {adding, online, collections}, as the server said last
  let form = null; // what is being done: "make", "rename" or "delete"
  let told = ""; // what went wrong

  const here = () => known.collections.find((one) => (collection ? one.name === collection : one.default));
  const papers = (count) => say(count === 1 ? "shelf_one" : "shelf_many", { count: count.toLocaleString(language()) });
  const nameOf = (one) => (one.default ? "" : one.name);
  const titleOf = (one) => (one.default && one.name === "default" ? say("shelf_default") : one.title);

  async function fetchKnown() {
    try {
      known = await asked("collections");
    } catch (error) {
      // A server without collections to choose from is one of its own alone: nothing is said of them.
      console.warn(error);
      known = { adding: false, online: false, collections: [] };
    }
    tell();
  }
  function tell() {
    const one = here();
    // The document was sent with the title of the server's own collection.
    if (collection && one) document.title = `paperbacked: ${titleOf(one)}`;
    draw();
    emit("collections");
  }

  // ---- the line
  const place = window.paperbacked.placed("#library .shelf");
  function draw() {
    if (!known) return;
    const one = here();
    const undo = deletedLine();
    const shown = one && (known.adding || known.collections.length > 1);
    place.put([...(undo ? [undo] : []), ...(shown ? line(one) : [])]);
  }

  function line(one) {
    const row = make("div", "shelf-line");
    row.append(chooser(one), ...acts(one));
    const nodes = [row];
    if (form) nodes.push(form === "delete" ? deleteForm(one) : titleForm(form === "rename" ? one : null));
    if (one.expires) nodes.push(make("p", "shelf-note", say("shelf_expires", { date: day(one.expires) })));
    const failure = make("p", "shelf-note", told);
    failure.setAttribute("role", "alert");
    nodes.push(failure);
    return nodes;
  }

  const day = (text) => new Intl.DateTimeFormat(language(), { dateStyle: "long" }).format(new Date(text));

  // A name where there is nothing to choose.
  function chooser(one) {
    const label = make("label", "shelf-chooser");
    label.append(make("span", "", say("shelf_label")));
    if (known.collections.length < 2) {
      const name = make("p", "shelf-name");
      name.append(make("strong", "", titleOf(one)), ` · ${papers(one.papers)}`);
      return name;
    }
    const select = make("select");
    for (const each of known.collections) {
      const option = make("option", "", say("shelf_option", { title: titleOf(each), papers: papers(each.papers) }));
      option.value = nameOf(each);
      option.selected = each === one;
      select.append(option);
    }
    select.addEventListener("change", () => goTo(select.value, "#library"));
    label.append(select);
    return label;
  }

  function acts(one) {
    const open = (name) => () => {
      form = form === name ? null : name;
      told = "";
      draw();
      find("#library .shelf :is(input, .shelf-form button)")?.focus();
    };
    const act = (name, key) => {
      const node = button(say(key), open(name));
      node.setAttribute("aria-expanded", String(form === name));
      return node;
    };
    const row = make("span", "shelf-acts");
    if (known.adding) row.append(act("make", "shelf_new"));
    if (one.may_change) row.append(act("rename", "shelf_rename"));
    // The one that is served stays, whoever's it is.
    if (one.may_change && !one.default) row.append(act("delete", "shelf_delete"));
    if (!one.default) row.append(button(say("shelf_link"), (event) => copyAddress(event.target)));
    return row.childElementCount ? [row] : [];
  }

  async function copyAddress(node) {
    const address = new URL(addressOf(collection), document.baseURI).href;
    if (await copied(address)) says(node, say("copied"));
    else fail(say("copy_failed"));
  }

  // ---- making, renaming
  function titleForm(one) {
    const node = make("form", "shelf-form");
    const field = make("input");
    field.type = "text";
    field.required = true;
    field.maxLength = MOST_TITLE;
    field.value = one?.title ?? "";
    field.placeholder = say("shelf_title");
    field.setAttribute("aria-label", say("shelf_title"));
    const send = button(say(one ? "shelf_save" : "shelf_make"), () => {});
    send.type = "submit";
    node.append(field, send, button(say("shelf_cancel"), leaveForm));
    node.addEventListener("submit", (event) => {
      event.preventDefault();
      const title = field.value.trim();
      if (title) trying(() => (one ? rename(one, title) : created(title).then((made) => goTo(made.name, "#library"))));
    });
    node.addEventListener("keydown", escapes);
    return node;
  }

  const created = (title) => asked("collections", { method: "POST", json: { title } });

  async function rename(one, title) {
    await asked(`collections/${encodeURIComponent(one.name)}`, { method: "PATCH", json: { title } });
    leaveForm();
    await fetchKnown();
    window.paperbacked.refresh();
  }

  // ---- deleting, and having it back
  function deleteForm(one) {
    const node = make("div", "shelf-form");
    const sure = say("shelf_sure", { title: one.title, papers: papers(one.papers) });
    node.append(
      make("p", "", sure),
      button(say("shelf_yes"), () => trying(() => remove(one))),
    );
    node.append(button(say("shelf_cancel"), leaveForm));
    node.addEventListener("keydown", escapes);
    return node;
  }

  async function remove(one) {
    const { undo_until: until } = await asked(`collections/${encodeURIComponent(one.name)}`, { method: "DELETE" });
    store("sessionStorage", DELETED, JSON.stringify({ name: one.name, title: one.title, until }));
    goTo("", "#library");
  }

  function deleted() {
    const record = parsed(stored("sessionStorage", DELETED));
    const left = Math.ceil((new Date(record?.until) - Date.now()) / 1000);
    return typeof record?.name === "string" && left > 0 ? { ...record, left } : null;
  }

  function deletedLine() {
    const record = deleted();
    if (!record) return null;
    const row = make("p", "shelf-deleted");
    const text = make("span", "", say("shelf_deleted", { title: String(record.title), count: record.left }));
    row.setAttribute("role", "status");
    row.append(
      text,
      " ",
      button(say("shelf_undo"), () => trying(() => restore(record))),
    );
    const ticking = setInterval(() => {
      const now = deleted();
      if (now) text.textContent = say("shelf_deleted", { title: String(now.title), count: now.left });
      else row.replaceChildren(say("shelf_gone", { title: String(record.title) }));
      if (!now || !row.isConnected) clearInterval(ticking);
    }, 5000);
    return row;
  }

  async function restore(record) {
    await asked(`collections/${encodeURIComponent(record.name)}/restore`, { method: "POST" });
    store("sessionStorage", DELETED, null);
    goTo(record.name, "#library");
  }

  // ---- what all of them have in common
  async function trying(act) {
    try {
      await act();
    } catch (error) {
      console.warn(error);
      fail(say("shelf_failed", { why: whyNot(error) }));
    }
  }
  function fail(text) {
    told = text;
    const line = find("#library .shelf .shelf-note[role=alert]");
    if (line) line.textContent = text;
  }
  function leaveForm() {
    const opener = { make: 0, rename: 1, delete: 2 }[form];
    form = null;
    told = "";
    draw();
    all("#library .shelf-acts button")[opener]?.focus();
  }
  function escapes(event) {
    if (event.key === "Escape") leaveForm();
  }

  // The words come with the masthead, in another language too. The server is asked once the library is looked at; of a
  // collection that the address names, the title is wanted at once.
  let drawnIn = null;
  let near = false;
  function begin() {
    const now = find(".masthead[data-ready]")?.dataset.language;
    const wanted = collection || near || document.documentElement.dataset.section === "library";
    if (!now || now === drawnIn || !wanted) return;
    drawnIn = now;
    if (known) tell();
    else fetchKnown();
  }
  addEventListener("hashchange", begin);
  // Who is about to go there finds it as it will stay.
  for (const name of ["pointerover", "focusin"])
    document.addEventListener(name, (event) => {
      if (near || !event.target.closest?.(".sections a[href='#library']")) return;
      near = true;
      begin();
    });
  new MutationObserver(begin).observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ["data-ready", "data-language"],
  });

  Object.assign(window.paperbacked, {
    shelf: { known: () => known, here: () => (known ? here() : undefined), created, reload: fetchKnown, papers },
    // The whole page anew, in its language: with what has become of the collection.
    refresh: () => window.paperbacked.send("masthead", "apply", { language: language() }),
  });
})();
