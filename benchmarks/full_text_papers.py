"""Papers with full texts, and questions whose answers stand in them, made of passages of papers (COVID-QA and others).

A line of the file is a question with a passage of a paper, cut into sentences, and says which of them answer:
`{"set", "split", "question", "context", "sentences", "answers", "answerable", "doc"?}`. A paper's passages together are
taken for its text; what of it nobody was asked about is not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.full_text import FullText, Section, text_at_hand
from retrieval.identity import paper_id_for
from retrieval.types import Paper

TITLED = ("covidqa", "evidence_inference")
"""Sets whose papers have titles, so that one of them can be meant among others."""
JUDGED = ("squad2",)
"""Sets in which people have asked what a text does not answer; in others that is put together."""
ABSTRACT = "Abstract: "
_FRONT = re.compile(r"(?:https?://|SHA: |Authors?: |Date: |DOI: |License: )")
_MARK = re.compile(r"^(?:Abstract|Text): ")


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """`gold` are the sentences that answer, and `paper_id` is whose they are."""

    text: str
    paper_id: str
    gold: tuple[str, ...]
    split: str
    is_asked: bool = True
    """Whether a person asked it; else a template did."""


@dataclass(frozen=True, slots=True)
class TextPapers:
    """Papers with full texts, the questions about them, and those that people asked and the papers do not answer."""

    papers: tuple[Paper, ...]
    questions: tuple[TextQuestion, ...]
    near_misses: tuple[TextQuestion, ...] = ()

    def without(self, left_out: Iterable[str]) -> tuple[Paper, ...]:
        """The papers but those."""
        gone = set(left_out)
        return tuple(paper for paper in self.papers if paper.id not in gone)


def read_text_papers(file: Path, sets: Sequence[str] = TITLED) -> TextPapers:
    """What the file has of those sets."""
    rows: dict[tuple[str, str], list[dict[str, object]]] = {}
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["set"] in sets:
                rows.setdefault((row["set"], row.get("doc") or row["context"]), []).append(row)
    papers: list[Paper] = []
    questions: list[TextQuestion] = []
    near_misses: list[TextQuestion] = []
    for (name, doc), own in rows.items():
        title = str(own[0]["context"]) or doc
        paper_id = f"{name}-{paper_id_for(title=title)}"
        raw = [_strings(row["sentences"]) for row in own]
        windows = [[_cleaned(one) for one in window] for window in raw]
        papers.append(_paper(paper_id, title, windows, _abstract(raw)))
        questions += _questions(paper_id, own, windows)
        if name in JUDGED:
            near_misses += [
                TextQuestion(str(row["question"]), paper_id, (), str(row["split"]))
                for row in own
                if not row["answerable"]
            ]
    return TextPapers(tuple(papers), tuple(questions), tuple(near_misses))


def _strings(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _cleaned(sentence: str) -> str:
    """The sentence without the marks of the files that the sets were made from; empty where it is nothing else."""
    return "" if _FRONT.match(sentence) else " ".join(_MARK.sub("", sentence).split())


def _questions(
    paper_id: str, rows: Sequence[dict[str, object]], windows: Sequence[list[str]]
) -> Iterable[TextQuestion]:
    gold: dict[str, list[str]] = {}
    split, is_asked = str(rows[0]["split"]), not rows[0].get("template")
    for row, window in zip(rows, windows, strict=True):
        answers = row["answers"] if isinstance(row["answers"], list) else []
        gold.setdefault(str(row["question"]), []).extend(window[place] for place in answers if window[place])
    return [TextQuestion(text, paper_id, tuple(own), split, is_asked) for text, own in gold.items() if own]


def _paper(paper_id: str, title: str, windows: Sequence[list[str]], abstract: Sequence[str]) -> Paper:
    sections: list[list[str]] = []
    for window in windows:
        _put_in(sections, [sentence for sentence in window if sentence and sentence not in abstract])
    full = _text([section for section in sections if section])
    return Paper(paper_id, title, " ".join(abstract), "en", text=text_at_hand(full))


def _put_in(sections: list[list[str]], window: list[str]) -> None:
    """Put a window where it overlaps what is there, else behind it: windows round two answers share sentences."""
    for section in sections:
        known = [place for place, sentence in enumerate(window) if sentence in section]
        if known:
            section[:0] = window[: known[0]]
            section += [one for one in window[known[-1] + 1 :] if one not in section]
            return
    sections.append(window)


def _abstract(windows: Sequence[Sequence[str]]) -> list[str]:
    """The sentences of the paper's abstract, where a window has it; else the first window stands for it."""
    for window in windows:
        begins = [place for place, sentence in enumerate(window) if sentence.startswith(ABSTRACT)]
        if begins:
            own = window[begins[0] :]
            ends = [place for place, sentence in enumerate(own) if sentence.startswith("Text: ")]
            return [_cleaned(sentence) for sentence in own[: ends[0] if ends else len(own)]]
    return list(filter(None, map(_cleaned, windows[0])))


def _text(sections: Sequence[Sequence[str]]) -> FullText:
    text, places = "", []
    for number, sentences in enumerate(sections, 1):
        start = len(text)
        text += " ".join(sentences)
        places.append(Section(f"Part {number}", start, len(text)))
        text += "\n\n"
    return FullText(text.rstrip(), tuple(places))
