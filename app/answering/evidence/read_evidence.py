"""Evidence by reading: the sentences that answer, judged together with the question by a small model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from app.answering.answer import AnswerStatus
from app.answering.citation import Citation, ReadSentence
from app.answering.evidence.calibration import Calibration, ReadCalibration, features
from app.answering.evidence.definition import (
    MAX_TERM_WORDS,
    defining_first,
    definition_counts,
    term_asked,
    with_definitions,
    without_manner,
)
from app.answering.evidence.definition_places import added_to, defining_passages
from app.answering.evidence.evidence import NOTHING, Evidence, WrittenNear
from app.answering.evidence.figures import asks_figure, has_figure
from app.answering.evidence.plain import PlainSentences, plainest
from app.answering.evidence.selection import (
    MAX_SENTENCES,
    as_quotes,
    asks_for_several,
    best_of_paper,
    follows,
    leans,
    papers_named,
    passages_to_read,
    quotable_by_paper,
    surest_first,
    with_written,
)
from app.answering.evidence.text_calibration import text_features
from app.answering.reading.reader import Agreement, Reader
from app.answering.reading.sentences import chance_of, odds_of, read_sentences
from app.answering.sources import asked_about
from retrieval.lexical.han import has_han
from retrieval.lexical.tokens import content_words, words_of_paper
from retrieval.retriever import PaperRetriever
from retrieval.types import Passage, Sentence

LEAD_SENTENCES = 3
"""Sentences of the first paper that answer by themselves."""
EXPLAINED = 1
"""How many more of a paper may come along to explain those."""
QUOTE_WORDS = 60
"""Words quoted of one paper, unless its best sentence has more."""
SENTENCE_WITHIN = 0.2
"""A further sentence is quoted from this share of the best one's chance."""
OTHERS_FROM, SEVERAL_FROM = 0.9, 0.25
"""A sentence of another paper is quoted from the first chance; where several papers are asked for, from the second."""
OTHERS_WITHIN = 0.6
"""It also reaches this share of the best one's chance."""
NAMED_FROM = 0.05
"""A paper that the question names comes first where one of its sentences has this chance."""
SCORE_COUNTS = 50.0
"""How much a paper's score in retrieval counts beside what was read in it, in log odds; fitted on dev questions."""
WRITTEN_COUNTS, WRITTEN_USUAL = 10.0, 0.4
"""How much it counts, in log odds, that a question written about a sentence is near, and how near such usually are."""
FIGURE_COUNTS = 1.5
"""How much it counts, in log odds, that a sentence has a figure, where one is asked for."""
TOLD = 8
"""Sentences read that an answer tells of."""
BARE_WORDS = 2
READ_AGAIN = 3
"""The best sentences are read once more: do they agree with the question, or deny what it takes for granted?"""
SAYS_IT = 0.7
"""Nothing is denied that a sentence answers so surely, by another that answers half as surely at most."""


