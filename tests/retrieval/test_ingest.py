"""From papers to a collection: what is new is done, once, and everything else stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import ingest, update
from retrieval.errors import CorpusError
from retrieval.ingest import Reading, Report, is_ready, made_with
from retrieval.lexical.words import open_words
from retrieval.models.embedder import HashEmbedder
from retrieval.stores.base import VectorId
from retrieval.stores.memory import MemoryStore
from retrieval.types import Paper, Span
from tests.retrieval.updated import Updated, Wrapped, assert_whole, names, refusing, seen, some_papers, stored, texts_of

if TYPE_CHECKING:
    from tests.conftest import CountingEmbedder


@pytest.fixture
def updated(tmp_path: Path, counting: CountingEmbedder) -> Updated:
    return Updated(tmp_path, embedder=counting)


def test_the_first_papers(updated: Updated, papers: tuple[Paper, ...]) -> None:
    collection = updated(papers)
    assert updated.report == Report(new=len(papers))
    assert_whole(collection, papers, updated.store, HashEmbedder())
    assert [paper.id for paper in collection] == [paper.id for paper in papers]
    words = open_words(updated.folder / "words")
    assert words.having("words", ["sleeper"]) == [collection.numbers_of(["sleeper-agents"])["sleeper-agents"]]
    assert collection.generation.documents == len(papers) and collection.generation.tokens > 100
    assert not (updated.folder / "vectors").exists()
    assert updated.notes == []


def test_a_second_run_of_the_same_does_nothing(
    updated: Updated, papers: tuple[Paper, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = updated(papers)
    seen(updated)
    before = {path: path.stat().st_mtime_ns for path in (updated.folder / "words").iterdir()}
    updated.store = refusing(updated.store, "begin", "add", "remove", "set_aside")
    again = updated(papers)
    assert again.generation == first.generation
    assert updated.report == Report(same=len(papers))
    assert seen(updated) == []
    assert {path: path.stat().st_mtime_ns for path in (updated.folder / "words").iterdir()} == before


def test_a_source_that_stayed_the_same_is_not_read_again(updated: Updated, papers: tuple[Paper, ...]) -> None:
    def unreadable() -> Iterator[Paper]:
        raise AssertionError("this was read")

    updated(papers, origin="shipped", whole=True, signature="one")
    again = updated.read([Reading("shipped", unreadable, whole=True, signature="one")])
    assert len(again) == len(papers) and again.generation.number == 1
    other = updated(papers, origin="shipped", whole=True, signature="two")
    assert (other.generation.number, other.signature("shipped")) == (1, "two")
    fewer = updated(papers[1:], origin="shipped", whole=True, signature="three")
    assert (len(fewer), fewer.generation.number, fewer.signature("shipped")) == (len(papers) - 1, 2, "three")


def test_a_changed_title_embeds_its_own_passages_only(updated: Updated, papers: tuple[Paper, ...]) -> None:
    before = updated(papers)
    seen(updated)
    changed = replace(papers[0], title="Dormant Agents")
    after = updated([changed, *papers[1:]])
    assert updated.report == Report(changed=1, same=len(papers) - 1)
    assert sorted(seen(updated)) == sorted(texts_of([changed]))
    assert_whole(after, [changed, *papers[1:]], updated.store, HashEmbedder())
    assert [paper.id for paper in after] == [paper.id for paper in papers]
    assert before.get(papers[0].id) == papers[0]


def test_papers_are_removed_one_by_one_and_with_their_source(updated: Updated, papers: tuple[Paper, ...]) -> None:
    updated(papers[:4], origin="shipped", whole=True)
    updated(papers[4:])
    assert len(updated(removed=[papers[4].id, "never there"])) == len(papers) - 1
    assert updated.report == Report(removed=1)
    rest = updated(papers[1:4], origin="shipped", whole=True)
    assert updated.report == Report(same=3, removed=1)
    assert_whole(rest, [*papers[1:4], *papers[5:]], updated.store, HashEmbedder())


def test_all_papers_may_go(updated: Updated, papers: tuple[Paper, ...]) -> None:
    updated(papers)
    empty = updated(removed=[paper.id for paper in papers])
    assert (len(empty), empty.generation.segments, updated.store.segments("default")) == (0, (), ())
    assert_whole(updated(papers), papers, updated.store, HashEmbedder())


def test_no_papers_are_no_collection(updated: Updated) -> None:
    with pytest.raises(CorpusError, match=r"^The collection default has no papers: ingest a file of some\.$"):
        updated([])


def test_few_papers_added_to_many_touch_a_new_segment_alone(updated: Updated) -> None:
    many, few = some_papers(400), some_papers(10, 400)
    [large] = [one.name for one in updated(many).generation.segments]
    seen(updated)
    untouched = updated.store

    def add(name: str, ids: Sequence[VectorId], vectors: np.ndarray) -> None:
        assert name != large
        untouched.add(name, ids, vectors)

    updated.store = Wrapped(untouched, add=add, vectors=lambda *_: pytest.fail("nothing is read back"))
    collection = updated(few)
    updated.store = untouched
    assert [one.vectors for one in collection.generation.segments] == [400, 10]
    assert names(updated)[0] == large
    assert sorted(seen(updated)) == sorted(texts_of(few))
    assert_whole(collection, [*many, *few], untouched, HashEmbedder())


def test_small_segments_are_taken_into_the_next_one(updated: Updated) -> None:
    """So that there are few of them, whatever the number of updates, and nothing is embedded again."""
    updated(some_papers(300))
    for number in range(14):
        updated(some_papers(10, 300 + 10 * number))
    collection = updated.latest()
    sizes = [one.vectors for one in collection.generation.segments]
    assert sum(sizes) == 440 and len(sizes) < 6
    assert all(larger > 2 * smaller for larger, smaller in pairwise(sizes))
    assert sorted(seen(updated)) == sorted(texts_of(some_papers(440)))
    assert sorted(updated.store.segments("default")) == sorted(names(updated))
    assert_whole(collection, some_papers(440), updated.store, HashEmbedder())


def test_a_segment_with_too_many_dead_is_written_anew(updated: Updated) -> None:
    many = some_papers(90)
    updated(many)
    seen(updated)
    gone = updated(removed=[paper.id for paper in many[:30]])
    assert [one.vectors for one in gone.generation.segments] == [90]
    more_gone = updated(removed=[many[30].id])
    assert [one.vectors for one in more_gone.generation.segments] == [59]
    assert seen(updated) == []
    assert_whole(more_gone, many[31:], updated.store, HashEmbedder())


def test_another_model_makes_everything_anew(updated: Updated, papers: tuple[Paper, ...]) -> None:
    old = updated(papers)
    collection = updated(papers, embedder=HashEmbedder(64))
    assert collection.generation.number == 2
    assert updated.report == Report(same=len(papers))
    assert_whole(collection, papers, updated.store, HashEmbedder(64))
    assert not set(updated.store.segments("default")) & {one.name for one in old.generation.segments}
    assert list(collection.numbers_of(paper.id for paper in papers)) == [paper.id for paper in papers]


def test_other_questions_leave_vectors_as_they_are(updated: Updated, papers: tuple[Paper, ...]) -> None:
    before = updated(papers)
    seen(updated)
    words = open_words(updated.folder / "words")
    assert words.frequency("words", "zebra") == 0
    after = updated(papers, questions={papers[1].id: ["Which zebra?"]})
    assert seen(updated) == []
    assert after.generation.segments == before.generation.segments
    assert (after.generation.number, after.generation.documents) == (2, len(papers))
    number = after.numbers_of([papers[1].id])[papers[1].id]
    assert open_words(updated.folder / "words").having("words", ["zebra"]) == [number]
    assert words.frequency("words", "zebra") == 0, "a searcher keeps its moment"


def test_passages_that_are_cut_by_other_rules(
    updated: Updated, papers: tuple[Paper, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers of the generation before go on with the old places."""
    from retrieval.chunking import passage_spans

    with monkeypatch.context() as patched:
        # By other rules abstracts of one passage were left as they are, and of others only the beginning was there.
        patched.setattr(ingest, "CHUNKER", "other")
        patched.setattr(update, "passage_spans", lambda paper: passage_spans(paper)[:1])
        old = updated(papers)
    seen(updated)
    several = [paper for paper in papers if len(passage_spans(paper)) > 1]
    assert 0 < len(several) < len(papers)
    new = updated(papers[:2])
    assert updated.report == Report(same=2)
    assert_whole(new, papers, updated.store, HashEmbedder())
    assert sorted(seen(updated)) == sorted(texts_of(papers))
    for paper in papers:
        [before], [after] = ([*one.numbered(one.numbers_of([paper.id]).values()).values()] for one in (old, new))
        assert before.spans == tuple(passage_spans(paper)[:1])
        assert after.spans == tuple(passage_spans(paper))
        assert (before.number != after.number) == (paper in several)
    assert updated(papers).generation == new.generation


