"""The page as a reader meets it: real browser, real server, real papers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
NEAR = "How much does OpenAI pay its red teamers?"
HOSTILE = "<img src=x onerror=window.__xss=1><script>window.__xss=1</script> sycophancy"
FIRST_CARD = "#margin .evidence:not([hidden]) .card"

# Milliseconds from pressing Enter to the first card with a lit quote, as the browser itself sees them.
FIRST_EVIDENCE = """() => new Promise((resolve) => {
  const box = document.querySelector("#question textarea");
  box.addEventListener("keydown", () => {
    const began = performance.now();
    const before = document.querySelectorAll("mark").length;
    const watcher = new MutationObserver(() => {
      if (document.querySelectorAll("mark").length <= before) return;
      watcher.disconnect();
      window.__firstEvidence = performance.now() - began;
    });
    watcher.observe(document.body, { childList: true, subtree: true });
  }, { once: true });
  resolve();
})"""


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_empty_page_says_what_it_is(visit, shoot) -> None:
    seen = visit()
    assert re.search(r"94 papers .*Google DeepMind, Anthropic and OpenAI, up to Jul 2024", seen.text(".intro"))
    assert seen.page.locator(".intro [data-ask]").count() == 4
    expect(seen.page.locator("#mode-line")).to_contain_text("abstracts of 94 papers")
    assert seen.page.locator("footer").is_hidden() or seen.page.locator("footer").count() == 0
    shoot(seen, "empty")


def test_an_answer_with_its_quote_lit_in_the_abstract(visit, shoot) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    page = seen.page
    assert seen.text(f"{FIRST_CARD} .card-title").startswith("Sleeper Agents")
    assert "Anthropic · Jan 2024 Model organisms of misalignment" in seen.text(f"{FIRST_CARD} .meta")
    (paper,) = [paper for paper in read_papers(default_papers_file()) if paper.id == "sleeper-agents"]
    abstract = page.locator(f"{FIRST_CARD} .abstract").first.text_content()
    assert abstract == paper.abstract
    lit = "".join(page.locator(f'{FIRST_CARD} mark[data-numbers~="1"]').all_text_contents())
    assert lit and lit in paper.abstract
    assert squeezed(lit).rstrip(".") in seen.text(".answer")
    assert page.locator(f"{FIRST_CARD} .card-links a").first.get_attribute("rel") == "noopener noreferrer nofollow"
    assert re.search(r"\d quotes?, word for word · answers the question", seen.text(".provenance"))
    shoot(seen, "desktop-light")


def test_a_marker_shows_its_quote_and_lights_it(visit) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    marker = seen.page.locator(".answer .marker").first
    marker.hover()
    quote = seen.text("#popover .popover-quote").strip("“”")
    assert "Sleeper Agents" in seen.text("#popover .popover-paper")
    marker.click()
    lit = seen.page.locator("mark.lit").first
    expect(lit).to_be_in_viewport()
    assert squeezed("".join(seen.page.locator("mark.lit").all_text_contents())) == quote
    assert "forward" in (seen.page.locator(FIRST_CARD).first.get_attribute("class") or "")
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator("#popover")).to_have_count(0)


def test_first_evidence_comes_at_once(visit, capsys: pytest.CaptureFixture[str]) -> None:
    seen = visit()
    times: list[float] = []
    for question in (BACKDOOR, "Can a weaker model supervise a stronger one?", BACKDOOR):
        seen.page.evaluate(FIRST_EVIDENCE)
        seen.ask(question)
        times.append(seen.page.evaluate("window.__firstEvidence"))
    with capsys.disabled():
        print(f"\nfirst evidence after {', '.join(f'{time:.0f}' for time in times)} ms")
    # 300 ms is meant; a busy two-core machine is given more before it fails the build.
    assert min(times) < 1500


def test_filters_narrow_the_sources(visit) -> None:
    seen = visit()
    seen.page.click("#filters > button")
    seen.page.click("#filters label:has-text('OpenAI')")
    seen.ask("Can a weaker model supervise a stronger one?")
    metas = seen.page.locator("#margin .card .meta").all_text_contents()
    assert metas and all(meta.startswith("OpenAI") for meta in metas)
    assert "Only OpenAI" in seen.text(".turn .aside-line")


def test_years_that_run_backwards_get_one_sentence(visit) -> None:
    seen = visit()
    seen.page.click("#filters > button")
    for field, year in (("since", "2024"), ("until", "2022")):
        seen.page.click(f"#{field} input")
        seen.page.click(f"ul[role=listbox] >> text={year}")
    seen.page.fill("#question textarea", BACKDOOR)
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("#notice")).to_contain_text("change one year")
    assert seen.page.locator(".turn").count() == 0


def test_a_question_that_the_papers_do_not_answer_is_turned_down_with_care(visit, shoot) -> None:
    seen = visit()
    seen.ask(NEAR)
    assert seen.text(".answer") == "The papers do not answer this."
    assert seen.page.locator(".closest li").count() == 3
    assert seen.text(".evidence-heading") == "Closest papers"
    assert seen.page.locator("#margin article.card").count() == 3
    assert seen.page.locator("mark").count() == 0
    assert seen.page.locator(".next [data-ask]").count() >= 1
    shoot(seen, "abstained")


def test_markup_in_a_question_stays_text(visit) -> None:
    seen = visit()
    seen.ask(HOSTILE)
    assert seen.text(".question") == HOSTILE
    assert seen.page.locator(".turn img, .turn script").count() == 0
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("window.__xss") is None


def test_even_markup_that_slipped_through_would_not_run(visit) -> None:
    seen = visit()
    seen.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=window.__xss=1>')")
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("window.__xss") is None
    assert any("Content Security Policy" in error for error in seen.errors)
    seen.errors.clear()


def test_an_empty_question_gets_one_sentence(visit) -> None:
    seen = visit()
    for question in ("", " ?! "):
        seen.page.fill("#question textarea", question)
        seen.page.keyboard.press("Enter")
        expect(seen.page.locator("#notice p")).to_have_text("The question is empty: ask something about the papers.")
        seen.page.wait_for_timeout(500)  # Enter is not heard again before the first one has been dealt with
    assert seen.page.locator(".turn").count() == 0
    seen.ask(BACKDOOR)
    expect(seen.page.locator("#notice p")).to_have_count(0)


def test_retry_asks_again_and_copy_takes_the_references_along(visit) -> None:
    seen = visit(permissions=["clipboard-read", "clipboard-write"])
    seen.ask(BACKDOOR)
    seen.page.click(".turn [data-retry]")
    seen.page.wait_for_function("document.querySelectorAll('.turn').length === 1")
    expect(seen.page.locator(".turn .provenance")).to_be_visible()
    seen.page.click(".turn [data-copy]")
    expect(seen.page.locator(".turn [data-copy]")).to_have_text("Copied")
    copied = seen.page.evaluate("navigator.clipboard.readText()")
    assert BACKDOOR in copied and "[1] “" in copied and "Sleeper Agents" in copied.split("[1] “")[-1]


def test_stop_leaves_a_page_that_can_be_asked_again(visit) -> None:
    seen = visit()
    seen.page.fill("#question textarea", BACKDOOR)
    # Pressed as soon as there is something to stop; quotes may be faster than the finger, and that is well too.
    seen.page.evaluate(
        """() => new MutationObserver((_, watcher) => {
          if (!document.querySelector(".turn[aria-busy]")) return;
          watcher.disconnect();
          document.querySelector("#stop").click();
        }).observe(document.body, { childList: true, subtree: true })"""
    )
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".turn [data-retry]")).to_be_visible()
    expect(seen.page.locator("#send")).to_be_visible()
    expect(seen.page.locator("#stop")).to_be_hidden()
    seen.page.click(".turn [data-retry]")
    expect(seen.page.locator(".turn .provenance")).to_be_visible()


def test_a_marker_stays_in_one_piece_however_wide_the_page_is(visit) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    markers = "[...document.querySelectorAll('.answer a.marker')]"
    pieces = f"() => Math.max(...{markers}.map((one) => one.getClientRects().length))"
    broken: list[int] = []
    for width in range(320, 1300, 5):
        seen.page.set_viewport_size({"width": width, "height": 860})
        if seen.page.evaluate(pieces) != 1:
            broken.append(width)
    assert broken == []


def test_a_follow_up_keeps_the_context_and_new_conversation_drops_it(visit) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    seen.ask("Does adversarial training help?")
    titles = " ".join(seen.page.locator("#margin .evidence:not([hidden]) .card-title").all_text_contents())
    assert "Sleeper Agents" in titles
    beside = seen.page.locator('.evidence[data-turn="2"]').bounding_box()
    assert beside and beside["width"] > 300 and beside["y"] < 200
    # A marker of the first answer brings the first answer's sources back.
    seen.page.locator(".turn").first.locator(".answer .marker").first.click()
    expect(seen.page.locator('.evidence[data-turn="1"]')).to_be_visible()
    expect(seen.page.locator('.evidence[data-turn="2"]')).to_be_hidden()
    seen.page.click(".masthead-actions [data-new]")
    expect(seen.page.locator(".intro")).to_be_visible()
    assert seen.page.locator(".turn, .evidence").count() == 0


def test_examples_and_next_questions_can_be_clicked(visit) -> None:
    seen = visit()
    seen.page.locator(".intro [data-ask]").nth(1).click()
    expect(seen.page.locator(".turn .provenance")).to_be_visible()
    asked = seen.page.locator(".turn .next [data-ask]").first.inner_text()
    seen.page.locator(".turn .next [data-ask]").first.click()
    expect(seen.page.locator(".turn")).to_have_count(2)
    assert seen.page.locator(".question").last.inner_text() == asked


def test_dark_and_light_follow_the_system_until_the_reader_chooses(visit, shoot) -> None:
    seen = visit(color_scheme="dark")
    page = seen.page
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.click("[data-theme-toggle]")
    light = page.evaluate(paper)
    assert dark != light and page.evaluate("document.body.classList.contains('dark')") is False
    page.reload()
    page.wait_for_selector(".intro")
    assert page.evaluate(paper) == light
    page.click("[data-theme-toggle]")
    seen.ask(BACKDOOR)
    shoot(seen, "desktop-dark")


@pytest.mark.parametrize("width", [360, 768, 1024, 2560])
def test_no_width_scrolls_sideways(visit, width: int) -> None:
    seen = visit(width, 800)
    for step in (lambda: None, lambda: seen.ask(BACKDOOR), lambda: seen.ask(HOSTILE + "x" * 300)):
        step()
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        box = seen.page.locator("#question textarea").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= 800


def test_a_phone_has_large_targets_and_a_sheet_for_quotes(visit, shoot) -> None:
    seen = visit(390, 844, has_touch=True, is_mobile=True)
    seen.ask(BACKDOOR)
    shoot(seen, "phone")
    for selector in ("#send", "#filters > button", ".turn [data-retry]", ".masthead [data-theme-toggle]"):
        box = seen.page.locator(selector).first.bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44, selector
    seen.page.locator(".answer .marker").first.tap()
    expect(seen.page.locator("#popover")).to_be_in_viewport()
    seen.page.locator("#popover button").tap()
    expect(seen.page.locator("mark.lit").first).to_be_in_viewport()
