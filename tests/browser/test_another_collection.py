"""A collection that is not about AI, ingested and served as its reader would: nothing speaks of other papers.

The five abstracts of tests/support/sleep_papers.jsonl were written for these tests; nobody made the studies.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SLEEP = Path(__file__).parents[1] / "support" / "sleep_papers.jsonl"
# Words that only the papers that ship have a reason for.
OTHERS = re.compile(r"\bAI\b|safety|align|language model|interpretab|Anthropic|OpenAI|DeepMind|94", re.IGNORECASE)


@pytest.fixture(scope="module")
def server(
    command: Callable[..., subprocess.CompletedProcess[str]],
    serving: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    home = tmp_path_factory.mktemp("sleep")
    told = command(home, "ingest", str(SLEEP), "--collection", "sleep")
    assert "The collection 'sleep' has 5 papers: 5 new" in told.stderr + told.stdout
    with serving(home, "--collection", "sleep") as address:
        yield address


def test_nothing_on_the_page_speaks_of_the_papers_that_ship(visit: Any, shoot: Any) -> None:
    page = (seen := visit()).page
    shoot(seen, "sleep-empty")
    assert re.search(r"\b5 papers\b.*Test Sleep Laboratory", seen.text(".intro > p"))
    expect(page.locator("#mode-line")).to_contain_text("5 papers")
    examples = page.locator(".intro [data-ask]").all_inner_texts()
    assert len(examples) >= 3 and "Short naps and word lists" in examples[0]
    said = [page.title(), seen.text(".intro"), seen.text("#mode-line")]
    page.click(".sections a[href='#about']")
    expect(page.locator(".about h1")).to_be_visible()
    said.append(seen.text(".about .lead"))
    assert "5 papers" in said[-1]
    said.append(seen.text(".about"))
    # Of the program itself About may speak: which models read, and that one could write.
    for text in said[:-1]:
        assert not OTHERS.search(text), text
    assert not re.search(r"AI safety|Anthropic|DeepMind|94 papers|interpretab", said[-1]), said[-1]


def test_its_questions_are_answered_by_its_own_words(visit: Any) -> None:
    page = (seen := visit()).page
    seen.ask("Does bright light in the evening delay sleep?")
    assert "Bright light in the evening delayed sleep by half an hour on average." in seen.text(".answer .quoted")
    expect(page.locator("#margin .card-title").first).to_have_text("Evening light and the time of falling asleep")
    lit = " ".join(page.locator("#margin mark").all_inner_texts())
    assert "Bright light in the evening delayed sleep" in lit
    page.click(".masthead-actions [data-new]")
    page.locator(".intro [data-ask]").first.click()
    expect(page.locator(".turn .provenance")).to_be_visible()
    assert "After two nights the difference was gone." in " ".join(page.locator(".answer .quoted").all_inner_texts())


def test_papers_are_added_to_the_collection_that_is_served(visit: Any, shoot: Any) -> None:
    page = (seen := visit()).page
    page.click(".sections a[href='#library']")
    expect(page.locator("#library .adding-zone")).to_be_visible()
    expect(page.locator("#library .adding-zone")).not_to_contain_text("becomes a collection of your own")
    expect(page.get_by_role("button", name="Rename")).to_be_visible()
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.locator(".adding-paste summary").click()
    entry = "@article{tyto, title={Owls by day}, author={Tyto, Bela}, year={2021}, abstract={Owls sleep by day.}}"
    page.locator(".adding-paste textarea").fill(entry)
    page.get_by_role("button", name="Add these").click()
    expect(page.locator("#library .adding-said")).to_contain_text("1 added", timeout=60_000)
    expect(page.locator("#library .lead")).to_contain_text("6 papers")
    assert "collection=" not in page.url
    shoot(seen, "served-own-added")
    page.click(".sections a[href='#ask']")
    seen.ask("Do owls sleep by day?")
    assert "Owls sleep by day." in seen.text(".answer .quoted")
    page.click(".sections a[href='#library']")
    page.locator("#library .entry", has_text="Owls by day").locator("th button").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.locator(".removal").get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#library .lead")).to_contain_text("5 papers")
