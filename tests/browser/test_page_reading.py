"""The page for every reader: in Chinese, by keyboard, by ear, in both themes, and while a model writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.answering.chain import LanguageModel
from app.answering.models.scripted import ScriptedLLM
from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.options import ServingOptions

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
MARKUP = "<img src=x onerror=window.__xss=1><script>window.__xss=1</script> <b>made</b>"
REPLY = f"Backdoor behavior can be made persistent [1]. The moon is {MARKUP} of cheese."
READ_OUT = ".read-out[role=status] p"
# Letters that stay as they are: names of papers, people, models and formats, and the way back to English.
NAMES = re.compile(
    r"paperbacked|hash|scripted|EN|Enter|AI|GPU|OpenAPI|API|BibTeX|CSL-JSON|Markdown|APA|JSON|NIST|Anthropic|OpenAI|"
    r"Google|DeepMind|MCP|REST"
)
# The words of the interface that a reader sees or hears on the page, without those of the collection.
INTERFACE = """() => {
  const own = document.querySelectorAll(
    "#masthead, #composer, .intro, .provenance, .actions, .next > p, .evidence-heading, .also > summary, .status"
  );
  const said = [];
  for (const part of own) {
    said.push(part.innerText);
    // Gradio puts a choice's value, which nobody sees, in the title of its input.
    for (const node of [part, ...part.querySelectorAll("[aria-label], [title], [placeholder]")]) {
      // The way back to English says so in English.
      if (node.type === "checkbox" || node.matches("[data-language-toggle][lang=en]")) continue;
      for (const name of ["aria-label", "title", "placeholder"]) said.push(node.getAttribute(name) ?? "");
    }
  }
  return said.join("\\n");
}"""


@pytest.fixture(scope="module")
def server(served: Any, built_full: Any) -> Iterator[str]:
    """The app with a model that writes slowly what it is told to."""
    llm = ScriptedLLM(replies=[REPLY], piece=4, delay_s=0.05)
    answerer = LocalAnswerer(built_full.retriever, lambda: LanguageModel(llm, "scripted"))
    with served(create_app(answerer, options=ServingOptions(client_limit=0))) as address:
        yield address


def test_a_chinese_browser_gets_a_chinese_page(visit) -> None:
    seen = visit(locale="zh-CN")
    page = seen.page
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator(".intro h1")).to_contain_text("向论文提问")
    page.click("#filters > button")
    seen.ask("安全训练能去除后门吗？backdoor safety training")
    english = set(re.findall(r"[A-Za-z]{2,}", NAMES.sub("", page.evaluate(INTERFACE))))
    categories = set(re.findall(r"[A-Za-z]{2,}", " ".join(page.locator("#filters .chips label").all_text_contents())))
    assert english - categories == set()


def test_the_language_can_be_switched_and_is_remembered(visit) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    page = seen.page
    page.fill("#question textarea", "half typed")
    page.click("[data-language-toggle]")
    expect(page.locator("[data-retry]")).to_have_text("重试")
    expect(page.locator("#send")).to_have_text("提问")
    expect(page.locator("#question textarea")).to_have_value("half typed")
    page.reload()
    expect(page.locator("[data-retry]")).to_have_text("重试")
    page.click("[data-language-toggle]")
    expect(page.locator("[data-retry]")).to_have_text("Retry")


def test_quotes_can_be_read_in_the_column_while_the_prose_flows_in_above_them(visit, shoot) -> None:
    seen = visit()
    page = seen.page
    page.fill("#question textarea", BACKDOOR)
    page.keyboard.press("Enter")
    quote = page.locator(".provisional blockquote").first
    expect(quote).to_be_in_viewport()
    expect(page.locator(".turn[aria-busy] .answer")).to_contain_text("Backdoor")
    shoot(seen, "writing")
    above, below = page.locator(".answer").bounding_box(), quote.bounding_box()
    assert above and below and above["y"] + above["height"] <= below["y"]
    expect(page.locator(".turn .provenance")).to_be_visible()
    expect(page.locator(".provisional")).to_have_count(0)
    assert MARKUP in seen.text(".answer")
    assert page.evaluate("window.__xss") is None


def test_stop_keeps_the_quotes_and_what_was_written(visit) -> None:
    seen = visit()
    page = seen.page
    page.fill("#question textarea", BACKDOOR)
    page.keyboard.press("Enter")
    expect(page.locator(".turn[aria-busy] .answer")).to_contain_text("Backdoor")
    page.focus("#stop")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_contain_text("Stopped before it was finished.")
    expect(page.locator(".provisional blockquote").first).to_be_visible()
    expect(page.locator("#send")).to_be_visible()
    assert not any("Backdoor" in line for line in page.locator(READ_OUT).all_text_contents())


def test_who_stopped_may_retry_at_once_however_slow_the_server_is_to_stop(visit) -> None:
    seen = visit()
    page = seen.page
    page.evaluate(
        """() => {
          const send = window.fetch;
          window.fetch = async (...sent) => {
            if (String(sent[0]).endsWith("/cancel")) await new Promise((go) => setTimeout(go, 600));
            return send(...sent);
          };
        }"""
    )
    page.fill("#question textarea", BACKDOOR)
    page.keyboard.press("Enter")
    expect(page.locator(".turn[aria-busy] .answer")).to_contain_text("Backdoor")
    page.click("#stop")
    page.click(".turn [data-retry]")
    expect(page.locator(".turn .provenance")).to_be_visible()
    expect(page.locator(".turn")).not_to_contain_text("Stopped before it was finished.")


def test_whole_sentences_are_read_out_once_and_nothing_else_is(visit) -> None:
    seen = visit()
    page = seen.page
    page.evaluate(
        """() => {
          window.__heard = [];
          const region = document.querySelector("[role=status].read-out");
          new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(
            (node) => window.__heard.push(node.textContent)
          ))).observe(region, { childList: true, subtree: true, characterData: true });
        }"""
    )
    assert page.locator("#conversation [aria-live], #conversation [role=log], #margin [aria-live]").count() == 0
    seen.ask(BACKDOOR)
    expect(page.locator(READ_OUT).last).to_have_text("The answer is complete.")
    assert page.evaluate("window.__heard") == [
        "Looking for an answer.",
        "According to Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training "
        "(Anthropic, January 2024), backdoor behavior can be made persistent.",
        f"The moon is {MARKUP} of cheese. (no quote behind this sentence)",
        "The answer is complete.",
    ]


def test_a_muted_sentence_says_why_to_keyboard_and_mouse(visit) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    page = seen.page
    muted = page.locator(".answer .uncited").first
    muted.hover()
    expect(page.locator("#popover")).to_have_text("no quote behind this sentence")
    page.mouse.move(0, 0)
    expect(page.locator("#popover")).to_have_count(0)
    page.locator(".answer .marker").first.focus()
    page.keyboard.press("Tab")
    expect(muted).to_be_focused()
    expect(page.locator("#popover")).to_have_text("no quote behind this sentence")
    page.keyboard.press("Escape")
    expect(page.locator("#popover")).to_have_count(0)


def test_the_keyboard_is_enough(visit) -> None:
    seen = visit()
    page, box = seen.page, seen.page.locator("#question textarea")
    page.focus(".wordmark")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("[data-skip]")).to_be_focused()
    expect(page.locator("[data-skip]")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    page.keyboard.type("Do safety techniques remove")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("a backdoor / that was trained in?")
    expect(box).to_have_value("Do safety techniques remove\na backdoor / that was trained in?")
    assert page.locator(".turn").count() == 0
    page.keyboard.press("Enter")
    expect(page.locator(".turn .provenance")).to_be_visible()
    page.focus("[data-retry]")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.focus('.sections a[href="#library"]')
    page.keyboard.press("Enter")
    expect(page.locator("#library h1")).to_be_focused()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.focus(".answer .marker")
    page.keyboard.press("Enter")
    expect(page.locator("mark.lit").first).to_be_focused()
    page.focus(".menu summary")
    page.keyboard.press("Enter")
    expect(page.locator(".menu button").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu button").first).to_be_hidden()
    expect(page.locator(".menu summary")).to_be_focused()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"color_scheme": "dark", "locale": "zh-CN"},
        {"width": 360, "height": 780, "has_touch": True, "is_mobile": True},
    ],
    ids=["light", "dark-chinese", "phone"],
)
def test_axe_finds_nothing_wrong(visit, shoot, options: dict[str, Any]) -> None:
    seen = visit(**options)
    page = seen.page

    def violations() -> list[str]:
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        return [f"{one['impact']}: {one['id']} {[node['target'] for node in one['nodes']][:3]}" for one in found]

    assert violations() == []
    page.click("#filters > button")
    page.click("#filters .chips label >> nth=0")
    expect(page.locator("#chosen [data-unfilter]")).to_have_count(1)
    assert violations() == []
    page.click("#filters > button")
    seen.ask(BACKDOOR)
    assert violations() == []
    shoot(seen, f"written-{options.get('width', 1280)}-{options.get('color_scheme', 'light')}")
    page.click("[data-history]")
    expect(page.locator("#history li")).to_have_count(1)
    assert violations() == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
