"""A line in everyday words opens an answer where it answers too, and what it says is quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.answering.answer import Direct
from app.answering.citation import Citation
from app.answering.evidence.plain import FILE, PlainSentence, plainest, read_plain_sentences
from app.local_answerer import LocalAnswerer
from retrieval.errors import InputError
from retrieval.papers.papers import papers_of
from retrieval.shipped import shipped_file
from retrieval.types import Paper, Span
from tests.support.word_reader import WordReader

ABSTRACT = "Look: Owls fly silently by night. Mice run. Nobody knows why."
OWLS = Paper("owls", "On Owls", ABSTRACT, "en")
FLYING = Span(6, 33)
QUOTE = Citation(1, OWLS, FLYING.start, FLYING.end, 0.9)
QUESTION = "Do owls fly silently by night?"
PLAIN = PlainSentence("Owls fly silently by night.", (FLYING,))


def opened(*plain: PlainSentence, question: str = QUESTION, surest: float = 0.9, term: str = "") -> Direct | None:
    return plainest(WordReader(), question, [QUOTE], {"owls": plain}, surest, term or None)


def test_what_answers_and_is_quoted_opens_the_answer_with_the_quotes_number() -> None:
    assert opened(PlainSentence("Mice run.", (FLYING,)), PLAIN) == Direct(PLAIN.text, "project", (1,))


def test_what_is_not_quoted_whole_does_not() -> None:
    mice = Span(34, 43)
    assert opened(PlainSentence(PLAIN.text, (mice,))) is None
    assert opened(PlainSentence(PLAIN.text, (FLYING, mice))) is None


def test_what_does_not_surely_answer_does_not() -> None:
    assert opened(PLAIN, question="Who keeps bees?") is None
    assert opened() is None


def test_where_a_meaning_is_asked_for_only_what_says_it_does() -> None:
    assert opened(PLAIN, term="owls") is None
    defining = PlainSentence("Owls are birds that fly silently by night.", (FLYING,))
    assert opened(PLAIN, defining, term="owls") == Direct(defining.text, "project", (1,))


def test_sentences_are_known_for_papers_that_say_them(tmp_path: Path) -> None:
    file = tmp_path / "plain.jsonl"
    file.write_text(
        '{"paper": "owls", "text": "Owls fly.", "sentences": ["Owls fly silently by night."]}\n'
        '{"paper": "owls", "text": "Owls swim.", "sentences": ["Owls swim."]}\n'
        '{"paper": "bees", "text": "Bees hum.", "sentences": ["Bees hum."]}\n',
        encoding="utf-8",
    )
    assert read_plain_sentences(file, papers_of([OWLS])) == {"owls": (PlainSentence("Owls fly.", (FLYING,)),)}


def test_a_broken_file_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "plain.jsonl"
    file.write_text('{"paper": "owls"}\n', encoding="utf-8")
    with pytest.raises(InputError):
        read_plain_sentences(file, papers_of([]))


def test_what_ships_stands_in_the_abstracts_and_alone(all_papers: tuple[Paper, ...]) -> None:
    known = read_plain_sentences(shipped_file(FILE), papers_of(all_papers))
    texts = [one.text for own in known.values() for one in own]
    assert len(texts) == len(shipped_file(FILE).read_text(encoding="utf-8").splitlines()) == len(set(texts))
    assert len(known) >= 90
    for text in texts:
        assert len(text.split()) <= 32
        assert text.endswith((".", "?")), text
        assert not text.startswith(("It ", "They ", "This ", "That ", "These ", "Yes", "No, ")), text
        assert "[" not in text


@pytest.mark.model
def test_an_answer_opens_with_it_and_says_whose_words_it_has(with_reader: LocalAnswerer) -> None:
    answer = with_reader.ask("Do safety techniques remove a backdoor?")
    assert answer.direct is not None
    assert answer.answer.startswith(f"In this project's words: {answer.direct.text} [1]")
    assert answer.sentences[0].citations == answer.direct.citations
    assert "backdoor behavior" in answer.citations[0].quote
