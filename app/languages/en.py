"""English."""

from __future__ import annotations

from app.languages.en_checking import ATTRIBUTION, CLAIMS, MARKERS
from app.languages.en_collection import FILTERS, GRAMMAR
from app.languages.en_conversation import CONVERSATION, COURTESIES
from app.languages.en_evidence import EVIDENCE
from app.languages.en_phrases import ANSWERS, COLLECTION
from app.languages.en_several import COMPARISON, PARTS
from app.languages.en_tally import WORDS
from app.languages.en_topics import FORMS
from app.languages.language import Language

LANGUAGE = Language(
    code="en",
    phrases=ANSWERS,
    collection=COLLECTION,
    # What no other language recognises is English.
    recognises=lambda letters: False,
    quotation_marks=(("“", "”"), ('"', '"')),
    grammar=GRAMMAR,
    topic_forms=FORMS,
    filters=FILTERS,
    courtesies=COURTESIES,
    conversation=CONVERSATION,
    evidence=EVIDENCE,
    parts=PARTS,
    comparison=COMPARISON,
    markers=MARKERS,
    attribution=ATTRIBUTION,
    claims=CLAIMS,
    tallies=WORDS,
)
