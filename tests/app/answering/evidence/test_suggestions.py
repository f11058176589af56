"""What is suggested to be asked is answered by the papers that it was written for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.answering.evidence.suggestions import FILE, read_suggestions
from app.local_answerer import LocalAnswerer
from benchmarks.suggestions import asked_all, is_answered_well
from retrieval.errors import InputError
from retrieval.papers.papers import papers_of
from retrieval.shipped import shipped_file
from retrieval.types import Paper, Span

WELL = 0.95
"""Of the suggestions, when asked."""


def test_a_suggestion_is_known_for_papers_that_say_its_sentences(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_text(
        '{"paper": "a", "question": "Do owls fly?", "sentences": ["Owls fly."]}\n'
        '{"paper": "a", "question": "Do owls swim?", "sentences": ["Owls swim."]}\n'
        '{"paper": "b", "question": "Do mice run?", "sentences": ["Mice run."]}\n',
        encoding="utf-8",
    )
    paper = Paper("a", "A", "Look: Owls fly. So it is.", "en")
    known = read_suggestions(file, papers_of([paper]))
    assert set(known) == {"a"}
    assert [(one.text, one.answers) for one in known["a"]] == [("Do owls fly?", (Span(6, 15),))]


def test_a_broken_file_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_text('{"paper": "a"}\n', encoding="utf-8")
    with pytest.raises(InputError):
        read_suggestions(file, papers_of([]))


def test_nearly_every_paper_with_an_abstract_has_some(all_papers: tuple[Paper, ...]) -> None:
    known = read_suggestions(shipped_file(FILE), papers_of(all_papers))
    assert len({paper.id for paper in all_papers if paper.abstract} - set(known)) <= 1
    assert all(len(questions) <= 3 for questions in known.values())
    assert sum(map(len, known.values())) == len(shipped_file(FILE).read_text(encoding="utf-8").splitlines())
    texts = Counter(question.text for questions in known.values() for question in questions)
    assert max(texts.values()) == 1 and all(4 <= len(text.split()) <= 14 for text in texts)


@pytest.mark.model
@pytest.mark.timeout(400)
def test_what_is_suggested_is_answered_well(with_reader: LocalAnswerer) -> None:
    known = read_suggestions(shipped_file(FILE), with_reader.papers)
    # One of each paper's, for time; `python -m benchmarks.suggestions` asks them all.
    asked = asked_all(
        with_reader, {paper: own[place % len(own) :][:1] for place, (paper, own) in enumerate(known.items())}
    )
    badly = [question.text for question, answer in asked if not is_answered_well(question, answer)]
    assert len(badly) <= (1 - WELL) * len(asked), badly
