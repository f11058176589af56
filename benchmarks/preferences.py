"""Which answers readers prefer, and answers in full: `python -m benchmarks.preferences` writes docs/prose.md.

From the judgements in docs/judgements/prose-or-quotes.jsonl.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retrieval.evaluation.metrics import bootstrap_interval

DOCS = Path(__file__).parent.parent / "docs"
JUDGEMENTS = DOCS / "judgements" / "prose-or-quotes.jsonl"
PAGE = DOCS / "prose.md"
SHOWN = 20
WORST = 5
Pair = dict[str, Any]


def main() -> None:
    """Write the page anew."""
    pairs = [json.loads(line) for line in JUDGEMENTS.read_text(encoding="utf-8").splitlines()]
    PAGE.write_text(page(pairs), encoding="utf-8")


def page(pairs: Sequence[Pair]) -> str:
    """The whole page."""
    count = len(pairs)
    agreed = sum(len({reading["better"] for reading in pair["readings"]}) == 1 for pair in pairs)
    rows = "\n".join(_counts(pairs, reader) for reader in range(2))
    answers = "\n\n".join(_answer(number, pair) for number, pair in enumerate(_chosen(pairs), start=1))
    return f"""# Prose by the small model, read blind

Made by `python -m benchmarks.preferences` from
[judgements/prose-or-quotes.jsonl](judgements/prose-or-quotes.jsonl), which holds every
pair with both readings.

Two readers, independently of each other and in different orders, read the {count} held-out
questions of `data/answers/test.jsonl` to which `smollm2` wrote prose that passed the
check. Each saw the question and two answers with their sources, A and B in a random
order: the prose, and the quotes. They said which one they would rather have got (is it
true to its sources and does it answer; how much of what was asked; is it easy to read
and to check), and whether either says something false or answers yes or no wrongly.
They knew of no program, but quotes look like quotes.

| reader | quotes | prose | neither | prose preferred | prose false | quotes false |
|---|---|---|---|---|---|---|
{rows}

They agreed on {agreed} of {count}. **So quotes stayed the default.** What the check could not see was
most of the trouble: a "Yes" or "No" before a sentence that its quote does support, and a sentence that
is true to its quote but beside the question. Since then the small model writes no prose: the quotes
stay, and it writes a line above them where that holds
([results.md](results.md#the-line-above-quotes)).

## {SHOWN} answers in full

The first {WORST} are the worst: both readers call the prose false. The others are every
third of the rest.

{answers}
"""


def _counts(pairs: Sequence[Pair], reader: int) -> str:
    readings = [pair["readings"][reader] for pair in pairs]
    better = Counter(reading["better"] for reading in readings)
    wrong = Counter(side for reading in readings for side in reading["wrong"])
    chosen = [float(reading["better"] == "prose") for reading in readings]
    low, high = bootstrap_interval(chosen)
    share = f"{better['prose'] / len(pairs):.0%} ({low:.0%}–{high:.0%})"
    return (
        f"| {reader + 1} | {better['quotes']} | {better['prose']} | {better['tie']} | {share} "
        f"| {wrong['prose']} | {wrong['quotes']} |"
    )


def _chosen(pairs: Sequence[Pair]) -> list[Pair]:
    false = [pair for pair in pairs if all("prose" in reading["wrong"] for reading in pair["readings"])]
    worst = sorted(false, key=lambda pair: -len(pair["prose"]))[:WORST]
    others = [pair for pair in pairs if pair not in worst]
    return worst + others[::3][: SHOWN - len(worst)]


def _answer(number: int, pair: Pair) -> str:
    said = " / ".join(f"{reading['better']}: {reading['why'].rstrip('.')}" for reading in pair["readings"])
    sources = "\n".join(f"> {source}  " for source in pair["sources"])
    return f"### {number}. {pair['question']}\n\n{pair['prose']}\n\n{sources}\n\n*{said}.*"


if __name__ == "__main__":
    main()
