// Under an answer: copy, the link to it, export of the conversation, and what it was worth.
(() => {
  const { find, all, say, language, make, button, copied, says, opensElsewhere, actOn, lastThatFit, collection } =
    window.paperbacked;
  const API = new URL("api/v1/", document.baseURI);
  const MOST_EXPORTED = 250_000; // bytes; the API's requests may have 256,000
  const verdicts = new Map(); // by answer, for this visit

  async function copy(node, text) {
    if (await copied(text)) says(node, say("copied"));
    else tell(node.closest(".turn"), say("copy_failed"));
  }

  function copyLink(node, event) {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    copy(node, node.href);
  }

  const post = (path, body) =>
    fetch(new URL(path, API), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });

  // ---- export: the server writes the file from what the browser has kept
  // What a file says nothing of stays here; where nothing is quoted it names the closest papers.
  const forFile = ({ followups, timings, sources, ...answer }) =>
    answer.status === "abstained" ? { ...answer, sources } : answer;

  function download(blob, name) {
    const address = URL.createObjectURL(blob);
    const link = make("a");
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  async function save(node, format) {
    const menu = node.closest("details");
    try {
      const kept = window.paperbacked.turnsKept().map((turn) => forFile(turn.answer));
      const answers = lastThatFit(kept, MOST_EXPORTED);
      const reply = await post("export", {
        format,
        answers,
        language: language(),
        collection: collection || undefined,
      });
      if (!reply.ok) throw new Error(reply.status);
      const name = /filename="([\w.-]+)"/.exec(reply.headers.get("content-disposition"))?.[1];
      download(await reply.blob(), name ?? "paperbacked");
      menu.open = false;
      find("summary", menu).focus();
      if (answers.length < kept.length) tell(node.closest(".turn"), say("export_part", { count: answers.length }));
    } catch {
      tell(node.closest(".turn"), say("failed"));
    }
  }

  // ---- thumbs: sent at once, and once more with the reason where the reader gives one
  function tell(turn, text, ...more) {
    find(".feedback", turn)?.remove();
    const line = make("form", "feedback");
    const said = make("p", "", text);
    said.setAttribute("role", "status");
    line.append(said, ...more);
    find(".actions", turn).after(line);
    return line;
  }

  async function give(turn, verdict, reason) {
    const kept = window.paperbacked.turnsKept().find((one) => one.answer.id === turn.dataset.answer);
    const body = { id: turn.dataset.answer, verdict, question: find(".question", turn).textContent, surface: "page" };
    if (reason) body.reason = reason;
    if (kept) body.models = kept.answer.models;
    const reply = await post("feedback", body).catch(() => ({ ok: false }));
    return reply.ok;
  }

  async function thumb(node) {
    const turn = node.closest(".turn");
    const verdict = node.dataset.thumb;
    if (!(await give(turn, verdict))) {
      tell(turn, say("failed"));
      return;
    }
    verdicts.set(turn.dataset.answer, verdict);
    press();
    const reason = make("input");
    reason.type = "text";
    reason.maxLength = 1000;
    reason.setAttribute("aria-label", say("reason"));
    const send = button(say("send"), () => {});
    send.type = "submit";
    const form = tell(
      turn,
      say("thanks_reason"),
      reason,
      send,
      button(say("close"), () => {
        form.remove();
        node.focus();
      }),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = reason.value.trim();
      const done = !text || (await give(turn, verdict, text));
      tell(turn, say(done ? "thanks" : "failed"));
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        form.remove();
        node.focus();
      }
    });
    reason.focus();
  }

  // The server draws the buttons anew with each question and knows nothing of what was pressed.
  function press() {
    for (const node of all("[data-thumb]")) {
      const pressed = String(verdicts.get(node.closest(".turn")?.dataset.answer) === node.dataset.thumb);
      if (node.getAttribute("aria-pressed") !== pressed) node.setAttribute("aria-pressed", pressed);
    }
  }

  document.addEventListener("click", (event) => {
    const menu = event.target.closest?.(".menu");
    for (const other of all(".menu[open]")) if (other !== menu) other.open = false;
    actOn(event, [
      ["[data-copy]", (node) => copy(node, node.dataset.copy)],
      ["[data-permalink]", (node) => copyLink(node, event)],
      ["[data-export]", (node) => save(node, node.dataset.export)],
      ["[data-thumb]", thumb],
    ]);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all(".menu[open]")) {
      menu.open = false;
      find("summary", menu).focus();
    }
  });
  Object.assign(window.paperbacked, { pressThumbs: press, post, forFile, download, MOST_EXPORTED });
})();
