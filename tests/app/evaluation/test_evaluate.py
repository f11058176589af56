"""`paperbacked evaluate`: figures as JSON and as a table, and one sentence for whatever is wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli.commands import main
from app.evaluation.reports import words_of_papers_alone
from app.evaluation.retrieval_table import print_report
from retrieval.evaluation.benchmark import AnswerabilityFigures, Figures, Report, Row
from retrieval.lexical.glossary import Glossary
from retrieval.lexical.index import paper_document
from retrieval.models.embedder import HashEmbedder
from retrieval.questions.expansion import all_texts, expansion_queries_for
from retrieval.questions.labelled import LabelledQuestion
from retrieval.retrieval_weights import RetrievalWeights
from retrieval.types import Paper
from tests.support.in_memory import InMemory, lexical_of

KEYS = ["ndcg@10", "recall@5", "recall@10", "mrr@10", "hit@1", "hit@5"]
QUESTIONS = [
    {"id": "a", "question": "Do safety techniques remove a backdoor?", "papers": ["sleeper-agents"]},
    {
        "id": "b",
        "type": "followup",
        "question": "And adversarial training?",
        "history": [{"role": "user", "content": "Sleeper agents and backdoors"}],
        "papers": ["sleeper-agents"],
    },
    {
        "id": "c",
        "type": "multi",
        "question": "Debate and weak judges",
        "papers": ["sleeper-agents", "rule-based-rewards"],
    },
    {"id": "d", "type": "chinese", "language": "zh", "question": "语言模型的风险", "papers": ["language-model-risks"]},
    {"id": "e", "question": "How long should I boil an egg?", "papers": []},
]
DOCUMENTS = [
    {"_id": "1", "title": "On owls", "text": "Owls hunt at night. They see well."},
    {"_id": "<2>", "title": "On bats", "text": "Bats sleep in caves and hear well."},
    {"_id": "3", "title": "On whales", "text": "Whales sing in the deep sea."},
]


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of this file's tests, so that an index is built once."""
    return tmp_path_factory.mktemp("evaluate")


@pytest.fixture
def run(shared: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str | Path) -> Result:
        with monkeypatch.context() as patch:
            patch.setenv("PAPERBACKED_HOME", str(shared))
            patch.setenv("PAPERBACKED_EMBEDDING", "hash")
            patch.setattr(sys, "argv", ["paperbacked", "evaluate", *map(str, arguments)])
            capsys.readouterr()
            try:
                main()
                status = 0
            except SystemExit as exit:
                status = int(exit.code or 0)
        out, err = capsys.readouterr()
        return Result(status, out, err)

    return run


