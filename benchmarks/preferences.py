"""What readers prefer, blind: `python -m benchmarks.preferences` writes docs/prose.md.

From docs/judgements: line-or-quotes.jsonl has answers that open with a line, read against their quotes alone, in
four rounds; prose-or-quotes.jsonl has prose of the small model, read against quotes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import InputError
from retrieval.evaluation.metrics import bootstrap_interval
from retrieval.json_lines import read_records
from retrieval.shipped import shipped_file

DOCS = Path(__file__).parent.parent / "docs"
LINES = DOCS / "judgements" / "line-or-quotes.jsonl"
PROSE = DOCS / "judgements" / "prose-or-quotes.jsonl"
PAGE = DOCS / "prose.md"
SHOWN = 50
WORST = 10
MARKS = "right", "beside", "wrong"
CHOICES = "line", "quotes", "same"
STATUSES = "answered", "partly"


@dataclass(frozen=True, slots=True)
class LineReading:
    """What one reader preferred, of `CHOICES`, thought of the line, of `MARKS`, and why."""

    better: str
    mark: str
    why: str


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer that opens with a line, each of its `quotes` with its paper's name, and what the readers found."""

    round: int
    question: str
    status: str
    line: str
    quotes: tuple[tuple[str, str], ...]
    readings: tuple[LineReading, ...]

    @property
    def mark(self) -> str:
        """What most readers think of the line; the worst where no two agree."""
        return _most([reading.mark for reading in self.readings], MARKS[::-1])

    @property
    def better(self) -> str:
        """What most readers prefer; neither where no two agree."""
        return _most([reading.better for reading in self.readings], CHOICES[::-1])


def _most(said: Sequence[str], otherwise: Sequence[str]) -> str:
    """What is said most often, the first of `otherwise` among equals."""
    return max(otherwise, key=said.count)


def read_answers(file: Path = LINES) -> list[ReadAnswer]:
    """All answers that were read. Raises `InputError`."""

    def parsed(record: dict[str, Any]) -> ReadAnswer:
        readings = tuple(LineReading(str(r["better"]), str(r["line"]), str(r["why"])) for r in record["readings"])
        quotes = tuple((str(quote["paper"]), str(quote["text"])) for quote in record["quotes"])
        told = (int(record["round"]), str(record["question"]), str(record["status"]), str(record["line"]))
        return ReadAnswer(*told, quotes, readings)

    return [answer for _, answer in read_records(file, parsed, what="answers", kind=InputError)]


def answered(number: int) -> int:
    """How many questions of the round were answered, with a line or without one. Raises `InputError`."""
    file = shipped_file(f"people/asked.{number}.jsonl")
    told = read_records(file, lambda record: str(record["status"]), what="questions", kind=InputError)
    return sum(status == "answered" for _, status in told)


def prose_preferred(reader: int) -> Counter[str]:
    """How often that reader preferred the quotes to the small model's prose, and the prose to the quotes."""
    pairs = [json.loads(line) for line in PROSE.read_text(encoding="utf-8").splitlines()]
    return Counter(str(pair["readings"][reader]["better"]) for pair in pairs)


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(read_answers()), encoding="utf-8")


