// One question with what has been answered so far: events go in, the widget is drawn from it.

import { listOf } from "./nodes.js";
import { newKey } from "./stream.js";

export const MOST_EXCHANGES = 30;
const HISTORY_TURNS = 12;
const HISTORY_CHARS = 4000;

export function newExchange(question, history, filters) {
  return { question, history, filters, key: newKey(), vote: null, copied: false, ...beginning() };
}

export const beginning = () => ({
  phase: "running",
  status: { text: "", code: "searching" },
  sources: [],
  citations: [],
  text: "",
  sentences: [],
  drafted: false,
  followups: [],
  answer: null,
  failure: null,
  abstained: false,
});

// Takes an event in; true once the exchange is over.
export function happened(exchange, name, data) {
  if (name === "status") exchange.status = { text: String(data.text ?? ""), code: data.code };
  else if (name === "sources") exchange.sources = sourcesOf(data.sources);
  else if (name === "quotes") exchange.citations = citationsOf(data.citations);
  else if (name === "draft") Object.assign(exchange, { drafted: true, text: String(data.answer) });
  // What is read already is not written anew beneath the reader's eye: the end brings the line above it.
  else if (exchange.drafted && (name === "token" || name === "sentence")) return false;
  else if (name === "token") exchange.text += String(data.text ?? "");
  else if (name === "sentence") exchange.sentences.push(...sentencesOf([data]));
  else if (name === "followups") exchange.followups = questionsOf(data.questions);
  else if (name === "done") finished(exchange, data);
  else if (name === "error")
    Object.assign(exchange, { phase: "failed", failure: { sentence: String(data.message ?? "") } });
  return exchange.phase !== "running";
}

// The whole answer has the last word; what came before it was provisional.
function finished(exchange, answer) {
  Object.assign(exchange, {
    phase: "done",
    answer,
    text: String(answer.answer ?? ""),
    abstained: answer.status === "abstained",
    sources: sourcesOf(answer.sources),
    citations: citationsOf(answer.citations),
    sentences: sentencesOf(answer.sentences),
    followups: questionsOf(answer.followups),
  });
}

const sourcesOf = (value) =>
  listOf(value)
    .filter(({ paper }) => paper && typeof paper === "object")
    .slice(0, 20);
const citationsOf = (value) =>
  sourcesOf(value).filter(({ number, quote }) => Number.isInteger(number) && typeof quote === "string");
const sentencesOf = (value) => listOf(value).filter(({ text }) => typeof text === "string");
const questionsOf = (value) =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string").slice(0, 5) : [];

// What the server is told of the questions before; answers that did not come are left out.
export function historyOf(exchanges) {
  return exchanges
    .filter(({ phase }) => phase === "done")
    .flatMap(({ question, text }) => [
      { role: "user", content: question },
      { role: "assistant", content: text.slice(0, HISTORY_CHARS) },
    ])
    .slice(-HISTORY_TURNS);
}

// Where the whole page asks the same anew: without the conversation, so what a follow-up was understood as.
export function pageAddress(server, exchange) {
  if (!exchange) return `${server}/`;
  const { question, answer, filters, collection = [] } = exchange;
  const fields = new URLSearchParams({ q: answer?.standalone_question || question });
  const chosen = Object.entries({ ...filters, collection });
  for (const [name, values] of chosen) for (const value of [values].flat()) fields.append(name, value);
  return `${server}/?${fields}`;
}
