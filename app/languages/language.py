"""A language of answers: all that the program has to know to read a question in it and to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.languages.patterns import (
    AttributionWords,
    ClaimWords,
    CollectionGrammar,
    ComparisonWords,
    ConversationWords,
    CourtesyPatterns,
    EvidenceWords,
    FilterWords,
    MarkerWords,
    PartWords,
    TopicForms,
)
from app.languages.phrases import AnswerPhrases, CollectionPhrases
from app.languages.tally_words import TallyWords


@dataclass(frozen=True, slots=True)
class Language:
    """One language, by its code ("zh").

    `recognises` says of a text, without what it quotes, that it is in this language;
    what none recognises is taken for English. A quotation begins and ends with a pair of
    `quotation_marks`. What follows those may be left out: it is then not recognised in this language.
    """

    code: str
    phrases: AnswerPhrases
    collection: CollectionPhrases
    recognises: Callable[[str], bool]
    quotation_marks: tuple[tuple[str, str], ...]
    grammar: CollectionGrammar = field(default_factory=CollectionGrammar)
    topic_forms: TopicForms = field(default_factory=TopicForms)
    filters: FilterWords = field(default_factory=FilterWords)
    courtesies: CourtesyPatterns = field(default_factory=CourtesyPatterns)
    conversation: ConversationWords = field(default_factory=ConversationWords)
    evidence: EvidenceWords = field(default_factory=EvidenceWords)
    parts: PartWords = field(default_factory=PartWords)
    comparison: ComparisonWords = field(default_factory=ComparisonWords)
    markers: MarkerWords = field(default_factory=MarkerWords)
    attribution: AttributionWords = field(default_factory=AttributionWords)
    claims: ClaimWords = field(default_factory=ClaimWords)
    tallies: TallyWords = field(default_factory=TallyWords)
