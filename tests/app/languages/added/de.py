"""German, as far as the test of an added language needs it: what is not given here is English or not recognised."""

from __future__ import annotations

import re
from dataclasses import replace

from app.languages.en import LANGUAGE as ENGLISH
from app.languages.language import Language
from app.languages.patterns import (
    FIRST,
    OWN,
    ClaimWords,
    CollectionGrammar,
    ConversationWords,
    CourtesyPatterns,
    FilterWords,
    WholeForms,
    word_set,
)

_MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
    *("August", "September", "Oktober", "November", "Dezember"),
)

LANGUAGE = Language(
    code="de",
    phrases=replace(
        ENGLISH.phrases,
        language="de",
        months=_MONTHS,
        lead_in="{paper} schreibt: ",
        courtesies={**ENGLISH.phrases.courtesies, "thanks": "Gern geschehen."},
    ),
    collection=replace(
        ENGLISH.collection,
        found=("Die Sammlung hat 1 Arbeit{scope}", "Die Sammlung hat {count} Arbeiten{scope}"),
        listed_newest=", die neueste zuerst",
        by=" von {names}",
        since=" seit {date}",
    ),
    recognises=lambda letters: re.search(r"\b(?:wie|welche|danke|ist|sagt)\b", letters.casefold()) is not None,
    quotation_marks=(("„", "“"),),
    grammar=CollectionGrammar(
        forms=WholeForms(patterns=(("count", rf"wie viele arbeiten gibt es(?: von {OWN})?(?: zu (?P<topic>.+))?"),))
    ),
    filters=FilterWords(
        months=tuple(month.casefold() for month in _MONTHS), after_month=" ", dates={"since": f"seit {FIRST}"}
    ),
    courtesies=CourtesyPatterns(said={"thanks": ("danke(?: schön)?",)}),
    conversation=ConversationWords(refers_back=r"\b(?:er|sie|es|das)\b"),
    claims=ClaimWords(denying=word_set("nicht kein keine")),
)
