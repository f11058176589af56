// What the page's owner asked for in attributes, checked; anything else falls back to the default.

import { webAddress } from "./nodes.js";

// Known only while the script first runs.
export const SCRIPT = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
const HOME = new URL(".", SCRIPT?.src || location.href).href.replace(/\/$/, "");

const PLACES = { "bottom-end": "end", "bottom-start": "start", "bottom-left": "left", "bottom-right": "right" };
const MOST_EXAMPLES = 6;

export function wishesOf(element) {
  const text = (name, most = 200) => (element.getAttribute(name) ?? "").trim().slice(0, most);
  const language = Object.hasOwn(WORDS, text("language")) ? text("language") : browserLanguage();
  const say = speaker(language);
  return {
    language,
    say,
    title: text("title", 80) || say("title"),
    placeholder: text("placeholder") || say("placeholder"),
    theme: ["light", "dark"].includes(text("theme")) ? text("theme") : "auto",
    accent: text("accent"),
    place: PLACES[text("position")] ?? "end",
    examples: severalOf(text("examples", 4000))
      .slice(0, MOST_EXAMPLES)
      .map((each) => each.slice(0, 300)),
    filters: filtersOf(text),
    collection: text("collection") || undefined, // of which JSON says nothing
    server: serverOf(text("server")),
  };
}

// "one | two" or ["one", "two"]
function severalOf(text) {
  if (text.startsWith("[")) {
    try {
      return JSON.parse(text).filter((each) => typeof each === "string" && each.trim());
    } catch {
      /* not JSON after all */
    }
  }
  return text
    .split("|")
    .map((each) => each.trim())
    .filter(Boolean);
}

function filtersOf(text) {
  const filters = {};
  for (const name of FILTERS) {
    const values = severalOf(text(name, 1000));
    if (values.length) filters[name] = values;
  }
  for (const name of ["since", "until"]) if (text(name)) filters[name] = text(name);
  return filters;
}

export function scopeWords({ since, until, ...filters }, say) {
  const parts = [
    ...FILTERS.map((name) => (filters[name] ?? []).join(", ")),
    since && say("since", { date: since }),
    until && say("until", { date: until }),
  ];
  const named = parts.filter(Boolean).join(" · ");
  return named && say("only", { scope: named });
}

// Where this script came from, unless the element names another server.
function serverOf(wish) {
  const address = wish && webAddress(new URL(wish, location.href).href);
  return (address || HOME).replace(/[?#].*$/, "").replace(/\/+$/, "");
}

function browserLanguage() {
  const known = navigator.languages
    .map((tag) => tag.split("-")[0].toLowerCase())
    .find((tag) => Object.hasOwn(WORDS, tag));
  return known ?? "en";
}

// The widget's words in a language: say("key", { n: 3 }) fills the places in braces.
function speaker(language) {
  const say = (key, values = {}) =>
    (WORDS[language][key] ?? key).replace(/\{(\w+)\}/g, (place, name) =>
      name in values ? String(values[name]) : place,
    );
  say.language = language;
  return say;
}
