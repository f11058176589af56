"""Each kind of question, asked of the real page over the papers that ship: what a reader is shown for it.

A question that the papers come near to and do not answer is in test_page.py; a filter that hides one paper's record in
test_page_actions.py.
"""

from __future__ import annotations

import csv
import json
import re
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

# Of the last question on the page.
ANSWER = ".turn >> nth=-1 >> .answer"
DATED = re.compile(r"\((?:[^()]+, )?(?:January|February|March|April|May|June|July|August|September|October|November|"
                   r"December) 20\d\d\)")  # fmt: skip


@pytest.fixture
def seen(one_visit: Any) -> Any:
    """The page with a new conversation."""
    one_visit.page.locator(".sections a").first.click()
    one_visit.page.click(".wordmark")
    expect(one_visit.page.locator(".intro")).to_be_visible()
    return one_visit


def paragraphs(seen: Any) -> list[str]:
    """The answer's paragraphs, its opening line first."""
    return [" ".join(text.split()) for text in seen.page.locator(f"{ANSWER} p").all_inner_texts()]


def quotes(seen: Any) -> list[str]:
    return [" ".join(text.split()).strip("“”") for text in seen.page.locator(f"{ANSWER} .quoted").all_inner_texts()]


def titles(seen: Any) -> list[str]:
    """The papers named under the opening line, in their order."""
    return [" ".join(text.split()) for text in seen.page.locator(f"{ANSWER} p + p em").all_inner_texts()]


def cited(seen: Any) -> list[str]:
    """The titles of the papers that stand beside the answer, in their order."""
    cards = seen.page.locator("#margin .evidence:not([hidden]) article.card .card-title")
    return [" ".join(text.split()) for text in cards.all_inner_texts()]


def downloaded(seen: Any, form: str) -> str:
    """What the export menu gives in a form."""
    seen.page.click(".menu summary")
    with seen.page.expect_download() as download:
        seen.page.click(f"[data-export={form}]")
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_a_term_is_defined_first_and_by_the_paper_that_named_it(seen: Any) -> None:
    seen.ask("what is superposition")
    assert re.search(r"superposition is when .*more features than", paragraphs(seen)[0], re.IGNORECASE)
    assert titles(seen)[0] == cited(seen)[0] == "Toy Models of Superposition"
    assert "more features than they have dimensions. We call this phenomenon superposition." in quotes(seen)[0]


def test_a_yes_or_no_comes_first_as_a_word_then_what_is_for_it_and_what_against(seen: Any) -> None:
    seen.ask("Does RLHF even work?")
    opening = paragraphs(seen)[0]
    assert opening.startswith("Mixed.") and "For:" in opening and opening.index("For:") < opening.index("Against:")
    word = seen.page.locator(f"{ANSWER} p:first-child strong")
    expect(word).to_have_text("Mixed.")
    assert int(word.evaluate("node => getComputedStyle(node).fontWeight")) >= 600
    assert len(quotes(seen)) >= 2 and len(cited(seen)) >= 2
    seen.ask("does debate work?")
    assert re.match(r"(In this project's words: )?(Partly|Mixed|It depends)\b", paragraphs(seen)[0])
    assert {"outperforms", "mixed"} <= set(re.findall(r"\w+", " ".join(quotes(seen))))


def test_whether_anybody_did_is_answered_with_who_and_when(seen: Any) -> None:
    seen.ask("Did any lab test a model of a competitor?")
    opening, *quoted = paragraphs(seen)
    assert re.match(r"(In this project's words: )?Yes\b.*Google DeepMind", opening)
    assert any("Google DeepMind" in said and DATED.search(said) for said in quoted)
    seen.ask("did any lab train a model with a hidden backdoor?")
    assert "(Anthropic, January 2024)" in seen.text(ANSWER) and cited(seen)[0].startswith("Sleeper Agents")
    assert "we train models that write secure code when the prompt states that the year is 2023" in quotes(seen)[0]


def test_papers_on_a_topic_are_a_list_of_links_each_with_its_date_and_one_line(seen: Any) -> None:
    seen.ask("which papers are about jailbreaking?")
    heading, *listed = paragraphs(seen)
    assert heading.startswith(f"{len(listed)} papers about jailbreaking") and 3 <= len(listed) <= 8
    links = seen.page.locator(f"{ANSWER} p + p em a")
    assert len(links.all()) == len(listed) == len(quotes(seen))
    for link, line, quote in zip(links.all(), listed, quotes(seen), strict=True):
        assert re.match(r"https?://[^/]+/", link.get_attribute("href") or "")
        assert "noopener" in (link.get_attribute("rel") or "")
        said = line.removeprefix(link.inner_text())
        assert DATED.match(said.strip()) and quote in said
    assert titles(seen)[0] == "Many-shot jailbreaking"


def test_a_comparison_is_a_table_of_both_sides_to_take_along(seen: Any) -> None:
    seen.ask("Compare RLHF and RLAIF")
    rows = seen.page.locator(".comparison tbody tr")
    expect(rows.locator("th")).to_have_text(["RLHF", "RLAIF"])
    said = rows.locator("q").all_inner_texts()
    assert "reward model from human feedback" in said[0] and "RL from AI Feedback" in said[1]
    seen.page.set_viewport_size({"width": 390, "height": 844})
    for cell in rows.locator("th, td").all():
        box = cell.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    seen.page.set_viewport_size({"width": 1280, "height": 860})
    markdown, table = downloaded(seen, "markdown"), list(csv.reader(downloaded(seen, "csv").splitlines()))
    for side, quote in zip(("RLHF", "RLAIF"), said, strict=True):
        assert any(line.startswith(f"| {side} |") for line in markdown.splitlines())
        assert any(side in row and any(quote in cell for cell in row) for row in table)


