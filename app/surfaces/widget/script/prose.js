// The answer's text as nodes: paragraphs, quotes in their own face, titles emphasised, markers for quotes that exist,
// and what was found of each sentence's support. The chat page does the same (app/surfaces/render.py).

const MARKER = /[ \t]*\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\]/g;
const MARKERS_AFTER = /^\s*\[\d[\d,\s]*\]/;

// Pieces of the text, cut wherever a layer { start, end, label } begins or ends, each with the labels that hold for it.
function segments(text, layers) {
  const kept = layers.filter(({ start, end }) => start >= 0 && start < end && end <= text.length);
  const cuts = [...new Set([0, text.length, ...kept.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => ({
    piece: text.slice(cuts[index], end),
    end,
    labels: kept.filter((layer) => layer.start <= cuts[index] && end <= layer.end).map(({ label }) => label),
  }));
}

// The outermost “…” of each paragraph; one left open counts only at the end of an unfinished text.
function quotedSpans(text, unfinished) {
  const spans = [];
  let opened = [];
  for (const { 0: sign, index } of text.matchAll(/[“”]|\n\s*\n/g)) {
    if (sign === "“") opened.push(index);
    else if (sign === "”") {
      const start = opened.pop();
      if (start !== undefined && !opened.length) spans.push({ start, end: index + 1, label: "quoted" });
    } else opened = [];
  }
  if (unfinished && opened.length) spans.push({ start: opened[0], end: text.length, label: "quoted" });
  return spans;
}

function inlineLayers(text, titles, unfinished) {
  const quotes = quotedSpans(text, unfinished);
  const breaks = [...text.matchAll(/\s*\n\s*\n\s*/g)].map((found) => span(found, "break"));
  const found = [...text.matchAll(MARKER)].map((match) => span(match, "marker"));
  for (const title of titles) {
    for (let at = text.indexOf(title); at >= 0; at = text.indexOf(title, at + title.length)) {
      found.push({ start: at, end: at + title.length, label: "title" });
    }
  }
  // A quote is verbatim, so nothing inside it is a marker or a title.
  const outside = ({ start, end }) => !quotes.some((quote) => quote.start < end && start < quote.end);
  return [...quotes, ...breaks, ...found.filter(outside)];
}

const span = (match, label) => ({ start: match.index, end: match.index + match[0].length, label });

// Where each sentence stands in the text; markers and spacing are disregarded.
function placed(sentences, text) {
  const skipped = new Set();
  for (const match of text.matchAll(MARKER)) {
    for (let at = match.index; at < match.index + match[0].length; at++) skipped.add(at);
  }
  const kept = [];
  for (let at = 0; at < text.length; at++) if (!skipped.has(at) && /\S/.test(text[at])) kept.push(at);
  const bare = kept.map((at) => text[at]).join("");
  const layers = [];
  let cursor = 0;
  for (const { text: sentence, support } of sentences) {
    const needle = sentence.replace(MARKER, "").replace(/\s+/g, "");
    const start = needle ? bare.indexOf(needle, cursor) : -1;
    if (start < 0) continue;
    cursor = start + needle.length;
    let end = kept[cursor - 1] + 1;
    for (let after; (after = MARKERS_AFTER.exec(text.slice(end))); ) end += after[0].length;
    layers.push({ start: kept[start], end, label: support });
  }
  return layers;
}

// Paragraphs of an exchange's text.
function answerNodes(exchange, say) {
  const unfinished = exchange.phase === "running";
  const text = exchange.abstained ? exchange.text.split("\n\n")[0] : exchange.text;
  const titles = new Set(exchange.sources.map(({ paper }) => paper.title).filter(Boolean));
  const names = new Map(exchange.citations.map(({ number, paper }) => [number, nameOf(paper)]));
  const verdicts = placed(exchange.sentences, text).filter(({ label }) => label === "uncited" || label === "unsupported");
  const verdictAt = new Map(verdicts.map(({ end, label }) => [end, label]));
  const paragraphs = [make("p")];
  for (const { piece, end, labels } of segments(text, [...inlineLayers(text, titles, unfinished), ...verdicts])) {
    const paragraph = paragraphs.at(-1);
    if (labels.includes("break")) paragraphs.push(make("p"));
    else if (labels.includes("marker")) paragraph.append(...markers(piece, names, say));
    else paragraph.append(styled(piece, labels));
    const verdict = verdictAt.get(end);
    if (verdict) paragraph.append(" ", make("small", { class: "verdict" }, `(${say(verdict)})`));
  }
  return paragraphs.filter((paragraph) => paragraph.hasChildNodes());
}

function styled(piece, labels) {
  const classes = ["quoted", "uncited", "unsupported"].filter((label) => labels.includes(label));
  const node = classes.length ? make("span", { class: classes.join(" ") }, piece) : document.createTextNode(piece);
  return labels.includes("title") ? make("em", {}, node) : node;
}

// A number without a quote stays as the text that it is.
function markers(piece, names, say) {
  const numbers = piece.match(/\d+/g).map(Number);
  if (!numbers.every((number) => names.has(number))) return [piece];
  return numbers.map((number) =>
    make("span", {
      class: "marker", role: "button", tabindex: 0, "data-number": number,
      "aria-label": say("quote_of", { n: number, paper: names.get(number) }),
    }, String(number)));
}

// Makes the children of `parent` equal to `nodes` and leaves alone what is so already, so that focus survives a token.
function patch(parent, nodes) {
  const old = [...parent.childNodes];
  nodes.forEach((node, index) => {
    const there = old[index];
    if (!there) parent.append(node);
    else if (there.nodeName !== node.nodeName || !sameAttributes(there, node)) there.replaceWith(node);
    else if (there.nodeType === Node.TEXT_NODE) { if (there.data !== node.data) there.data = node.data; }
    else patch(there, [...node.childNodes]);
  });
  old.slice(nodes.length).forEach((node) => node.remove());
}

// Set by what the reader does, not by what the server says.
const READERS_OWN = ["aria-describedby", "data-lit", "open"];

function sameAttributes(there, node) {
  if (there.nodeType !== Node.ELEMENT_NODE) return true;
  const names = node.getAttributeNames();
  const own = there.getAttributeNames().filter((name) => !READERS_OWN.includes(name));
  return names.length === own.length && names.every((name) => there.getAttribute(name) === node.getAttribute(name));
}
