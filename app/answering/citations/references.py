"""A paper as a reference: BibTeX, APA (7th edition), CSL-JSON.

An organisation stands as author where no person is named. A label is never given
as a title: it stands where each form has a place for the description of an
untitled work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from typing import Any
from urllib.parse import quote

from retrieval.readers.latex import as_latex
from retrieval.sanitize import sanitize
from retrieval.types import Paper, knows_month
from retrieval.web_address import paper_address, web_address

_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_KEYLESS = re.compile(
    r"an?|and|are|as|at|by|can|do|does|for|from|how|in|is|of|on|or|the|to|towards?|we|what|when|why|with"
)
"""Words that tell nothing of a paper."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CORE = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)
_PARTED = re.compile(r",|\band\b", re.IGNORECASE)
_ADDRESS_SIGNS = "!$&'()*+,-./:;=?@_~%#[]"
_ENDS = (".", "?", "!", "。", "？", "！", "…")
_APA_AUTHORS = 20
_KEY_CHARS = 60


# ---- BibTeX


def bibtex(paper: Paper, key: str | None = None) -> str:
    """A BibTeX entry that any BibTeX or biber reads, under `key` or the paper's own; ends without a line break."""
    title, organisation = _clean(paper.title), _clean(paper.organisation)
    report = bool(paper.kind == "report" and title and organisation)
    fields: dict[str, str] = {"author": " and ".join(map(_bibtex_author, _authors(paper)))}
    if title:
        fields["title"] = " ".join(_bibtex_word(word) for word in title.split())
    else:
        fields["note"] = as_latex(_untitled(paper))
    if report:
        fields["institution"] = f"{{{as_latex(organisation)}}}"
    if paper.published:
        fields["year"] = f"{paper.published.year:04d}"
        if knows_month(paper.published):
            fields["month"] = _MONTHS[paper.published.month - 1]
    if arxiv := arxiv_id(paper):
        fields |= {"eprint": arxiv, "archiveprefix": "arXiv"}
    if doi := doi_of(paper):
        fields["doi"] = _address(doi)
    if address := web_address(paper_address(paper)):
        fields["url"] = _address(address)
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}" for name, value in fields.items() if value]
    return f"@{'techreport' if report else 'misc'}{{{key or citation_key(paper)},\n" + ",\n".join(lines) + "\n}"


def citation_key(paper: Paper) -> str:
    """A key of letters and figures that stays the same for the same paper, such as "anthropic2024sleeperagents"."""
    author = next((author.family for author in _authors(paper)), "")
    words = _ascii_words(paper.title or "")
    if not words or not (author or paper.published):
        return "-".join(_ascii_words(paper.id))[:_KEY_CHARS] or "paper"
    year = str(paper.published.year) if paper.published else ""
    telling = [word for word in words if not _KEYLESS.fullmatch(word)] or words
    return "".join((*_ascii_words(author), year, *telling[:2]))[:_KEY_CHARS]


def citation_keys(papers: Iterable[Paper]) -> dict[str, str]:
    """By paper id, the key of each paper in one list; a key that is taken gets a letter or a number more."""
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for paper in papers:
        if paper.id in keys:
            continue
        own = citation_key(paper)
        ends = chain(("", *"bcdefghijklmnopqrstuvwxyz"), (f"-{number}" for number in count(27)))
        keys[paper.id] = next(own + end for end in ends if own + end not in taken)
        taken.add(keys[paper.id])
    return keys


def _bibtex_author(author: Author) -> str:
    if not author.given:
        return f"{{{as_latex(author.family)}}}"
    return ", ".join(
        f"{{{part}}}" if _PARTED.search(part) else part for part in map(as_latex, (author.family, author.given))
    )


def _bibtex_word(word: str) -> str:
    """A word of a title; one with capitals inside, such as GPT-4, is kept from being lowered."""
    parts = _CORE.fullmatch(word)
    assert parts is not None  # it matches every word
    before, core, after = parts.groups()
    held = any(character.isupper() for character in word.lstrip("([“\"'")[1:])
    return as_latex(before) + (f"{{{as_latex(core)}}}" if held and core else as_latex(core)) + as_latex(after)


def _address(text: str) -> str:
    """A link as it may stand between braces: what would end the field or break a line is percent-encoded."""
    return quote(_clean(text), safe=_ADDRESS_SIGNS)


# ---- APA


