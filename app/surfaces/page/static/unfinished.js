// What a reload or a lost connection must not lose, for this tab: the question that is being answered, and what is
// typed and not yet sent.
(() => {
  const { find, all, touches, say, box, make, stored, store, parsed } = window.paperbacked;
  const DRAFT = "paperbacked-draft"; // what stands in the box
  const ASKED = "paperbacked-asked"; // {question, filters, after, search, again}, of the answer under way
  const MOST = 20_000; // characters; the box takes no more
  // Gradio says so in English whatever the page's language, and loads the page anew once the server answers.
  const LOST = "Connection to the server was lost";
  let written = ""; // ASKED as it was last stored
  let again = null; // the question that the page itself has asked again
  let awaited = false; // … and has not yet drawn

  // ---- the question under way
  const isText = (value) => typeof value === "string" && value.length <= MOST;
  function write(record) {
    const text = record ? JSON.stringify(record) : "";
    if (text === written && text) return;
    written = text;
    store("sessionStorage", ASKED, text || null);
  }

  // The question that a reload cut off, to be asked again now; once that was done it is put back for the reader to ask.
  function cutOff() {
    const record = parsed(stored("sessionStorage", ASKED));
    if (!record || !isText(record.question) || !isText(record.after) || record.search !== location.search) return null;
    const { question, after } = record;
    if (record.again) {
      leaveAsked();
      putBack(question);
      return { question, putBack: true };
    }
    again = question;
    awaited = true;
    write({ ...record, again: true });
    return { question, after, filters: (isText(record.filters) && parsed(record.filters)) || {} };
  }

  function follow() {
    const last = all(".turn").at(-1);
    const question = last ? find(".question", last).textContent : "";
    if (last?.matches("[aria-busy]")) {
      awaited = false;
      if (spaced(stored("sessionStorage", DRAFT) ?? "") === question) store("sessionStorage", DRAFT, null);
      const after = all(".turn[data-answer]").at(-1)?.dataset.answer ?? "";
      const filters = last.dataset.filters ?? "";
      write({ question, filters, after, search: location.search, again: question === again });
    } else if (!awaited || question === again) {
      awaited = false;
      again = null;
      write(null);
    }
  }
  function leaveAsked() {
    awaited = false;
    again = null;
    write(null);
  }

  // ---- the draft
  const spaced = (text) => text.split(/\s+/).filter(Boolean).join(" ");
  function putBack(text) {
    const area = box();
    const draft = [...new Set([text, area.value].filter(Boolean))].join("\n");
    area.value = draft;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    if (!touches.matches) area.setSelectionRange(draft.length, draft.length);
  }
  const left = stored("sessionStorage", DRAFT); // by the page before this one; what is typed from here on is its own
  const saveDraft = () => store("sessionStorage", DRAFT, box()?.value.slice(0, MOST) || null);
  function restoreDraft() {
    const asked = parsed(stored("sessionStorage", ASKED));
    if (left && spaced(left) !== asked?.question) putBack(left.slice(0, MOST));
  }
  document.addEventListener("input", (event) => {
    if (event.target === box()) saveDraft();
  });
  // What the server has put into the box, or taken out of it, was no input.
  addEventListener("pagehide", saveDraft);

  // ---- the connection
  function tell(lost) {
    const place = find("#notice [role=alert]");
    if (lost === (document.documentElement.dataset.lost === "yes") || !place) return;
    if (lost) document.documentElement.dataset.lost = "yes";
    else delete document.documentElement.dataset.lost;
    place.replaceChildren(...(lost ? [make("p", "", say("lost"))] : []));
  }
  const lostForGradio = () => all(".toast-body.error").some((toast) => toast.textContent.includes(LOST));
  function watch() {
    if (lostForGradio()) tell(true);
  }
  addEventListener("offline", () => tell(true));
  addEventListener("online", () => tell(lostForGradio()));

  Object.assign(window.paperbacked, { cutOff, follow, leaveAsked, restoreDraft, watch });
})();
