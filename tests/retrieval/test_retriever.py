"""The retriever: few passages of the best papers, as LangChain documents and as plain values."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from retrieval.by_words import LOOKED_UP
from retrieval.chunking import chunk_paper, chunk_sentences
from retrieval.grouping import PASSAGES_PER_PAPER
from retrieval.models.embedder import HashEmbedder
from retrieval.passages import CollectionPassages
from retrieval.retriever import MAX_PAPERS, PaperRetriever
from retrieval.stores.base import similarity
from retrieval.types import Filters, Paper, Passage
from tests.support.in_memory import lexical_of

if TYPE_CHECKING:
    from tests.conftest import Build, Built, CountingEmbedder

QUESTIONS = [
    "Do backdoors persist through safety training?",
    "What are sparse autoencoders?",
    "language models and human feedback",
    "x",
    "",
    "模型",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_at_most_two_passages_of_ten_papers_grouped_best_first(built_full: Built, question: str) -> None:
    passages = built_full.retriever.passages(question)
    groups = [(name, list(group)) for name, group in groupby(passages, key=lambda passage: passage.paper.id)]
    assert len({name for name, _ in groups}) == len(groups) == MAX_PAPERS
    assert max(len(group) for _, group in groups) <= PASSAGES_PER_PAPER
    best = [group[0].score for _, group in groups]
    assert best == sorted(best, reverse=True)
    assert all(group[0].score >= group[-1].score for _, group in groups)
    assert len({(passage.paper.id, passage.start) for passage in passages}) == len(passages)


def test_they_are_the_best_there_are(built_full: Built) -> None:
    """Against every passage compared by hand; Chroma's graph may miss one in some hundred."""
    question = "Do backdoors persist through safety training?"
    chunks = [chunk for paper in built_full.papers for chunk in chunk_paper(paper)]
    vector, *vectors = built_full.embedder.embed([question, *(chunk.embedded for chunk in chunks)])
    order = np.argsort(-(np.stack(vectors) @ vector))
    best = list(dict.fromkeys(chunks[place].paper_id for place in order))[:MAX_PAPERS]
    passages = built_full.retriever.passages(question)
    assert passages[0].paper.id == best[0] == "sleeper-agents"
    assert len({passage.paper.id for passage in passages} & set(best)) >= MAX_PAPERS - 1
    assert (passages[0].start, passages[0].end) == (chunks[order[0]].start, chunks[order[0]].end)


def test_a_paper_of_very_many_passages_hides_no_other(tmp_path: Path, build: Build, papers: tuple[Paper, ...]) -> None:
    text = " ".join(f"Sleeper agent {n} is an agent{' that sleeps as sleeper agents do' * 13}." for n in range(120))
    long = Paper("long", "Sleeper agents", text, "en")
    passages = build(tmp_path, (*papers, long)).retriever.passages("sleeper agents")
    assert {passage.paper.id for passage in passages} == {"long", *(paper.id for paper in papers)}


@pytest.mark.parametrize("count", [0, 1, 3, 94, 200])
def test_the_number_of_papers_can_be_chosen(built_full: Built, count: int) -> None:
    passages = built_full.retriever.passages("Doubly-Efficient Debate", papers=count)
    assert len({passage.paper.id for passage in passages}) == min(count, 94)
    assert [passage.paper.id for passage in passages[:1]] == ["doubly-efficient-debate"][:count]


