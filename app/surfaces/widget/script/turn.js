// An exchange as nodes: question, answer, what is happening, the papers behind it, and what can be done next.

import { icon, make, nameOf, origin, outsideLink, paperAddress } from "./nodes.js";
import { answerNodes } from "./prose.js";

export function turnNodes(exchange, { say, language, last }) {
  const { phase, answer } = exchange;
  const running = phase === "running";
  const asked = answer && String(answer.standalone_question || "");
  // What was said before and the question in a row is none that a person would ask.
  const rewritten = asked && !asked.toLowerCase().endsWith(exchange.question.toLowerCase());
  return [
    make("h3", { class: "question" }, exchange.question),
    rewritten && make("p", { class: "scope" }, say("understood", { question: asked })),
    running && make("p", { class: "status" }, `${statusWords(exchange.status, say, language)} …`),
    exchange.text && make("div", { class: "answer" }, ...answerNodes(exchange, say)),
    exchange.abstained && closest(exchange, say, language),
    phase === "failed" && make("p", { class: "failure" }, failureWords(exchange.failure, say, language)),
    phase === "stopped" && make("p", { class: "status" }, say("stopped")),
    answer && provenance(exchange, say),
    answer?.note && make("p", { class: "note" }, String(answer.note)),
    !running && actions(exchange, say, last),
    !exchange.abstained && evidence(exchange, say, language),
    !running && last && askNext(exchange.followups, say(exchange.abstained ? "you_could_ask" : "ask_next")),
  ].filter(Boolean);
}

// The words for what the server says it is doing, by its code, and for what is happening here.
const STATUS_WORDS = new Map([
  ["searching", "searching"],
  ["records", "searching"],
  ["conversation", "reading"],
  ["writing", "writing"],
  ["again", "again"],
]);

// Its own words say more, such as who writes, and are English.
function statusWords({ text, code }, say, language) {
  return (language === "en" && text) || say(STATUS_WORDS.get(code) ?? "searching");
}

export function failureWords({ key, sentence, seconds }, say, language) {
  if (key === "busy") {
    const wait = seconds > 90 ? say("minutes", { n: Math.ceil(seconds / 60) }) : say("seconds", { n: seconds });
    const time = new Date(Date.now() + seconds * 1000).toLocaleTimeString(language, {
      hour: "2-digit",
      minute: "2-digit",
    });
    return say("busy", { wait, time });
  }
  return sentence || say(key ?? "unreachable");
}

function provenance({ answer, abstained, sentences, citations }, say) {
  const parts = [];
  const supported = sentences.filter(({ support }) => support === "supported").length;
  const every = supported && supported === sentences.length;
  const partly = answer.status === "partly";
  if (abstained) parts.push(say("nothing_near"));
  else if (answer.mode === "generated") {
    parts.push(say(every ? "every_supported" : "some_supported", { n: supported, all: sentences.length }));
    const llm = answer.models?.llm;
    parts.push(say("written_by", { llm: llm ? String(llm) : say("a_model") }));
  } else {
    const n = citations.length;
    if (n) parts.push(say(n === 1 ? "one_quote" : "quotes_mode", { n }));
  }
  if (partly) parts.push(say("nearest"));
  // Without a reader nobody knows.
  else if (answer.status === "answered" && answer.models?.reranker) parts.push(say("answers"));
  const ms = Number(answer.timings?.total_ms);
  if (ms > 0) parts.push(ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
  return make("p", { class: every && !abstained && !partly ? "about whole" : "about" }, parts.join(" · "));
}

function actions(exchange, say, last) {
  const vote = (verdict) =>
    make(
      "button",
      {
        type: "button",
        "data-vote": verdict,
        "aria-label": say(verdict),
        "aria-pressed": String(exchange.vote === verdict),
      },
      icon(verdict),
    );
  const { answer } = exchange;
  return make(
    "div",
    { class: "actions" },
    last && make("button", { type: "button", "data-act": "retry" }, say("retry")),
    exchange.text && make("button", { type: "button", "data-act": "copy" }, say(exchange.copied || "copy")),
    answer?.id && vote("up"),
    answer?.id && vote("down"),
    exchange.thanks && make("span", { class: "thanks" }, say(exchange.thanks)),
  );
}

function evidence(exchange, say, language) {
  const { citations, sources, phase } = exchange;
  const byPaper = new Map();
  for (const citation of citations) {
    const id = String(citation.paper.id);
    byPaper.set(id, [...(byPaper.get(id) ?? []), citation]);
  }
  const others = sources.filter(({ paper }) => !byPaper.has(String(paper.id)));
  if (!byPaper.size && !others.length) return null;
  const running = phase !== "done";
  const cards = [...byPaper.values()].map((quotes) => card(quotes, say, language));
  return make(
    "section",
    { class: running ? "evidence running" : "evidence" },
    cards.length > 0 && make("h4", {}, say(running ? "found" : "cited")),
    cards.length > 0 && make("ol", {}, ...cards),
    !running &&
      others.length > 0 &&
      make(
        "details",
        { class: "also" },
        make("summary", {}, say("also_found", { n: others.length })),
        make("ul", {}, ...others.map(({ paper, score }) => make("li", {}, ...paperLines(paper, score, say, language)))),
      ),
  );
}

function card(quotes, say, language) {
  const [{ paper, score }] = quotes;
  return make(
    "li",
    { class: "card", tabindex: "-1" },
    ...paperLines(paper, score, say, language),
    ...quotes.map(({ number, quote, gloss }) =>
      make(
        "blockquote",
        { "data-quote": number },
        make(
          "span",
          { class: "number", "aria-label": say("quote_number", { n: number }), role: "img" },
          String(number),
        ),
        make(
          "span",
          { class: "words" },
          make("span", { lang: paper.language }, `“${quote}”`),
          gloss ? ` ${say("gloss", { gloss })}` : null,
        ),
      ),
    ),
  );
}

function paperLines(paper, score, say, language) {
  const address = paperAddress(paper);
  const words = score >= STRONG ? "match_strong" : score >= FAIR ? "match_fair" : "match_faint";
  const parts = [...origin(paper, language), paper.category, Number.isFinite(score) && say(words)].filter(Boolean);
  return [
    make("p", { class: "card-title" }, address ? outsideLink(address, nameOf(paper)) : nameOf(paper)),
    make("p", { class: "meta" }, parts.join(" · ")),
  ];
}

// Under an answer that abstains: the nearest papers by name.
function closest({ sources }, say, language) {
  if (!sources.length) return null;
  const rows = sources.slice(0, CLOSEST_PAPERS).map(({ paper }) => {
    const address = paperAddress(paper);
    return make(
      "li",
      {},
      address ? outsideLink(address, nameOf(paper)) : nameOf(paper),
      make("p", { class: "meta" }, [...origin(paper, language), paper.category].filter(Boolean).join(" · ")),
    );
  });
  return make(
    "div",
    {},
    make("p", { class: "closest-words" }, say("closest")),
    make("ol", { class: "closest" }, ...rows),
  );
}

export function askNext(questions, label) {
  if (!questions.length) return null;
  const rows = questions.map((question) =>
    make("li", {}, make("button", { type: "button", "data-ask": question }, question)),
  );
  return make("nav", { class: "next", "aria-label": label }, make("p", {}, label), make("ul", {}, ...rows));
}
