"""Peers beside paperbacked: what is counted is what it says, and a notebook of LangChain's is really asked."""

from __future__ import annotations

import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.figures import write_between_marks
from benchmarks.peers.__main__ import MADE_BY, MARKS, ROWS, arguments, command, main
from benchmarks.peers.environments import Installed, PeerError, installed
from benchmarks.peers.measuring import PeerProcess, tree
from benchmarks.peers.peers import OURS, PEERS, PROGRAMS, Peer, Runner, runners
from benchmarks.peers.picture import draw_peers
from benchmarks.peers.quality import FalseAnswers, Quality, Scored, false_answers, quality, threshold_refusing
from benchmarks.peers.questions import OWN, UNSEEN, PeerQuestion, own_questions, turned_round, unseen_questions
from benchmarks.peers.sitting import Measured, Sitting
from benchmarks.peers.summary import NOT_ANSWERED, REFUSED, Costs, Row, keep_rows, kept_rows, rows_of
from benchmarks.peers.tables import better_peers, peers_page
from retrieval.errors import InputError
from retrieval.models.embedding import base_folder
from retrieval.types import Paper

HERE = Installed(sys.executable, 1.0, 10**9, {})
PAPERS, ASKED = 30, 2
FEW = Costs(10.0, 10**9, 100, 2.0, 20.0, 5.0, 9.0, 10**9, 10**9)


def question(*relevant: str, split: str = "test") -> PeerQuestion:
    return PeerQuestion("Why?", "dev" if split == "dev" else "test", dict.fromkeys(relevant, 1), "English")


def row(name: str, costs: Costs, ndcg: float, refused: float, answered: float) -> Row:
    found = {OWN: {"English": Quality(4, 0.5, 0.75, ndcg)}}
    refusals = {OWN: {way: FalseAnswers(refused, answered, 0.9) for way in (REFUSED, NOT_ANSWERED)}}
    return Row(name, name == OURS, f"{name} 1.0", costs, found, refusals)


def test_quality_counts_the_first_the_first_five_and_leaves_out_what_no_paper_answers() -> None:
    told = quality([(question("a"), ["a", "b"]), (question("a"), ["b", "a"]), (question(), ["a"]), (question("z"), [])])
    assert (told.questions, round(told.hit_1, 3), round(told.hit_5, 3)) == (3, 0.333, 0.667)
    assert told.ndcg_10 == pytest.approx((1 + 0.6309) / 3, abs=1e-3)


def test_a_threshold_refuses_at_most_the_share_and_as_many_unanswerable_ones_as_it_can() -> None:
    known = [Scored(score, True) for score in (0.9, 0.8, 0.7, 0.2)]
    assert threshold_refusing(known, 0.25) == 0.7
    assert threshold_refusing(known, 0.24) == 0.2
    assert threshold_refusing(known, 1.0) == 0.9
    rates = false_answers([*known, Scored(0.75, False), Scored(0.1, False)], 0.7)
    assert (rates.refused, rates.answered) == (0.25, 0.5)


def test_turned_round_papers_have_the_same_sentences_in_an_order_that_nobody_has() -> None:
    [turned] = turned_round([Paper("p", "T", "One is here. Two is there.", "en"), Paper("q", "T", "", "en")])
    assert (turned.id, turned.abstract) == ("turned-p", "Two is there. One is here.")


def test_a_row_where_a_peer_is_better_is_said() -> None:
    ours = row(OURS, FEW, 0.8, 0.1, 0.1)
    quick = row("quick", replace(FEW, p50=1.0, papers_a_second=30.0), 0.7, 0.1, 0.3)
    good = row("good", FEW, 0.9, 0.1, 0.05)
    said = "\n".join(better_peers([ours, quick, good]))
    assert "finds faster at the median (5.0 ms): quick (1.0 ms)" in said
    assert "indexes faster (20.0): quick (30.0)" in said
    assert "by nDCG@10 (0.80): good (0.90)" in said
    assert "refuses better on own questions, English, counted as refused (10% → 10%): good (10% → 5%)" in said
    assert "quick (0.70)" not in said and "quick (10% → 30%)" not in said


def test_rows_are_kept_and_read_again(tmp_path: Path) -> None:
    rows = [row(OURS, FEW, 0.8, 0.1, 0.1), Row("gone", False, "gone 1", None, {}, {}, "It ended.")]
    keep_rows(rows, tmp_path / "rows.json")
    assert kept_rows(tmp_path / "rows.json") == rows
    assert "- gone: It ended." in peers_page(rows)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "make peers"),
        ("--scifact a --reading b", "make peers SCIFACT=DIR READING=DIR"),
        ("--papers 5183 --asked 60 --rounds 1 --keep", "make peers ASKED=60 PAPERS=5183 ROUNDS=1 KEEP=1"),
        ("--only txtai Haystack", 'make peers ONLY="txtai haystack"'),
    ],
)
def test_the_command_that_is_told_measures_the_same_again(given: str, said: str) -> None:
    assert command(arguments(given.split())) == said