def apa(paper: Paper) -> str:
    """The reference as APA 7 sets it, in plain text; title case is left as the paper has it."""
    authors, title = _apa_authors(_authors(paper)), _apa_title(paper)
    doi = doi_of(paper)
    arxiv = arxiv_id(paper)
    dated = f"({_apa_date(paper.published, with_day=not arxiv)})."
    opening = [_ended(authors), dated, _ended(title)] if authors else [_ended(title), dated]
    publisher = "arXiv." if arxiv else ""
    if doi:
        address = f"https://doi.org/{_address(doi)}"
    elif arxiv:
        address = f"https://arxiv.org/abs/{arxiv}"
    else:
        address = _address(web_address(paper_address(paper)) or "")
    return " ".join(part for part in (*opening, publisher, address) if part)


def _apa_title(paper: Paper) -> str:
    # Square brackets are APA's sign for a description in place of a title.
    title = _clean(paper.title) or f"[{_description(paper).rstrip('.')}]"
    arxiv = arxiv_id(paper)
    return f"{title} (arXiv:{arxiv})" if arxiv else title


def _apa_date(published: date | None, with_day: bool) -> str:
    if published is None:
        return "n.d."
    if not (with_day and knows_month(published)):
        return str(published.year)
    return f"{published.year}, {published:%B} {published.day}"


def _apa_authors(authors: list[Author]) -> str:
    names = [_apa_name(author) for author in authors]
    if len(names) > _APA_AUTHORS:
        return f"{', '.join(names[: _APA_AUTHORS - 1])}, … {names[-1]}"
    return ", & ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _apa_name(author: Author) -> str:
    parts = [word.split("-") for word in author.given.split()]
    initials = " ".join("-".join(f"{part[0]}." for part in word if part) for word in parts)
    return ", ".join(part for part in (author.family, initials) if part)


def _ended(text: str) -> str:
    return text if not text or text.endswith(_ENDS) else f"{text}."


# ---- CSL-JSON


def csl(paper: Paper, key: str | None = None) -> dict[str, Any]:
    """One item of CSL-JSON, under `key` or the paper's own."""
    item: dict[str, Any] = {
        "id": key or citation_key(paper),
        "type": "report" if paper.kind == "report" else "article",
    }
    if title := _clean(paper.title):
        item["title"] = title
    else:
        item["note"] = _untitled(paper)
    if authors := [_csl_author(author) for author in _authors(paper)]:
        item["author"] = authors
    if paper.published:
        day = paper.published
        parts = [day.year, day.month, day.day] if knows_month(day) else [day.year]
        item["issued"] = {"date-parts": [parts]}
    if arxiv := arxiv_id(paper):
        item |= {"publisher": "arXiv", "number": f"arXiv:{arxiv}"}
    elif paper.kind == "report" and (organisation := _clean(paper.organisation)):
        item["publisher"] = organisation
    if doi := doi_of(paper):
        item["DOI"] = doi
    if address := web_address(paper_address(paper)):
        item["URL"] = _address(address)
    return item


def _csl_author(author: Author) -> dict[str, str]:
    return {"family": author.family, "given": author.given} if author.given else {"literal": author.family}


# ---- what the three share


@dataclass(frozen=True, slots=True)
class Author:
    """A person; an organisation, or a name that cannot be taken apart, is all family name."""

    family: str
    given: str = ""


def arxiv_id(paper: Paper) -> str | None:
    """The paper's arXiv identifier where it has the form of one."""
    return paper.arxiv_id if paper.arxiv_id and _ARXIV.fullmatch(paper.arxiv_id) else None


def doi_of(paper: Paper) -> str | None:
    """The paper's DOI, without the resolver's address, where it has the form of one."""
    doi = re.sub(r"^https?://(?:dx\.)?doi\.org/", "", _clean(paper.doi))
    return doi if _DOI.fullmatch(doi) else None


def _authors(paper: Paper) -> list[Author]:
    """The people, else the organisation."""
    people = [_person(name) for name in map(_clean, paper.authors) if name]
    organisation = _clean(paper.organisation)
    return people or ([Author(organisation)] if organisation else [])


def _person(name: str) -> Author:
    """From "Family, Given" or "Given van Family"; "Smith and Sons" stays whole."""
    if " and " in name:
        return Author(name)
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma:
        return Author(family or given, given if family else "")
    words = name.split()
    # A family name begins at its particle, which is written small: "van", "de la".
    start = next((place for place, word in enumerate(words[1:], 1) if word[0].islower()), len(words) - 1)
    return Author(" ".join(words[start:]), " ".join(words[:start]))


def _untitled(paper: Paper) -> str:
    return f"Its title is not in the collection, which describes it as: {_ended(_description(paper))}"


def _description(paper: Paper) -> str:
    return _clean(paper.label) or _clean(paper.id)


def _ascii_words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _clean(text: str | None) -> str:
    return " ".join(sanitize(text or "").split())