def test_replaced_papers_leave_the_words_a_generation_later(updated: Updated) -> None:
    """As somebody may still answer from the generation before."""
    one, *others = some_papers(20)
    first = updated([replace(one, title="Zebra"), *others])
    number = first.numbers_of([one.id])[one.id]
    second = updated([one])
    folder = updated.folder / "words"
    assert open_words(folder).having("words", ["zebra"]) == [number]
    assert first.get(one.id) != second.get(one.id) == one
    updated(some_papers(1, 50))
    assert open_words(folder).having("words", ["zebra"]) == []


def test_progress_is_told(updated: Updated) -> None:
    updated(some_papers(1500), size=lambda: 1500)
    told = {label: [step[1:] for step in updated.steps if step[0] == label] for label, _, _ in updated.steps}
    assert list(told) == ["Reading papers", "Embedding passages", "Storing vectors", "Indexing words"]
    for steps in told.values():
        assert steps == sorted(steps) and steps[-1] == (1500, 1500)


UPDATES = st.lists(
    st.tuples(
        st.sets(st.integers(0, 12), max_size=6),
        st.integers(0, 2),
        st.booleans(),
        st.sets(st.integers(0, 12), max_size=3),
    ),
    max_size=6,
)


@settings(max_examples=8)
@given(UPDATES)
def test_any_updates_leave_what_they_should(tmp_path_factory: pytest.TempPathFactory, updates: list[Any]) -> None:
    """Against a dictionary: papers are added, changed, read whole and removed in any order."""
    updated, expected = Updated(tmp_path_factory.mktemp("any"), MemoryStore(), HashEmbedder(8)), dict[str, Paper]()
    updated(some_papers(1, 99))
    expected["p99"] = some_papers(1, 99)[0]
    for numbers, version, whole, removed in updates:
        papers = [replace(some_papers(1, number)[0], summary=f"Version {version}.") for number in sorted(numbers)]
        gone = {f"p{number}" for number in removed - numbers}
        collection = updated(papers, whole=whole, removed=gone)
        if whole:
            expected.clear()
        expected |= {paper.id: paper for paper in papers}
        for one in gone:
            expected.pop(one, None)
        assert_whole(collection, expected.values(), updated.store, HashEmbedder(8))


