"""What is said in everyday words is searched by the field's terms too, where papers use them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from retrieval.errors import CorpusError
from retrieval.lexical.everyday import FILE, MAX_ADDED, EverydayWords, read_everyday_words
from retrieval.lexical.terms import read_terms
from retrieval.papers.papers import papers_of
from retrieval.shipped import shipped_file
from retrieval.types import Paper
from tests.support.in_memory import lexical_of

ROWS = "English\tkind\ten\nsycophancy\tterm\tsuck up, sucks up, flatter*\ndeception\tterm\tlie to us\n"


@pytest.fixture
def words(tmp_path: Path) -> EverydayWords:
    file = tmp_path / "everyday.tsv"
    file.write_text(ROWS, encoding="utf-8")
    return read_everyday_words(lambda term: term != "deception", file)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("why does it suck up to me", "why does it suck up to me (sycophancy)"),
        ("Flattering, isn't it?", "Flattering, isn't it? (sycophancy)"),
        ("suck up, sucks up, flatter", "suck up, sucks up, flatter (sycophancy)"),
        # Said already, of no paper here, or something else.
        ("is sycophancy to flatter", "is sycophancy to flatter"),
        ("will it lie to us", "will it lie to us"),
        ("vacuums suck dust up", "vacuums suck dust up"),
        ("", ""),
    ],
)
def test_terms_for_what_is_said_stand_behind_it(words: EverydayWords, text: str, read: str) -> None:
    assert words.with_terms(text) == read


def test_only_a_few_terms_are_added() -> None:
    words = read_everyday_words(lambda _: True)
    said = "it sucks up, makes stuff up, cheats, lies to us, is hijacked and wants to take over"
    assert words.with_terms(said).count(",") - said.count(",") == MAX_ADDED - 1


def test_what_ships_is_read_and_says_nothing_twice() -> None:
    terms = read_terms(shipped_file(FILE))["en"]
    assert [one.english for one in terms.found_in("they suck up to you") if one.kind] == ["sycophancy"]
    rows = [line.split("\t") for line in shipped_file(FILE).read_text(encoding="utf-8").splitlines()[1:]]
    forms = Counter(form.strip() for _, _, said in rows for form in said.split(","))
    assert len(rows) > 30 and {form: count for form, count in forms.items() if count > 1} == {}


def test_a_broken_row_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "everyday.tsv"
    file.write_text("English\tkind\ten\nsycophancy\tsomething\tsuck up\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="line 2"):
        read_everyday_words(lambda _: True, file)


def test_the_index_knows_the_words_of_its_papers() -> None:
    index = lexical_of(papers_of([Paper("owls", "Owls", "Owls sleep by day.", "en")]))
    assert index.knows("sleeping owls") and not index.knows("sleeping mice")
