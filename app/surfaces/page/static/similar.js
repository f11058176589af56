// Papers like another one, listed under it: on the cards and in the library.
(() => {
  const { find, say, make, paperFetched } = window.paperbacked;
  const MOST = 5;

  const paperName = (paper) => String(paper.title || paper.label || paper.id);

  function webAddress(text) {
    try {
      const address = new URL(text);
      return /^https?:$/.test(address.protocol) ? address.href : null;
    } catch {
      return null;
    }
  }

  // Where on this page the paper has a view of its own, as the server says it (paper_naming.py).
  const paperPlace = (id) => `#paper=${encodeURIComponent(id)}`;

  // As the server says it (markup.py): the paper's own link, else arXiv, else the DOI resolver.
  function paperAddress(paper) {
    const escaped = (text) => encodeURIComponent(text).replaceAll("%2F", "/");
    const own = webAddress(paper.url);
    if (own) return own;
    if (paper.arxiv_id) return `https://arxiv.org/abs/${escaped(paper.arxiv_id)}`;
    return paper.doi ? `https://doi.org/${escaped(paper.doi)}` : null;
  }

  // Fills `panel` once; `row` gives what stands on the line of a paper.
  async function listSimilar(panel, id, row) {
    if (panel.dataset.state) return; // asked already
    const said = find("[role=status]", panel);
    panel.dataset.state = "asked";
    said.textContent = say("similar_loading");
    try {
      const rows = (await paperFetched(id, "/similar", { top: MOST })).slice(0, MOST).map(({ paper }) => {
        const item = make("li");
        item.append(...row(paper));
        return item;
      });
      said.textContent = rows.length ? "" : say("similar_none");
      if (!rows.length) return;
      const list = make("ul");
      list.append(...rows);
      panel.append(list);
    } catch (error) {
      console.warn(error);
      said.textContent = say("similar_failed");
      delete panel.dataset.state; // asked for again, it is fetched again
    }
  }

  Object.assign(window.paperbacked, { paperName, paperPlace, paperAddress, listSimilar });
})();
