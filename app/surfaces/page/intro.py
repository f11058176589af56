"""The empty page: over which papers it answers, and questions worth asking of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from app.notices.notice import said
from app.surfaces.markup import text_html
from app.surfaces.page.paper_naming import month_year
from app.surfaces.page.render import ask_next
from app.surfaces.page.shown import Shown
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
"""Papers of the collection among which those with a title are sought that are asked about instead."""


def about_what(papers: Papers, words: UiStrings) -> str:
    """What the papers are on, where they are those that come along; nobody says what others are on."""
    return words("intro_about") if len(papers.numbers_of(EXAMPLES)) == len(EXAMPLES) else ""


def told_of(papers: Papers, facets: Facets, words: UiStrings) -> str:
    """How many papers there are, on what, from whom and until when, and what of them is read; plain text."""
    largest = [*facets.organisations.items()][:3]
    most = sum(count for _, count in largest) * 2 > len(papers)
    whom = words("intro_whom", names=_listed([name for name, _ in largest], words)) if most else ""
    until = words("intro_until", month=month_year(facets.latest, words)) if facets.latest else ""
    about = about_what(papers, words)
    key = "intro_papers_full" if papers.with_texts else "intro_papers"
    key += "_one" if len(papers) == 1 else ""
    return words(key, count=f"{len(papers):,}", about=about, whom=whom, until=until)


def intro_html(papers: Papers, facets: Facets, words: UiStrings, now: Shown | None = None) -> str:
    """The empty page: what this is, over which papers, and questions worth asking of them.

    `now` is the collection where the page's address names one: its readers know it by its title.
    """
    heading = f"<h1>{text_html(words('intro_heading'))}</h1>"
    if now and now.missing:
        back = f'<a href="./">{text_html(words("intro_back"))}</a>'
        return f'<section class="intro">{heading}<p>{text_html(said(now.missing, words.language))} {back}</p></section>'
    if now and now.title and not len(papers):
        add = f' <a href="#library">{text_html(words("intro_add"))}</a>' if now.may_change else ""
        told = text_html(words("intro_empty", title=now.title))
        return f'<section class="intro">{heading}<p>{told}{add}</p></section>'
    told = told_of(papers, facets, words)
    if now and now.title:
        told = words("intro_own", title=now.title, told=told)
    examples = ask_next(_examples(papers, words, bool(now and now.title)), words("intro_examples"))
    return f'<section class="intro">{heading}<p>{text_html(told)}</p>{examples}</section>'


def _examples(papers: Papers, words: UiStrings, newest: bool) -> list[str]:
    """Questions worth asking: of the papers that come along the written ones, of others what the first, or the
    newest, find."""
    known = papers.numbers_of(EXAMPLES)
    examples = [words(f"example_{number}") for number, paper in enumerate(EXAMPLES, start=1) if paper in known]
    others = () if len(known) == len(EXAMPLES) else papers.select() if newest else papers.after(None, LOOKED_AT) or ()
    titled = (paper for paper in others[:LOOKED_AT] if paper.title and paper.readable and paper.id not in EXAMPLES)
    further = [words("example_of_title", title=paper.title or "") for paper in islice(titled, len(EXAMPLES))]
    return [*examples, *further][: len(EXAMPLES)]


def _listed(names: Sequence[str], words: UiStrings) -> str:
    return words("list_and").join(part for part in (words("list_comma").join(names[:-1]), names[-1]) if part)
