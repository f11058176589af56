"""The `paperbacked` command: results on stdout, everything else on stderr, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.answering.answer import REFUSAL
from app.answering.question import checked_question
from app.build import LocalAnswerer
from app.cli.batch import answer_file
from app.cli.commands import main
from app.cli.output import note

ROOT = Path(__file__).parents[3]
# Words of the abstract, as the hash embedder knows nothing else.
BACKDOOR = "Is backdoor behavior removed by standard safety training techniques such as adversarial training?"
KEYS = [
    *("id", "question", "standalone_question", "status", "mode", "answer", "confidence", "sentences", "citations"),
    *("sources", "followups", "timings", "models", "note", "notes", "direct", "read", "parts", "table"),
    "outside_filter",
]
OWL = {"id": "owl", "title": "On owls", "abstract": "Owls hunt at night. They see well."}
HEAVY = ("torch", "transformers", "sentence_transformers", "gradio", "chromadb", "pydantic", "langchain_core", "numpy")


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def reason(self) -> str:
        """The one line that says why it failed."""
        assert self.out == "" and "Traceback" not in self.err
        [line] = self.err.splitlines()
        assert line.endswith(".")
        return line


Run = Callable[..., Result]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of this file's tests, so that the index is built once."""
    return tmp_path_factory.mktemp("cli")


