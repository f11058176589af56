"""Papers found by what stands in their full texts, and the right passages of these."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from retrieval import dense, in_texts
from retrieval.dense import DenseSearch
from retrieval.grouping import PASSAGES_PER_PAPER, TEXT_BEHIND, TEXT_PASSAGES, as_document, grouped
from retrieval.in_texts import TextSearch
from retrieval.models.embedder import HashEmbedder
from retrieval.passages import CollectionPassages
from retrieval.retrieval_weights import RetrievalWeights
from retrieval.retriever import PaperRetriever, sentences_within
from retrieval.types import Paper, Passage, Progress, no_progress
from tests.support.full_texts import full_text, paper_with
from tests.support.in_memory import InMemory, lexical_of

RAPTORS = paper_with(
    "raptors",
    "We study birds of prey in the forests of the north.",
    full_text(
        ("1 Introduction", "Birds of prey live in forests. " * 40, "body"),
        ("2 Diet", "The gyrfalcon swallows ptarmigan whole. " + "Its diet was weighed each week. " * 30, "body"),
        ("Figure 1", "Nests of ospreys on pylons.", "caption"),
        ("References", "Quetzal and toucan, a history of zanzibar. 1999.", "references"),
    ),
)
OTHERS = [paper_with(f"birds-{at}", f"We count birds of prey in forest number {at}.") for at in range(12)]


class Blind(HashEmbedder):
    """Sees that something is a text, and nothing else."""

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


def found_in(papers: Sequence[Paper], memory: InMemory | None = None, **fields: object) -> PaperRetriever:
    memory = memory or InMemory()
    own = memory.add(papers)
    return memory.retriever(own, lexical=lexical_of(own), **fields)


def ids_of(passages: Sequence[Passage]) -> list[str]:
    return list(dict.fromkeys(passage.paper.id for passage in passages))


def test_a_paper_is_found_by_words_of_its_text_alone() -> None:
    passages = found_in([*OTHERS, RAPTORS]).passages("ptarmigan swallowed by a gyrfalcon")
    assert ids_of(passages)[0] == "raptors"
    first = next(passage for passage in passages if passage.part == "text")
    assert "gyrfalcon swallows ptarmigan" in first.text
    assert first.text == RAPTORS.part("text")[first.start : first.end]


def test_it_is_found_where_vectors_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the words on disk, which have those of texts: no vector brings it near."""
    monkeypatch.setattr(dense, "CANDIDATES", 1)
    passages = found_in([*OTHERS, RAPTORS], InMemory(Blind())).passages("ospreys", papers=1)
    assert ids_of(passages) == ["raptors"]
    assert "ospreys" in passages[0].text or "ospreys" in passages[1].text


def test_what_a_paper_cites_does_not_find_it() -> None:
    passages = found_in([*OTHERS, RAPTORS]).passages("quetzal toucan zanzibar")
    assert all(passage.signals["words"] == 0 for passage in passages)
    assert not any("toucan" in passage.text for passage in passages)


def test_a_paper_of_an_abstract_is_not_hidden_by_one_with_a_text() -> None:
    about = paper_with("osprey", "Ospreys nest on pylons, which we show for the first time.")
    assert ids_of(found_in([*OTHERS, RAPTORS, about]).passages("where do ospreys nest"))[0] == "osprey"


def test_of_the_first_papers_the_best_passages_are_looked_for_among_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store gives the nearest passages only; that which the question's words stand in is not among them."""
    monkeypatch.setattr(dense, "CANDIDATES", 2)
    long = paper_with(
        "long",
        "We study birds.",
        full_text(*((str(at), f"Birds of number {at} are seen here. " * 12, "body") for at in range(40)),
                  ("41", "Only the hoatzin ferments leaves.", "body")),
    )  # fmt: skip
    passages = found_in([long], InMemory(Blind())).passages("Which bird ferments leaves?")
    texts = [passage for passage in passages if passage.part == "text"]
    assert len(texts) == TEXT_PASSAGES
    assert texts[0].text == "Only the hoatzin ferments leaves."


