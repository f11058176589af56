// Server-sent events from bytes that may be cut anywhere, and the question that outlives a lost connection.

const LONGEST_EVENT = 4e6; // characters; a whole answer with ten abstracts has some 50,000

// Takes bytes in any pieces and calls onEvent({ name, data, id }) for each whole event.
export function eventReader(onEvent) {
  const decoder = new TextDecoder();
  let line = "";
  // "\r\n" is one line's end, even with the cut between the two.
  let afterReturn = false;
  const fresh = () => ({ name: "message", data: [], id: null, size: 0 });
  let event = fresh();

  function field(text) {
    const colon = text.indexOf(":");
    if (colon === 0) return; // a comment, such as a heartbeat of the server
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (name === "event") event.name = value;
    else if (name === "data") {
      event.data.push(value);
      event.size += value.length;
    } else if (name === "id" && /^\d{1,9}$/.test(value)) event.id = Number(value);
  }

  function lineEnded() {
    if (line) field(line);
    else {
      if (event.data.length) onEvent({ name: event.name, data: event.data.join("\n"), id: event.id });
      event = fresh();
    }
    line = "";
  }

  return {
    push(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      let start = 0;
      for (let at = 0; at < text.length; at++) {
        const char = text[at];
        if (char === "\n" || char === "\r") {
          if (!(char === "\n" && afterReturn && at === start)) {
            line += text.slice(start, at);
            lineEnded();
          }
          start = at + 1;
        }
        afterReturn = char === "\r";
      }
      line += text.slice(start);
      if (line.length + event.size > LONGEST_EVENT) throw new Refused("too_long");
    },
  };
}

// What cannot be mended by trying again at once; `key` names the sentence in the widget's words.
export class Refused extends Error {
  constructor(key, { status = 0, sentence = "", seconds = null } = {}) {
    super(sentence || key);
    Object.assign(this, { key, status, sentence, seconds });
  }
}

export class Lost extends Error {}

const FIRST_BYTE_MS = 3e4;
const SILENCE_MS = 4e4; // the server sends a heartbeat every 15 seconds
const IN_ALL_MS = 6e5;
const WAITS_MS = [500, 1500, 4000];

// Asks once, however often the connection is lost. onEvent(name, data) is called for each event, onAgain(fromStart)
// before each new attempt. Resolves after "done" or "error"; rejects with Refused, Lost, or AbortError after a stop.
export async function askServer({ server, key, body, signal, onEvent, onAgain }) {
  const until = Date.now() + IN_ALL_MS;
  let last = 0; // the number of the last event that was seen, where the server numbers them
  for (let attempt = 0; ; attempt++) {
    try {
      return await oneConnection({
        server,
        key,
        body,
        signal,
        last,
        until,
        onEvent(event) {
          if (event.id && event.id <= last) return false;
          last = event.id || last;
          return onEvent(event.name, parsed(event.data));
        },
      });
    } catch (error) {
      if (signal.aborted || !(error instanceof Lost) || attempt >= WAITS_MS.length || Date.now() > until) throw error;
      onAgain(!last);
      await pause(WAITS_MS[attempt], signal);
    }
  }
}

async function oneConnection({ server, key, body, signal, last, until, onEvent }) {
  const patience = new AbortController();
  const stop = () => patience.abort();
  signal.addEventListener("abort", stop);
  let timer;
  const wait = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(stop, Math.min(ms, Math.max(0, until - Date.now())));
  };
  wait(FIRST_BYTE_MS);
  try {
    const headers = { Accept: "text/event-stream", "Content-Type": "application/json", "Idempotency-Key": key };
    if (last) headers["Last-Event-ID"] = String(last);
    const response = await fetch(`${server}/api/v1/ask`, {
      method: "POST",
      headers,
      body,
      signal: patience.signal,
      credentials: "omit",
      cache: "no-store",
    });
    if (!response.ok) throw await refusal(response);
    let over = false;
    const reader = eventReader((event) => {
      if (!over) over = onEvent(event);
    });
    const pieces = response.body.getReader();
    while (!over) {
      wait(SILENCE_MS);
      const { done, value } = await pieces.read();
      if (done) break;
      reader.push(value);
    }
    patience.abort(); // nothing more is wanted of this connection
    if (!over) throw new Lost("cut off");
  } catch (error) {
    if (error instanceof Refused || error instanceof Lost) throw error;
    if (signal.aborted) throw error;
    throw new Lost(String(error)); // fetch tells no more of a dead server, a refused origin or a broken line
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

async function refusal(response) {
  const { status } = response;
  if (status === 502 || status === 504) return new Lost(status); // a gateway whose server is away
  let sentence = "";
  try {
    const { detail } = await response.json();
    sentence = String(detail ?? "").slice(0, 400);
  } catch {
    /* no problem+json: the status has to do */
  }
  if (status === 429)
    return new Refused("busy", { status, seconds: secondsUntil(response.headers.get("Retry-After")) });
  return new Refused(status === 403 ? "refused" : "failed", { status, sentence });
}

// Retry-After is a number of seconds or a date.
function secondsUntil(header) {
  const seconds = /^\d+$/.test(header ?? "") ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), 86_400) : 60;
}

function parsed(data) {
  try {
    const value = JSON.parse(data);
    return value && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
