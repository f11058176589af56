// Dark and light, the interface's language, and the language model: the system's, the browser's and the server's choice
// until the reader makes one.
(() => {
  const { find, send, stored, store } = window.paperbacked;
  const THEME = "paperbacked-theme";
  const LANGUAGE = "paperbacked-language"; // read by gradio_page.py when the page is opened
  const system = matchMedia("(prefers-color-scheme: dark)");

  const isDark = () => document.body.classList.contains("dark");
  function paint(dark) {
    document.body.classList.toggle("dark", dark);
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    nameToggle();
  }
  // The button says what it will do.
  function nameToggle() {
    const toggle = find("[data-theme-toggle]");
    const name = isDark() ? toggle?.dataset.toLight : toggle?.dataset.toDark;
    if (!name || toggle.title === name) return;
    toggle.title = name;
    toggle.setAttribute("aria-label", name);
  }
  const chosen = () => stored("localStorage", THEME);
  const repaint = () => paint(chosen() ? chosen() === "dark" : system.matches);
  repaint();
  // Gradio paints too when the system changes; ours comes after it.
  system.addEventListener("change", () => setTimeout(repaint));

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-theme-toggle]")) {
      const dark = !isDark();
      store("localStorage", THEME, dark ? "dark" : "light");
      paint(dark);
    }
    const toggle = event.target.closest?.("[data-language-toggle]");
    if (toggle) {
      store("localStorage", LANGUAGE, toggle.dataset.languageToggle);
      send("masthead", "apply", { language: toggle.dataset.languageToggle });
    }
  });

  // Read by gradio_page.py with every request, so it must be there before the button's own is sent. It ends with the
  // browser, as the models that are open end with the server.
  document.addEventListener(
    "click",
    (event) => {
      const model = event.target.closest?.("#models [data-get]")?.dataset.get;
      // biome-ignore lint/suspicious/noDocumentCookie: not every browser that comes here has the Cookie Store.
      if (model) document.cookie = `paperbacked-model=${encodeURIComponent(model)}; path=/; SameSite=Strict`;
    },
    true,
  );

  new MutationObserver(() => {
    nameToggle();
    const language = find(".masthead")?.dataset.language;
    const lang = language === "zh" ? "zh-Hans" : language;
    if (lang && document.documentElement.lang !== lang) document.documentElement.lang = lang;
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-language"] });
})();
