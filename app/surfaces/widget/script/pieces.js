// An answer's text in pieces: quotes, titles, markers, paragraphs, and what was found of each sentence's support. The
// chat page cuts it in the same way (app/surfaces/page/answer_text.py); tests/support/answer_text.json holds for both.

// What begins with a run of white space begins nowhere within it, or long runs would take their square in time.
const MARKER = /(?:(?<![ \t])[ \t]+)?\[\d{1,4}(?:\s*,\s*\d{1,4})*\]/g;
const BREAK = /(?<!\s)\s*\n\s*\n\s*/g;
const MARKERS_AFTER = /\s*\[\d[\d,\s]*\]/y;
const VERDICTS = ["uncited", "unsupported", "contradicted"];

export const withoutMarkers = (text) => text.replace(MARKER, "");

// Gives { piece, labels, verdict } for each: what holds for it, and the verdict on the sentence that ends there.
export function piecesOf(text, sentences, titles, unfinished) {
  const verdicts = placed(sentences, text).filter(({ label }) => VERDICTS.includes(label));
  const verdictAt = new Map(verdicts.map(({ end, label }) => [end, label]));
  // A title that stands between quotation marks by itself is a title.
  const named = new Set(titles);
  const quotes = quotedSpans(text, unfinished).filter(({ start, end }) => !named.has(text.slice(start + 1, end - 1)));
  const layers = [verdicts, quotes, spansOf(text, BREAK, "break"), outside(spansOf(text, MARKER, "marker"), quotes)];
  for (const title of titles) layers.push(outside(titleSpans(text, title), quotes));
  return segments(text, layers.flat()).map(({ piece, end, labels }) => ({
    piece,
    labels,
    verdict: verdictAt.get(end),
  }));
}

// The text cut wherever a layer { start, end, label } begins or ends.
function segments(text, layers) {
  const cuts = new Uint8Array(text.length + 1);
  const changes = {}; // how many layers of a label begin at each place, less those that end there
  for (const { start, end, label } of layers) {
    changes[label] ??= new Int32Array(text.length + 1);
    changes[label][start]++;
    changes[label][end]--;
    cuts[start] = 1;
    cuts[end] = 1;
  }
  cuts[text.length] = 1;
  const open = Object.entries(changes).map(([label, change]) => ({ label, change, count: 0 }));
  const pieces = [];
  for (let start = 0, end = 0; end <= text.length; end++) {
    if (!cuts[end]) continue;
    if (end > start) pieces.push({ piece: text.slice(start, end), end, labels: held(open) });
    for (const each of open) each.count += each.change[end];
    start = end;
  }
  return pieces;
}

const held = (open) => open.filter(({ count }) => count).map(({ label }) => label);

const spansOf = (text, pattern, label) =>
  [...text.matchAll(pattern)].map(({ 0: found, index }) => ({ start: index, end: index + found.length, label }));

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

// Those that no quote touches, as it is verbatim; both in the order of the text.
function outside(spans, quotes) {
  let next = 0;
  return spans.filter(({ start, end }) => {
    while (quotes[next]?.end <= start) next++;
    return !(quotes[next]?.start < end);
  });
}

function titleSpans(text, title) {
  const spans = [];
  let start = standsAt(text, title, 0);
  while (start >= 0) {
    const end = start + title.length;
    spans.push({ start, end, label: "title" });
    start = standsAt(text, title, end);
  }
  return spans;
}

// Where each sentence stands in the text; markers and spacing are disregarded.
function placed(sentences, text) {
  const kept = [];
  let at = 0;
  for (const { start, end } of [...spansOf(text, MARKER), { start: text.length }]) {
    for (; at < start; at++) if (/\S/.test(text[at])) kept.push(at);
    at = end;
  }
  const bare = bareOf(text);
  const layers = [];
  const behind = new Map();
  let cursor = 0;
  for (const { text: sentence, support } of sentences) {
    const needle = bareOf(sentence);
    const start = standsAt(bare, needle, cursor);
    if (start < 0) continue;
    cursor = start + needle.length;
    layers.push({ start: kept[start], end: behindMarkers(text, kept[cursor - 1] + 1, behind), label: support });
  }
  return layers;
}

const bareOf = (text) => withoutMarkers(text).replace(/\s+/g, "");

// Where the markers that follow on `end` end; `known` holds what was found from other places.
function behindMarkers(text, end, known) {
  const passed = [];
  for (; !known.has(end); end = MARKERS_AFTER.lastIndex) {
    MARKERS_AFTER.lastIndex = end;
    if (!MARKERS_AFTER.test(text)) break;
    passed.push(end);
  }
  end = known.get(end) ?? end;
  for (const place of passed) known.set(place, end);
  return end;
}

const SHORT = 64;

// Where `needle` next stands in `text`, else -1. A long one is sought by Knuth, Morris and Pratt: for one that nearly
// stands at every place, indexOf takes the product of both lengths.
function standsAt(text, needle, from) {
  if (needle.length < SHORT) return needle ? text.indexOf(needle, from) : -1;
  const overlaps = new Int32Array(needle.length); // for each beginning: how much of its own beginning it ends with
  const longer = (length, code) => {
    while (length && needle.charCodeAt(length) !== code) length = overlaps[length - 1];
    return needle.charCodeAt(length) === code ? length + 1 : 0;
  };
  for (let at = 1; at < needle.length; at++) overlaps[at] = longer(overlaps[at - 1], needle.charCodeAt(at));
  for (let at = from, length = 0; at < text.length; at++) {
    length = longer(length, text.charCodeAt(at));
    if (length === needle.length) return at + 1 - length;
  }
  return -1;
}
