"""Finding among many papers: filters that admit one, few or many of them, papers that are gone, stores that fail."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest

from retrieval import admitted, by_words, dense, retriever
from retrieval.errors import IndexGoneError, IndexStoreError
from retrieval.models.embedder import HashEmbedder
from retrieval.retriever import PaperRetriever
from retrieval.stores.base import Nearest, VectorId
from retrieval.stores.memory import MemoryStore
from retrieval.types import Filters, Paper, Progress, SilentServer, no_progress
from tests.support.in_memory import InMemory, lexical_of

KINDS = ("owls", "bats", "moths", "foxes")
RARE = Filters(organisations=("Rare",))


def many(count: int, rare_every: int = 100) -> list[Paper]:
    """Papers on four animals, every `rare_every`th one by another organisation than the others."""
    return [
        Paper(
            f"paper-{number}",
            f"On {KINDS[number % 4]}, part {number}",
            f"We watched {KINDS[number % 4]} for {number} nights.",
            "en",
            organisation="Rare" if number % rare_every == rare_every - 1 else "Common",
        )
        for number in range(count)
    ]


class Counting(MemoryStore):
    """A store that notes what it is asked for, in the order in which it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.asked_of: list[int] = []

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        self.asked.append(count)
        return super().nearest_of(segment, vector, list(self.ids(segment)), count)

    def nearest_of(self, segment: str, vector: np.ndarray, ids: Sequence[VectorId], count: int) -> Nearest:
        self.asked_of.append(len(ids))
        return super().nearest_of(segment, vector, ids, count)


def ids_of(found: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(passage.paper.id for passage in found))


def best_by_hand(memory: InMemory, question: str, papers: Sequence[Paper], count: int) -> list[str]:
    """The papers with one passage each, by cosine."""
    vector, *vectors = memory.embedder.embed([question, *(f"{paper.name}\n{paper.abstract}" for paper in papers)])
    order = np.argsort(-(np.stack(vectors) @ vector), kind="stable")
    return [papers[place].id for place in order[:count]]


@pytest.fixture(scope="module")
def crowd() -> tuple[InMemory, PaperRetriever, list[Paper]]:
    """A thousand papers in two segments, of which one in a hundred is rare."""
    memory, papers = InMemory(store=Counting()), many(1000)
    memory.add(papers[:900])
    return memory, memory.retriever(memory.add(papers[900:])), papers


@pytest.fixture
def few_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Already of three papers the vectors are no longer asked for alone."""
    monkeypatch.setattr(admitted, "FEW_PAPERS", 2)


def fresh(one: PaperRetriever, **fields: Any) -> PaperRetriever:
    """The same without what it remembers."""
    return PaperRetriever(store=one.store, embedder=one.embedder, collection=one.collection, **fields)


QUESTION = "How many nights were owls watched?"


def test_without_filters_the_best_of_all_segments_are_found(crowd: Any) -> None:
    memory, found, papers = crowd
    passages = found.passages(QUESTION)
    vector, *vectors = memory.embedder.embed([QUESTION, *(f"{one.name}\n{one.abstract}" for one in papers)])
    # By their scores, as some papers are as near as others.
    best = np.sort(np.stack(vectors) @ vector)[::-1][:10]
    assert [passage.score for passage in passages] == pytest.approx(best.tolist(), abs=1e-5)


def test_one_admitted_paper_is_found_however_far_it_is(crowd: Any) -> None:
    _, found, _ = crowd
    assert ids_of(found.passages(QUESTION, Filters(papers=("paper-7",)))) == ["paper-7"]


def test_no_admitted_paper_asks_the_store_nothing(crowd: Any) -> None:
    memory, found, _ = crowd
    memory.store.asked.clear()
    memory.store.asked_of.clear()
    assert found.passages(QUESTION, Filters(organisations=("Nobody",))) == []
    assert not memory.store.asked and not memory.store.asked_of


def test_few_admitted_papers_are_asked_for_alone(crowd: Any) -> None:
    memory, found, papers = crowd
    memory.store.asked.clear()
    rare = [paper for paper in papers if paper.organisation == "Rare"]
    assert ids_of(found.passages(QUESTION, RARE, papers=5)) == best_by_hand(memory, QUESTION, rare, 5)
    assert not memory.store.asked and sum(memory.store.asked_of[-2:]) == len(rare)


def test_of_many_that_are_one_in_a_hundred_the_best_are_found_too(crowd: Any, few_are_two: None) -> None:
    memory, found, papers = crowd
    memory.store.asked.clear()
    rare = [paper for paper in papers if paper.organisation == "Rare"]
    assert ids_of(fresh(found).passages(QUESTION, RARE, papers=5)) == best_by_hand(memory, QUESTION, rare, 5)
    # At once as many as there may be so many admitted among.
    assert memory.store.asked[:2] == [6000, 6000]


def test_more_are_asked_for_while_too_few_pass(few_are_two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The share that is admitted says nothing where the filter holds far from the question."""
    monkeypatch.setattr(dense, "CANDIDATES", 4)
    near = [Paper(f"near-{number}", None, f"Owls sleep, {number}.", "en", organisation="A") for number in range(300)]
    far = [Paper(f"far-{number}", None, f"Zebras, {number}.", "en", organisation="B") for number in range(300)]
    memory = InMemory(store=(store := Counting()))
    found = memory.retriever(memory.add([*near, *far]))
    passages = found.passages("Owls sleep", Filters(organisations=("B",)), papers=1)
    assert store.asked == [12, 48, 192, 768]
    assert {passage.paper.organisation for passage in passages} == {"B"}


