"""Claims with evidence that does or does not support them: from SciFact and from the project's own papers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.answering.checking.support import about
from benchmarks import mutations
from retrieval.chunking import chunk_sentences, split_sentences
from retrieval.lexical.tokens import content_words, overlap
from retrieval.types import Paper

Embed = Callable[[Sequence[str]], np.ndarray]
QUOTED = 3
"""Sentences that are quoted of a paper, as evidence for its summary."""


@dataclass(frozen=True, slots=True)
class SupportExample:
    """A claim, the sentences it is held against, and whether they support it.

    `kind` says how it was made; `group` is the paper or claim that must not be
    in two folds; `about` names the papers quoted.
    """

    claim: str
    evidence: tuple[str, ...]
    supported: bool
    kind: str
    group: str
    about: str = ""
    source: str = "papers"


def own_examples(papers: Sequence[Paper], embed: Embed) -> Iterator[SupportExample]:
    """Sentences and summaries of the papers, in plainer and shorter words, and made false."""
    readable = [paper for paper in papers if paper.abstract and paper.language == "en"]
    summaries = embed([paper.summary for paper in readable])
    for place, paper in enumerate(readable):
        sentences = [chunk.text for chunk in chunk_sentences(paper)]
        vectors = embed(sentences)
        likeness = summaries @ summaries[place]
        near, far = np.argsort(-likeness)[[1, len(readable) // 2]]
        others = [readable[near], readable[far]]
        quoted = _nearest(sentences, vectors @ summaries[place], QUOTED)
        yield from _of_summary(paper, quoted, sentences, others)
        for number, sentence in enumerate(sentences):
            if len(sentence.split()) >= 8:
                evidence = tuple(sentences[max(0, number - number % 2) : number + 1])
                yield from _of_sentence(paper, sentence, evidence, others)
                rest = [other for other in sentences if other != sentence and overlap(other, sentence) < 0.3]
                if wrong := _nearest(rest, embed(rest) @ vectors[number], 1) if rest else ():
                    yield SupportExample(sentence, wrong, False, "another sentence", paper.id, about(paper))


def _of_summary(
    paper: Paper, quoted: tuple[str, ...], sentences: Sequence[str], others: Sequence[Paper]
) -> Iterator[SupportExample]:
    named = about(paper)
    yield SupportExample(paper.summary, quoted, True, "summary", paper.id, named)
    yield SupportExample(paper.summary, tuple(sentences[:6]), True, "summary, whole abstract", paper.id, named)
    for kind, false in _made_false(paper.summary, paper):
        yield SupportExample(false, quoted, False, kind, paper.id, named)
    for kind, other in zip(("near paper", "other paper"), others, strict=True):
        yield SupportExample(other.summary, quoted, False, kind, paper.id, named)


def _of_sentence(
    paper: Paper, sentence: str, evidence: tuple[str, ...], others: Sequence[Paper]
) -> Iterator[SupportExample]:
    named = about(paper)
    plain = mutations.plainer(sentence)
    yield SupportExample(plain, evidence, True, "plainer words", paper.id, named)
    if short := mutations.shorter(plain):
        yield SupportExample(short, evidence, True, "shorter", paper.id, named)
    for kind, false in _made_false(plain, paper):
        yield SupportExample(false, evidence, False, kind, paper.id, named)
    told = f"{plain[:1].lower()}{plain[1:]}"
    yield SupportExample(f"According to {paper.name}, {told}", evidence, True, "named paper", paper.id, named)
    other = mutations.chosen(others, sentence)
    yield SupportExample(f"According to {other.name}, {told}", evidence, False, "wrong paper's name", paper.id, named)
    first = chunk_sentences(other)[0].text
    yield SupportExample(mutations.plainer(first), evidence, False, "near paper", paper.id, named)


def _made_false(text: str, paper: Paper) -> Iterator[tuple[str, str]]:
    for kind, false in (
        ("number", mutations.other_number(text)),
        ("negation", mutations.denial(text)),
        ("negation taken out", mutations.assertion(text)),
        ("name", mutations.other_name(text, paper.abstract)),
        ("direction", mutations.other_direction(text)),
        ("opposite word", mutations.opposite(text)),
    ):
        if false and false != text:
            yield kind, false


def _nearest(sentences: Sequence[str], scores: np.ndarray, count: int) -> tuple[str, ...]:
    """The sentences of the highest scores, in reading order."""
    return tuple(str(sentences[place]) for place in sorted(np.argsort(-scores, kind="stable")[:count]))


def scifact_examples(folder: Path, split: str) -> Iterator[SupportExample]:
    """SciFact's claims (Wadden et al. 2020) with the sentences annotated for them, and with wrong ones alike."""
    corpus = {record["_id"]: record for record in map(json.loads, (folder / "corpus.jsonl").open(encoding="utf-8"))}
    for claim in map(json.loads, (folder / f"claims_{split}.jsonl").open(encoding="utf-8")):
        documents = sorted({str(evidence["doc_id"]) for evidence in claim["evidence"]} | set(claim["cited_doc_ids"]))
        words = set(content_words(claim["claim"]))
        for document in documents:
            text, title = corpus[document]["text"], corpus[document]["title"]
            sentences = [text[span.start : span.end] for span in split_sentences(text)]
            annotated = [e for e in claim["evidence"] if str(e["doc_id"]) == document]
            for evidence in annotated:
                given = tuple(sentences[number] for number in evidence["sentences"] if number < len(sentences))
                if given:
                    supported = evidence["label"] == "SUPPORT"
                    kind = "SUPPORT" if supported else "CONTRADICT"
                    yield SupportExample(claim["claim"], given, supported, kind, claim["id"], title, "scifact")
            used = {number for evidence in annotated for number in evidence["sentences"]}
            rest = [sentence for number, sentence in enumerate(sentences) if number not in used]
            if rest:
                shared = np.array([len(words & set(content_words(sentence))) for sentence in rest])
                wrong = _nearest(rest, shared, 1)
                kind = "wrong sentence" if used else "cited abstract without evidence"
                yield SupportExample(claim["claim"], wrong, False, kind, claim["id"], title, "scifact")


def scifact_papers(folder: Path) -> Iterator[Paper]:
    """Each document of SciFact's corpus, with title and text."""
    for record in map(json.loads, (folder / "corpus.jsonl").open(encoding="utf-8")):
        yield Paper(str(record["_id"]), record["title"], record["text"], "en")
