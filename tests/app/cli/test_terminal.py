"""What stands in the terminal: nothing lost, nothing read as markup, addresses in one piece."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from app.answering.answer import Answer, AnswerModels, AnswerSentence, Timings
from app.answering.citation import Citation
from app.answering.writing.quotes import quoted_answer
from app.cli.doctor import Finding
from app.cli.terminal import print_answer, print_findings, print_papers, print_sources, progress_bars, progress_lines
from retrieval.types import Paper, Passage
from tests.support.paged_text import paged, paper_with

ADDRESS = "https://example.org/a-very-long-address/that-goes-on-and-on/beyond-the-width-of-eighty-columns/to-its-end"
STARRED = Paper(
    "atp",
    "AtP*: Efficient [bold]methods[/bold]",
    "It is fast.",
    "en",
    organisation="DeepMind",
    published=date(2024, 3, 4),
    url=ADDRESS,
)
EMPTY = Paper("empty", None, "", "zh", label="[red]一篇论文")


def answer_of(*citations: Citation, note: str | None = None) -> Answer:
    sentences = quoted_answer(citations)
    return Answer(
        "id",
        "q",
        "q",
        "answered",
        "quotes",
        "".join(sentence.text for sentence in sentences),
        0.9,
        sentences,
        citations,
        tuple(Passage(citation.paper, 0, 5, 0.5) for citation in citations),
        timings=Timings(total_ms=12.3),
        models=AnswerModels(embedding="hash", llm=None),
        note=note,
    )


def test_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(answer_of(Citation(1, STARRED, 0, 11, 0.9), note="[red]Just so you know."))
    out, err = capsys.readouterr()
    flat = " ".join(out.split())
    assert "AtP*: Efficient [bold]methods[/bold] (DeepMind, March 2024) says: “It is fast.” [1]" in flat
    assert "Cited [1] AtP*: Efficient [bold]methods[/bold] · DeepMind, 2024-03-04" in flat
    assert "[red]Just so you know." in flat
    assert flat.endswith("quotes · hash · 12 ms")
    assert "\x1b" not in out and err == ""


def test_each_quote_of_a_full_text_is_told_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    text = paged(["It is fast. It is fair.", "It is small."], ["Results", "Limits"])
    paper = paper_with(text)

    def cited(*quotes: str) -> list[str]:
        begins = [text.text.index(quote) for quote in quotes]
        places = [(start, start + len(quote)) for start, quote in zip(begins, quotes, strict=True)]
        print_answer(answer_of(*(Citation(n, paper, *at, 0.9, part="text") for n, at in enumerate(places, start=1))))
        return capsys.readouterr().out.partition("Cited\n")[2].partition("\n\n")[0].splitlines()

    assert cited("It is fast.", "It is fair.") == ["[1][2] The paper p · p. 1, Results"]
    assert cited("It is fast.", "It is small.", "It is fair.") == [
        "[1][2][3] The paper p", "    [1][3] p. 1, Results", "    [2] p. 2, Limits",
    ]  # fmt: skip


def test_the_address_of_a_citation_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(answer_of(Citation(1, STARRED, 0, 11, 0.9)))
    assert ADDRESS in capsys.readouterr().out


def test_asterisks_of_a_written_answer_stay(capsys: pytest.CaptureFixture[str]) -> None:
    text = "2*3*4 is 24 [1]."
    sentence = AnswerSentence(text, (1,), "supported", 1.0)
    print_answer(
        Answer("id", "q", "q", "answered", "generated", text, 0.9, (sentence,), models=AnswerModels(llm="scripted"))
    )
    assert capsys.readouterr().out.startswith(text)


def test_sources(capsys: pytest.CaptureFixture[str]) -> None:
    print_sources([Passage(STARRED, 0, 11, 0.876), Passage(EMPTY, 0, 0, 0.5)])
    out = capsys.readouterr().out
    assert "1. AtP*: Efficient [bold]methods[/bold]" in out and "0.88" in out and "It is fast." in out
    assert ADDRESS in out
    assert "2. [red]一篇论文" in out and "No abstract in this collection." in out


def test_papers(capsys: pytest.CaptureFixture[str]) -> None:
    print_papers([STARRED, EMPTY])
    head, starred, *rest = capsys.readouterr().out.splitlines()
    # What none of them has takes no place.
    assert head.split() == ["Date", "Organisation", "Title"]
    assert starred.split()[:3] == ["2024-03-04", "DeepMind", "AtP*:"]
    assert any("[red]一篇论文" in line for line in rest)
    print_papers([EMPTY, replace(EMPTY, category="Oversight")])
    assert capsys.readouterr().out.split()[:2] == ["Title", "Category"]


def test_findings(capsys: pytest.CaptureFixture[str]) -> None:
    print_findings([Finding("Papers", True, "94 [here]"), Finding("Home", False, "gone", needed=True)])
    assert capsys.readouterr().out.splitlines() == ["ok  Papers: 94 [here]", "no  Home: gone"]


def test_progress_goes_to_stderr_and_leaves_stdout_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich then draws as in a terminal
    with progress_bars() as progress:
        for done in range(4):
            progress("Indexing", done, 3)
        progress("Nothing to do", 0, 0)
    print("result")
    out, err = capsys.readouterr()
    assert out == "result\n"
    assert "Indexing" in err


def test_without_a_terminal_long_work_says_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_lines(quiet_s=0.1, line_s=0.5) as progress:
        progress("Indexing passages", 120, 480)
        time.sleep(0.3)  # silent itself, and spoken of all the same
        for done in range(121, 480):
            progress("Indexing passages", done, 480)
        progress("Indexing [b]questions[/b]\x9b", 0, 3200)
        time.sleep(0.5)
        progress("Indexing [b]questions[/b]\x9b", 3200, 3200)
        time.sleep(0.6)  # nothing is underway
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["Indexing passages: 120 of 480", "Indexing [b]questions[/b] : 0 of 3,200"]


def test_without_a_terminal_short_work_is_not_spoken_of(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars() as progress:
        for part in ("passages", "questions"):
            for done in range(4):
                progress(f"Indexing {part}", done, 3)
        progress("Training", 1, 3)
    assert capsys.readouterr() == ("", "")


def test_a_bar_takes_a_label_for_what_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress_bars() as progress:
        progress("Loading models/[/b]", 0, 3)
    assert "models/[/b]" in capsys.readouterr().err


def test_many_papers_are_told_in_tables_below_each_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.terminal.TABLE_ROWS", 2)
    read: list[int] = []

    def papers() -> Iterator[Paper]:
        for number in range(5):
            read.append(number)
            yield Paper(f"p{number}", f"Title {number}", "", "en")

    print_papers(papers())
    lines = capsys.readouterr().out.splitlines()
    assert "Title" in lines[0] and "Category" in lines[0]
    assert [line.strip() for line in lines[1:]] == [f"Title {number}" for number in read] and len(read) == 5
    print_papers(())
    assert capsys.readouterr().out == ""