def test_no_more_papers_are_looked_for_than_there_are() -> None:
    """A book alone has thousands of passages, all of which were asked for in vain to find a second paper."""
    long = Paper("long", None, " ".join(f"Owls sleep in barn {number} of the valley." for number in range(2_000)), "en")
    memory = InMemory(store=(store := Counting()))
    found = memory.retriever(memory.add([long]))
    assert ids_of(found.passages("Owls sleep", papers=10)) == ["long"]
    assert store.asked == [dense.CANDIDATES]


def test_where_the_most_that_is_asked_for_holds_none_that_pass_the_newest_are_asked_alone(
    few_are_two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "MOST_HITS", 50)
    monkeypatch.setattr(dense, "FEW_PAPERS", 2)
    near = [Paper(f"near-{number}", None, f"Owls sleep, {number}.", "en", organisation="A") for number in range(100)]
    far = [Paper(f"far-{number}", None, f"Zebras, {number}.", "en", organisation="B") for number in range(4)]
    memory = InMemory()
    found = memory.retriever(memory.add([*near, *far]))
    assert set(ids_of(found.passages("Owls sleep", Filters(organisations=("B",))))) == {"far-0", "far-1"}
    assert len(ids_of(found.passages("Owls sleep"))) == 10


def test_no_more_than_the_most_is_ever_asked_for(crowd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, found, _ = crowd
    monkeypatch.setattr(dense, "MOST_HITS", 100)
    memory.store.asked.clear()
    assert len(ids_of(fresh(found).passages(QUESTION, papers=400))) >= 100
    assert max(memory.store.asked) == 100


def test_hits_are_read_no_further_than_they_are_wanted(few_are_two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the filter holds just where the question is, nearly all of the many that are asked for pass."""
    papers = [Paper(f"p{at}", None, f"Owls {at}.", "en", organisation="A" if at < 300 else "B") for at in range(600)]
    memory = InMemory()
    found = memory.retriever(memory.add(papers))
    wanted = found._dense.nearest(
        memory.embedder.embed(["Owls"])[0],
        10,
        admitted.admitted_by(found.papers, Filters(organisations=("A",))),
        retriever.unheard,
    )
    assert len(wanted) == dense.CANDIDATES


class Blind(HashEmbedder):
    """To which everything is alike, so that papers are found by their words or not at all."""

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        return super().embed(["alike"] * len(texts), progress)


WORDS = [
    Paper("owls", "Owls", "Where nocturnal raptors sleep is not known.", "en", organisation="A"),
    Paper("debate", "Debate", "Two models argue until a judge decides.", "en", organisation="A"),
]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize(
    ("query", "expected"),
    [("judge", "debate"), ("nocturnl raptros", "owls"), ("noctunral", "owls"), ("debaet", "debate")],
)
def test_words_and_words_with_typing_errors_find_papers_among_many(
    alone: bool, query: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond `ALL` papers only candidates are scored: the paper must be among them though its vector is far."""
    monkeypatch.setattr(by_words, "ALL", 0)
    monkeypatch.setattr(dense, "CANDIDATES", 1)
    memory = InMemory(Blind())
    papers = memory.add([*many(300), *WORDS])
    found = memory.retriever(papers, lexical=lexical_of(papers))
    filters = Filters(papers=("owls", "debate", *(f"paper-{at}" for at in range(30)))) if alone else Filters()
    [best] = ids_of(found.passages(query, filters, papers=1))
    assert best == expected
    without = Filters(organisations=("Common", "Rare"))
    assert expected not in ids_of(found.passages(query, without))


def test_words_find_what_filters_admit_behind_what_they_do_not(
    few_are_two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best by words are looked for as far down as the share that passes asks for."""
    monkeypatch.setattr(by_words, "ALL", 0)
    monkeypatch.setattr(by_words, "BY_WORDS", 2)
    loud = [Paper(f"loud-{at}", None, f"Raptors raptors raptors {at}.", "en", organisation="A") for at in range(40)]
    low = [Paper(f"low-{at}", None, f"Of much else, and of raptors, {at}.", "en", organisation="B") for at in range(4)]
    memory = InMemory()
    papers = memory.add([*loud, *low])
    found = memory.retriever(papers, lexical=lexical_of(papers))
    passages = found.passages("raptors", Filters(organisations=("B",)))
    assert max(passage.signals["words"] for passage in passages) > 0


@pytest.mark.parametrize(("most", "expected"), [(200, "owls"), (0, "paper-0")])
def test_of_few_papers_every_one_is_compared_by_letters(
    most: int, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more only those that words or vectors bring, and none brings what is not even like a word."""
    monkeypatch.setattr(by_words, "ALL", most)
    monkeypatch.setattr(dense, "CANDIDATES", 1)
    memory = InMemory(Blind())
    papers = memory.add([*many(90), *WORDS])
    found = memory.retriever(papers, lexical=lexical_of(papers))
    assert ids_of(found.passages("nocturnalraptorsleep", papers=1)) == [expected]


def test_vectors_of_replaced_papers_take_no_place_and_are_no_tampering(caplog: pytest.LogCaptureFixture) -> None:
    memory, told = InMemory(), list[Any]()
    memory.add([Paper(f"old-{at}", None, f"Owls sleep by day, {at}.", "en") for at in range(200)])
    gone = [f"old-{at}" for at in range(150)]
    now = memory.add([Paper("old-199", None, "Owls sleep at noon.", "en")], removed=gone)
    found = memory.retriever(now)
    passages = found.passages("Owls sleep by day", papers=20, left_out=told.extend)
    assert len(ids_of(passages)) == 20 and not set(ids_of(passages)) & set(gone)
    assert [one.text for one in found.passages("Owls sleep at noon.", papers=1)] == ["Owls sleep at noon."]
    assert not told and not caplog.records


class Tampered(MemoryStore):
    """Anyone may write to a store: here with ids that are none, and rows that are not even that."""

    def __init__(self, strange: int) -> None:
        super().__init__()
        self._strange = strange

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        found = super().nearest(segment, vector, count)
        return Nearest(found.hits, strange=self._strange)


def test_what_is_no_passage_is_left_out_told_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    memory, told = InMemory(store=Tampered(2)), set[Any]()
    found = memory.retriever(memory.add(many(50)))
    vector = memory.embedder.embed([QUESTION])
    strange = [VectorId(1, 3, 9), VectorId(900, 0, 5)]
    memory.store.add(found.collection.segments[0], strange, np.repeat(vector, 2, axis=0))
    with caplog.at_level(logging.WARNING):
        passages = found.passages(QUESTION, left_out=told.update)
        found.passages(QUESTION)
    assert len(ids_of(passages)) == 10 and all(passage.score < 0.99 for passage in passages)
    assert told == {"1:3:9", "900:0:5", "row 1", "row 2"}
    [line] = [record.getMessage() for record in caplog.records]
    assert "doctor" in line and "'default'" in line


def test_a_flood_of_what_is_no_passage_hides_no_paper() -> None:
    memory, told = InMemory(), set[Any]()
    found = memory.retriever(memory.add(many(50)))
    flood = [VectorId(1_000 + number, 0, 1) for number in range(700)]
    vectors = np.repeat(memory.embedder.embed([QUESTION]), len(flood), axis=0)
    memory.store.add(found.collection.segments[0], flood, vectors)
    assert len(ids_of(found.passages(QUESTION, left_out=told.update))) == 10
    assert len(told) == 700


class HalfSilent(MemoryStore):
    """One of its servers does not answer."""

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        found = super().nearest(segment, vector, count)
        return Nearest(found.hits, silent=("http://one:8000",))


def test_a_silent_server_is_told_and_the_others_answer(caplog: pytest.LogCaptureFixture) -> None:
    memory, told = InMemory(store=HalfSilent()), list[Any]()
    found = memory.retriever(memory.add(many(50)))
    assert len(ids_of(found.passages(QUESTION, left_out=told.extend))) == 10
    assert told == [SilentServer("http://one:8000")]
    assert not caplog.records


class Down(MemoryStore):
    """No server answers."""

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        raise IndexStoreError("No server of vectors answers: see that they run.")


def test_where_no_server_answers_it_is_said() -> None:
    memory = InMemory(store=Down())
    with pytest.raises(IndexStoreError, match="No server"):
        memory.retriever(memory.add(many(3))).passages(QUESTION)


def test_a_retriever_knows_when_its_collection_is_another_now() -> None:
    memory = InMemory()
    before = memory.retriever(memory.add(many(5)))
    before.confirm()
    after = memory.retriever(memory.add(many(7)[5:]))
    after.confirm()
    assert before.corpus.startswith("default@") and before.corpus != after.corpus
    with pytest.raises(IndexGoneError):
        before.confirm()
    # It still answers, as of before, while its segments are there.
    assert len(ids_of(before.passages(QUESTION))) == 5
    memory.store.remove(after.collection.segments[0])
    for gone in (after.confirm, lambda: after.passages(QUESTION)):
        with pytest.raises(IndexGoneError):
            gone()
