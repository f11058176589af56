"""What stands in an answer of several parts, and what was said before it is not said again."""

from __future__ import annotations

from app.answering.answer import AnswerSentence
from app.answering.citation import Citation
from app.answering.several.findings import Findings
from app.answering.several.telling import Told, told
from app.languages import ENGLISH
from retrieval.types import Paper

BOTH = Paper("both", "A Test of Both", "A probe is cheap. Patching is dear.", "en")
CHEAP, DEAR = Citation(1, BOTH, 0, 17, 0.9), Citation(1, BOTH, 18, 35, 0.9)


def text_of(said: Told) -> str:
    return "".join(piece.text if isinstance(piece, AnswerSentence) else piece for piece in said.pieces)


def side(name: str, quote: Citation) -> Findings:
    return Findings(name, "answered", (quote,), is_side=True)


def test_sides_that_the_opening_quoted_are_rows_alone() -> None:
    opening = Findings("", "answered", (CHEAP,), is_part=False)
    said = told([opening, side("probes", CHEAP), side("patching", CHEAP)], ENGLISH.phrases)
    assert text_of(said).count("A probe is cheap.") == 1 and "Patching" not in text_of(said)
    assert [part.question for part in said.parts] == ["probes", "patching"]
    assert [quote and quote.number for quote in said.first] == [1, 1]


def test_a_side_that_another_quoted_says_so() -> None:
    said = told([side("probes", CHEAP), side("patching", CHEAP)], ENGLISH.phrases)
    assert text_of(said).endswith("Patching: The quote above says it [1].")
    assert text_of(told([side("probes", CHEAP), side("patching", DEAR)], ENGLISH.phrases)).endswith(
        "“Patching is dear.” [2]"
    )
