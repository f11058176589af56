"""What a paper's first page says of it: title, authors, when it was published, its DOI and its arXiv id."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.documents.pdf.columns import Column
from retrieval.documents.pdf.lines import Line
from retrieval.documents.pdf.measures import Measures
from retrieval.documents.pdf.names import names, plain_name
from retrieval.documents.pdf.words import Word
from retrieval.identity import arxiv_id_in, doi_in, title_key
from retrieval.lexical.han import HAN
from retrieval.readers.dates import month_of

_TOP = 0.62
"""Title and authors stand in this share of the page, from above."""
_MOST_TITLE_CHARS = 400
_MOST_AUTHORS = 100
_MOST_WORDS_ASIDE = 14
"""A row of more words that are no names is prose."""
_SAME_SIZE = 0.03
_STAMP = re.compile(
    r"arxiv:\s*(?P<id>(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?)\s*(?:\[[\w.\-]+\])?\s*"
    r"(?:(?P<day>\d{1,2})\s*(?P<month>[a-z]{3})[a-z]*\s*(?P<year>\d{4}))?",
    re.IGNORECASE,
)
_VENUE = re.compile(
    r"(?:ICLR|NeurIPS|NIPS|ICML|ACL|EMNLP|NAACL|EACL|COLM|CVPR|ICCV|ECCV|AAAI|IJCAI|AISTATS|COLT|UAI|KDD|WWW|SIGIR|"
    r"CHI|CoRL|RSS|ICRA|TMLR|JMLR|conference|proceedings|workshop|symposium|journal|volume|vol\.|published|accepted|"
    r"copyright|©|\(c\))[^\n]{0,80}?\b(?P<year>(?:19|20)\d{2})\b",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"\b(?:ICLR|NeurIPS|NIPS|ICML|ACL|EMNLP|CVPR|AAAI)\s?[’'](?P<year>\d{2})\b")
_DAY = re.compile(r"(?P<month>[A-Z][a-z]{2,8})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d{2})")
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month>[A-Z][a-z]{2,8})\.?,?\s+(?P<year>(?:19|20)\d{2})"
)
_OWN_DOI = re.compile(r"(?:doi\s*[:.]?\s*|doi\.org/|dx\.doi\.org/)(10\.\d{4,9}/\S+)", re.IGNORECASE)
_FILE_NAME = re.compile(
    r"\.(?:pdf|docx?|tex|dvi|ps|indd|qxd|rtf|odt)\b|^microsoft word|^untitled|^paper$", re.IGNORECASE
)
_MARKS = re.compile(r"[*†‡§¶∗⋆♠♣♥♦△▽\d]+|[\u00b2\u00b3\u00b9\u2070-\u2079]")
_BETWEEN = re.compile(r"\s*(?:,|;|·|•|\||\u3001|\uff0c|&|\band\b|\bund\b|\bet\b)\s*")
_PARTICLES_TEXT = "van von de der den del della di da dos das du la le bin ibn al el ter ten zu zur af av"
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_HAN_NAME = re.compile(f"[{HAN}\u00b7]{{2,8}}")


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the paper itself; None or empty where it is not sure."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    doi: str | None = None
    arxiv_id: str | None = None


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The first page: its columns in order, its height, and what stands aside of them or in its margins."""

    columns: tuple[Column, ...]
    height: float
    aside: str = ""
    margins: tuple[str, ...] = ()

    @property
    def lines(self) -> list[Line]:
        return [line for column in self.columns for line in column.lines]


def title_lines(page: FirstPage) -> list[Line]:
    """The lines of the title: the largest of the upper part of the page that follow one another."""
    upper = [line for line in page.lines if line.base < _TOP * page.height]
    sizes = sorted({line.size for line in upper if _can_be_title(line)}, reverse=True)
    for size in sizes[:3]:
        found: list[Line] = []
        for line in upper:
            near = abs(line.size - size) <= _SAME_SIZE * size
            if near and (not found or 0 < line.base - found[-1].base < 2 * size):
                found.append(line)
            elif found:
                break
        said = " ".join(line.text for line in found)
        if 8 <= len(said) <= _MOST_TITLE_CHARS and plain_name(said) not in names().known:
            return found
    return []