class ReadEvidence:
    """Quotes the sentences that answer; whether any does is decided by what was read, for every collection alike."""

    def __init__(
        self,
        retriever: PaperRetriever,
        reader: Reader,
        calibration: ReadCalibration,
        answer_from: float | None = None,
        plain: PlainSentences = MappingProxyType({}),
        texts: Calibration | None = None,
    ) -> None:
        self.name = reader.name
        self._retriever = retriever
        self._reader = reader
        self._plain = plain
        self._calibration = calibration if answer_from is None else calibration.answering_from(answer_from)
        self._texts = texts.answering_from(answer_from) if texts and answer_from is not None else texts

    def find(self, question: str, standalone: str, passages: Sequence[Passage], written: WrittenNear) -> Evidence:
        """The evidence in the best papers' sentences, each read with the question."""
        asked = self._retriever.in_terms(without_manner(standalone))
        # Of a Chinese question of which no telling word is known, anything would seem to answer what is left.
        if has_han(standalone) and not content_words(asked):
            return NOTHING
        term = self._term(standalone)
        sentences = weighed(read_sentences(self._reader, asked, _to_read(passages, term)), written)
        if not sentences:
            return NOTHING
        if term:
            sentences = with_definitions(sentences, term)
        ranked = best_first(sentences, passages)
        nearest = ranked[:READ_AGAIN]
        said = self._reader.agreement([(asked, one.gloss or one.text) for one in nearest])
        confidence, status = self._verdict(standalone, ranked, features(ranked, said[0], passages, written))
        read = tuple(_told(sentence) for sentence in sorted(sentences, key=lambda one: -one.score)[:TOLD])
        # Where the papers surely answer, the question takes nothing for granted that they deny.
        if status != "answered" and (denying := self._denying(nearest, said, read[0].score)) is not None:
            corrects = as_quotes([nearest[denying]])
            return Evidence(said[denying].contradicted, "answered", corrects, corrects=True, read=read)
        # A figure that only comes near, of another paper than that which is asked about, tells nothing.
        about = asked_about(passages) if asks_figure(standalone) else None
        if status == "partly" and about and ranked[0].paper.id != about.id:
            status = "abstained"
        if status == "answered" and self._leaves_a_word_out(standalone, ranked[0]):
            status = "partly"
        if status == "abstained":
            return Evidence(confidence, status, read=read)
        if status == "partly":
            return Evidence(confidence, status, nearest_quote(ranked, passages, question), read=read)
        # Which of them is told, not whether one answers, depends on having a figure.
        told = best_first(with_figures(sentences), passages) if asks_figure(standalone) else ranked
        quotes = quotes_read(told, passages, question, term)
        direct = plainest(self._reader, asked, quotes, self._plain, ranked[0].score, term)
        return Evidence(confidence, status, quotes, direct=direct, read=read)

    def _verdict(
        self, question: str, ranked: Sequence[Sentence], given: Mapping[str, float]
    ) -> tuple[float, AnswerStatus]:
        """The chance that the papers answer, and what it comes to: full texts have a calibration of their own."""
        chance, lexical = self._calibration.chance(given), self._retriever.lexical
        if self._texts is None or lexical is None or all(sentence.part == "abstract" for sentence in ranked):
            return chance, self._calibration.status(chance)
        english = self._retriever.in_english(question)
        chance = self._texts.chance(text_features(odds_of(chance), ranked, lexical.rarity_of(english)))
        return chance, self._texts.status(chance)

    def _denying(self, nearest: Sequence[Sentence], said: Sequence[Agreement], surest: float) -> int | None:
        """The place of the sentence that denies what the question takes for granted; None where none does.

        None does, either, where another bears it out as surely, or answers (`surest` is the best chance of any).
        """
        place = max(range(len(said)), key=lambda one: said[one].contradicted)
        answered = surest >= SAYS_IT and nearest[place].score < surest / 2
        borne_out = max(one.supported for one in said)
        denied = said[place].contradicted >= max(self._calibration.corrects_from, borne_out)
        return place if denied and not answered else None

    def _leaves_a_word_out(self, question: str, nearest: Sentence) -> bool:
        """Whether two bare words are asked about, of which other papers here say one and that of the sentence does not.

        Two words say no more than is needed: what is said of evals alone does not answer "scheming evals", nor
        what is said of AI "What is the AI act?".
        """
        bare, lexical = term_asked(question) or question, self._retriever.lexical
        words = content_words(bare)
        if len(words) != BARE_WORDS or len(bare.split()) != BARE_WORDS or lexical is None:
            return False
        # Of everyday words the papers' own terms are said in their stead, and of misspelt ones the right ones.
        if self._retriever.in_terms(bare) != bare or not lexical.knows(bare):
            return False
        return not words_of_paper(nearest.paper).union(content_words(nearest.text)).issuperset(words)

    def _term(self, question: str) -> str | None:
        """The thing of which the question wants to know what it is, in English."""
        term, glossary = term_asked(question), self._retriever.glossary
        # Of a term that is only half known, such as "agents" of "sleeper agents", another thing would be told.
        if term and glossary and not glossary.knows(term):
            return None
        english = self._retriever.in_english(term) if term else ""
        return english if 0 < len(english.split()) <= MAX_TERM_WORDS else None


def _to_read(passages: Sequence[Passage], term: str | None) -> list[Passage]:
    """What is read; where a thing is to be explained, what explains it comes first, wherever in a text it stands."""
    if not term:
        return passages_to_read(passages)
    nearest_first = defining_first(passages, term)
    return added_to(passages_to_read(nearest_first), defining_passages(nearest_first, term))


def _told(sentence: Sentence) -> ReadSentence:
    return ReadSentence(sentence.paper, sentence.start, sentence.end, sentence.score, sentence.part)


