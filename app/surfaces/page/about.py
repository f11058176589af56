"""What stands behind an answer, told in short: how it is made and checked, over what, and what is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from app.answering.answerer import Models
from app.surfaces.markup import text_html
from app.surfaces.page.intro import about_what
from app.surfaces.page.paper_naming import month_year
from app.surfaces.ui_strings import UiStrings
from retrieval.papers.papers import Papers
from retrieval.types import Facets

_STEPS = ("search", "choose", "decide", "write", "check")
_LIMITS = ("contradiction", "sentence", "paraphrase", "arithmetic", "chinese", "clause", "truth")
_STORED = ("history", "feedback", "elsewhere")
MOST_READ = 10_000
"""Papers of a collection that are all read, in a fifth of a second, to tell what no table of it has: their sources, and
how many are without a title. Of more papers this is not told."""


def about_html(papers: Papers, facets: Facets, models: Models, words: UiStrings) -> str:
    """The about section; `models` are those at work now."""
    texts = papers.with_texts
    limits = [f"{name}_full" if texts and name == "truth" else name for name in _LIMITS]
    sections = (
        ("way", _way(models, words)),
        ("marks", _marks(words)),
        ("limits", _listed([text_html(words(f"about_limit_{name}")) for name in limits])),
        ("collection", _collection(papers, facets, words)),
        ("stored", _listed([text_html(words(f"about_stored_{name}")) for name in _STORED])),
        ("programs", _programs(words)),
    )
    told = "".join(f"<h2>{text_html(words(f'about_{name}'))}</h2>{body}" for name, body in sections)
    key = "about_lead_full" if texts else "about_lead"
    lead = words(key, count=f"{len(papers):,}", about=about_what(papers, words))
    return (
        f'<section class="about" lang="{words.language}" aria-labelledby="about-heading">'
        f'<h1 id="about-heading" tabindex="-1">{text_html(words("about_heading"))}</h1>'
        f'<p class="lead">{text_html(lead)}</p>{told}</section>'
    )


def _way(models: Models, words: UiStrings) -> str:
    steps = "".join(
        f"<li><b>{text_html(words(f'about_step_{name}_name'))}</b> {text_html(words(f'about_step_{name}'))}</li>"
        for name in _STEPS
    )
    if models.llm:
        at_work = words("about_at_work", embedding=models.embedding, llm=models.llm)
    else:
        at_work = words("about_at_work_quotes", embedding=models.embedding)
    return f'<ol class="steps">{steps}</ol><p class="aside">{text_html(at_work)}</p>'


def _marks(words: UiStrings) -> str:
    """Each mark in the form that it has in an answer."""
    shown = [('<span class="marker">1</span>', "number")]
    for name in ("plain", "uncited", "unsupported", "contradicted"):
        css = "" if name == "plain" else name
        shown.append((f'<span class="{css}">{text_html(words(f"about_mark_{name}"))}</span>', f"{name}_means"))
    rows = "".join(f"<dt>{mark}</dt><dd>{text_html(words(f'about_mark_{key}'))}</dd>" for mark, key in shown)
    return f'<dl class="marks">{rows}</dl>'


def _collection(papers: Papers, facets: Facets, words: UiStrings) -> str:
    by_whom = [f"{name} {count:,}" for name, count in facets.organisations.items()][:12]
    if nameless := len(papers) - sum(facets.organisations.values()):
        by_whom.append(words("about_not_given", count=f"{nameless:,}"))
    told = [words("about_collection_count", count=f"{len(papers):,}", organisations=", ".join(by_whom))]
    if facets.earliest and facets.latest:
        undated = papers.select().counted("year").get(None, 0)
        first, last = month_year(facets.earliest, words), month_year(facets.latest, words)
        told.append(words("about_collection_dates", first=first, last=last, undated=f"{undated:,}"))
    read = tuple(papers) if len(papers) <= MOST_READ else ()
    if untitled := sum(not paper.title for paper in read):
        told.append(words("about_collection_labels", count=f"{untitled:,}"))
    paragraphs = "".join(f"<p>{text_html(sentence)}</p>" for sentence in told)
    sources = Counter(paper.source for paper in read).most_common(12)
    listed = _listed([f"{text_html(_source(name, words))} <small>{count:,}</small>" for name, count in sources])
    return f"{paragraphs}<p>{text_html(words('about_sources'))}</p>{listed}" if sources else paragraphs


def _source(name: str, words: UiStrings) -> str:
    """Where papers came from in words; a source of a reader's own collection is shown as it calls itself."""
    key = f"about_source_{name or 'none'}"
    return words(key) if key in words else name


def _programs(words: UiStrings) -> str:
    # Beside the page and not at the host's root, so that they hold behind a proxy's path too.
    links = (("api/v1/openapi.json", "api"), ("demo", "demo"))
    return _listed([f'<a href="{where}">{text_html(words(f"about_programs_{name}"))}</a>' for where, name in links])


def _listed(items: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
