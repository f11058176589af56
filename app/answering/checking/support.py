"""Hold a written sentence against the quotes it cites, in plain code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.answer import AnswerSentence
from app.answering.checking.agreement import (
    SIMILARITY,
    TURNS,
    WORDING,
    QuotedEvidence,
    features,
    figures_hold,
    read_quoted_evidence,
)
from app.answering.checking.claims import Claim, clauses_of, read_claim
from app.answering.checking.contradiction import Contradiction
from app.answering.checking.vocabulary import Vocabulary
from app.answering.citation import Citation
from app.answering.citations.stream import MarkerStream, marked, without_markers
from app.answering.logistic import Logistic, read_logistic
from retrieval.chunking import split_sentences
from retrieval.errors import ModelError
from retrieval.lexical.tokens import content_word_set
from retrieval.models.embedder import Embedder
from retrieval.types import Paper, knows_month

MODEL_FILE = "models/support.json"
NOTHING_TURNED: Mapping[str, float] = dict.fromkeys(TURNS, 0.0)
"""The features of a claim that changes nothing."""
MOST_CITED = 3
"""Quotes that a sentence without a marker is given at most."""


@dataclass(frozen=True, slots=True)
class SupportScorer:
    """The chance that evidence speaks of what a claim says, times that of the claim turning none of it round.

    The second is taken as a share of what it is for a claim that changes nothing.
    Two factors, because a sentence copied and denied shares more with its quote
    than an honest one in plainer words.
    """

    relevance: Logistic
    polarity: Logistic
    threshold: float

    def score(self, given: Mapping[str, float]) -> float:
        """How well the evidence supports the claim, in [0, 1]."""
        return self.relevance.chance(given) * self.polarity.chance(given) / self.polarity.chance(NOTHING_TURNED)


@dataclass(frozen=True, slots=True)
class SupportModel:
    """`embedded` weighs the similarities of the model named `embedding` too, `worded` words alone."""

    embedding: str
    embedded: SupportScorer
    worded: SupportScorer


@cache
def read_support(file: Path) -> SupportModel:
    """The model of a JSON file that `python -m benchmarks.support` wrote. Raises `ModelError`."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        embedded = _scorer(record["embedded"], {*WORDING, *SIMILARITY})
        return SupportModel(str(record["embedding"]), embedded, _scorer(record["worded"], {*WORDING}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"The support model {file.name} cannot be used: reinstall the program.") from error


def _scorer(record: Mapping[str, Any], speaking: set[str]) -> SupportScorer:
    parts: list[Logistic] = []
    for name, known in (("relevance", speaking), ("polarity", {*TURNS})):
        parts.append(read_logistic(record[name]))
        if set(parts[-1].weights) != known:
            raise ValueError("other features")
    return SupportScorer(*parts, threshold=float(record["threshold"]))


def about(paper: Paper) -> str:
    """What a sentence may say of a paper besides its quote: name, organisation, authors and date."""
    date = paper.published.strftime("%B %Y" if knows_month(paper.published) else "%Y") if paper.published else ""
    return f"{paper.name}. {paper.organisation or ''} {', '.join(paper.authors)} {date}"


class SupportCheck:
    """Finds for each sentence whether the quotes support it.

    The similarities of another embedding model than the one that the weights were
    fitted to are left out, and words decide alone; how rare a word is, the `vocabulary`
    says. It sees misattribution, changed figures and names, and plain denial;
    contradiction in other words it sees with a reader alone, by `contradiction`
    (docs/verification.md).
    """

    def __init__(
        self,
        model: SupportModel,
        vocabulary: Vocabulary,
        embedder: Embedder,
        contradiction: Contradiction | None = None,
    ) -> None:
        self._contradiction = contradiction
        self._fits = embedder.name == model.embedding
        self._scorer = model.embedded if self._fits else model.worded
        self._vocabulary = vocabulary
        self._embedder = embedder

    @property
    def threshold(self) -> float:
        """The score from which a sentence is supported."""
        return self._scorer.threshold

    def checked(
        self, said: Sequence[tuple[str, tuple[int, ...]]], quotes: Sequence[Citation]
    ) -> tuple[AnswerSentence, ...]:
        """Each sentence, given with the numbers it cites, with its support.

        A figure that no cited quote holds makes it unsupported, whatever the weights
        say. A sentence that cites nothing gets the markers of the fewest quotes that
        support it, and none where they do not. One that cites several papers loses the
        markers of those that neither support it alone nor are needed by the others, as
        ALCE counts idle citations (Gao et al. 2023): nothing stands under the mark of a
        paper that does not say it.
        """
        texts = [without_markers(text) for text, _ in said]
        cut = {quote.number: _sentences(quote) for quote in quotes}
        vectors = self._vectors([*texts, *(sentence for own in cut.values() for sentence in own)])
        evidence = {quote.number: self._evidence(quote, cut[quote.number], vectors) for quote in quotes}
        papers = {quote.number: quote.paper.id for quote in quotes}
        judged = [
            self._sentence(text, cited, read_claim(bare, self._vocabulary), vectors.get(bare), evidence, papers)
            for (text, cited), bare in zip(said, texts, strict=True)
        ]
        return tuple(self._read_again(judged, quotes))

    def _read_again(self, judged: Sequence[AnswerSentence], quotes: Sequence[Citation]) -> list[AnswerSentence]:
        """The sentences, those called contradicted that the reader says are, whatever words they share."""
        said = {quote.number: quote.gloss or quote.quote for quote in quotes}
        citing = [sentence for sentence in judged if any(number in said for number in sentence.citations)]
        if self._contradiction is None or not citing:
            return list(judged)
        pairs = [
            (without_markers(one.text), " ".join(said[number] for number in one.citations if number in said))
            for one in citing
        ]
        chances = dict(zip(map(id, citing), self._contradiction.chances(pairs), strict=True))
        return [
            replace(sentence, support="contradicted", score=min(sentence.score, 1 - chance))
            if (chance := chances.get(id(sentence), 0.0))
            else sentence
            for sentence in judged
        ]

    def stands(self, sentence: AnswerSentence, question: str, quotes: Sequence[Citation]) -> bool:
        """Whether each clause of a supported sentence with words that only the question has is supported by itself.

        What merely repeats a question hides well beside a clause that is copied from a quote.
        """
        cited = [quote for quote in quotes if quote.number in sentence.citations]
        known = " ".join(f"{quote.quote} {quote.gloss or ''} {about(quote.paper)}" for quote in cited)
        asked = content_word_set(question) - content_word_set(known)
        clauses = clauses_of(without_markers(sentence.text))
        echoing = [clause for clause in clauses if asked & content_word_set(clause)] if len(clauses) > 1 else []
        checked = self.checked([(clause, sentence.citations) for clause in echoing], cited) if echoing else ()
        return all(clause.support == "supported" for clause in checked)

    def denies(self, quote: Citation, question: str) -> bool:
        """Whether the quote denies a word that the question says without denying it: "is not removed" for "remove"."""
        asked = read_claim(question, self._vocabulary).words
        said = read_claim(quote.gloss or quote.quote, self._vocabulary).words
        return any(denied and asked.get(word) is False for word, denied in said.items())

    def _vectors(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        distinct = list(dict.fromkeys(texts)) if self._fits else []
        return dict(zip(distinct, self._embedder.embed(distinct), strict=True)) if distinct else {}

    def _evidence(self, quote: Citation, sentences: Sequence[str], vectors: Mapping[str, np.ndarray]) -> QuotedEvidence:
        rows = np.stack([vectors[sentence] for sentence in sentences]) if vectors and sentences else None
        return read_quoted_evidence(sentences, about(quote.paper), self._vocabulary, rows)

    def _sentence(
        self,
        text: str,
        cited: tuple[int, ...],
        claim: Claim,
        vector: np.ndarray | None,
        evidence: Mapping[int, QuotedEvidence],
        papers: Mapping[int, str],
    ) -> AnswerSentence:
        if cited:
            score = self._score(claim, vector, [evidence[number] for number in cited if number in evidence])
            if score < self.threshold:
                return AnswerSentence(text, cited, "unsupported", score)
            if idle := self._idle(claim, vector, cited, evidence, papers):
                cited = tuple(number for number in cited if number not in idle)
                text = _with_markers_of(text, cited)
                score = self._score(claim, vector, [evidence[number] for number in cited])
            return AnswerSentence(text, cited, "supported", score)
        alone = {number: self._score(claim, vector, [one]) for number, one in evidence.items()}
        best = sorted(alone, key=lambda number: -alone[number])
        for count in range(1, min(len(best), MOST_CITED) + 1):
            numbers = tuple(sorted(best[:count]))
            score = self._score(claim, vector, [evidence[number] for number in numbers])
            if score >= self.threshold:
                return AnswerSentence(marked(text, "".join(f"[{n}]" for n in numbers)), numbers, "supported", score)
        return AnswerSentence(text, (), "uncited", self._score(claim, vector, list(evidence.values())))

    def _idle(
        self,
        claim: Claim,
        vector: np.ndarray | None,
        cited: Sequence[int],
        evidence: Mapping[int, QuotedEvidence],
        papers: Mapping[int, str],
    ) -> set[int]:
        """Of the numbers cited those of papers without which it is as well."""

        def supported(numbers: Sequence[int]) -> bool:
            return self._score(claim, vector, [evidence[number] for number in numbers]) >= self.threshold

        kept = [number for number in cited if number in evidence]
        for paper in dict.fromkeys(papers[number] for number in kept):
            own = [number for number in kept if papers[number] == paper]
            others = [number for number in kept if papers[number] != paper]
            if others and not supported(own) and supported(others):
                kept = others
        return set(cited) - set(kept)

    def _score(self, claim: Claim, vector: np.ndarray | None, evidence: Sequence[QuotedEvidence]) -> float:
        together = QuotedEvidence.together(evidence)
        if not claim.words or not together.sentences or not figures_hold(claim, together):
            return 0.0
        return self._scorer.score(features(claim, together, self._vocabulary, vector))


def _with_markers_of(text: str, numbers: Sequence[int]) -> str:
    stream = MarkerStream(numbers)
    return stream.feed(text) + stream.finish()


def _sentences(quote: Citation) -> list[str]:
    return [text[span.start : span.end] for text in (quote.quote, quote.gloss or "") for span in split_sentences(text)]
