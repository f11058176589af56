"""A written sentence whose quotes say the opposite."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.checking.contradiction import Contradiction
from app.answering.checking.support import MODEL_FILE, SupportCheck, read_support
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.citation import Citation
from app.answering.reading.reader import Agreement
from retrieval.models.embedder import HashEmbedder
from retrieval.shipped import shipped_file
from retrieval.types import Paper
from tests.support.word_reader import WordReader

APPLES = Paper("apples", "On apples", "Apples fall from trees in autumn. Pears hang on until winter.", "en")
FALL = Citation(1, APPLES, 0, 33, 0.9)
HANG = Citation(2, APPLES, 34, 61, 0.9)


class Denying(WordReader):
    """Says that whatever speaks of autumn contradicts what says "never"."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def agreement(self, pairs: Sequence[tuple[str, str]]) -> list[Agreement]:
        self.asked += pairs
        chances = [0.9 if "never" in claim and "autumn" in evidence else 0.2 for claim, evidence in pairs]
        return [Agreement(1 - chance, chance, 0.0) for chance in chances]


def check(contradiction: Contradiction | None) -> SupportCheck:
    return SupportCheck(read_support(shipped_file(MODEL_FILE)), vocabulary_of([APPLES]), HashEmbedder(), contradiction)


def test_what_the_quote_denies_is_called_so() -> None:
    said = [("Apples never fall from trees in autumn [1].", (1,)), ("Pears hang on until winter [2].", (2,))]
    plain = check(None).checked(said, [FALL, HANG])
    denied, supported = check(Contradiction(Denying(), 0.8)).checked(said, [FALL, HANG])
    assert denied.support == "contradicted" and denied.citations == (1,)
    assert denied.score < 0.11
    assert supported == plain[1] and supported.support == "supported"


def test_only_what_is_surely_denied_is_called_so() -> None:
    said = [("Apples never fall from trees in autumn [1].", (1,))]
    assert check(Contradiction(Denying(), 0.95)).checked(said, [FALL]) == check(None).checked(said, [FALL])


def test_the_reader_is_shown_what_is_cited_and_no_marker() -> None:
    reader = Denying()
    check(Contradiction(reader, 0.8)).checked([("Apples fall from trees in autumn [1].", (1,))], [FALL, HANG])
    assert reader.asked == [("Apples fall from trees in autumn.", "Apples fall from trees in autumn.")]


def test_what_is_chinese_is_not_judged() -> None:
    reader = Denying()
    contradiction = Contradiction(reader, 0.1)
    assert contradiction.chances([("苹果 never 落下", "autumn"), ("never", "autumn"), ("never", "秋天 autumn")]) == [
        0.0,
        0.9,
        0.0,
    ]
    assert reader.asked == [("never", "autumn")]


def test_nothing_cited_is_nothing_read() -> None:
    reader = Denying()
    (sentence,) = check(Contradiction(reader, 0.8)).checked([("Zebras gallop.", ())], [FALL])
    assert sentence.support == "uncited" and reader.asked == []
