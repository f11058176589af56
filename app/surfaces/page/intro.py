"""The empty page: over which papers it answers, and questions worth asking of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from app.surfaces.markup import text_html
from app.surfaces.page.paper_naming import month_year
from app.surfaces.page.render import ask_next
from app.surfaces.ui_strings import UiStrings
from retrieval.facets import Facets
from retrieval.papers.papers import Papers

EXAMPLES = (
    "sleeper-agents",
    "understanding-sycophancy",
    "weak-to-strong-generalization",
    "extracting-concepts-from-gpt-4",
)
"""Papers that the examples, in this order, ask about: where they are not, others are asked about."""

LOOKED_AT = 100
"""Papers, the first of the collection, among which those with a title are sought that are asked about instead."""


def about_what(papers: Papers, words: UiStrings) -> str:
    """What the papers are on, where they are those that come along; nobody says what others are on."""
    return words("intro_about") if len(papers.numbers_of(EXAMPLES)) == len(EXAMPLES) else ""


def told_of(papers: Papers, facets: Facets, words: UiStrings) -> str:
    """How many papers there are, on what, from whom and until when, and what of them is read; plain text."""
    organisations = list(facets.organisations)
    whom = words("intro_whom", names=_listed(organisations[:3], words)) if organisations else ""
    until = words("intro_until", month=month_year(facets.latest, words)) if facets.latest else ""
    about = about_what(papers, words)
    return words("intro_papers", count=f"{len(papers):,}", about=about, whom=whom, until=until)


def intro_html(papers: Papers, facets: Facets, words: UiStrings) -> str:
    """The empty page: what this is, over which papers, and questions worth asking of them."""
    told = told_of(papers, facets, words)
    return (
        f'<section class="intro"><h1>{text_html(words("intro_heading"))}</h1><p>{text_html(told)}</p>'
        f"{ask_next(_examples(papers, words), words('intro_examples'))}</section>"
    )


def _examples(papers: Papers, words: UiStrings) -> list[str]:
    """Questions worth asking: of the papers that come along the written ones, of others what they find."""
    known = papers.numbers_of(EXAMPLES)
    examples = [words(f"example_{number}") for number, paper in enumerate(EXAMPLES, start=1) if paper in known]
    first = papers.after(None, LOOKED_AT) or () if len(known) < len(EXAMPLES) else ()
    titled = (paper for paper in first if paper.title and paper.abstract and paper.id not in EXAMPLES)
    further = [words("example_of_title", title=paper.title or "") for paper in islice(titled, len(EXAMPLES))]
    return [*examples, *further][: len(EXAMPLES)]


def _listed(names: Sequence[str], words: UiStrings) -> str:
    return words("list_and").join(part for part in (words("list_comma").join(names[:-1]), names[-1]) if part)