def weighed(sentences: Sequence[Sentence], written: WrittenNear) -> list[Sentence]:
    """Those that may be quoted, where a question was written about one with how near that is weighed in its chance."""
    quotable = [sentence for own in quotable_by_paper(sentences).values() for sentence in own]
    return [
        sentence
        if near is None
        else replace(sentence, score=chance_of(odds_of(sentence.score) + WRITTEN_COUNTS * (near - WRITTEN_USUAL)))
        for sentence, near in with_written(quotable, written)
    ]


def with_figures(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences, where one has a figure with that weighed in its chance of answering what asks for one."""
    return [
        replace(one, score=chance_of(odds_of(one.score) + FIGURE_COUNTS)) if has_figure(one.gloss or one.text) else one
        for one in sentences
    ]


def best_first(sentences: Sequence[Sentence], passages: Sequence[Passage]) -> list[Sentence]:
    """The sentences by how surely they answer and how near their papers are.

    Their chances of answering stay their scores.
    """
    near = {passage.paper.id: passage.score for passage in reversed(passages)}
    return sorted(sentences, key=lambda one: -(odds_of(one.score) + SCORE_COUNTS * near[one.paper.id]))


def quotes_read(
    ranked: Sequence[Sentence], passages: Sequence[Passage], question: str, term: str | None = None
) -> tuple[Citation, ...]:
    """The sentences that answer, of the best one's paper first, in reading order, numbered from 1.

    `ranked` are all that were read, `best_first`, and have the chance of answering for a score.
    The papers that the question names come first. Others are quoted only where they answer too. Where the question
    asks what a `term` means, what says so stands before the rest of its paper.
    """
    by_paper = quotable_by_paper(ranked)
    surest = {paper: max(sentence.score for sentence in own) for paper, own in by_paper.items()}
    named = _named(question, passages, surest)
    several = asks_for_several(question)
    chosen: list[Sentence] = []
    least = 0.0
    for place, paper in enumerate(dict.fromkeys([*named, *(one.paper.id for one in ranked)])):
        own, best = by_paper[paper], surest[paper]
        if best < least or (place and term and not _explains(own, term)):
            continue
        count = 1 if place else LEAD_SENTENCES
        room = min(MAX_SENTENCES - len(chosen), count + EXPLAINED)
        best_own = best_of_paper(own, count, room, chosen, SENTENCE_WITHIN, QUOTE_WORDS)
        chosen += _meaning_first(best_own, term) if term else surest_first(best_own)
        if place == 0:
            least = max(SEVERAL_FROM if several else OTHERS_FROM, OTHERS_WITHIN * best)
    return as_quotes(chosen)


def _named(question: str, passages: Sequence[Passage], surest: Mapping[str, float]) -> list[str]:
    """The papers that the question names, by their ids, of which one of the sentences may answer."""
    papers = {passage.paper.id: passage.paper for passage in passages if passage.paper.id in surest}
    return [paper for paper in papers_named(question, tuple(papers.values())) if surest[paper] >= NAMED_FROM]


def nearest_quote(
    ranked: Sequence[Sentence], passages: Sequence[Passage] = (), question: str = ""
) -> tuple[Citation, ...]:
    """The best sentence, of a paper that the question names where one may answer, with what it leans on, as one
    quote."""
    by_paper = quotable_by_paper(ranked)
    surest = {paper: max(sentence.score for sentence in own) for paper, own in by_paper.items()}
    own = by_paper[next(iter(_named(question, passages, surest)), ranked[0].paper.id)]
    return as_quotes(best_of_paper(own, 1, 1 + EXPLAINED, (), SENTENCE_WITHIN, QUOTE_WORDS))


def _explains(own: Sequence[Sentence], term: str) -> bool:
    return any(definition_counts(sentence.gloss or sentence.text, term, sentence.part) for sentence in own)


def _meaning_first(own: Sequence[Sentence], term: str) -> list[Sentence]:
    """A paper's sentences, what says what the term is in front, with the one before it where it leans on that."""
    counts = [definition_counts(sentence.gloss or sentence.text, term, sentence.part) for sentence in own]
    for place in range(len(own) - 1, 0, -1):
        # Of a text only some passages are read, and what stands before a sentence may be far from it.
        near = own[place].part == "abstract" or follows(own[place], own[place - 1])
        if near and leans(own[place].text):
            counts[place - 1] = max(counts[place - 1], counts[place])
    return [own[place] for place in sorted(range(len(own)), key=lambda place: -counts[place])]