def test_passages_are_slices(built_full: Built) -> None:
    for passage in built_full.retriever.passages("sycophancy"):
        assert passage.text == passage.paper.abstract[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""


def test_langchain_documents(retriever: PaperRetriever) -> None:
    documents = retriever.invoke("Do backdoors persist?")
    passages = retriever.passages("Do backdoors persist?")
    assert json.loads(json.dumps([document.metadata for document in documents]))
    for document, passage in zip(documents, passages, strict=True):
        metadata = document.metadata
        assert document.page_content == metadata["abstract"][metadata["start"] : metadata["end"]]
        assert metadata["score"] == passage.score
        assert {key: metadata[key] for key in passage.paper.as_json()} == passage.paper.as_json()
    assert documents[0].metadata["id"] == "sleeper-agents"


def test_it_is_a_runnable_like_any_other(retriever: PaperRetriever) -> None:
    def ids_of(documents: list[Document]) -> list[str]:
        return [document.metadata["id"] for document in documents]

    chain = retriever | RunnableLambda(ids_of)
    assert chain.invoke("Do backdoors persist?")[0] == "sleeper-agents"
    assert [ids[0] for ids in chain.batch(["sleeper agents", "doubly efficient debate"])] == [
        "sleeper-agents",
        "doubly-efficient-debate",
    ]


def test_filters_and_papers_go_through_invoke(retriever: PaperRetriever) -> None:
    openai = retriever.invoke("models", filters=Filters(organisations=("OpenAI",)))
    assert {document.metadata["organisation"] for document in openai} == {"OpenAI"}
    late = retriever.invoke("models", filters=Filters(since=date(2024, 7, 1)))
    assert {document.metadata["id"] for document in late} == {"rule-based-rewards"}
    assert retriever.invoke("models", filters=Filters(since=date(2030, 1, 1))) == []
    assert len({document.metadata["id"] for document in retriever.invoke("models", papers=2)}) == 2


def test_a_paper_without_abstract_is_found_by_its_title(retriever: PaperRetriever) -> None:
    best = retriever.passages("Hindering Adversarial Attacks with Implicit Neural Representations")[0]
    assert best.paper.id == "implicit-neural-representations"
    assert (best.start, best.end, best.text) == (0, 0, "")
    assert best.score == pytest.approx(1.0, abs=1e-5)
    assert retriever.sentences("x", [best]) == []
    [document] = retriever.invoke("Hindering Adversarial Attacks with Implicit Neural Representations", papers=1)
    assert document.page_content == ""


def test_sentences_are_those_of_the_passages_in_reading_order(built: Built) -> None:
    retriever, question = built.retriever, "Do backdoors persist through safety training?"
    passages = retriever.passages(question)
    sentences = retriever.sentences(question, passages)
    expected = [
        (passage.paper.id, chunk.start, chunk.end)
        for passage in passages
        for chunk in chunk_sentences(passage.paper)
        if passage.start <= chunk.start < passage.end
    ]
    assert [(s.paper.id, s.start, s.end) for s in sentences] == expected
    assert all(s.text == s.paper.abstract[s.start : s.end] for s in sentences)


def test_sentences_are_scored_alone(built: Built) -> None:
    retriever, paper = built.retriever, built.papers[0]
    chunks = chunk_sentences(paper)
    whole = Passage(paper, 0, len(paper.abstract), 0.0)
    question = chunks[2].embedded
    sentences = retriever.sentences(question, [whole])
    vectors = built.embedder.embed([question, *(chunk.embedded for chunk in chunks)])
    expected = [similarity(vectors[0], vector) for vector in vectors[1:]]
    assert [sentence.score for sentence in sentences] == pytest.approx(expected, abs=1e-5)
    assert max(sentences, key=lambda sentence: sentence.score).text == chunks[2].text
    assert all(sentence.gloss is None for sentence in sentences)


def test_only_whole_sentences_within_a_passage(built: Built) -> None:
    paper = built.papers[0]
    first, second, third, *_ = chunk_sentences(paper)
    inside = Passage(paper, first.start + 1, third.end - 1, 0.0)
    assert [s.text for s in built.retriever.sentences("x", [inside])] == [second.text]
    assert built.retriever.sentences("x", []) == []


def test_a_chinese_sentence_has_its_english(built: Built) -> None:
    retriever = built.retriever
    passages = retriever.passages("risks of language models", Filters(languages=("zh",)))
    assert {passage.paper.id for passage in passages} == {"language-model-risks"}
    sentences = retriever.sentences("In total we review 21 risks.", passages)
    english = passages[0].paper.translations["en"]
    assert sentences and all(sentence.gloss and sentence.gloss in english for sentence in sentences)
    assert all(sentence.text in passages[0].paper.abstract for sentence in sentences)
    best = max(sentences, key=lambda sentence: sentence.score)
    assert "21" in best.text and "21" in (best.gloss or "")


def test_chinese_is_found_by_an_english_question(built_full: Built) -> None:
    english = next(p for p in built_full.papers if p.id == "assistant-preference-modelling").translations["en"]
    assert built_full.retriever.passages(english)[0].paper.id == "assistant-preference-modelling"


def test_a_question_is_embedded_once(tmp_path: Path, build: Build, counting: CountingEmbedder, papers: Any) -> None:
    retriever = build(tmp_path, papers, counting).retriever
    counting.seen.clear()
    for _ in range(3):
        retriever.sentences("a question", retriever.passages("a question"))
    assert counting.seen.count("a question") == 1


def test_retrievers_share_no_questions(built: Built) -> None:
    narrow = PaperRetriever(
        store=built.store,
        embedder=HashEmbedder(64),
        collection=CollectionPassages(built.collection),
    )
    assert built.retriever._vector("a").shape == (256,)
    assert narrow._vector("a").shape == (64,)


def test_many_readers_at_once(built_full: Built) -> None:
    retriever = built_full.retriever
    questions = [f"{paper.name}" for paper in built_full.papers[:24]]
    alone = [retriever.passages(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(built_full.retriever.passages, questions)) == alone


@pytest.mark.parametrize("query", ["Can a sleeper agent be trained away?", "sparse autoencoders", "an egg"])
def test_passages_of_chosen_papers_are_those_papers_own_scored_as_among_all(built_full: Built, query: str) -> None:
    retriever = built_full.retriever.model_copy(update={"lexical": lexical_of(built_full.collection)})
    chosen = [built_full.papers[place] for place in (90, 3, 40, 11)]
    found = retriever.passages_of(query, chosen)
    assert {passage.paper.id for passage in found} == {paper.id for paper in chosen}
    among_all = {
        paper.id: retriever.passages(query, Filters(organisations=(paper.organisation or "",)), papers=94)
        for paper in chosen
        if paper.organisation
    }
    for paper_id, passages in among_all.items():
        own = [passage for passage in passages if passage.paper.id == paper_id]
        alone = [passage for passage in found if passage.paper.id == paper_id]
        assert [(one.start, one.end) for one in alone] == [(one.start, one.end) for one in own]
        assert [one.signals["passage"] for one in alone] == pytest.approx([one.signals["passage"] for one in own])


def test_chosen_papers_are_looked_up_by_words_however_many_others_have_them(
    tmp_path: Path, build: Build, papers: tuple[Paper, ...]
) -> None:
    many = [Paper(f"owls-{number}", "Owls", "Owls, owls, owls.", "en") for number in range(LOOKED_UP + 5)]
    few = Paper("few", "Birds", "Of birds, and once of owls, in a long list of many other birds of the night.", "en")
    built = build(tmp_path, [*many, few, *papers])
    retriever = built.retriever.model_copy(update={"lexical": lexical_of(built.collection)})
    assert retriever.passages("owls", papers=len(built.papers))
    [passage] = retriever.passages_of("owls", [few])
    assert passage.signals["words"] > 0


def test_of_no_papers_and_of_one_that_is_not_there_there_are_no_passages(built: Built) -> None:
    assert built.retriever.passages_of("owls", []) == []
    assert built.retriever.passages_of("owls", [Paper("elsewhere", "Owls", "Owls.", "en")]) == []
