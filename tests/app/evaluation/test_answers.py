"""Answers measured: each metric by hand, the report as JSON and as a table, and the command."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.answering.answer import Answer, AnswerSentence, Direct, Support, Timings
from app.answering.citation import Citation
from app.cli.commands import main
from app.evaluation.answer_table import print_answer_report
from app.evaluation.answers import (
    abstention,
    citation_precision,
    citation_recall,
    evaluate_answers,
    evidence_hit,
    figures,
    found_hit,
    paper_hit,
    quoted_sentences,
)
from benchmarks.answers import answers_page
from retrieval.questions.labelled import Gold, LabelledQuestion
from retrieval.types import Paper, Passage

LIES = Paper("lies", "On lies", "It lies. It hides. It stays.", "en")
DEBATE = Paper("debate", "On debate", "It lies. Debate works.", "en")
ASKED = LabelledQuestion("q", "single", "en", "Does it hide?", ("lies",), (Gold("lies", "It hides."),))
UNKNOWN = LabelledQuestion("u", "unanswerable", "en", "Why?", ())
KEYS = {
    *(
        "count",
        "answered",
        "partly",
        "evidence_hit",
        "paper_hit",
        "hit@5",
        "citation_recall",
        "citation_precision",
        "quoted",
    ),
    *("intervals", "p50_ms", "p95_ms", "first_token_p50_ms"),
}


def cited(number: int, paper: Paper, start: int, end: int) -> Citation:
    return Citation(number, paper, start, end, 0.9)


def said(support: Support, *numbers: int) -> AnswerSentence:
    return AnswerSentence("Words.", numbers, support, 1.0)


def answer(*sentences: AnswerSentence, citations: tuple[Citation, ...] = (), **fields: Any) -> Answer:
    given: dict[str, Any] = {
        "status": "answered" if sentences else "abstained",
        "confidence": 0.5,
        "mode": "quotes",
        "timings": Timings(total_ms=10.0, first_token_ms=5.0),
    }
    return Answer("id", "q", "q", answer="…", sentences=sentences, citations=citations, **(given | fields))


@pytest.mark.parametrize(
    ("citation", "hits"),
    [
        (cited(1, LIES, 9, 18), 1.0),
        (cited(1, LIES, 0, 28), 1.0),
        (cited(1, LIES, 17, 28), 1.0),
        (cited(1, LIES, 0, 9), 0.0),
        (cited(1, LIES, 18, 28), 0.0),
        (cited(1, DEBATE, 9, 18), 0.0),
    ],
)
def test_a_hit_overlaps_the_gold_sentence_of_its_paper(citation: Citation, hits: float) -> None:
    assert evidence_hit(ASKED, answer(said("supported", 1), citations=(citation,))) == hits


def test_a_gold_sentence_that_the_abstract_does_not_have_is_never_hit() -> None:
    elsewhere = LabelledQuestion(
        "q", "single", "en", "Does it hide?", ("lies",), (Gold("lies", "It hides not at all."),)
    )
    assert evidence_hit(elsewhere, answer(said("supported", 1), citations=(cited(1, LIES, 0, 28),))) == 0


def test_a_refusal_hits_nothing() -> None:
    assert evidence_hit(ASKED, answer()) == paper_hit(ASKED, answer()) == 0
    assert math.isnan(evidence_hit(UNKNOWN, answer())) and math.isnan(paper_hit(UNKNOWN, answer()))
    assert math.isnan(found_hit(UNKNOWN, answer()))


def test_a_paper_is_hit_where_any_of_its_words_are_cited() -> None:
    assert paper_hit(ASKED, answer(said("supported", 1), citations=(cited(1, LIES, 0, 8),))) == 1
    assert paper_hit(ASKED, answer(said("supported", 1), citations=(cited(1, DEBATE, 0, 8),))) == 0


def test_a_paper_is_found_among_the_first_five() -> None:
    others = [Passage(Paper(str(n), None, "x", "en"), 0, 1, 0.5) for n in range(5)]
    late = (*others, others[0], Passage(LIES, 0, 8, 0.4))
    assert found_hit(ASKED, answer(sources=late)) == 0
    assert found_hit(ASKED, answer(sources=(*others[:4], others[0], *late[5:]))) == 1


def test_recall_is_of_sentences_that_cite_and_are_supported() -> None:
    given = answer(said("supported", 1), said("unsupported", 1), said("uncited"), said("supported", 1, 2))
    assert citation_recall(given) == 0.5
    assert citation_recall(answer(said("supported"))) == 0
    assert math.isnan(citation_recall(answer()))


def test_precision_is_of_citations_that_hold_and_are_of_a_paper_that_answers() -> None:
    citations = (cited(1, LIES, 0, 8), cited(2, DEBATE, 0, 8))
    given = answer(said("supported", 1, 2), said("unsupported", 1), said("supported", 1), citations=citations)
    assert citation_precision(ASKED, given) == 0.5
    assert citation_precision(ASKED, answer(said("uncited"))) == 0
    assert math.isnan(citation_precision(UNKNOWN, given)) and math.isnan(citation_precision(ASKED, answer()))


def test_sentences_quoted_are_counted_within_quotes() -> None:
    citations = (cited(1, LIES, 0, 18), cited(2, DEBATE, 9, 22))
    assert quoted_sentences(answer(said("supported", 1), citations=citations)) == 3
    assert math.isnan(quoted_sentences(answer()))


def test_means_are_over_what_they_apply_to() -> None:
    hit = answer(said("supported", 1), citations=(cited(1, LIES, 9, 18),), timings=Timings(total_ms=30.0))
    found = figures([(ASKED, hit), (ASKED, answer()), (UNKNOWN, hit)])
    assert (found.count, found.means["evidence_hit"], found.means["citation_recall"]) == (3, 0.5, 1.0)
    assert found.means["answered"] == pytest.approx(2 / 3)
    assert (found.p50_ms, found.first_token_p50_ms) == (30.0, 5.0)
    low, high = found.intervals["evidence_hit"]
    assert low <= 0.5 <= high
    nothing = figures([])
    assert set(nothing.as_json()) == KEYS and nothing.as_json()["evidence_hit"] is None


def test_refusals_of_what_papers_answer_are_false_and_answers_to_the_rest() -> None:
    given = answer(said("supported", 1), citations=(cited(1, LIES, 0, 8),), confidence=0.8)
    unsure = answer(confidence=0.2)
    known = abstention([(ASKED, given), (ASKED, given), (ASKED, unsure), (UNKNOWN, given), (UNKNOWN, unsure)])
    assert (known.answerable, known.unanswerable) == (3, 2)
    assert (known.false_answers, known.false_refusals) == (0.5, pytest.approx(1 / 3))
    assert known.auroc == pytest.approx((2 * 0.5 + 2 * 1 + 0 + 0.5) / 6)
    alone = abstention([(ASKED, given)]).as_json()
    assert (alone["false_answers"], alone["auroc"], alone["false_refusals"]) == (None, None, 0.0)


ABOUT = {"name": "[red]file", "papers": 2, "models": {"embedding": "hash", "llm": None}}


def test_the_report_has_a_row_for_each_type(capsys: pytest.CaptureFixture[str]) -> None:
    given = replace(
        answer(said("supported", 1), citations=(cited(1, LIES, 9, 18),)), direct=Direct("They do.", "project", (1,))
    )
    told: list[tuple[int, int]] = []
    report = evaluate_answers(
        lambda question: given if question.papers else answer(),
        [ASKED, UNKNOWN],
        ABOUT,
        lambda label, done, total: told.append((done, total)),
    )
    assert told == [(0, 2), (1, 2), (2, 2)]
    record = json.loads(json.dumps(report.as_json()))
    assert set(record) == KEYS | {"name", "papers", "models", "types", "abstention", "modes", "lines", "support"}
    assert record["evidence_hit"] == 1.0 and record["count"] == 1
    assert set(record["types"]) == {"single", "unanswerable"} and set(record["types"]["single"]) == KEYS
    assert record["types"]["unanswerable"]["answered"] == 0.0 and record["types"]["unanswerable"]["quoted"] is None
    assert (record["modes"], record["lines"], record["support"]) == ({"quotes": 1}, {"project": 1}, {"supported": 1})
    print_answer_report(report)
    out = capsys.readouterr().out
    for words in (
        "[red]file",
        "evidence",
        "single",
        "unanswerable",
        "–",
        "10 ms",
        "AUROC",
        "1 quotes",
        "1 supported",
        "1 project",
    ):
        assert words in out
    assert max(map(len, out.splitlines())) <= 80
    page = answers_page({"Development questions": report}, "python -m benchmarks.answers")
    assert "| single | 1 | 1.000 (1–1) | 1.000 (1–1) |" in page and page.startswith("`python -m benchmarks.answers`")


Run = Callable[..., tuple[int, str, str]]
QUESTIONS = [
    {
        "id": "a",
        "question": "Is backdoor behavior removed by standard safety training techniques such as adversarial training?",
        "papers": ["sleeper-agents"],
        "gold": [
            {
                "paper": "sleeper-agents",
                "sentence": "We find that such backdoor behavior can be made persistent, so that it is not removed by "
                "standard safety training techniques, including supervised fine-tuning, reinforcement learning, and "
                "adversarial training (eliciting unsafe behavior and then training to remove it).",
            }
        ],
    },
    {"id": "e", "question": "How long should I boil an egg?", "papers": []},
]


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setenv("PAPERBACKED_EMBEDDING", "hash")
        monkeypatch.setattr(sys, "argv", ["paperbacked", "evaluate", *map(str, arguments)])
        try:
            main()
            status = 0
        except SystemExit as exit:
            status = int(exit.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_the_command(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    file.write_text("".join(f"{json.dumps(record)}\n" for record in QUESTIONS), encoding="utf-8")
    status, out, err = run("answers", "--questions", file, "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)["answers"]
    assert found["name"] == "asked.jsonl: 2 questions" and found["papers"] == 94
    assert found["models"]["embedding"] == "hash" and found["models"]["llm"] is None
    assert (found["evidence_hit"], found["citation_recall"], found["count"]) == (1.0, 1.0, 1)
    assert found["abstention"]["unanswerable"] == 1 and found["abstention"]["auroc"] == 1.0
    assert found["modes"] == {"quotes": 1 + int(found["types"]["unanswerable"]["answered"])}
    status, out, err = run("answers", "--questions", file)
    assert (status, err) == (0, "") and "asked.jsonl: 2 questions, 94 papers, quotes" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("answers", "--beir", "somewhere"), "leave out --beir"),
        (("retrieval", "--llm", "smollm2"), "without a language model"),
        (("prose",), "is not one of"),
    ],
)
def test_what_cannot_be_measured(run: Run, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "") and words in " ".join(err.replace("│", " ").split())
