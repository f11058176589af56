"""Papers staged and switched over to: what counts in which generation, also after a run that ended early."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.chunking import passage_spans
from retrieval.corpus import corpus_hash
from retrieval.papers.database import in_memory, writable
from retrieval.papers.generation import Generation, Segment
from retrieval.papers.papers import Papers, open_papers
from retrieval.papers.staging import Staged
from retrieval.papers.writing import PapersWriter
from retrieval.types import Paper, Span


@pytest.fixture
def writer() -> PapersWriter:
    return PapersWriter(in_memory())


def paper(name: str, text: str = "Whales sing.", **fields: str) -> Paper:
    return Paper(name, f"Title {name}", text, "en", **fields)  # type: ignore


A, B, C = paper("a"), paper("b"), paper("c")


def next_run(writer: PapersWriter) -> PapersWriter:
    """Another run on the same papers."""
    return PapersWriter(writer._database)


def staged(writer: PapersWriter) -> dict[int, Paper]:
    return {one.number: one.paper for one in writer.staged()}


def coming(writer: PapersWriter) -> list[str]:
    return [one.paper.id for one in writer.coming()]


def add(writer: PapersWriter, *papers: Paper, origin: str = "own") -> Generation:
    """A whole run."""
    writer = next_run(writer)
    writer.stage(papers, passage_spans, origin)
    writer.settle()
    return writer.commit("made", ())


def test_papers_get_numbers_in_their_order(writer: PapersWriter) -> None:
    assert writer.stage([A, B], passage_spans, "own") == Staged(new=2)
    assert writer.latest is None
    assert staged(writer) == {1: A, 2: B}
    assert [one.spans for one in writer.staged()] == [tuple(passage_spans(A)), tuple(passage_spans(B))]
    assert writer.settle()
    assert (writer.staged_count, writer.coming_count, writer.coming_passages(), writer.leaving_count) == (2, 2, 2, 0)
    generation = writer.commit("made", [Segment("s", 1, 2, 2)], documents=2, tokens=9, letters=b"l")
    assert generation == writer.latest
    assert (generation.number, generation.made_with, generation.segments) == (1, "made", (Segment("s", 1, 2, 2),))
    assert (generation.papers, generation.corpus) == (2, corpus_hash([A, B]))
    assert (generation.documents, generation.tokens, generation.letters) == (2, 9, b"l")
    assert staged(writer) == {}


def test_staged_again_is_staged_once(writer: PapersWriter) -> None:
    """A run that was killed is begun again: what it staged keeps its number."""
    writer.stage([A, B], passage_spans, "own")
    assert writer.stage([A, replace(B, title="Other"), C], passage_spans, "own") == Staged(new=3)
    assert staged(writer) == {1: A, 3: replace(B, title="Other"), 4: C}
    assert writer.stage([A, B], passage_spans, "own") == Staged(new=2)
    assert staged(writer) == {1: A, 4: C, 5: B}


def test_what_another_run_staged_and_this_one_did_not_is_dropped(tmp_path: Path) -> None:
    killed = PapersWriter(writable(tmp_path))
    killed.stage([A, B], passage_spans, "own")
    killed.close()
    writer = PapersWriter(writable(tmp_path))
    writer.stage([B, C], passage_spans, "own")
    assert writer.settle()
    assert staged(writer) == {2: B, 3: C}
    writer.close()


def test_a_paper_that_is_there_as_it_is_is_not_staged(writer: PapersWriter) -> None:
    add(writer, A, B)
    assert writer.stage([A, B], passage_spans, "own") == Staged(same=2)
    assert not writer.settle()


def test_a_changed_paper_gets_a_new_number_and_keeps_its_place(writer: PapersWriter) -> None:
    add(writer, A, B)
    changed = replace(A, summary="Changed.")
    assert writer.stage([changed, B], passage_spans, "own") == Staged(changed=1, same=1)
    assert writer.settle()
    assert (writer.ending(), writer.coming_count, writer.leaving_count) == ([1], 2, 0)
    assert [one.number for one in writer.coming()] == [2, 3]
    generation = writer.commit("made", ())
    assert (generation.papers, generation.corpus) == (2, corpus_hash([changed, B]))
    assert writer.ended() == [1]


def test_changed_and_then_back_is_not_staged(writer: PapersWriter) -> None:
    add(writer, A)
    writer.stage([replace(A, summary="Changed.")], passage_spans, "own")
    assert writer.stage([A], passage_spans, "own") == Staged(same=1)
    assert not writer.settle()
    assert staged(writer) == {}


def test_a_number_is_never_given_twice(writer: PapersWriter) -> None:
    add(writer, A, B)
    writer.settle(removed=["b"])
    writer.commit("made", ())
    add(writer, replace(A, summary="1"))
    add(writer, replace(A, summary="2"))
    writer.stage([B], passage_spans, "own")
    assert staged(writer) == {5: B}


def test_of_an_origin_that_is_read_whole_the_others_go(writer: PapersWriter) -> None:
    add(writer, A, B, origin="shipped")
    add(writer, C)
    writer.stage([B], passage_spans, "shipped")
    assert writer.settle(whole=["shipped"])
    assert (writer.ending(), writer.leaving_count, coming(writer)) == ([1], 1, ["b", "c"])
    assert writer.settle() is False, "what ends is decided anew each time"


def test_own_papers_go_before_shipped_ones(writer: PapersWriter) -> None:
    own = replace(A, title="My own")
    add(writer, own)
    assert writer.stage([A, B], passage_spans, "shipped") == Staged(new=1, same=1)
    writer.settle(whole=["shipped"])
    writer.commit("made", ())
    assert coming(writer) == ["a", "b"]
    assert next(writer.coming()).paper == own
    writer.stage([replace(B, title="Mine too")], passage_spans, "own")
    writer.settle()
    writer.commit("made", ())
    writer = next_run(writer)
    writer.stage([A, B], passage_spans, "shipped")
    assert not writer.settle(whole=["shipped"])


def test_papers_are_removed_by_their_ids(writer: PapersWriter) -> None:
    add(writer, A, B)
    assert writer.settle(removed=["a", "never there"])
    generation = writer.commit("made", ())
    assert (generation.papers, generation.corpus, coming(writer)) == (1, corpus_hash([B]), ["b"])
    assert not writer.settle(removed=["a"])


def test_generations_side_by_side(tmp_path: Path) -> None:
    """A reader has its generation until the one after the next; nothing is kept of older ones."""
    writer = PapersWriter(writable(tmp_path))
    readers: list[Papers] = []
    versions = [replace(A, summary=f"{number}") for number in range(4)]
    for version in versions:
        add(writer, version, B)
        reader = open_papers(tmp_path)
        assert reader is not None
        readers.append(reader)
        assert reader.get("a") == version and len(reader) == 2
        if len(readers) > 1:
            before = readers[-2]
            assert (before.get("a"), list(before)) == (versions[len(readers) - 2], [versions[len(readers) - 2], B])
    assert [reader.is_newest() for reader in readers] == [False, False, False, True]
    assert [one.number for one in writer.coming()] == [2, 5]
    rows = writer.numbered(range(10))
    assert [one.number for one in rows] == [2, 4, 5], "the oldest versions are gone"
    for reader in readers:
        reader.close()
    writer.close()


def test_what_is_not_committed_nobody_sees(tmp_path: Path) -> None:
    writer = PapersWriter(writable(tmp_path))
    writer.stage([A], passage_spans, "own")
    assert open_papers(tmp_path) is None
    add(writer, A)
    writer.stage([B, replace(A, title="Other")], passage_spans, "own")
    writer.settle(removed=["a"])
    writer.close()
    reader = open_papers(tmp_path)
    assert reader is not None and list(reader) == [A]
    reader.close()


class KilledError(Exception):
    pass


def test_a_switch_over_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = PapersWriter(writable(tmp_path))
    first = add(writer, A)
    writer.stage([B, replace(A, title="Other")], passage_spans, "own")
    writer.settle()

    def fails(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(writer, "_forget_dead", fails)
        with pytest.raises(KilledError):
            writer.commit("made", (), signatures={"own": "x"})
    assert (writer.latest, writer.signature("own"), writer.staged_count) == (first, "", 2)
    assert writer.commit("made", ()).papers == 2
    writer.close()


def test_signatures(writer: PapersWriter) -> None:
    writer.stage([A], passage_spans, "own")
    writer.settle()
    assert writer.signature("own") == ""
    writer.commit("made", (), signatures={"own": "one"})
    assert writer.signature("own") == "one"
    writer.sign({"own": "two", "shipped": "three"})
    assert (writer.signature("own"), writer.signature("shipped")) == ("two", "three")


def test_places_and_counts_of_what_is_coming(writer: PapersWriter) -> None:
    long = paper("long", " ".join(f"Sentence {n} of many words is here." for n in range(60)))
    spans = tuple(passage_spans(long))
    assert len(spans) > 1
    add(writer, A, long, B)
    writer.settle(removed=["a"])
    assert list(writer.coming_places()) == [(2, spans), (3, tuple(passage_spans(B)))]
    assert list(writer.coming_places(3)) == [(3, tuple(passage_spans(B)))]
    assert list(writer.coming_places(0, 2)) == [(2, spans)]
    assert writer.coming_passages() == len(spans) + 1
    assert (writer.coming_passages(3), writer.coming_passages(0, 1), writer.coming_passages(2, 2)) == (1, 0, len(spans))
    assert [one.paper for one in writer.numbered([3, 2, 99])] == [long, B]


def test_more_papers_than_are_read_at_once(writer: PapersWriter) -> None:
    many = [paper(f"p{number}") for number in range(2345)]
    assert writer.stage(iter(many), passage_spans, "own") == Staged(new=2345)
    writer.settle()
    writer.commit("made", ())
    assert [one.paper for one in writer.coming()] == many
    assert [number for number, _ in writer.coming_places(1000, 2000)] == list(range(1000, 2001))


def whole(of: Paper) -> list[Span]:
    return [Span(0, len(of.abstract))]


def halves(of: Paper) -> list[Span]:
    middle = len(of.abstract) // 2
    return [Span(0, middle), Span(middle, len(of.abstract))] if middle else whole(of)


def test_passages_cut_anew_get_numbers_of_their_own(writer: PapersWriter) -> None:
    short = paper("short", "")
    writer.stage([A, short, B], whole, "own")
    writer.settle()
    writer.commit("made", ())
    writer = next_run(writer)
    assert not writer.settle(cut=whole)
    assert writer.settle(cut=halves)
    assert (writer.ending(), writer.leaving_count) == ([1, 3], 0)
    assert list(writer.coming_places()) == [(2, (Span(0, 0),)), (4, tuple(halves(A))), (5, tuple(halves(B)))]
    assert [one.paper for one in writer.staged()] == [A, B]
    # A run that was killed, and the next one with and without the papers' file.
    for papers in ([A], []):
        writer = next_run(writer)
        assert writer.stage(papers, halves, "own") == Staged(same=len(papers))
        assert writer.settle(cut=halves)
    assert [one.number for one in writer.coming()] == [2, 4, 5]
    # Back to the rules before.
    writer = next_run(writer)
    assert writer.stage([A], whole, "own") == Staged(same=1)
    assert not writer.settle()
    assert [one.number for one in writer.coming()] == [1, 2, 3]


def test_what_a_killed_run_staged_is_cut_by_the_rules_of_now(writer: PapersWriter) -> None:
    """The program may be brought up between the two runs; what is embedded is cut by the rules of now."""
    writer.stage([A, B], whole, "own")
    writer = next_run(writer)
    assert writer.stage([A, B], halves, "own") == Staged(new=2)
    assert writer.settle()
    assert [(one.paper, one.spans) for one in writer.staged()] == [(A, tuple(halves(A))), (B, tuple(halves(B)))]


def test_a_paper_that_leaves_is_not_cut_anew(writer: PapersWriter) -> None:
    writer.stage([A, B, C], whole, "own")
    writer.settle()
    writer.commit("made", ())
    changed = replace(C, summary="Changed.")
    next_run(writer).settle(cut=halves)
    writer = next_run(writer)
    writer.stage([B, changed], halves, "own")
    assert writer.settle(whole=["own"], cut=halves)
    assert (writer.ending(), writer.leaving_count) == ([1, 2, 3], 1)
    assert [(one.paper, one.spans) for one in writer.coming()] == [(B, tuple(halves(B))), (changed, tuple(halves(C)))]
    writer.commit("made", ())
    assert not writer.settle(cut=halves)
