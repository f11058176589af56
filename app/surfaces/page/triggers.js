// Runs once for an HTML component: clicks on its buttons become events that the Python handlers hear.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask], [data-retry], [data-get], [data-new]");
  if (!button) return;
  event.preventDefault();
  if (button.hasAttribute("data-ask")) trigger("submit", { question: button.dataset.ask });
  else if (button.hasAttribute("data-retry")) trigger("submit", { retry: true });
  else if (button.hasAttribute("data-get")) trigger("submit", { get: button.dataset.get });
  else trigger("clear", {});
});
