"""A third language is one file in app/languages and the interface's JSON files: nothing else knows which there are."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retrieval.lexical.han import has_han

ROOT = Path(__file__).parents[3]
ADDED = Path(__file__).parent / "added" / "de.py"
ASKED = """
import json, sys
from dataclasses import asdict
from pathlib import Path

import app
from app.answering.checking.polarity import is_denial
from app.answering.chain import LanguageModel
from app.answering.query.leaning import refers_back
from app.answering.question import checked_question
from app.build import LocalAnswerer
from app.languages import LANGUAGES
from app.surfaces.page.header import header_html
from app.surfaces.ui_strings import LANGUAGES as INTERFACE, interface_language, ui_strings
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file
from retrieval.ingest import Reading, update_collection
from retrieval.models.embedder import HashEmbedder
from retrieval.passages import CollectionPassages
from retrieval.retriever import PaperRetriever
from retrieval.stores.chroma import ChromaStore

home, embedder = Path(sys.argv[1]), HashEmbedder()
papers = [paper for paper in read_papers(default_papers_file()) if paper.organisation == "Anthropic"]
store = ChromaStore(home / "chroma")
made, _ = update_collection(
    home / "papers", "default", [Reading("own", lambda: papers)], embedder, store, lock_file=home / "lock"
)
retriever = PaperRetriever(store=store, embedder=embedder, collection=CollectionPassages(made))
answerer = LocalAnswerer(retriever, LanguageModel)
print(json.dumps({
    "app": app.__path__[0],
    "languages": [language.code for language in LANGUAGES],
    "interface": [*INTERFACE, interface_language("de-CH,en;q=0.5"), ui_strings("de").language],
    "mastheads": {language: header_html(ui_strings(language)) for language in INTERFACE},
    "read": [is_denial("nicht"), refers_back("Ist es sicher?")],
    "answers": {text: answerer.ask(checked_question(text)).answer for text in json.loads(sys.argv[2])},
}))
"""
NAMED = {"page_language": "DE", "page_language_label": "DE: diese Seite auf Deutsch zeigen"}
COUNT = "Wie viele Arbeiten gibt es von Anthropic seit Mai 2024?"
CONTENT = (
    "Was sagt „Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training“ zu backdoor behavior?"
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a copy of the program says that has the one file more, and the interface's JSON files."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "app", copy / "app", ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    shutil.copy(ADDED, copy / "app" / "languages")
    for file in (copy / "app" / "surfaces" / "page" / "words").glob("*.en.json"):
        words = json.loads(file.read_text(encoding="utf-8")) | (NAMED if file.name == "chat.en.json" else {})
        file.with_name(file.name.replace(".en.", ".de.")).write_text(json.dumps(words), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", ASKED, str(copy / "home"), json.dumps([COUNT, CONTENT, "Danke schön!", "Hello"])],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": f"{copy}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout.splitlines()[-1])
    assert said["app"] == str(copy / "app")
    return said


@pytest.mark.slow
def test_it_is_known_with_its_words(told: dict[str, Any]) -> None:
    assert told["languages"] == ["en", "de", "zh"] and told["read"] == [True, True]
    assert told["interface"] == ["en", "de", "zh", "de", "de"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "other", "label", "name"),
    [
        ("en", "de", NAMED["page_language_label"], "DE"),
        ("de", "zh", "中文：以中文显示本页", "中文"),
        ("zh", "en", "EN: show this page in English", "EN"),
    ],
)
def test_each_language_leads_to_the_next_by_that_ones_name(
    told: dict[str, Any], language: str, other: str, label: str, name: str
) -> None:
    toggle = f'data-language-toggle="{other}" lang="{other}" aria-label="{label}">{name}</button>'
    assert toggle in told["mastheads"][language]


@pytest.mark.slow
def test_questions_are_answered_in_it(told: dict[str, Any]) -> None:
    answers = told["answers"]
    assert answers[COUNT].startswith("Die Sammlung hat 2 Arbeiten von Anthropic seit Mai 2024, die neueste zuerst:")
    assert "(Anthropic, Januar 2024) schreibt: “" in answers[CONTENT]
    assert "Englisch und Chinesisch" not in answers[CONTENT], "what can be answered in can be read"
    assert answers["Danke schön!"] == "Gern geschehen."
    assert answers["Hello"].startswith("Hello. ")


NOT_OF_A_LANGUAGE = {"retrieval/lexical/tokens.py", "app/languages/foreign.py", "app/languages/foreign_phrases.py"}
"""Files with Chinese characters that are not about answers in Chinese: the retriever's function words, and Japanese."""


def strings_of(file: Path) -> Iterator[str]:
    tokens = tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline)
    return (token.string for token in tokens if token.type == tokenize.STRING)


def test_no_other_file_has_chinese_words() -> None:
    files = [file for room in ("app", "retrieval", "prompts") for file in (ROOT / room).rglob("*.py")]
    chinese = {str(file.relative_to(ROOT)) for file in files if any(map(has_han, strings_of(file)))}
    # A file of its own has its language's code before its name.
    assert {file for file in chinese if not file.startswith("app/languages/zh")} == NOT_OF_A_LANGUAGE


def test_no_other_file_asks_which_language_it_is() -> None:
    files = [file for file in (ROOT / "app").rglob("*.py") if file.parent.name != "languages"]
    assert len(files) > 100
    assert [str(file.relative_to(ROOT)) for file in files if {'"zh"', "'zh'"} & set(strings_of(file))] == []
