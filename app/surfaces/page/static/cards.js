// On the cards: references to copy, a question begun about the paper, and papers like it.
(() => {
  const { find, say, make, button } = window.paperbacked;
  const MOST = 5;
  const WAIT = 15_000; // milliseconds until the server is given up

  function toggle(opener) {
    const panel = document.getElementById(opener.getAttribute("aria-controls"));
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
    return panel;
  }

  // ---- cite
  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Plain http on another host has no clipboard API.
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  async function copy(opener) {
    const form = opener.dataset.reference;
    const done = await copied(find(".reference-text", opener.closest(".reference")).textContent);
    find(".cite-said", opener.closest(".cite")).textContent = done ? say("card_said", { form }) : say("card_copy_failed");
    opener.focus({ preventScroll: true });
    if (!done) return;
    const label = opener.dataset.label ?? opener.textContent;
    opener.dataset.label = label;
    opener.textContent = say("card_copied");
    setTimeout(() => { opener.textContent = label; delete opener.dataset.label; }, 1600);
  }

  // ---- ask about it: the box hears the event
  const draft = (text) => document.dispatchEvent(new CustomEvent("paperbacked:draft", { detail: { text } }));

  // ---- similar papers
  function webAddress(text) {
    try {
      const address = new URL(text);
      return /^https?:$/.test(address.protocol) ? address.href : null;
    } catch { return null; }
  }

  function link(address, text) {
    const node = make("a", "", text);
    node.href = address;
    node.target = "_blank";
    node.rel = "noopener noreferrer nofollow";
    return node;
  }

  function month(published) {
    const day = new Date(`${published}T00:00:00Z`);
    if (Number.isNaN(day.getTime())) return "";
    const language = find(".masthead")?.dataset.language === "zh" ? "zh-CN" : "en";
    return new Intl.DateTimeFormat(language, { year: "numeric", month: "short", timeZone: "UTC" }).format(day);
  }

  function like({ paper }) {
    const name = String(paper.title ?? paper.label ?? paper.id);
    const address = webAddress(paper.url ?? (paper.arxiv_id ? `https://arxiv.org/abs/${paper.arxiv_id}` : ""));
    const row = make("li");
    const about = [paper.organisation, paper.published && month(paper.published)].filter(Boolean).join(" · ");
    row.append(address ? link(address, name) : make("span", "", name));
    if (about) row.append(" ", make("span", "similar-meta", about));
    const ask = button(say("card_ask"), () => draft(say("card_draft", { title: name })));
    ask.setAttribute("aria-label", say("card_ask_label", { title: name }));
    row.append(" ", ask);
    return row;
  }

  async function similar(panel, id) {
    if (panel.dataset.state) return; // asked already
    const said = find("[role=status]", panel);
    panel.dataset.state = "asked";
    said.textContent = say("card_loading");
    try {
      const address = new URL(`api/v1/papers/${encodeURIComponent(id)}/similar?top=${MOST}`, document.baseURI);
      const reply = await fetch(address, { signal: AbortSignal.timeout(WAIT) });
      if (!reply.ok) throw new Error(`status ${reply.status}`);
      const rows = (await reply.json()).slice(0, MOST).map(like);
      said.textContent = rows.length ? "" : say("card_none");
      if (!rows.length) return;
      const list = make("ul");
      list.append(...rows);
      panel.append(list);
    } catch {
      said.textContent = say("card_failed");
      delete panel.dataset.state; // opened again, it asks again
    }
  }

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest?.(`.evidence ${selector}`);
    let node;
    if ((node = on("[data-cite]"))) toggle(node);
    else if ((node = on("[data-reference]"))) copy(node);
    else if ((node = on("[data-draft]"))) draft(node.dataset.draft);
    else if ((node = on("[data-similar]"))) {
      const panel = toggle(node);
      if (!panel.hidden) similar(panel, node.closest(".card").dataset.paper);
    }
  });
})();