def test_papers_without_texts_are_found_as_before() -> None:
    passages = found_in(OTHERS).passages("birds of prey")
    assert all(passage.part == "abstract" for passage in passages)
    assert all(len([p for p in passages if p.paper.id == one]) <= PASSAGES_PER_PAPER for one in ids_of(passages))


def test_the_passage_of_a_text_has_to_be_somewhat_nearer_than_an_abstract() -> None:
    weights = RetrievalWeights(questions=0.0, lexical=0.0, letters=0.0)

    def first(by: float) -> str:
        near = [Passage(OTHERS[0], 0, 5, 0.5), Passage(RAPTORS, 0, 5, 0.5 + by, part="text")]
        return grouped(near, {}, {}, weights, 2)[0].paper.id

    assert (first(TEXT_BEHIND / 2), first(TEXT_BEHIND * 2)) == (OTHERS[0].id, "raptors")


def test_passages_keep_their_part_and_sentences_too() -> None:
    passages = found_in([RAPTORS]).passages("gyrfalcon")
    text = next(passage for passage in passages if passage.part == "text")
    document = as_document(text)
    assert document.metadata["part"] == "text" and document.page_content == text.text
    sentences = sentences_within(text)
    assert {one.part for one in sentences} == {"text"} and all(one.gloss is None for one in sentences)
    assert sentences[0].text == "The gyrfalcon swallows ptarmigan whole."


def test_papers_are_alike_by_the_beginning_of_a_text_where_there_is_no_abstract() -> None:
    whales = [paper_with(f"whales-{at}", f"Whales sing in bay {at}.", title=f"Paper {at}") for at in range(3)]
    alone = paper_with("alone", "", full_text(("1", "Whales sing in every bay.", "body")), title="Untitled")
    owls = [paper_with(f"owls-{at}", f"Owls hunt mice by night {at}.", title=f"Report {at}") for at in range(3)]
    near = found_in([*owls, *whales, alone]).similar(alone, 3)
    assert {passage.paper.id for passage in near} == {"whales-0", "whales-1", "whales-2"}


def test_only_so_much_of_texts_is_counted_for_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty books would take many seconds; the nearest are counted, and the first one always."""
    texts = [
        paper_with(f"long-{at}", "", full_text(("", (f"Owls sleep in barn {at}. " * 40).strip(), "body")))
        for at in range(4)
    ]
    memory = InMemory()
    papers = memory.add(texts)
    search = TextSearch(papers, DenseSearch(memory.store, CollectionPassages(papers)), lexical_of(papers))
    numbers = list(papers.numbers_of(paper.id for paper in texts).values())
    assert list(search.scores("owls", numbers, ())) == [paper.id for paper in texts]
    monkeypatch.setattr(in_texts, "MOST_CHARACTERS", 2_000)
    assert list(search.scores("owls", numbers, ())) == ["long-0", "long-1"]
    monkeypatch.setattr(in_texts, "MOST_CHARACTERS", 1)
    assert list(search.scores("owls", numbers[2:], ())) == ["long-2"]


def test_of_papers_that_are_compared_every_text_is_looked_into() -> None:
    many = [
        paper_with(f"many-{at}", "We study birds.", full_text(
            *((str(n), f"Birds of number {n} are seen here. " * 12, "body") for n in range(15)),
            ("16", f"The hoatzin number {at} ferments leaves.", "body")))
        for at in range(6)
    ]  # fmt: skip
    retriever = found_in(many, InMemory(Blind()))
    passages = retriever.passages_of("Which bird ferments leaves?", many)
    firsts = {
        name: next(passage.text for passage in passages if passage.paper.id == name and passage.part == "text")
        for name in ids_of(passages)
    }
    assert firsts == {f"many-{at}": f"The hoatzin number {at} ferments leaves." for at in range(6)}