def page(answers: Sequence[ReadAnswer]) -> str:
    """The whole page."""
    rounds = sorted({answer.round for answer in answers})
    last = [answer for answer in answers if answer.round == rounds[-1]]
    shown = "\n\n".join(_in_full(number, answer) for number, answer in enumerate(_chosen(last), start=1))
    prose = [prose_preferred(reader) for reader in range(2)]
    return f"""# The line above the quotes, read blind

Made by `python -m benchmarks.preferences` from [judgements](judgements), which holds every judgement.

People who knew only the titles of the papers wrote 300 questions for each round (data/people/asked.1.jsonl and so on),
which the program had never met: twelve askers in six hands. Every answer that opened with a line was read by three
readers, independently of each other and in different orders: the line with its quotes, and the same quotes alone, as A
and B in a random order. They said which one they would rather have got, and whether the line is right (it answers this
question and the quotes say it), beside (true, but not what was asked) or wrong (the quotes do not say it, or it would
leave the reader believing something false). They knew of no program. They agree nearly always: take the three as little
more than one. All lines are prepared answers: those of the small model are not shown
([results.md](results.md#the-line-above-quotes)).

{_table(answers, rounds)}

Most readers prefer the line, so it stands there by default. **Fewer than 3 in 100 were to be wrong: that is missed.**
Nearly all that are wrong open with a yes or no that was prepared for another question. What was changed between
rounds, each time after reading what was wrong: a yes or no is not said to a question that denies what was prepared, a
matcher was trained and the readers' labels of the first round learned (before the second); a yes or no wants a way of
asking that is near, and who asks where a thing is said is told the paper (before the third); it wants one that is
nearer still and denies the same, and of a yes and a no the nearer way decides (before the fourth); then the same for
"partly".

## {SHOWN} answers in full

Of the last round. The first {WORST} are the worst: the lines that most readers call wrong or beside. The others are
evenly drawn from the rest.

{shown}

## Prose in place of quotes

Before, the small model wrote prose in place of the quotes. Two readers preferred the quotes to it in
{prose[0]["quotes"]} and {prose[1]["quotes"]} of {prose[0].total()} answers, and called 27 and 26 of the answers in
prose false: a "Yes" or "No" before a sentence that its quote does support, and sentences that are true to their quotes
but beside the question. So it writes none any more.
"""


def _table(answers: Sequence[ReadAnswer], rounds: Sequence[int]) -> str:
    columns = [(number, status) for number in rounds for status in STATUSES]
    heads = [f"{number}: {'answered' if status == 'answered' else 'in part'}" for number, status in columns]
    of = {column: [one for one in answers if (one.round, one.status) == column] for column in columns}
    rows: list[tuple[str, list[str]]] = [("lines read, each by three", [str(len(of[column])) for column in columns])]
    whole = [answered(number) if status == "answered" else 0 for number, status in columns]
    shares = [f"{len(of[column]) / count:.1%}" if count else "" for column, count in zip(columns, whole, strict=True)]
    rows.append(("answered questions that open with one", shares))
    for choice in CHOICES:
        name = {"line": "the line preferred", "quotes": "quotes alone preferred", "same": "neither"}[choice]
        rows.append((f"{name}, by most", [_share([one.better == choice for one in of[column]]) for column in columns]))
    for mark in MARKS:
        rows.append(
            (f"the line is {mark}, say most", [_share([one.mark == mark for one in of[column]]) for column in columns])
        )
    rows.append(("all three agree on the line", [_share([_agreed(one) for one in of[column]]) for column in columns]))
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


def _agreed(answer: ReadAnswer) -> bool:
    return len({reading.mark for reading in answer.readings}) == 1


def _share(held: Sequence[bool]) -> str:
    if not held:
        return "–"
    low, high = bootstrap_interval([float(one) for one in held])
    return f"{sum(held) / len(held):.1%} ({low:.0%}–{high:.0%})"


def _badness(answer: ReadAnswer) -> int:
    return sum({"right": 0, "beside": 1, "wrong": 10}[reading.mark] for reading in answer.readings)


def _chosen(answers: Sequence[ReadAnswer]) -> list[ReadAnswer]:
    ordered = sorted(answers, key=_badness, reverse=True)
    worst = ordered[:WORST]
    others = [answer for answer in answers if answer not in worst]
    step = max(1, len(others) // (SHOWN - WORST))
    return worst + others[::step][: SHOWN - WORST]


def _in_full(number: int, answer: ReadAnswer) -> str:
    quotes = "\n".join(f"> {paper}: “{text}”  " for paper, text in answer.quotes)
    why = " / ".join(f"{one.better}, {one.mark}{f': {one.why}' if one.why else ''}" for one in answer.readings)
    told = "" if answer.status == "answered" else " (told as answered in part)"
    return f"### {number}. {answer.question}\n\n{answer.line}{told}\n\n{quotes}\n\n*{why.rstrip('.')}.*"


if __name__ == "__main__":
    main()