def test_a_page_that_is_made_again_says_when_it_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_rows([row(OURS, FEW, 0.8, 0.1, 0.1)], tmp_path / ROWS)
    (tmp_path / MADE_BY).write_text("`make peers ROUNDS=1` · then\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["peers", "--draw", "--place", str(tmp_path)])
    main()
    assert capsys.readouterr().out.startswith("`make peers ROUNDS=1` · then\n\n### What it costs")


def test_each_peer_has_a_program_and_a_folder_of_its_own() -> None:
    assert all((PROGRAMS / peer.program).is_file() for peer in PEERS)
    assert len({peer.folder for peer in PEERS}) == len(PEERS)
    assert len({runner.name for runner in runners()}) == len(runners())
    for program in PROGRAMS.glob("*.py"):
        told = program.read_text(encoding="utf-8")
        ours = program.name == "with_paperbacked.py"
        assert ours or not any(f"{word} {name}" in told for word in ("import", "from") for name in ("app", "retrieval"))


def test_a_folder_without_the_answers_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no answer_selection\.jsonl: give the folder"):
        unseen_questions(tmp_path)


def test_what_is_asked_of_papers_that_are_left_out_has_no_answer(tmp_path: Path) -> None:
    lines = [
        f'{{"set": "{name}", "split": "{split}", "question": "What of {name} {number}?", "context": "{name} {split} '
        f'{number}", "sentences": ["It is number {number} of {split}."], "answers": [0], "answerable": true}}'
        for name in ("covidqa", "qasper")
        for split in ("dev", "test")
        for number in range(4)
    ]
    (tmp_path / "answer_selection.jsonl").write_text("\n".join(lines), encoding="utf-8")
    made = unseen_questions(tmp_path)
    names = {paper.id for paper in made.papers}
    assert made.name == UNSEEN and len(names) == 3 + 3 + 4
    assert all(set(one.relevant) <= names for one in made.questions)
    unanswerable = [(one.part, one.split) for one in made.questions if not one.relevant]
    assert sorted(unanswerable) == [("covidqa", "dev"), ("covidqa", "test")]
    assert len(made.with_papers(5).papers) == 10, "whatever answers stays"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit('no such thing')", "odd ended: no such thing"),
        ('print(\'{"error": "it broke"}\', flush=True); input(); input()', "odd cannot open: it broke"),
    ],
)
def test_a_program_that_ends_or_cannot_is_told(tmp_path: Path, program: str, said: str) -> None:
    (tmp_path / "odd.py").write_text(program, encoding="utf-8")
    runner = Runner(Peer("odd", str(tmp_path / "odd.py"), (), ()), "")
    with PeerProcess(runner, sys.executable, tmp_path, tmp_path / "log") as process:
        with pytest.raises(PeerError, match=said):
            process.open(tmp_path)
        assert process.peak >= 0
    assert tree(process.pid) == []


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> tuple[Peer, Installed]:
    """The notebook in an environment that `installed` makes; all but its splitter is taken from this one's packages."""
    whole = next(peer for peer in PEERS if peer.name == "LangChain + Chroma")
    peer = replace(whole, requirements=("--no-deps", "langchain-text-splitters>=1,<2"))
    folder = tmp_path_factory.mktemp("environment")
    made = installed(peer, folder / "notebook", anew=True)
    assert installed(peer, folder / "notebook", anew=False) == made
    [site] = (folder / "notebook").glob("lib/python*/site-packages")
    (site / "here.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return peer, made


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_notebook_and_paperbacked_are_asked_in_one_sitting_and_the_page_is_written(
    notebook: tuple[Peer, Installed], tmp_path: Path
) -> None:
    peer, made = notebook
    questions = own_questions().cut_to(ASKED).with_papers(PAPERS)
    broken = Peer("broken", "no_such_program.py", (), ())
    measured = [
        Measured(Runner(PEERS[0], ""), HERE),
        Measured(Runner(peer, ""), made),
        Measured(Runner(broken, ""), made),
    ]
    Sitting(measured, [questions], tmp_path, lambda _: base_folder(), print).hold(rounds=1)
    rows = rows_of(measured)
    ours, theirs, failed = rows
    assert failed.failure and not failed.costs
    for one in (ours, theirs):
        assert one.failure is None and one.costs
        assert one.qualities[OWN]["English"].hit_5 > 0.4
        assert 0 < one.costs.p50 <= one.costs.p95 and one.costs.papers_a_second > 0
        assert one.costs.asking_bytes > 100e6, "the model alone has as much"
    assert "langchain-text-splitters" in made.packages
    assert ours.refusals[OWN][REFUSED].refused <= ours.refusals[OWN][NOT_ANSWERED].refused
    page = tmp_path / "peers.md"
    page.write_text(f"Before\n{MARKS[0]}\n{MARKS[1]}\nAfter", encoding="utf-8")
    write_between_marks(page, peers_page(rows), MARKS)
    written = page.read_text(encoding="utf-8")
    assert "| LangChain + Chroma |" in written and "- broken: broken ended" in written
    assert written.startswith("Before") and written.endswith("After")
    draw_peers(rows, tmp_path / "peers.png")
    assert (tmp_path / "peers.png").read_bytes().startswith(b"\x89PNG")
