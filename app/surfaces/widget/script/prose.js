// The answer's text as nodes: paragraphs, quotes in their own face, titles emphasised, markers for quotes that exist,
// and what was found of each sentence's support. The chat page does the same (app/surfaces/page/answer_text.py).

import { make, nameOf } from "./nodes.js";
import { piecesOf } from "./pieces.js";

// Paragraphs of an exchange's text. The first MAX_LINKS numbers lead to their quote, further ones stay text.
export function answerNodes(exchange, say) {
  const text = exchange.abstained ? exchange.text.split("\n\n")[0] : exchange.text;
  const titles = new Set(
    [...exchange.sources, exchange.answer?.outside_filter]
      .map((found) => found?.paper?.title)
      .filter(Boolean)
      .map(String),
  );
  const names = new Map(exchange.citations.map(({ number, paper }) => [number, nameOf(paper)]));
  const paragraphs = [make("p")];
  let links = 0;
  for (const { piece, labels, verdict } of piecesOf(text, exchange.sentences, titles, exchange.phase === "running")) {
    const paragraph = paragraphs.at(-1);
    const numbers = labels.includes("marker") ? (piece.match(/\d+/g) ?? []).map(Number) : [];
    if (labels.includes("break")) paragraphs.push(make("p"));
    else if (numbers.length && links + numbers.length <= MAX_LINKS) {
      links += numbers.length;
      paragraph.append(...markers(piece, numbers, names, say));
    } else paragraph.append(styled(piece, labels));
    if (verdict) paragraph.append(" ", make("small", { class: "verdict" }, `(${say(verdict)})`));
  }
  return paragraphs.filter((paragraph) => paragraph.hasChildNodes());
}

function styled(piece, labels) {
  const classes = ["quoted", "uncited", "unsupported", "contradicted"].filter((label) => labels.includes(label));
  const node = classes.length ? make("span", { class: classes.join(" ") }, piece) : document.createTextNode(piece);
  return labels.includes("title") ? make("em", {}, node) : node;
}

// A number without a quote stays as the text that it is.
function markers(piece, numbers, names, say) {
  if (!numbers.every((number) => names.has(number))) return [piece];
  return numbers.map((number) =>
    make(
      "span",
      {
        class: "marker",
        role: "button",
        tabindex: 0,
        "data-number": number,
        "aria-label": say("quote_of", { n: number, paper: names.get(number) }),
      },
      String(number),
    ),
  );
}