def test_made_with() -> None:
    questions = {"a": ["Why?"], "b": ["What?"]}
    variants = [
        made_with(HashEmbedder()),
        made_with(HashEmbedder(64)),
        made_with(HashEmbedder(), questions),
        made_with(HashEmbedder(), {"a": ["Why?", "What?"]}),
    ]
    assert len(set(variants)) == len(variants)
    assert made_with(HashEmbedder(), dict(reversed(questions.items()))) == variants[2]
    assert all(len(one) == 64 for one in variants)


def test_whether_a_collection_is_ready(updated: Updated, papers: tuple[Paper, ...]) -> None:
    collection, made = updated(papers, signature="one"), made_with(HashEmbedder())
    assert is_ready(collection, made, updated.store, {"own": "one"})
    assert not is_ready(None, made, updated.store, {})
    assert not is_ready(collection, made, updated.store, {"own": "two"})
    assert not is_ready(collection, made, updated.store, {"own": "one", "shipped": "one"})
    assert not is_ready(collection, made_with(HashEmbedder(64)), updated.store, {"own": "one"})
    assert not is_ready(collection, made, refusing(updated.store, "check"), {"own": "one"})
    updated.store.remove(names(updated)[0])
    assert not is_ready(collection, made, updated.store, {"own": "one"})


def test_papers_of_any_kind(updated: Updated) -> None:
    """A reader's own papers: odd, short, long, with every character that is allowed."""
    own = (
        Paper("arXiv:2401.1/v1", "Ünïcode “title” 😀", "One. " * 200 + "Two.", "en", organisation="A 'quoted' lab"),
        Paper("long", "T", "".join(f"x{n}" for n in range(9000)), "en"),
        Paper("empty", None, "", "fr", label="No abstract"),
        Paper("zh", "标题", "一。二。", "zh"),
        Paper("alike", "T", "x" * 100_000, "en"),
    )
    collection = updated(own)
    assert_whole(collection, own, updated.store, HashEmbedder())
    number = collection.numbers_of(["alike"])["alike"]
    # Of passages that are embedded alike only the first is stored: many equal vectors break the graph.
    places = [one[1:] for one in stored(collection, updated.store) if one.number == number]
    assert sorted(places) == [(0, 600), (99600, 100000)]
    assert collection.passages_of([number])[number] == (Span(0, 600), Span(99600, 100000))
