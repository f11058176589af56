// Asks, and tells what has come: one conversation, one question at a time. It knows nothing of how it is shown.

import { beginning, happened, historyOf, MOST_EXCHANGES, newExchange } from "./exchange.js";
import { withoutMarkers } from "./pieces.js";
import { askServer, Lost, newKey, Refused } from "./stream.js";
import { failureWords } from "./turn.js";

export class Conversation {
  #stopper = null;

  // changed() after each change, said(text) for what is to be announced, told(name, detail) for the page's own listeners.
  constructor({ changed, said, told }) {
    this.exchanges = [];
    Object.assign(this, { changed, said, told });
  }

  get last() {
    return this.exchanges.at(-1);
  }
  get busy() {
    return this.last?.phase === "running";
  }

  // Resolves to the Answer, or to null where none came.
  ask(question, { server, filters, collection, say }) {
    this.stop();
    const exchange = newExchange(question, historyOf(this.exchanges), filters);
    exchange.body = JSON.stringify({ question, history: exchange.history, filters, collection });
    Object.assign(exchange, { server, collection });
    this.exchanges = [...this.exchanges, exchange].slice(-MOST_EXCHANGES);
    this.told("ask", { question });
    return this.#run(exchange, say);
  }

  retry({ server, say }) {
    const exchange = this.last;
    if (!exchange || this.busy) return null;
    // A connection that was lost may have been answered meanwhile; anything else is asked anew.
    if (!(exchange.phase === "failed" && exchange.failure.key === "unreachable")) exchange.key = newKey();
    Object.assign(exchange, beginning(), { server, vote: null, thanks: null });
    return this.#run(exchange, say);
  }

  stop() {
    this.#stopper?.abort();
    this.#stopper = null;
    if (this.busy) {
      this.last.phase = "stopped";
      this.changed();
    }
  }

  async #run(exchange, say) {
    const stopper = new AbortController();
    this.#stopper = stopper;
    this.changed();
    try {
      await askServer({
        ...exchange,
        signal: stopper.signal,
        onEvent: (name, data) => {
          if (stopper.signal.aborted) return true;
          const over = happened(exchange, name, data);
          if (name === "sentence") this.said(withoutMarkers(String(data.text ?? "")));
          this.changed();
          return over;
        },
        onAgain: (fromStart) => {
          if (fromStart) Object.assign(exchange, beginning());
          exchange.status = { text: "", code: "again" };
          this.changed();
        },
      });
    } catch (error) {
      if (stopper.signal.aborted) return null;
      const { key = "unreachable", status = 0, sentence = "", seconds = null } = error instanceof Refused ? error : {};
      Object.assign(exchange, { phase: "failed", failure: { key, status, sentence, seconds } });
      if (!(error instanceof Refused || error instanceof Lost)) console.error(error);
    }
    return stopper.signal.aborted ? null : this.#over(exchange, say);
  }

  #over(exchange, say) {
    this.#stopper = null;
    this.changed(true);
    if (exchange.phase === "failed") {
      const message = failureWords(exchange.failure, say, say.language);
      this.said(message);
      this.told("error", { question: exchange.question, message, status: exchange.failure.status ?? 0 });
      return null;
    }
    if (!exchange.sentences.length) this.said(exchange.text);
    this.said(say("finished", { n: exchange.citations.length }));
    this.told("answer", { question: exchange.question, answer: exchange.answer });
    return exchange.answer;
  }

  // A thumb on an answer; a second press of the same one changes nothing.
  async vote(exchange, verdict) {
    if (exchange.vote === verdict || !exchange.answer) return;
    const { answer, question, server } = exchange;
    exchange.vote = verdict;
    exchange.thanks = null;
    this.changed(true);
    const body = JSON.stringify({ id: answer.id, verdict, question, models: answer.models, surface: "widget" });
    try {
      const response = await fetch(`${server}/api/v1/feedback`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        credentials: "omit",
        signal: AbortSignal.timeout(15_000),
      });
      if (!response.ok) throw new Refused("failed", { status: response.status });
      exchange.thanks = "thanks";
    } catch {
      Object.assign(exchange, { vote: null, thanks: "not_kept" });
    }
    this.changed(true);
  }
}
