"""Feed what reads files of strangers with broken ones: `python -m benchmarks.fuzz_readers [--minutes N] [--only NAME]`.

Each form is fuzzed by atheris in a process of its own, beginning with the files of tests/data: a file must become
papers, problems in words, or one error that is meant for its reader; nothing else may be raised, hang, or end the
process. What did stays in `--findings`, one file each, and the exit code is 1. Needs the `dev` extra, on Linux.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import CorpusError, PaperbackedError

if TYPE_CHECKING:
    from retrieval.documents.reading import DocumentReaders

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "tests" / "data" / "references"
MOST_ENTRIES = 2_000
LONGEST_INPUT = 16_384
SLOWEST_SECONDS = 20
MOST_MEMORY_MB = 2_048
GRACE_SECONDS = 120
"""How long a process may take to start and to end beside its time."""


@dataclass(frozen=True, slots=True)
class Target:
    """A form that is fuzzed: what its files are called, and which of the seeds are of it."""

    name: str
    suffix: str
    seeds: tuple[str, ...]
    check: Callable[[Path], None]


def check_references(path: Path) -> None:
    """Read a file of references; raises `AssertionError`, or whatever a reader should not have raised."""
    from retrieval.readers.jsonl import parse_paper
    from retrieval.readers.registry import read_entries

    try:
        for entry in islice(read_entries(path), MOST_ENTRIES):
            assert entry.place and (entry.paper is None) == bool(entry.problem), entry
            if entry.paper:
                assert parse_paper(dict(entry.paper.as_json())) == entry.paper
    except CorpusError as error:
        assert str(error).endswith(".") and "\n" not in str(error).replace(str(path), "")


def check_document(path: Path) -> None:
    """Read a document: a text in this process, a PDF in the child process that a user's is read in."""
    try:
        read = _documents().read(path)
    except PaperbackedError:
        return
    text = read.text.text
    for section in read.text.sections:
        assert 0 <= section.start <= section.end <= len(text)
    assert read.abstract in text


@cache
def _documents() -> DocumentReaders:
    from retrieval.documents.reading import DocumentReaders

    return DocumentReaders()


TARGETS = (
    Target("bibtex", ".bib", ("library.bib",), check_references),
    Target("ris", ".ris", ("library.ris",), check_references),
    Target("csl", ".json", ("library.json",), check_references),
    Target("table", ".csv", ("papers.csv",), check_references),
    Target("lines", ".jsonl", ("openalex.jsonl", "arxiv-snapshot.jsonl"), check_references),
    Target("ids", ".txt", ("ids.txt",), check_references),
    Target("markdown", ".md", ("ids.txt",), check_document),
    Target("pdf", ".pdf", (), check_document),
)


def main() -> None:
    """Fuzz every form for its share of the time, or, with --child, one of them until its time is over."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz_readers", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="for all forms together")
    parser.add_argument("--only", choices=[target.name for target in TARGETS], help="fuzz this form alone")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="where what failed is kept")
    parser.add_argument("--child", choices=[target.name for target in TARGETS], help=argparse.SUPPRESS)
    arguments, rest = parser.parse_known_args()
    if arguments.child:
        _fuzz(_target(arguments.child), rest)
        return
    chosen = [_target(arguments.only)] if arguments.only else list(TARGETS)
    seconds = max(1, round(arguments.minutes * 60 / len(chosen)))
    failed = [target.name for target in chosen if not run(target, seconds, arguments.findings)]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}; the files are in {arguments.findings}.")


def run(target: Target, seconds: int, findings: Path) -> bool:
    """Fuzz one form for so long in a process of its own; whether nothing was found. What was is kept in a folder."""
    findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        corpus, made = Path(folder, "corpus"), Path(folder, "made")
        for place in (corpus, made):
            place.mkdir()
        for number, seed in enumerate(_seeds(target)):
            (corpus / f"{number}{target.suffix}").write_bytes(seed)
        command = [sys.executable, "-m", "benchmarks.fuzz_readers", "--child", target.name, str(corpus)]
        command += [f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", f"-timeout={SLOWEST_SECONDS}"]
        command.append(f"-report_slow_units={SLOWEST_SECONDS}")
        command += [f"-rss_limit_mb={MOST_MEMORY_MB}", f"-artifact_prefix={findings.resolve()}/{target.name}-"]
        command += ["-print_final_stats=1", "-verbosity=0"]
        environment = os.environ | {"TMPDIR": str(made)}
        try:
            ended = subprocess.run(command, cwd=ROOT, env=environment, timeout=seconds + GRACE_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            print(f"{target.name}: does not end", file=sys.stderr)
            return False
    return ended.returncode == 0


def _fuzz(target: Target, arguments: list[str]) -> None:
    import atheris

    instrument: Any = vars(atheris)["instrument_imports"]  # which atheris makes in a way that no type checker sees
    with instrument(include=["retrieval", "bibtexparser", "rispy"]):
        import retrieval.documents.text_files
        import retrieval.readers.registry  # noqa: F401

    folder = Path(tempfile.mkdtemp(prefix="paperbacked-fuzz-"))
    path = folder / f"input{target.suffix}"

    def one(data: bytes) -> None:
        path.write_bytes(data)
        target.check(path)

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def _seeds(target: Target) -> list[bytes]:
    return [(SEEDS / name).read_bytes() for name in target.seeds] or [_made_pdf()]


def _made_pdf() -> bytes:
    """A small PDF with a title, a heading and a text."""
    import io

    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)
    for line, text in enumerate(
        ("A Title of a Paper", "Abstract", "We study tides of mo-", "dels and find them.", "1 Introduction", "Tides.")
    ):
        canvas.drawString(72, 720 - 20 * line, text)
    canvas.save()
    return file.getvalue()


def _target(name: str) -> Target:
    return next(target for target in TARGETS if target.name == name)


if __name__ == "__main__":
    main()
