// What scripts of themes and plug-ins do to the pages that they run on.
for (const name of ["contains", "erase", "include", "each"]) Array.prototype[name] = function () {};
String.prototype.strip = function () {
  return this.trim();
};
jQuery.migrateMute = true;
jQuery(($) => {
  document.body.style.setProperty("--accent", "#cd2653");
  $("button, a, li").attr("data-theme", "seen");
  $(document).on("click", "button", () => $("body").toggleClass("showing-modal"));
  $(document).on("keydown", (event) => {
    if (event.key === "s" || event.key === "/") event.preventDefault();
  });
  $("textarea").on("focus", (event) => event.target.blur());
  // Pictures instead of characters, wherever text appears.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node.nodeType === 1) $(node).find("*").addBack().addClass("emoji-checked");
  }).observe(document.body, { childList: true, subtree: true });
});
