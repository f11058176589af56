"""Hold the near-miss twins of data/reading/ against their rules: `python -m benchmarks.check_reading`.

Prints counts; each broken rule is a line on stderr, and then the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.training.reader.sets import Twin, read_twins
from app.training.reading import SCIFACT
from retrieval.chunking import split_sentences
from retrieval.errors import PaperbackedError
from retrieval.readers.beir import read_beir_papers
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file, shipped_file
from retrieval.types import Paper

SPLITS = ("train", "dev", "test")
KINDS = (
    *("figure", "mechanism", "other_version", "later", "comparison"),
    *("premise", "general", "condition", "detail"),
)
KINDS_ALONE = ("order", "chitchat", "takeover", "harm", "off_topic", "meta")
"""Of what is no question for a paper."""
FEWEST_TWINS = 2_500
FEWEST_OTHER_TEXTS = 400
FEWEST_AUTHORS = 4
"""Authors of dev and of test."""
Split = Sequence[Twin]


def main() -> None:
    """Check the files that ship."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.check_reading", description=__doc__)
    arguments.add_argument("--scifact", type=Path, help="A BEIR folder of SciFact, to check the places in it too.")
    scifact = arguments.parse_args().scifact
    try:
        papers = read_papers(default_papers_file())
        texts = {paper.id: paper.abstract for paper in papers if paper.abstract}
        if scifact:
            texts |= {f"{SCIFACT}:{paper.id}": paper.abstract for paper in read_beir_papers(scifact)}
        splits = {name: read_twins(shipped_file(f"reading/{name}.jsonl")) for name in SPLITS}
        held_out = frozenset(default_questions_file("papers_held_out.txt").read_text(encoding="utf-8").split())
    except (PaperbackedError, OSError) as error:
        sys.exit(str(error))
    print("\n".join(described(splits)))
    broken = list(broken_rules(splits, papers, texts, held_out))
    for rule in broken:
        print(rule, file=sys.stderr)
    sys.exit(1 if broken else 0)


def described(splits: Mapping[str, Split]) -> Iterator[str]:
    """The rows of the table in data/README.md."""
    yield "| | " + " | ".join(f"`{name}.jsonl`" for name in splits) + " |"
    yield "|---" * (len(splits) + 1) + "|"
    counts = {name: Counter(twin.kind for twin in twins) for name, twins in splits.items()}
    yield _row("Twins", (sum(twin.doc is not None for twin in twins) for twins in splits.values()))
    yield _row("Texts", (len({twin.doc for twin in twins} - {None}) for twins in splits.values()))
    for kind in (*KINDS, *KINDS_ALONE):
        yield _row(f"`{kind}`", (count[kind] for count in counts.values()))


def _row(name: str, values: Iterator[int]) -> str:
    return f"| {name} | " + " | ".join(map(str, values)) + " |"


def broken_rules(
    splits: Mapping[str, Split], papers: Sequence[Paper], texts: Mapping[str, str], held_out: frozenset[str]
) -> Iterator[str]:
    """A sentence for each rule that is broken; `texts` are those that places can be checked in."""
    everything = [twin for twins in splits.values() for twin in twins]
    yield from _counts(splits, papers, everything)
    for what, values in (
        ("id", (twin.id for twin in everything)),
        ("question", (text.casefold() for twin in everything for text in (twin.question, twin.near) if text)),
    ):
        for value, times in Counter(values).items():
            if times > 1:
                yield f"the {what} {value!r} stands {times} times"
    for name, twins in splits.items():
        for twin in twins:
            yield from (f"{name}, {twin.id}: {reason}" for reason in _broken(twin, texts, held_out, name == "train"))
    for doc, count in Counter((twin.doc, name) for name, twins in splits.items() for twin in twins if twin.doc).items():
        others = [name for name in splits if name != doc[1] and any(twin.doc == doc[0] for twin in splits[name])]
        if others and count:
            yield f"the text {doc[0]} is in {doc[1]} and in {others[0]}"


def _counts(splits: Mapping[str, Split], papers: Sequence[Paper], everything: Sequence[Twin]) -> Iterator[str]:
    twins = [twin for twin in everything if twin.doc]
    if len(twins) < FEWEST_TWINS:
        yield f"there are {len(twins)} twins, and at least {FEWEST_TWINS} are wanted"
    docs = {twin.doc for twin in twins}
    if sum(str(doc).startswith(SCIFACT) for doc in docs) < FEWEST_OTHER_TEXTS:
        yield f"fewer than {FEWEST_OTHER_TEXTS} texts are of other fields"
    for paper in papers:
        if paper.abstract and paper.id not in docs:
            yield f"the paper {paper.id} has no twins"
    for name in ("dev", "test"):
        if len({twin.author for twin in splits[name]}) < FEWEST_AUTHORS:
            yield f"{name} has fewer than {FEWEST_AUTHORS} authors"


def _broken(twin: Twin, texts: Mapping[str, str], held_out: frozenset[str], train: bool) -> Iterator[str]:
    if twin.doc is None:
        if twin.kind not in KINDS_ALONE or twin.question or twin.answers:
            yield "without a text there is a near miss alone, of a kind of its own"
        return
    if twin.kind not in KINDS:
        yield f"there is no kind {twin.kind!r}"
    if not twin.question.strip() or not twin.near.strip() or not twin.answers:
        yield "a twin has two questions and a place that answers the first"
    if not twin.doc.startswith(SCIFACT) and (twin.doc in held_out) == train:
        yield f"the paper {twin.doc} belongs into another split"
    if (text := texts.get(twin.doc)) is not None:
        sentences = {(span.start, span.end) for span in split_sentences(text)}
        if not {*twin.answers, *twin.correction} <= sentences:
            yield "a place is no sentence of the text"


if __name__ == "__main__":
    main()
