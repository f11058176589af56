"""Real abstracts and questions, which the abstracts of a collection of any size are put together from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

from retrieval.chunking import chunk_paper, distinct, split_sentences
from retrieval.questions.labelled import read_labelled_questions
from retrieval.readers.beir import read_beir
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file
from retrieval.types import Paper

BEIR_SPLITS = ("test", "train")
QUESTION_FILES = ("test.jsonl", "dev.jsonl", "train.jsonl")


@dataclass(frozen=True)
class BaseTexts:
    """Papers as they were written, in English, and questions that people ask about them."""

    name: str
    papers: tuple[Paper, ...]
    questions: tuple[str, ...]

    @cached_property
    def sentences(self) -> tuple[tuple[str, ...], ...]:
        """The sentences of each paper's abstract."""
        return tuple(_sentences(paper.abstract) for paper in self.papers)

    @cached_property
    def passages(self) -> tuple[str, ...]:
        """The passages of all papers, as they are embedded."""
        return tuple(chunk.embedded for paper in self.papers for chunk in distinct(chunk_paper(paper)))


def read_base_texts(beir: Path | None) -> BaseTexts:
    """Those of a BEIR folder such as SciFact, or else those that come with the program.

    Raises `InputError` or `CorpusError` where they cannot be read.
    """
    if beir is None:
        papers = [paper for paper in read_papers(default_papers_file()) if paper.abstract and paper.language == "en"]
        files = map(default_questions_file, QUESTION_FILES)
        asked = chain.from_iterable(map(read_labelled_questions, files))
        questions = [question.text for question in asked if question.language == "en" and not question.asked_before]
        return BaseTexts("shipped", tuple(papers), tuple(dict.fromkeys(questions)))
    parts = [read_beir(beir, split) for split in BEIR_SPLITS]
    questions = dict.fromkeys(chain.from_iterable(part.queries.values() for part in parts))
    return BaseTexts(beir.name, tuple(paper for paper in parts[0].papers if paper.abstract), tuple(questions))


def _sentences(abstract: str) -> tuple[str, ...]:
    return tuple(abstract[span.start : span.end] for span in split_sentences(abstract))
