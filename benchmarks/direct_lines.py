"""The line above quotes: `python -m benchmarks.direct_lines [--draw FILE QUESTIONS…] [--fit] [--write PAGE]`.

--draw has the model that ships, or --llm, write candidates for questions that quotes answer, to be read by hand;
answers that were prepared are left out, so that it is as over any other papers.
data/people/lines.dev.jsonl and lines.test.jsonl have such lines with what a reader found: "right" (it answers, and the
quotes say it), "beside" (true, but no answer) or "wrong" (the quotes do not say it). With --fit data/models/direct.json
is written anew from the first; the table says how the second fare.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# scikit-learn has no whole types.

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.checking.contradiction import Contradiction
from app.answering.checking.direct_check import (
    FEATURES,
    FILE,
    NEVER,
    DirectCheck,
    DirectThreshold,
    read_direct_threshold,
)
from app.answering.checking.support import MODEL_FILE as SUPPORT_FILE
from app.answering.checking.support import SupportCheck, read_support
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.citation import Citation
from app.answering.evidence.calibration import MODEL_FILE as READING_FILE
from app.answering.evidence.calibration import read_calibration
from app.answering.logistic import Logistic
from app.answering.models.local_chat import DRAWN
from app.answering.models.opening import open_llm
from app.answering.question import Turn, checked_question
from app.answering.reading.opening import open_reader
from app.answering.writing.direct_line import CANDIDATES, MAX_TOKENS, MOST_QUOTES, said_lines
from app.answering.writing.direct_prompt import direct_messages
from app.build import build_answerer
from app.quiet import silence_libraries
from app.settings import read_settings
from benchmarks.figures import provenance, write_between_marks
from retrieval.errors import InputError
from retrieval.evaluation.metrics import auroc
from retrieval.json_lines import read_records
from retrieval.models.embedding import open_embedder
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, shipped_file
from retrieval.types import Paper

MARKS = "<!-- direct: begin -->", "<!-- direct: end -->"
COMMAND = "python -m benchmarks.direct_lines"
SPLITS = ("dev", "test")
RIGHT = "right"
MOST_WRONG = 0.03
"""Of the lines shown at most this share may be wrong; the threshold is chosen so on the first split."""
FEWEST_SHOWN = 30
"""Of fewer lines, none wrong, nobody can tell that so few are: then none is shown."""
RIDGE = 0.3
UNFITTED = DirectThreshold(Logistic(dict.fromkeys(FEATURES, 0.0), 0.0), 1.0)
"""What only measures features."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line for a question over quotes, and what a reader found of it."""

    question: str
    quotes: tuple[Citation, ...]
    line: str
    mark: str


def read_lines(split: str, papers: dict[str, Paper]) -> list[ReadLine]:
    """The lines of a split. Raises `InputError`."""

    def parsed(record: dict[str, Any]) -> ReadLine:
        quotes = tuple(
            _citation(number, papers[str(one["paper"])], str(one["text"]))
            for number, one in enumerate(record["quotes"], 1)
        )
        return ReadLine(str(record["question"]), quotes, str(record["line"]), str(record["mark"]))

    file = shipped_file(f"people/lines.{split}.jsonl")
    return [line for _, line in read_records(file, parsed, what="lines", kind=InputError)]


def _citation(number: int, paper: Paper, text: str) -> Citation:
    start = paper.abstract.index(text)
    return Citation(number, paper, start, start + len(text), 1.0)


# ---- drawing


def draw(out: Path, files: Sequence[Path], name: str) -> None:
    """Append to `out` the candidates for each question of the files that quotes alone answer."""
    settings = read_settings(llm="none")
    answerer = build_answerer(settings, lambda *_: None, print)
    chain = answerer.collection.chain
    # As over any other papers: nothing was prepared.
    chain.search = replace(chain.search, prepared=None)
    llm: Any = open_llm(name, home=settings.home)
    with out.open("a", encoding="utf-8") as written:
        for file in files:
            for line in file.read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                history = tuple(Turn(turn["role"], turn["content"]) for turn in record.get("history", ()))
                answer = answerer.ask(checked_question(record["question"], history))
                if answer.status != "answered" or answer.parts or not answer.citations:
                    continue
                quotes = [quote for quote in answer.citations if not quote.gloss][:MOST_QUOTES]
                asked = answer.standalone_question
                if not quotes:
                    continue
                messages = direct_messages(asked, [(quote.paper.name, quote.quote) for quote in quotes])
                greedy = llm.invoke(messages, max_tokens=MAX_TOKENS).content
                drawn = llm.invoke(messages, **{"max_tokens": MAX_TOKENS, DRAWN: CANDIDATES}).response_metadata[DRAWN]
                texts = [greedy, *drawn]
                shown = [{"paper": quote.paper.id, "text": quote.quote} for quote in quotes]
                for said in dict.fromkeys(one for text in texts for one in said_lines(asked, text)):
                    row = {"set": file.stem, "question": asked, "quotes": shown, "line": said}
                    written.write(json.dumps(row, ensure_ascii=False) + "\n")
                written.flush()


# ---- fitting


def measured(check: DirectCheck, lines: Sequence[ReadLine]) -> list[tuple[ReadLine, list[float]]]:
    """The features of each line that is one at all, in the order of `FEATURES`."""
    told: list[tuple[ReadLine, list[float]]] = []
    for line in lines:
        if found := check.features(line.question, line.line, line.quotes):
            told.append((line, [found[0][name] for name in FEATURES]))
    return told


