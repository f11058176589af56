// An answer on the clipboard.

import { make, nameOf, origin, paperAddress } from "./nodes.js";

// Question, answer and numbered references.
export function plainText(exchange, language) {
  const references = exchange.citations.map(({ number, quote, paper }) => {
    const parts = [nameOf(paper).replace(/\.$/, ""), origin(paper, language).join(", "), paperAddress(paper)];
    return `[${number}] “${quote}” ${parts.filter(Boolean).join(". ")}`;
  });
  return [exchange.question, exchange.text, references.join("\n")].filter(Boolean).join("\n\n");
}

// Whether the text is on the clipboard; `within` is where a text box may stand for a moment.
export async function copied(text, within) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http, or a frame without the permission.
    const area = make("textarea", { class: "unseen", "aria-hidden": "true" });
    area.value = text;
    const before = within.getRootNode().activeElement;
    within.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
    return done;
  }
}