@pytest.fixture
def run(shared: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("ask", "…")`: the command within this process."""

    def run(*arguments: str, **variables: str) -> Result:
        with monkeypatch.context() as patch:
            for name, value in ({"home": str(shared), "embedding": "hash"} | variables).items():
                patch.setenv(f"PAPERBACKED_{name.upper()}", value)
            patch.setattr(sys, "argv", ["paperbacked", *arguments])
            capsys.readouterr()
            try:
                main()
                status = 0
            except SystemExit as exit:
                status = int(exit.code or 0)
        out, err = capsys.readouterr()
        return Result(status, out, err)

    return run


def command(shared: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command for a process of its own, and its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PAPERBACKED_")}
    environment |= {"PAPERBACKED_HOME": str(shared), "PAPERBACKED_EMBEDDING": "hash", "PYTHONPATH": str(ROOT)}
    return [sys.executable, "-m", "app", *arguments], environment


def write(path: Path, *records: Any) -> Path:
    lines = (record if isinstance(record, str) else json.dumps(record) for record in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_help_is_quick(shared: Path) -> None:
    arguments, environment = command(shared, "--help")
    took, done = [], []
    for _ in range(2):
        began = time.monotonic()
        done.append(subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True))
        took.append(time.monotonic() - began)
    assert min(took) < 2
    assert all(name in done[-1].stdout for name in ("serve", "ask", "papers", "search", "ingest", "doctor"))


def test_a_question_in_a_process_of_its_own(shared: Path, tmp_path: Path) -> None:
    arguments, environment = command(shared, "ask", BACKDOOR, "--json")
    done = subprocess.run(arguments, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert list(answer) == KEYS
    assert answer["citations"][0]["paper"]["id"] == "sleeper-agents"
    assert "Traceback" not in done.stderr and "Warning" not in done.stderr
    assert list(tmp_path.glob("*.jsonl")) == []


def test_a_reader_who_has_read_enough(shared: Path) -> None:
    python, environment = command(shared, "papers", "--json")
    script = 'set -o pipefail; "$@" | head -1'
    done = subprocess.run(["bash", "-c", script, "bash", *python], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


def test_a_terminal_that_knows_few_letters(shared: Path) -> None:
    arguments, environment = command(shared, "papers")
    environment["PYTHONIOENCODING"] = "ascii"
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Sleeper" in done.stdout


SWALLOWED = """
import time
import app.cli.commands as commands

def swallows():
    print("begun", flush=True)
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            pass

commands.app = swallows
commands.INTERRUPT_SECONDS = 0.5
commands.main()
"""


def test_ctrl_c_ends_a_command_whose_library_swallows_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SWALLOWED], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "Stopped.\n")


def test_ctrl_c_while_indexing(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(500)]
    papers = write(
        tmp_path / "many.jsonl",
        *(
            {
                "id": f"p{n}",
                "title": f"T{n}",
                "abstract": " ".join(f"{words[(n + k) % 500]} is.".title() for k in range(40)),
            }
            for n in range(4000)
        ),
    )
    home = tmp_path / "h"
    arguments, environment = command(home, "ask", "word7?")
    environment["PAPERBACKED_PAPERS"] = str(papers)
    with subprocess.Popen(
        arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while not (home / "collections" / "default" / "papers.sqlite").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.2)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == "" and "Traceback" not in err
    assert err.strip().splitlines()[-1] == "Stopped."


MADE_OF_TORCH = tuple(
    f"app.training.reader.{name}" for name in ("attention", "export", "measure", "network", "rows", "training")
)
"""A network is a class of torch's; only `finetune reader` imports these."""
IMPORTS = f"""
import importlib, pkgutil, socket, sys, threading

def refused(*arguments, **options):
    raise AssertionError("an import reached for the network")

import app.cli.commands
heavy = [name for name in {HEAVY!r} if name in sys.modules]
assert not heavy, f"app.cli.commands imports {{heavy}}"

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refused
socket.getaddrinfo = socket.create_connection = refused
import app, prompts, retrieval
for package in (prompts, retrieval, app):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name not in {MADE_OF_TORCH!r}:
            importlib.import_module(module.name)
lazy = [name for name in ("torch", "transformers", "sentence_transformers") if name in sys.modules]
assert not lazy, f"imported before they are needed: {{lazy}}"
print(len(sys.modules), threading.active_count())
"""


def test_imports_are_light_and_do_no_work(tmp_path: Path) -> None:
    _, environment = command(tmp_path / "home")
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_papers_as_json(run: Run) -> None:
    result = run("papers", "--json")
    assert (result.status, result.err) == (0, "")
    assert len(result.lines) == 94
    assert len({paper["id"] for paper in result.lines}) == 94
    assert "\\u" not in result.out


def test_papers_as_a_table(run: Run) -> None:
    result = run("papers")
    assert result.status == 0 and result.err == ""
    assert "Date" in result.out.splitlines()[0]
    assert len(re.findall(r"^\d{4}-\d{2}-\d{2}", result.out, re.MULTILINE)) == 78


def test_a_note_moves_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    note("The model \x9b2J\u202eevil\x1b]0;x\x07 is\nhere.")
    assert capsys.readouterr().err == "The model  2Jevil ]0;x  is here.\n"


def test_ask(run: Run) -> None:
    result = run("ask", BACKDOOR)
    assert result.status == 0
    flat = " ".join(result.out.split())
    assert "Sleeper Agents" in flat and "[1]" in flat and "Cited" in flat and "quotes · hash" in flat
    assert "{" not in result.out and "\x1b" not in result.out


def test_ask_off_topic(run: Run) -> None:
    result = run("ask", "How long should I boil an egg?")
    assert result.status == 0 and result.out.startswith(f"{REFUSAL}\n")
    assert "Closest to it: " in result.out and "Cited" not in result.out


@pytest.mark.parametrize(
    ("options", "field", "values"),
    [
        (("--lab", "openai"), "organisation", {"OpenAI"}),
        (("--lab", "OpenAI", "--lab", "NIST"), "organisation", {"OpenAI", "NIST"}),
        (("--category", "robustness"), "category", {"Robustness"}),
        (("--language", "zh"), "language", {"zh"}),
        (("--paper", "sleeper-agents", "--paper", "raft"), "id", {"sleeper-agents", "raft"}),
    ],
)
def test_ask_with_filters(run: Run, options: tuple[str, ...], field: str, values: set[str]) -> None:
    [answer] = run("ask", "risks of models", "--json", *options).lines
    assert {source["paper"][field] for source in answer["sources"]} == values


def test_ask_within_dates(run: Run) -> None:
    [answer] = run("ask", BACKDOOR, "--json", "--since", "2023-05", "--until", "2024").lines
    days = [source["paper"]["published"] for source in answer["sources"]]
    assert days and all("2023-05-01" <= day <= "2024-12-31" for day in days)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("ask", BACKDOOR, "--lab", "Foo"), "There is no organisation 'Foo': choose from Google DeepMind, Anthropic, "),
        (("ask", BACKDOOR, "--category", "Foo"), "There is no category 'Foo': choose from Enhancing human feedback, "),
        (("ask", BACKDOOR, "--paper", "nobodys"), "There is no paper 'nobodys' in the collection: "),
        (("ask", BACKDOOR, "--language", "de"), "There is no language 'de': choose from en, zh."),
        (("ask", BACKDOOR, "--since", "soon"), "'soon' is no date: write YYYY, YYYY-MM or YYYY-MM-DD."),
        (
            ("ask", BACKDOOR, "--since", "2024", "--until", "2023"),
            "The filter's first date 2024-01-01 is after its last",
        ),
        (("ask", ""), "The question is empty: "),
        (("ask", " \t"), "The question is empty: "),
        (("ask", "a" * 100_000), "The question has 100,000 characters and the limit is 2,000: "),
        (("ask", BACKDOOR, "--llm", "nonsense"), "There is no language model 'nonsense': give "),
        (("ask", BACKDOOR, "--llm", "openai:gpt"), "openai:gpt needs the address of its server: give --llm-url"),
        (("ask", BACKDOOR, "--collection", "nobodys"), "There is no collection 'nobodys': choose from default"),
        (("ask", BACKDOOR, "--collection", "No Name"), "The setting collection is wrong "),
        (("search", ""), "The question is empty: "),
        (("search", "a", "--lab", "Foo"), "There is no organisation 'Foo'"),
        (("papers", "--collection", "nobodys"), "There is no collection 'nobodys'"),
        (("ingest", "/no/such/file"), "The papers file /no/such/file cannot be read (No such file or directory): "),
        (("ingest", "/"), "The papers file / cannot be read (Is a directory): "),
        (("serve", "--port", "99999"), "The setting port is wrong "),
        (("ask", "--batch", "/no/such/file", "--out", "/tmp/o"), "The questions file /no/such/file cannot be read"),
    ],
)
def test_a_failure_is_one_line(run: Run, arguments: tuple[str, ...], reason: str) -> None:
    result = run(*arguments)
    assert result.status == 1
    assert result.reason.startswith(reason)


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"papers": "/no/such/file.jsonl"}, "The papers file /no/such/file.jsonl cannot be read"),
        ({"papers": "/dev/null"}, "/dev/null holds no papers: "),
        ({"home": "/dev/null"}, "The folder /dev/null cannot be written"),
        ({"home": "/dev/null/deeper"}, "The folder /dev/null/deeper cannot be written"),
        ({"home": "~nobody-of-that-name/x"}, "The setting home is wrong "),
        ({"embedding": "no/such-model"}, ""),
        ({"lllm": "none"}, "There is no setting PAPERBACKED_LLLM: choose from "),
        ({"port": "http"}, "The setting port is wrong "),
        ({"chroma_url": "nonsense"}, "nonsense is no address of a Chroma server: "),
        ({"chroma_url": "http://127.0.0.1:9"}, "The index in http://127.0.0.1:9 cannot be used "),
    ],
)
def test_a_wrong_setting_is_one_line(run: Run, variables: dict[str, str], reason: str) -> None:
    result = run("ask", BACKDOOR, **variables)
    assert result.status == 1
    assert result.reason.startswith(reason)


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "a", "b"),
        ("ask", "a", "--batch", "b"),
        ("ask", "--batch", "b"),
        ("ask", "a", "--out", "b"),
        ("ask", "a", "--nonsense"),
        ("search",),
        ("search", "a", "--top", "0"),
        ("search", "a", "--top", "101"),
        ("search", "a", "--top", "many"),
        ("ingest",),
        ("serve", "--port", "http"),
        ("finetune", "embedding", "--out", "a", "--steps", "3"),
        ("finetune", "embedding", "--out", "a", "--base", "b"),
        ("finetune", "embedding", "--out", "a", "--also", "b", "--also", "c"),
        ("finetune", "answers", "--out", "a", "--also", "b", "--also", "c"),
        ("finetune", "answers", "--out", "a", "--hold-out", "b"),
        ("nonsense",),
    ],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.status, result.out) == (2, "")
    assert "Usage: " in result.err and "Traceback" not in result.err


def test_search(run: Run) -> None:
    result = run("search", BACKDOOR, "--json", "--top", "3")
    [found] = result.lines
    assert result.err == ""
    assert [source["rank"] for source in found] == [1, 2, 3]
    assert found[0]["paper"]["id"] == "sleeper-agents"
    text = run("search", BACKDOOR, "--top", "3", "--lab", "openai").out
    assert re.findall(r"^(\d+)\. ", text, re.MULTILINE) == ["1", "2", "3"]
    assert "Anthropic" not in text


def test_own_papers(run: Run, tmp_path: Path) -> None:
    result = run("ingest", str(write(tmp_path / "owl.jsonl", OWL)), "--collection", "owls")
    assert (result.status, result.out) == (0, "")
    assert result.err.splitlines()[-1] == "The collection 'owls' has 1 paper: 1 new, 0 changed, 0 unchanged."
    assert [paper["id"] for paper in run("papers", "--json", "--collection", "owls").lines] == ["owl"]
    [answer] = run("ask", "Do owls hunt at night?", "--json", "--collection", "owls").lines
    assert [citation["quote"] for citation in answer["citations"]] == ["Owls hunt at night."]
    assert answer["models"]["corpus"].startswith("owls@")
    assert len(run("papers", "--json").lines) == 94

    bad = write(tmp_path / "bad.jsonl", OWL | {"id": "other"}, "{")
    result = run("ingest", str(bad), "--collection", "owls")
    assert result.status == 1 and result.reason.startswith(f"{bad}, line 2: not JSON")
    assert [paper["id"] for paper in run("papers", "--json", "--collection", "owls").lines] == ["owl"]

    more = write(tmp_path / "more.jsonl", OWL, OWL | {"id": "other"})
    told = run("ingest", str(more), "--collection", "owls").err.splitlines()[-1]
    assert told == "The collection 'owls' has 2 papers: 1 new, 0 changed, 1 unchanged."


def test_without_ray_no_cluster_embeds_and_nothing_is_added(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    result = run("ingest", str(write(tmp_path / "owl.jsonl", OWL)), "--collection", "far", "--ray", "local")
    assert result.status == 1
    assert result.reason == "Ray is not installed: install paperbacked[cluster], or leave --ray out."
    assert run("papers", "--collection", "far").reason.startswith("There is no collection 'far'")


def test_a_bad_file_makes_no_collection(run: Run, tmp_path: Path) -> None:
    assert run("ingest", str(write(tmp_path / "bad.jsonl", OWL, OWL)), "--collection", "twice").status == 1
    assert run("papers", "--collection", "twice").reason.startswith("There is no collection 'twice'")


def test_doctor(run: Run, tmp_path: Path) -> None:
    result = run("doctor", "--json")
    [findings] = result.lines
    assert (result.status, result.err) == (0, "")
    assert [finding["what"] for finding in findings] == [
        *("Software", "Home folder", "Papers", "Embedding model", "Index", "Passages", "Reader", "Model hub"),
        "Language model",
    ]
    assert "94 in the collection" in run("doctor").out
    result = run("doctor", papers="/no/such/file")
    assert result.status == 1
    assert "no  Papers: The papers file /no/such/file cannot be read" in " ".join(result.out.split("\n"))


def test_a_port_in_use(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port))
    assert result.status == 1
    assert (
        result.reason
        == f"Port {port} on 127.0.0.1 cannot be used (Address already in use): choose another with --port."
    )


def test_a_language_model_that_cannot_be_had_is_noted(run: Run, tmp_path: Path) -> None:
    result = run("ask", BACKDOOR, "--json", "--llm", str(tmp_path))
    [answer] = result.lines
    assert result.status == 0 and answer["status"] == "answered" and answer["mode"] == "quotes"
    assert answer["note"].endswith("These are the quotes.")
    assert result.err.strip() in answer["note"]


def test_a_batch(run: Run, tmp_path: Path) -> None:
    history = [{"role": "user", "content": BACKDOOR}, {"role": "assistant", "content": "No."}]
    asked = [
        {"id": "b", "question": BACKDOOR},
        {"id": 7, "question": "How long should I boil an egg?"},
        {"id": "b", "question": "Why?", "history": history},
        {"id": None, "question": "risks of models", "filters": {"organisation": ["openai"], "since": "2023"}},
        {"id": {"deep": [1]}, "question": "模型会撒谎吗？", "filters": {}},
        {"id": "\ud800", "question": "a\ud800b"},
    ]
    out = tmp_path / "out.jsonl"
    result = run(
        "ask", "--batch", str(write(tmp_path / "in.jsonl", *asked, "")), "--out", str(out), "--lab", "Anthropic"
    )
    assert (result.status, result.out) == (0, "")
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == [record["id"] for record in asked]
    assert [list(answer) for answer in answers] == [KEYS] * len(asked)
    assert [answer["status"] for answer in answers[:2]] == ["answered", "abstained"]
    assert answers[2]["standalone_question"] == f"{BACKDOOR} Why?"
    organisations = [{source["paper"]["organisation"] for source in answer["sources"]} for answer in answers]
    assert organisations == [{"Anthropic"}] * 3 + [{"OpenAI"}] + [{"Anthropic"}] * 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["in.jsonl", "out.jsonl"]


def test_a_batch_answers_as_ask_does(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run("ask", "--batch", str(write(tmp_path / "in.jsonl", {"id": 1, "question": BACKDOOR})), "--out", str(out))
    [alone] = run("ask", BACKDOOR, "--json").lines
    [batched] = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {**alone, "id": 1, "timings": None} == {**batched, "timings": None}


@pytest.mark.parametrize("start", ["\ufeff", "\n\r\n"])
def test_a_batch_as_windows_writes_it(run: Run, tmp_path: Path, start: str) -> None:
    asked = tmp_path / "in.jsonl"
    asked.write_bytes(f'{start}{{"id": 1, "question": "{BACKDOOR}"}}\r\n'.encode())
    assert run("ask", "--batch", str(asked), "--out", str(tmp_path / "out.jsonl")).status == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting property name"),
        ("[]", "not a JSON object"),
        ('{"question": "a"}', 'not an object with an "id"'),
        ('{"id": 1}', 'a string "question"'),
        ('{"id": 1, "question": ""}', "The question is empty"),
        ('{"id": 1, "question": "' + "a" * 3000 + '"}', "3,000 characters"),
        ('{"id": 1, "question": "' + "a" * 1_000_001 + '"}', "longer than 1,000,000 bytes"),
        ('{"id": 1, "question": "a", "history": 1}', "history"),
        (
            '{"id": 1, "question": "a", "filters": {"lab": "x"}}',
            "organisation, category, language, paper, since, until",
        ),
        ('{"id": 1, "question": "a", "filters": {"since": "soon"}}', "no date"),
        ("[" * 100_000, "line 2"),
    ],
)
def test_a_bad_line_of_a_batch(run: Run, tmp_path: Path, line: str, reason: str) -> None:
    asked = write(tmp_path / "in.jsonl", {"id": 1, "question": BACKDOOR}, line)
    result = run("ask", "--batch", str(asked), "--out", str(tmp_path / "out.jsonl"))
    assert result.status == 1
    assert result.reason.startswith(f"{asked}, line 2: ") and reason in result.reason
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["in.jsonl"]


def test_a_filter_value_that_a_batch_gets_wrong(run: Run, tmp_path: Path) -> None:
    asked = write(
        tmp_path / "in.jsonl",
        {"id": 1, "question": BACKDOOR},
        {"id": 2, "question": BACKDOOR, "filters": {"organisation": "Foo"}},
    )
    result = run("ask", "--batch", str(asked), "--out", str(tmp_path / "out.jsonl"))
    assert result.status == 1
    assert result.reason.startswith(f"{asked}, line 2: There is no organisation 'Foo': choose from Google DeepMind")
    assert "Traceback" not in result.err and not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("out", [".", "/", "/no/such/folder/out.jsonl", "/dev/null/out.jsonl"])
def test_a_batch_that_cannot_be_written(run: Run, tmp_path: Path, out: str) -> None:
    asked = write(tmp_path / "in.jsonl", {"id": 1, "question": BACKDOOR})
    result = run("ask", "--batch", str(asked), "--out", out)
    assert result.status == 1 and "Traceback" not in result.err
    assert result.err.splitlines()[-1].endswith("choose another with --out.")


def test_a_batch_stopped_half_way_leaves_no_half_file(answerer: LocalAnswerer, tmp_path: Path) -> None:
    asked = [(number, checked_question(BACKDOOR)) for number in range(3)]

    def stop(label: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answer_file(answerer, asked, write(tmp_path / "out.jsonl", "old"), stop)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.jsonl"]
    assert (tmp_path / "out.jsonl").read_text() == "old\n"


def test_a_refused_batch_leaves_the_old_answers(run: Run, tmp_path: Path) -> None:
    out = write(tmp_path / "out.jsonl", "old")
    asked = write(tmp_path / "in.jsonl", {"id": 1, "question": BACKDOOR}, "{")
    assert run("ask", "--batch", str(asked), "--out", str(out)).status == 1
    assert out.read_text() == "old\n"
