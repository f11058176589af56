// Defines the element, and makes a launcher where the page has no <paperbacked-answer> of its own.

import { PaperbackedAnswer } from "./element.js";
import { SCRIPT } from "./wishes.js";

function start(script) {
  const wish = script?.dataset.launcher;
  const any = document.querySelector(wish === "on" ? "paperbacked-answer[launcher]" : "paperbacked-answer");
  if (!script || wish === "off" || any) return;
  const element = document.createElement("paperbacked-answer");
  for (const name of ATTRIBUTES) if (name in script.dataset) element.setAttribute(name, script.dataset[name]);
  element.setAttribute("launcher", "");
  document.body.append(element);
}

if (!customElements.get("paperbacked-answer")) customElements.define("paperbacked-answer", PaperbackedAnswer);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(SCRIPT));
else start(SCRIPT);
