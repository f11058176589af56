// One paper by itself: fetched from the server when the address names it, and asked alone from its own box.
(() => {
  const { find, send, ask, emit, type } = window.paperbacked;
  let fetched = ""; // what was last asked for: the paper and the language of its view
  let focusing = false;

  function wanted() {
    if (!location.hash.startsWith("#paper=")) return null;
    try {
      return decodeURIComponent(location.hash.slice("#paper=".length));
    } catch {
      return location.hash; // no id has this form, which the server says
    }
  }

  // The masthead hears of it once it is there, and comes anew in another language: then the view is wanted anew.
  function fetchWanted() {
    const id = wanted();
    const language = find(".masthead[data-ready]")?.dataset.language;
    if (id === null || !language) return;
    const one = `${language} ${id}`;
    if (one !== fetched) {
      fetched = one;
      send("masthead", "option_select", { paper: id });
    }
    focusHeading(id);
  }

  function focusHeading(id) {
    const view = find("#paper .paper-view");
    if (!focusing || view?.dataset.paper !== id) return;
    focusing = false;
    scrollTo({ top: 0, behavior: "instant" });
    find("h1", view).focus({ preventScroll: true });
  }

  // ---- its box
  function askAlone(form) {
    const question = find("textarea", form).value.trim();
    if (!question) return find("textarea", form).focus();
    const paper = form.closest(".paper-view").dataset.paper;
    find("textarea", form).value = "";
    // What is asked next is asked of it too, until the reader takes the filter off.
    emit("filter", { papers: [paper] });
    type(question); // so that it is not lost where it cannot be asked now
    ask({ question, paper });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.(".paper-ask");
    if (!form) return;
    event.preventDefault();
    askAlone(form);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".paper-ask");
    if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    askAlone(form);
  });

  addEventListener("hashchange", () => {
    focusing = wanted() !== null;
    fetchWanted();
  });
  new MutationObserver(fetchWanted).observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ["data-language", "data-ready", "data-paper"],
  });
})();
