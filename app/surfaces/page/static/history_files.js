// All kept conversations as one file: Markdown to read, written by the server as for one of them, or JSON as they are kept.
(() => {
  const { language, post, forFile, download, lastThatFit, MOST_EXPORTED, kept } = window.paperbacked;
  const MOST_ANSWERS = 50; // of one request
  const BREAKS = /[\\`*_[\]<>#|$!^=~&]/g; // what means something in Markdown

  function conversations() {
    const all = kept.listed().map((entry) => ({ ...entry, turns: kept.turnsOf(entry.id) ?? [] }));
    return all.filter((one) => one.turns.length);
  }

  // The answers in requests that the server takes, in their order; null where one alone is too large.
  function parts(answers) {
    const cut = [];
    for (let rest = answers; rest.length; ) {
      const part = lastThatFit(rest.slice(-MOST_ANSWERS), MOST_EXPORTED);
      if (!part.length) return null;
      cut.unshift(part);
      rest = rest.slice(0, -part.length);
    }
    return cut;
  }

  // One conversation below its name; null where the server does not take what was kept.
  async function markdown({ name, title, turns, collection }) {
    const answers = parts(turns.map((turn) => (turn?.answer ? forFile(turn.answer) : {})));
    const texts = [];
    for (const part of answers ?? []) {
      const about = { language: language(), collection: collection || undefined };
      const reply = await post("export", { format: "markdown", answers: part, ...about });
      if (reply.status === 400 || reply.status === 404) return null; // of a collection that is no longer there
      if (!reply.ok) throw new Error(reply.status);
      texts.push((await reply.text()).replace(/^# .*\n+/, ""));
    }
    const heading = (name || title).split(/\s+/).filter(Boolean).join(" ").replace(BREAKS, "\\$&");
    return answers && `# ${heading}\n\n${texts.join("\n")}`;
  }

  function json(list) {
    const whole = list.map(({ name, title, at, pinned, turns }) => ({
      name: name || title,
      changed: new Date(at).toISOString(),
      pinned,
      turns,
    }));
    return JSON.stringify({ exported: new Date().toISOString(), conversations: whole }, null, 1);
  }

  // Saves the file; {failed, left}: whether it could not be written, and how many conversations are not in it.
  async function saveAll(format, tell) {
    const list = conversations();
    try {
      const texts = [];
      if (format === "JSON") download(new Blob([json(list)], { type: "application/json" }), "paperbacked-all.json");
      for (const [place, one] of format === "JSON" ? [] : list.entries()) {
        tell({ done: place + 1, total: list.length });
        texts.push(await markdown(one));
      }
      const written = texts.filter((text) => text !== null);
      if (written.length)
        download(new Blob([written.join("\n\n")], { type: "text/markdown;charset=utf-8" }), "paperbacked-all.md");
      return { failed: false, left: texts.length - written.length };
    } catch {
      return { failed: true, left: 0 };
    }
  }

  Object.assign(window.paperbacked, { saveAll });
})();