def best_by_question(rows: Sequence[tuple[ReadLine, float]]) -> list[tuple[ReadLine, float]]:
    """Of each question the line that would be shown."""
    by_question: defaultdict[str, list[tuple[ReadLine, float]]] = defaultdict(list)
    for line, chance in rows:
        by_question[line.question].append((line, chance))
    return [max(some, key=lambda one: one[1]) for some in by_question.values()]


def fit(check: DirectCheck, lines: Sequence[ReadLine]) -> dict[str, Any]:
    """The regression, and the threshold chosen on questions that it was not fitted to, in five parts."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    rows = measured(check, lines)
    given = np.array([values for _, values in rows])
    right = np.array([line.mark == RIGHT for line, _ in rows])
    groups = [line.question for line, _ in rows]
    chances = np.zeros(len(rows))
    for learned, held in GroupKFold(5).split(given, right, groups):
        model = LogisticRegression(C=RIDGE).fit(given[learned], right[learned])
        chances[held] = model.predict_proba(given[held])[:, 1]
    shown = best_by_question([(line, float(chance)) for (line, _), chance in zip(rows, chances, strict=True)])
    told = auroc(chances[right], chances[~right])
    model = LogisticRegression(C=RIDGE).fit(given, right)
    weights = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.coef_[0], strict=True)}
    return {
        "weights": weights,
        "bias": round(float(model.intercept_[0]), 4),
        "threshold": round(lowest_threshold(shown), 4),
        "auroc": round(told, 3),
    }


def lowest_threshold(shown: Sequence[tuple[ReadLine, float]]) -> float:
    """The lowest from which at most `MOST_WRONG` of what is shown is not right; `NEVER` where there is none."""
    best, wrong = NEVER, 0
    ordered = sorted(shown, key=lambda one: -one[1])
    for count, (line, chance) in enumerate(ordered, 1):
        wrong += line.mark != RIGHT
        if count >= FEWEST_SHOWN and wrong <= MOST_WRONG * count:
            best = chance
    return best


def table(check: DirectCheck, threshold: float, papers: dict[str, Paper]) -> str:
    """How lines fare that readers have read: of each split."""
    rows = ["| | dev | test |", "|---|---|---|"]
    told: list[dict[str, str]] = []
    for split in SPLITS:
        lines = read_lines(split, papers)
        judged = [(line, check.chance(line.question, line.line, line.quotes)) for line in lines]
        best = best_by_question(judged)
        shown = [line for line, chance in best if chance >= threshold]
        right = [line.mark == RIGHT for line, _ in judged]
        chances = {mark: [chance for line, chance in judged if (line.mark == RIGHT) == mark] for mark in (True, False)}
        found = len({line.question for line, _ in judged if line.mark == RIGHT})
        top = sorted(best, key=lambda one: -one[1])[: len(best) // 4]
        marks = {mark: sum(line.mark == mark for line in shown) for mark in (RIGHT, "beside", "wrong")}
        told.append(
            {
                "questions, lines read": f"{len(best)}, {len(lines)}",
                "lines that are right": _share(sum(right), len(lines)),
                "questions with a right line among theirs": _share(found, len(best)),
                "AUROC of the chance": f"{auroc(chances[True], chances[False]):.3f}",
                "right among the surest of each question, a quarter of them": _share(
                    sum(line.mark == RIGHT for line, _ in top), len(top)
                ),
                "questions with a line": _share(len(shown), len(best)),
                **{f"… {mark}": _share(count, len(shown)) for mark, count in marks.items()},
            }
        )
    rows += [f"| {name} | {told[0][name]} | {told[1][name]} |" for name in told[0]]
    return "\n".join(rows)


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%} ({count} of {total})" if total else "none"


def main() -> None:
    """Print the table, or with --write put it into the page."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=main.__doc__)
    parser.add_argument("--draw", type=Path, metavar="FILE", help="append candidates to this file, to be read by hand")
    parser.add_argument("--llm", default="smollm2", help="the model that writes them, for --draw")
    parser.add_argument("--fit", action="store_true", help=f"write data/{FILE} anew from the first split")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table into this page")
    parser.add_argument("questions", nargs="*", type=Path, help="files of questions, for --draw")
    options = parser.parse_args()
    silence_libraries()
    if options.draw:
        draw(options.draw, options.questions, options.llm)
        return
    papers = {paper.id: paper for paper in read_papers(default_papers_file())}
    reader = open_reader()
    assert reader is not None, "lines are judged by the reader"
    embedder = open_embedder(read_settings().embedding)
    contradiction = Contradiction(reader, read_calibration(shipped_file(READING_FILE)).contradicts_from)
    support = SupportCheck(
        read_support(shipped_file(SUPPORT_FILE)), vocabulary_of(papers.values()), embedder, contradiction
    )
    if options.fit:
        record = fit(DirectCheck(reader, support, UNFITTED), read_lines("dev", papers))
        shipped_file(FILE).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    check = DirectCheck(reader, support, read_direct_threshold(shipped_file(FILE)))
    told = f"{provenance(COMMAND)}\n\n{table(check, check.threshold, papers)}"
    if options.write:
        write_between_marks(options.write, told, MARKS)
    else:
        print(told)


if __name__ == "__main__":
    main()