def about(page: FirstPage, title: Sequence[Line], measures: Measures, info: Mapping[str, str]) -> About:
    """What the first page and the file say of the paper; the file is believed where the page bears it out."""
    shown = _title_of(title) if title and measures.is_larger(title[0].size) else None
    told = " ".join(info.get("Title", "").split())
    believed = told if _is_title(told, page) else None
    # The file's own has capitals and signs that a page may lose, so it goes first where both are the same.
    same = believed if believed and shown and title_key(believed) == title_key(shown) else None
    found_title = same or shown or believed
    stamp = _STAMP.search(page.aside) or next(filter(None, map(_STAMP.search, page.margins)), None)
    arxiv = arxiv_id_in(stamp["id"]) if stamp else None
    return About(
        title=found_title,
        authors=_authors(page, title) or (_told_authors(info, page) if found_title else ()),
        published=_published(page, title, stamp),
        doi=_doi(page, info),
        arxiv_id=arxiv,
    )


def _can_be_title(line: Line) -> bool:
    letters = sum(sign.isalpha() for sign in line.text)
    return letters >= max(2, 0.6 * len(line.text.replace(" ", "")))


def _title_of(lines: Sequence[Line]) -> str:
    said = ""
    for line in lines:
        text = _without_marks(line)
        joined = said.endswith("-") and text[:1].islower()
        said = f"{said[:-1]}{text}" if joined else f"{said} {text}"
    return said.strip(" *†‡")


def _without_marks(line: Line) -> str:
    """What the line says, without raised marks such as those of footnotes and affiliations."""
    words = [word for word in line.words if not _is_mark(line, word) or _is_number(line, word)]
    return Line(words, line.page).text if words else ""


def _is_mark(line: Line, word: Word) -> bool:
    return word.style.size <= 0.82 * line.size or not _MARKS.sub("", word.text)


def _is_number(line: Line, word: Word) -> bool:
    """Whether it is a number among the words, and none that is raised."""
    return word.text.isdigit() and word.style.size > 0.82 * line.size


def _is_title(told: str, page: FirstPage) -> bool:
    """Whether what the file has as its title is one, and the page says it too."""
    key = title_key(told)
    if not key or _FILE_NAME.search(told) or len(told) > _MOST_TITLE_CHARS:
        return False
    return key in title_key(" ".join(line.text for line in page.lines if line.base < _TOP * page.height))


def _authors(page: FirstPage, title: Sequence[Line]) -> tuple[str, ...]:
    """The names between title and abstract: of rows that hold names alone, where the first row does.

    Between them may stand what are no names, such as affiliations, but no prose.
    """
    found: list[str] = []
    for number, row in enumerate(_rows_below(page, title[-1]) if title else ()):
        listed = [name for part in row for name in _split_names(part)]
        good = bool(listed) and all(map(is_name, listed))
        if (number == 0 and not good) or (not good and len(" ".join(row).split()) > _MOST_WORDS_ASIDE):
            break
        if good:
            found += [name for name in listed if name not in found]
    return tuple(found[:_MOST_AUTHORS])


def _rows_below(page: FirstPage, title: Line) -> Iterator[list[str]]:
    """What stands below the title until the abstract or the first heading; each row in its parts, left to right."""
    known = names()
    for line in page.lines:
        if line.page != title.page or line.base <= title.base or line.base > _TOP * page.height:
            continue
        if plain_name(line.text) in known.known or known.abstract_before.match(line.text):
            return
        if len(line.text.split()) > 60:
            return
        yield _parts(line)


