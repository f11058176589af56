"""Questions written for papers: what they answer, how they are indexed, and which are near to a question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from retrieval.lexical.glossary import Glossary, read_glossary
from retrieval.models.embedder import HashEmbedder
from retrieval.questions.expansion import all_texts, expansion_queries_for, texts_of
from retrieval.questions.index import ExpansionIndex
from retrieval.questions.labelled import Gold, LabelledQuestion, read_labelled_questions
from retrieval.retriever import PaperRetriever
from retrieval.shipped import default_questions_file, shipped_file
from retrieval.types import ExpansionQuery, Filters, Paper, Span
from tests.support.in_memory import InMemory

if TYPE_CHECKING:
    from tests.conftest import CountingEmbedder

LIES = Paper("lies", "On lies", "It lies. It hides.", "en")
DEBATE = Paper("debate", "On debate", "Debate works well.", "en")
GLOSSARY = Glossary({"撒谎": "lie"})


def asked(name: str, text: str, *papers: str, **fields: Any) -> LabelledQuestion:
    usual: dict[str, Any] = {"type": "single", "language": "en"}
    return LabelledQuestion(name, **usual | fields, text=text, papers=papers)


ASKED = [
    asked("1", "Does it hide?", "lies", gold=(Gold("lies", "It hides."), Gold("debate", "It lies."))),
    asked("2", "它会撒谎吗", "lies", type="chinese", language="zh"),
    asked("3", "hiding", "lies", type="keyword", gold=(Gold("lies", "Not there."),)),
    asked("4", "And debate?", "debate", type="followup", asked_before=("Lies?",)),
    asked("5", "Both?", "lies", "debate", type="multi"),
    asked("6", "Eggs?", type="unanswerable"),
    asked("8", "那它呢", "debate", type="chinese", language="zh", asked_before=("辩论？",)),
    asked("7", "Elsewhere?", "nowhere"),
]


def test_questions_know_their_papers_and_what_answers_them() -> None:
    written = expansion_queries_for([LIES, DEBATE], ASKED, GLOSSARY)
    assert {paper: [question.text for question in own] for paper, own in written.items()} == {
        "lies": ["Does it hide?", "它会撒谎吗", "hiding", "Both?"],
        "debate": ["Lies? And debate?", "Both?", "辩论？ 那它呢"],
    }
    first, chinese, keyword, _ = written["lies"]
    assert first.answers == (Span(9, 18),) and LIES.abstract[9:18] == "It hides."
    assert (chinese.embedded, chinese.language, keyword.answers) == ("lie", "zh", ())
    assert [question.alone for question in written["lies"]] == [True, True, False, False]
    assert not any(question.alone for question in written["debate"])
    assert [question.embedded for question in written["lies"]] == ["Does it hide?", "lie", "hiding", "Both?"]
    assert all_texts(written)["lies"] == ["Does it hide?", "它会撒谎吗", "hiding", "Both?", "lie"]


def test_what_is_indexed_of_questions_does_not_hang_on_which_papers_are_there() -> None:
    texts = texts_of(ASKED, GLOSSARY)
    assert {name: texts[name] for name in ("lies", "debate")} == all_texts(
        expansion_queries_for([LIES, DEBATE], ASKED, GLOSSARY)
    )
    assert texts["nowhere"] == ["Elsewhere?"] and len(texts) == 3


def test_the_shipped_questions_say_where_they_are_answered(all_papers: tuple[Paper, ...]) -> None:
    questions = read_labelled_questions(default_questions_file("train.jsonl"))
    written = expansion_queries_for(all_papers, questions, read_glossary(shipped_file("glossary.zh-en.tsv")))
    by_id = {paper.id: paper for paper in all_papers}
    placed = [question for own in written.values() for question in own if question.answers]
    assert len(placed) > 1000
    for question in placed:
        for place in question.answers:
            assert 0 <= place.start < place.end <= len(by_id[question.paper_id].abstract)


@pytest.fixture
def retriever() -> PaperRetriever:
    memory = InMemory()
    written = expansion_queries_for([LIES, DEBATE], ASKED, GLOSSARY)
    return memory.retriever(memory.add([LIES, DEBATE]), expansion_queries=written, glossary=GLOSSARY)


def test_the_questions_of_papers_come_with_their_similarity(retriever: PaperRetriever) -> None:
    near = {question.text: score for question, score in retriever.questions("Does it hide?", [LIES])}
    assert set(near) == {"Does it hide?", "它会撒谎吗", "hiding", "Both?"}
    assert near["Does it hide?"] == pytest.approx(1.0, abs=1e-5) and near["它会撒谎吗"] < 0.5
    assert dict(retriever.questions("撒谎", [LIES]))[retriever.expansion_queries["lies"][1]] == pytest.approx(
        1.0, abs=1e-5
    )
    assert {question.paper_id for question, _ in retriever.questions("debate", [LIES, DEBATE])} == {"lies", "debate"}
    assert retriever.questions("Does it hide?", [Paper("other", None, "x", "en")]) == []


def test_the_focus_counts_as_much_as_the_whole(retriever: PaperRetriever) -> None:
    def near(query: str, focus: str | None) -> float:
        [score] = [score for question, score in retriever.questions(query, [LIES], focus) if question.text == "Both?"]
        return score

    assert near("Does it hide?", "Both?") > near("Does it hide?", None) + 0.3


def test_the_vectors_of_questions_are_kept_in_a_file(
    retriever: PaperRetriever, tmp_path: Path, counting: CountingEmbedder
) -> None:
    def opened() -> PaperRetriever:
        return PaperRetriever(
            store=retriever.store,
            embedder=counting,
            collection=retriever.collection,
            expansion_queries=retriever.expansion_queries,
            questions_file=tmp_path / "questions.safetensors",
        )

    first = opened().questions("Does it hide?", [LIES, DEBATE])
    counting.seen.clear()
    assert opened().questions("Does it hide?", [LIES, DEBATE]) == first
    assert counting.seen == ["Does it hide?"]


class AtHand(HashEmbedder):
    """Has every vector at hand."""

    def at_hand(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed(texts)


@pytest.mark.parametrize(("embedder", "counted"), [(AtHand(), True), (HashEmbedder(), False)])
def test_further_questions_count_where_their_vectors_are_at_hand(
    retriever: PaperRetriever, embedder: HashEmbedder, counted: bool
) -> None:
    further = ExpansionQuery("debate", "Do two quarrel?", "Do two quarrel?")
    more = PaperRetriever(
        store=retriever.store,
        embedder=embedder,
        collection=retriever.collection,
        expansion_queries=retriever.expansion_queries,
        further_queries=(further,),
    )
    near = dict(more.questions("Do two quarrel?", [LIES, DEBATE]))
    assert (near.get(further, 0.0) > 0.99) == counted
    assert len(near) == len(retriever.questions("x", [LIES, DEBATE])) + counted
    assert (more.passages("Do two quarrel?")[0].paper.id == "debate") or not counted


def test_a_vector_of_no_numbers_is_near_to_nothing(retriever: PaperRetriever) -> None:
    """Whoever can write to the index can put into a vector what he likes."""
    written = tuple(retriever.expansion_queries["lies"][:2])
    vectors = np.array([[np.nan, 0], [0, 1]], dtype=np.float32)
    near = ExpansionIndex(written, vectors).near(np.array([0, 1], dtype=np.float32), ["lies"])
    assert [score for _, score in near] == [-1, 1]


def test_without_written_questions_there_are_none(built: Any) -> None:
    assert built.retriever.questions("backdoor", built.papers) == []


def test_a_question_brings_its_paper_where_filters_admit_it() -> None:
    """Even one whose passages are far, and never one that the filters leave out."""
    far = [Paper(f"far-{number}", None, f"Of {'owl' * number}s and nothing else.", "en") for number in range(1, 90)]
    hidden = Paper("hidden", None, "Zebras.", "en", organisation="Zoo")
    question = ExpansionQuery("hidden", "Where do owls sleep?", "Where do owls sleep?")
    memory = InMemory()
    papers = memory.add([*far, hidden])
    asked = memory.retriever(papers, expansion_queries={"hidden": [question]})

    def found(retriever: PaperRetriever, filters: Filters = Filters()) -> list[str]:
        return [passage.paper.id for passage in retriever.passages("Where do owls sleep?", filters)]

    assert "hidden" not in found(memory.retriever(papers))
    assert found(asked)[0] == "hidden"
    assert found(asked, Filters(organisations=("Zoo",))) == ["hidden"]
    assert "hidden" not in found(asked, Filters(papers=tuple(paper.id for paper in far)))
    only = asked.passages_of("Where do owls sleep?", far[:3])
    assert {passage.paper.id for passage in only} == {"far-1", "far-2", "far-3"}
