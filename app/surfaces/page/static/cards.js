// On the cards: references to copy, a question begun about the paper, and papers like it.
(() => {
  const { find, bring, say, language, make, button, copied, says, draft, actOn, askOnly } = window.paperbacked;
  const { paperName, paperAddress, listSimilar } = window.paperbacked;

  function toggle(opener) {
    const panel = document.getElementById(opener.getAttribute("aria-controls"));
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) {
      // Right below the buttons, so that what was opened before does not push it out of sight.
      opener.closest(".card-links").after(panel);
      bring(panel, "nearest");
    }
    return panel;
  }

  // ---- cite
  async function copy(opener) {
    const form = opener.dataset.reference;
    const done = await copied(find(".reference-text", opener.closest(".reference")).textContent);
    find(".cite-said", opener.closest(".cite")).textContent = done ? say("card_said", { form }) : say("copy_failed");
    if (done) says(opener, say("copied"));
  }

  // ---- similar papers
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
    return new Intl.DateTimeFormat(language(), { year: "numeric", month: "short", timeZone: "UTC" }).format(day);
  }

  function like(paper) {
    const name = paperName(paper);
    const address = paperAddress(paper);
    const about = [paper.organisation, paper.published && month(paper.published)].filter(Boolean).join(" · ");
    const nodes = [address ? link(address, name) : make("span", "", name)];
    if (about) nodes.push(" ", make("span", "similar-meta", about));
    const ask = button(say("card_ask"), () => draft(say("card_draft", { title: name })));
    ask.setAttribute("aria-label", say("card_ask_label", { title: name }));
    return [...nodes, " ", ask];
  }

  async function toggleSimilar(opener) {
    const panel = toggle(opener);
    if (panel.hidden) return;
    await listSimilar(panel, opener.closest(".card").dataset.paper, like);
    if (!panel.hidden) bring(panel, "nearest");
  }

  document.addEventListener("click", (event) =>
    actOn(event, [
      [".evidence [data-cite]", toggle],
      [":is(.evidence, .paper-view) [data-reference]", copy],
      [".evidence [data-draft]", (node) => draft(node.dataset.draft)],
      [".evidence [data-only]", (node) => askOnly([node.closest(".card").dataset.paper])],
      [".evidence [data-similar]", toggleSimilar],
    ]),
  );
})();
