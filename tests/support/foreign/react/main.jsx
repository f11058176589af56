// A React application with a router, in the strict mode that mounts every component twice while it is developed.
import { StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter, Link, Route, Routes } from "react-router";
import "./style.css";

const PAPERS = import.meta.env.VITE_PAPERS;

function useWidget() {
  useEffect(() => {
    const script = document.createElement("script");
    script.src = `${PAPERS}/widget.js`;
    document.head.append(script);
    return () => script.remove();
  }, []);
}

function Answers({ question, onAnswer }) {
  useWidget();
  const widget = useRef(null);
  useEffect(() => {
    const node = widget.current;
    const listen = (event) => onAnswer(event.detail.answer);
    node.addEventListener("paperbacked:answer", listen);
    return () => node.removeEventListener("paperbacked:answer", listen);
  }, [onAnswer]);
  return (
    <>
      <button type="button" className="ask" onClick={() => widget.current.ask(question)}>
        Ask it
      </button>
      <paperbacked-answer ref={widget} title="Ask the papers" examples={JSON.stringify([question])} />
    </>
  );
}

function Notes() {
  const [shown, show] = useState(true);
  const [answer, keep] = useState(null);
  return (
    <main>
      <h1>Field notes</h1>
      <p>What we read this week, and what it says in its own words.</p>
      <button type="button" className="toggle" onClick={() => show(!shown)}>
        {shown ? "Hide" : "Show"}
      </button>
      {shown && <Answers question="Do safety techniques remove a backdoor that was trained in?" onAnswer={keep} />}
      <p className="heard">{answer ? `${answer.citations.length} quotes, ${answer.status}` : "Nothing asked yet"}</p>
    </main>
  );
}

function Contents() {
  return (
    <main>
      <h1>Contents</h1>
      <p>Every note, newest first.</p>
    </main>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <BrowserRouter basename="/react">
      <nav>
        <Link to="/">Notes</Link>
        <Link to="/contents">Contents</Link>
      </nav>
      <Routes>
        <Route path="/" element={<Notes />} />
        <Route path="/contents" element={<Contents />} />
      </Routes>
    </BrowserRouter>
  </StrictMode>,
);
