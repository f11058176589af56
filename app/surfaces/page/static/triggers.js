// Runs once for an HTML component: clicks on its buttons become events that the Python handlers hear,
// and so does what the page's own scripts send it (basics.js).
const heard = {
  ask: (value) => ["submit", { question: value }],
  retry: () => ["submit", { retry: true }],
  get: (value) => ["submit", { get: value }],
  edit: (value) => ["edit", { turn: Number(value) }],
  leaveEdit: () => ["submit", {}],
  unfilter: (value, data) => ["select", { name: value, value: data.value }],
  new: () => ["clear", {}],
};
const selector = "[data-ask], [data-retry], [data-get], [data-edit], [data-leave-edit], [data-unfilter], [data-new]";
element.addEventListener("click", (event) => {
  const button = event.target.closest(selector);
  if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const name = Object.keys(heard).find((one) => one in button.dataset);
  trigger(...heard[name](button.dataset[name], button.dataset));
});
element.addEventListener("paperbacked:send", (event) => trigger(event.detail.name, event.detail.data));