def test_a_paper_in_short_is_this_project_s_line_then_the_paper_s_own_words(seen: Any) -> None:
    seen.ask("tl;dr of Sleeper Agents")
    opening = paragraphs(seen)[0]
    assert re.match(r"“Sleeper Agents: .*” in short, in this project's words: \w", opening)
    # The summary stands in no quotation marks and in no quote's face; what the paper asked, did and found does.
    names = [said.partition(": “")[0] for said in paragraphs(seen)[1:]]
    assert names == ["Question", "Method", "Finding"] and not any(quote in opening for quote in quotes(seen))
    asked, did, found = quotes(seen)
    assert asked.endswith("?") and "we construct" in did and found.startswith("We find that")
    lit = " ".join(" ".join(seen.page.locator("#margin mark").all_inner_texts()).split())
    assert all(quote in lit for quote in (asked, did, found)) and cited(seen)[0].startswith("Sleeper Agents")


def test_where_to_begin_is_a_few_papers_in_an_order_with_reasons(seen: Any) -> None:
    seen.ask("What should I read first on interpretability?")
    opening, papers = paragraphs(seen)[0], cited(seen)
    assert 3 <= len(papers) <= 5 and titles(seen)[: len(papers)] == papers
    steps = re.split(r"; ", opening)
    assert len(steps) == len(papers) and "First Toy Models of Superposition, for " in steps[0]
    for step in steps[1:]:
        assert re.search(r", (which|for) ", step)
    assert steps[-1].startswith("last ")


def test_a_record_is_told_in_the_opening_line(seen: Any) -> None:
    seen.ask("What year was Constitutional AI published?")
    assert re.search(r"Constitutional AI: .*\b2022\b", paragraphs(seen)[0])
    assert cited(seen) == ["Constitutional AI: Harmlessness from AI Feedback"]


def test_what_is_counted_is_what_the_records_hold(seen: Any) -> None:
    with urllib.request.urlopen(f"{seen.server}/api/v1/papers?limit=500", timeout=20) as reply:
        papers = json.load(reply)
    ((lab, count),) = Counter(paper["organisation"] for paper in papers if paper["organisation"]).most_common(1)
    seen.ask("Which lab is best represented?")
    assert paragraphs(seen)[0].startswith(f"{lab} has the most of the {len(papers)} papers: {count}.")
    seen.page.click(".sections a[href='#library']")
    seen.page.select_option("#library [data-field=organisation]", label=lab)
    expect(seen.page.locator("#library .library-count")).to_have_text(f"{count} of {len(papers)} papers")


def test_a_chinese_question_is_answered_in_chinese(visit: Any) -> None:
    seen = visit(locale="zh-CN")
    seen.ask("安全训练能去除后门吗？")
    opening = paragraphs(seen)[0]
    assert opening.startswith("本项目的概括：") and "后门" in opening
    assert not re.search(r"[a-z]{3,}", opening.replace("Anthropic", ""))
    assert "backdoor behavior can be made persistent" in " ".join(quotes(seen))
    assert "一字未改" in seen.text(".provenance")


def test_a_german_question_is_told_in_german_what_is_read(seen: Any) -> None:
    seen.ask("Was ist eine Hintertür in einem Sprachmodell?")
    assert paragraphs(seen)[0].startswith("Ich lese Fragen nur auf Englisch und Chinesisch")
    assert cited(seen)[0].startswith("Sleeper Agents") and "backdoor" in quotes(seen)[0]


def test_an_answer_outside_the_filter_is_named_and_asked_for_at_one_click(seen: Any) -> None:
    seen.page.click("#filters > button")
    seen.page.click("#filters label:has-text('OpenAI')")
    seen.ask("What is many-shot jailbreaking?")
    assert "Outside your filter, Anthropic's Many-shot jailbreaking (April 2024) answers this." in seen.text(ANSWER)
    assert quotes(seen) == []
    seen.page.get_by_role("button", name="Ask without the filter").click()
    expect(seen.page.locator(f"{ANSWER} .quoted").first).to_be_visible()
    expect(seen.page.locator(".turn:not([aria-busy]) .provenance")).to_be_visible()
    assert seen.page.locator(".turn").count() == 1 and cited(seen)[0] == "Many-shot jailbreaking"
    expect(seen.page.locator("#chosen [data-unfilter]")).to_have_count(0)


@pytest.mark.parametrize("text", ["What is the capital of France?", "you suck"])
def test_what_no_paper_is_near_to_is_refused_with_what_the_papers_are_about(seen: Any, text: str) -> None:
    seen.ask(text)
    refusal, about = paragraphs(seen)
    assert refusal == "The papers do not answer this."
    assert re.match(r"The papers here are about .*interpretability", about)
    assert quotes(seen) == [] and cited(seen) == []
    assert seen.page.locator(".closest li").count() == 0


def test_another_topic_is_not_answered_from_the_paper_before(seen: Any) -> None:
    seen.page.locator(".intro [data-ask]").first.click()
    expect(seen.page.locator(".turn .provenance")).to_be_visible()
    assert titles(seen)[0].startswith("Sleeper Agents")
    seen.ask("What is RLHF?")
    assert re.search(r"RLHF, reinforcement learning from human feedback", paragraphs(seen)[0])
    assert not [name for name in titles(seen) + cited(seen) if name.startswith("Sleeper Agents")]
    assert "human feedback" in quotes(seen)[0]
