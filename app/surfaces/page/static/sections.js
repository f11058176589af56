// Which section of the page is shown: Ask, Library, About or one paper, as the address says after its #.
(() => {
  const { all, opensElsewhere } = window.paperbacked;
  const SECTIONS = ["ask", "library", "about"];
  const root = document.documentElement;
  const scrolled = {};
  let section = null;
  // Each paper is a place of its own in the one section of papers; a page of one lies above any section (pages.js).
  const place = () => {
    const said = location.hash.slice(1);
    if (said.startsWith("page=")) return section ?? "ask";
    return SECTIONS.includes(said) || said.startsWith("paper=") ? said : "ask";
  };

  function mark() {
    for (const link of all(".sections a")) {
      const here = link.hash === `#${section.startsWith("paper=") ? "library" : section}`;
      if (here && !link.hasAttribute("aria-current")) link.setAttribute("aria-current", "page");
      else if (!here && link.hasAttribute("aria-current")) link.removeAttribute("aria-current");
    }
  }

  function show(name, focus) {
    if (name === section) return;
    if (section) scrolled[section] = scrollY;
    section = name;
    root.dataset.section = name.split("=")[0];
    mark();
    scrollTo({ top: scrolled[name] ?? 0, behavior: "instant" });
    if (focus) focusHeading();
  }

  // A paper's heading comes from the server, and is focused once it is there (paper.js).
  function focusHeading() {
    if (section.startsWith("paper=")) return;
    const heading = all(section === "ask" ? ".intro h1, .turn .question" : `#${section} h1`).at(-1);
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }

  function toAsk() {
    if (place() !== "ask") location.hash = "ask";
    show("ask", false);
  }

  // The sections are put where the reader left them here; the browser would scroll the one that is going away.
  history.scrollRestoration = "manual";
  addEventListener("hashchange", () => show(place(), true));
  // Another part of the page has something for the box: it is shown first, and before whoever fills it.
  for (const event of ["paperbacked:draft", "paperbacked:filter"]) addEventListener(event, toAsk, true);

  addEventListener(
    "click",
    (event) => {
      if (opensElsewhere(event)) return;
      const on = (selector) => event.target.closest?.(selector);
      if (on(".sections a")?.hash === `#${section}`) {
        scrollTo({ top: 0 });
      } else if (section !== "ask" && on("[data-new], [data-skip]")) {
        // Away from the conversation the wordmark leads back to it and leaves it as it is.
        event.preventDefault();
        event.stopImmediatePropagation();
        if (on("[data-new]")) toAsk();
        else focusHeading();
      }
    },
    true,
  );

  show(place(), false);
  // The masthead comes after this script, and comes anew in another language.
  new MutationObserver(mark).observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ["data-language"],
  });
})();