def _parts(line: Line) -> list[str]:
    """The line cut where marks or wide gaps part names."""
    parts: list[list[Word]] = [[]]
    for number, word in enumerate(line.words):
        wide = number and word.x0 - line.words[number - 1].x1 > 1.2 * line.size
        if wide:
            parts.append([])
        if _is_mark(line, word):
            # Marks of affiliations stand after a name; a comma between two of them is one too.
            parts.append([])
        else:
            parts[-1].append(word)
    return [_MARKS.sub("", Line(words, line.page).text).strip() for words in parts if words]


def _split_names(part: str) -> list[str]:
    return [
        name.strip(" .,:;") if not name.endswith("Jr.") else name for name in _BETWEEN.split(part) if name.strip(" .,")
    ]


def is_name(text: str) -> bool:
    """Whether the text can be the name of a person."""
    if _HAN_NAME.fullmatch(text):
        return not names().not_names.search(text)
    words = text.split()
    if not 2 <= len(words) <= 6 or len(text) > 60 or names().not_names.search(text):
        return False
    if any(sign.isdigit() or sign in "@/{}()[]<>=:" for sign in text):
        return False
    telling = [word for word in words if word.casefold() not in _PARTICLES]
    return len(telling) >= 2 and all(_is_part_of_name(word) for word in telling)


def _is_part_of_name(word: str) -> bool:
    letters = [sign for sign in word if unicodedata.category(sign).startswith("L")]
    rest = [sign for sign in word if not unicodedata.category(sign).startswith(("L", "M")) and sign not in "-'’.‐"]
    return bool(letters) and not rest and letters[0] == letters[0].upper()


def _told_authors(info: Mapping[str, str], page: FirstPage) -> tuple[str, ...]:
    """Those that the file has, where all are names and stand on the page."""
    listed = [name.strip() for name in re.split(r"[;,]|\band\b", info.get("Author", "")) if name.strip()]
    said = title_key(" ".join(line.text for line in page.lines)) or ""
    sure = all(is_name(name) and _key(name) in said for name in listed)
    return tuple(listed[:_MOST_AUTHORS]) if listed and sure else ()


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def _published(page: FirstPage, title: Sequence[Line], stamp: re.Match[str] | None) -> date | None:
    """The day of arXiv's stamp, the year of the venue, a date below the title; when the file was made says nothing."""
    if stamp and stamp["year"] and (found := _date(stamp["year"], stamp["month"], stamp["day"])):
        return found
    small = [*page.margins, *_edge_texts(page, title)]
    for text in small:
        if found := _VENUE.search(text) or _SHORT_YEAR.search(text):
            year = found["year"]
            return _date(year if len(year) == 4 else f"20{year}")
    below = [" ".join(row) for row in _rows_below(page, title[-1])] if title else []
    for text in [*below, *small]:
        found = _DAY.search(text) or _DAY_FIRST.search(text)
        if found and (day := _date(found["year"], found["month"], found["day"])):
            return day
    return None


def _edge_texts(page: FirstPage, title: Sequence[Line]) -> Iterator[str]:
    """The lines above the title, and the lowest of the page, where venues are named."""
    top = title[0].base if title else 0.0
    for line in page.lines:
        if line.base < top or line.base > 0.8 * page.height:
            yield line.text


def _doi(page: FirstPage, info: Mapping[str, str]) -> str | None:
    """The one that the file, the margins or the first page name as the paper's own; None where there are several."""
    for texts in ([info.get("Subject", ""), info.get("Keywords", ""), info.get("Title", "")], page.margins):
        if found := next(filter(None, map(doi_in, texts)), None):
            return found
    said: Iterable[str] = (found[1] for line in page.lines for found in _OWN_DOI.finditer(line.text))
    named = {doi for text in said if (doi := doi_in(text))}
    return named.pop() if len(named) == 1 else None


def _date(year: str, month: str | None = None, day: str | None = None) -> date | None:
    """The date; its year's first day where no month is given. None where there is none such, or it is to come."""
    number = month_of(month) or 0 if month else 1
    try:
        found = date(int(year), number, int(day or 1))
    except ValueError:
        return None
    return found if 1900 <= found.year <= date.today().year + 1 else None