def write(path: Path, records: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    return write(tmp_path / "asked.jsonl", QUESTIONS)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "animals"
    write(folder / "corpus.jsonl", DOCUMENTS)
    write(folder / "queries.jsonl", [{"_id": "q1", "text": "owls at night"}, {"_id": "q2", "text": "sing in the sea"}])
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\t1\t1\nq2\t<2>\t1\n", encoding="utf-8")
    return folder


def test_questions_as_json(run: Run, asked: Path) -> None:
    result = run("--questions", asked, "--json")
    assert (result.status, result.err, result.out.count("\n")) == (0, "", 1)
    found = json.loads(result.out)["questions"]
    assert found["name"] == "asked.jsonl: 5 questions" and found["papers"] == 94
    assert found["models"]["embedding"] == "hash" and len(found["corpus"]) == 64
    assert found["answerability"]["answerable"] == 4 and found["answerability"]["unanswerable"] == 1
    [shipped] = [row for row in found["ablation"] if row["shipped"]]
    assert len(found["ablation"]) > 3
    assert {key: found[key] for key in KEYS} == {key: shipped[key] for key in KEYS}
    assert set(shipped["types"]) == {"single", "multi", "followup", "followup, without history", "chinese"}
    assert shipped["types"]["single"]["hit@1"] == 1.0
    assert 0 < shipped["p50_ms"] <= shipped["p95_ms"]


def test_questions_as_a_table(run: Run, asked: Path) -> None:
    result = run("--questions", asked)
    assert (result.status, result.err) == (0, "")
    for words in ("asked.jsonl: 5 questions, 94 papers", "BM25 alone", "dense alone", "nDCG@10", "zh", "AUROC"):
        assert words in result.out
    assert result.out.count(" *") == 1 and "\x1b" not in result.out
    assert max(map(len, result.out.splitlines())) <= 80


def test_a_collection(run: Run, shared: Path, tmp_path: Path) -> None:
    write(
        shared / "collections" / "birds.jsonl", [{"id": "owl", "title": "On owls", "abstract": "Owls hunt at night."}]
    )
    file = write(tmp_path / "q.jsonl", [{"id": "1", "question": "night owls", "papers": ["owl"]}])
    found = json.loads(run("--questions", file, "--collection", "birds", "--json").out)["questions"]
    assert (found["papers"], found["hit@1"], found["answerability"]["auroc"]) == (1, 1.0, None)
    wrong = run("--collection", "birds")
    assert wrong.status == 1 and "that the collection does not have" in wrong.err


def test_beir_as_json(run: Run, beir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded: list[str] = []
    embed = HashEmbedder.embed

    def counted(self: HashEmbedder, texts: Any, *more: Any) -> Any:
        embedded.extend(texts)
        return embed(self, texts, *more)

    monkeypatch.setattr(HashEmbedder, "embed", counted)
    result = run("--beir", beir, "--split", "test", "--json")
    assert (result.status, result.err) == (0, "")
    found = json.loads(result.out)
    assert list(found) == ["beir"]
    assert found["beir"]["name"] == "animals, test: 2 queries" and found["beir"]["papers"] == 3
    assert found["beir"]["hit@1"] == 0.5
    assert not any(row["weights"]["questions"] or row["weights"]["glossary"] for row in found["beir"]["ablation"])
    assert any("Owls hunt" in text for text in embedded)
    embedded.clear()
    again = json.loads(run("--beir", beir, "--json").out)["beir"]
    assert {key: again[key] for key in KEYS} == {key: found["beir"][key] for key in KEYS}
    assert embedded and not any("Owls hunt" in text for text in embedded)


def test_rows_without_the_written_questions_know_none_of_their_words(papers: tuple[Paper, ...]) -> None:
    collection = InMemory()
    held = collection.add(papers)
    written = LabelledQuestion("q", "single", "en", "Do Kakapos nest in barrels?", ("sleeper-agents",))
    queries = expansion_queries_for(papers, [written], Glossary({}))
    lexical = lexical_of(held, all_texts(queries))
    alone = words_of_papers_alone(collection.retriever(held, lexical=lexical, expansion_queries=queries))
    assert lexical.knows("Kakapos") and not alone.knows("Kakapos")
    assert alone.knows("deceptive") and alone.nearest("sleeper agents", 1) == lexical.nearest("sleeper agents", 1)
    documents = {number: paper_document(one.paper) for number, one in held.numbered(range(1, len(papers) + 1)).items()}
    assert len(documents) == len(papers)
    told = lexical_of(held).scores("backdoors in deceptive models", documents)
    assert alone.scores("backdoors in deceptive models", documents) == told


def test_both(run: Run, beir: Path, asked: Path) -> None:
    assert set(json.loads(run("--beir", beir, "--questions", asked, "--json").out)) == {"beir", "questions"}


def reason(result: Result) -> str:
    assert (result.status, result.out) == (1, "") and "Traceback" not in result.err
    [line] = result.err.splitlines()
    assert line.endswith(".")
    return line


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([], "holds no questions: give a file with one JSON object a line."),
        ([{"id": "a"}], "line 1: the key 'question' is missing; mend the line"),
        ([{"_id": "1", "text": "a"}], "line 1: the key 'question' is missing"),
        ([QUESTIONS[0] | {"papers": ["nobodys"]}], "'a' names a paper 'nobodys' that the collection does not have"),
        ([QUESTIONS[0] | {"question": "x" * 2001}], "The question has 2,001 characters and the limit is 2,000"),
        ([QUESTIONS[0] | {"question": "?!"}], "The question is empty"),
    ],
)
def test_a_bad_questions_file(run: Run, tmp_path: Path, records: list[Any], words: str) -> None:
    assert words in reason(run("--questions", write(tmp_path / "bad.jsonl", records)))


def test_a_bad_beir_folder(run: Run, beir: Path, tmp_path: Path) -> None:
    assert "is no folder" in reason(run("--beir", tmp_path / "nowhere"))
    assert "has no split 'dev': choose from test." in reason(run("--beir", beir, "--split", "dev"))
    (beir / "qrels" / "test.tsv").write_text("q1\t9\t1\n", encoding="utf-8")
    assert "there is no document '9' in corpus.jsonl" in reason(run("--beir", beir))
    (beir / "queries.jsonl").unlink()
    assert "has no queries.jsonl" in reason(run("--beir", beir))


def test_names_are_not_read_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    figures = Figures(1, dict.fromkeys(KEYS, 1.0), dict.fromkeys(KEYS, (1.0, 1.0)), 1.0, 2.0)
    row = Row("[red]signal[/red]", RetrievalWeights(), True, figures, {"[b]kind": figures}, {})
    known = AnswerabilityFigures(1, 1, 1.0, (1.0, 1.0), ((0.5, 0.0), (1.0, 0.5)))
    print_report(Report({"name": "[red]file", "papers": 1}, (row,), known))
    out = capsys.readouterr().out
    assert "[red]file" in out and "[red]signal" in out and "[b]kind" in out
    assert "0% at 50%" in " ".join(out.split()) and "50% at 100%" in " ".join(out.split())
