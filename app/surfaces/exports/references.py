"""Whole papers as BibTeX, CSL-JSON and RIS: what other programs read, and what reads back here as the same papers.

Each form says what it has places for, the abstract among it. What a paper has beside that, or in other signs than the
form can tell, stands in a field of our own (retrieval/readers/exact.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from app.answering.citations.references import bibtex, citation_keys, csl
from retrieval.readers import bibtex as bibtex_reader
from retrieval.readers import csl_json as csl_reader
from retrieval.readers import ris as ris_reader
from retrieval.readers.exact import NAME, exact_of
from retrieval.readers.latex import as_latex
from retrieval.sanitize import sanitize
from retrieval.types import Paper


def papers_bibtex(papers: Iterable[Paper]) -> Iterator[str]:
    """An entry for each paper, one at a time, each under its key and with a line break at its end."""
    for paper, key in _keyed(papers):
        yield f"{whole_bibtex(paper, key)}\n"


def papers_csl(papers: Iterable[Paper]) -> Iterator[dict[str, Any]]:
    """An item of CSL-JSON for each paper, one at a time."""
    for paper, key in _keyed(papers):
        yield whole_csl(paper, key)


def papers_ris(papers: Iterable[Paper]) -> Iterator[str]:
    """A record of RIS for each paper, one at a time, each with a line break at its end."""
    for paper, key in _keyed(papers):
        yield f"{whole_ris(paper, key)}\n"


def _keyed(papers: Iterable[Paper]) -> Iterator[tuple[Paper, str]]:
    listed = tuple(papers)
    keys = citation_keys(listed)
    return ((paper, keys[paper.id]) for paper in listed)


def whole_bibtex(paper: Paper, key: str | None = None) -> str:
    """The paper as an entry of BibTeX, under `key` or its own; without a line break at its end."""
    abstract, day = _one_line(paper.abstract), paper.published.day if paper.published else None
    fields = {"day": str(day or ""), "language": as_latex(paper.language), "abstract": as_latex(abstract)}
    told = bibtex(paper, key).removesuffix("\n}")
    told += "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
    exact = exact_of(paper, bibtex_reader.work_in(f"{told}\n}}").as_record())
    return f"{told},\n  {NAME} = {{{exact}}}\n}}"


def whole_csl(paper: Paper, key: str | None = None) -> dict[str, Any]:
    """The paper as an item of CSL-JSON, under `key` or its own."""
    item = csl(paper, key) | {"language": paper.language}
    if abstract := _one_line(paper.abstract):
        item["abstract"] = abstract
    return item | {"custom": {NAME: exact_of(paper, csl_reader.work_of_item(item).as_record())}}


def whole_ris(paper: Paper, key: str | None = None) -> str:
    """The paper as a record of RIS, with `key` or its own as its id; without a line break at its end."""
    item = csl(paper, key)
    report = item["type"] == "report"
    lines = [("TY", "RPRT" if report else "GEN"), ("ID", item["id"]), ("TI", item.get("title", ""))]
    lines += [("AU", _ris_name(author)) for author in item.get("author", [])]
    if paper.published:
        lines += [("PY", f"{paper.published.year:04d}"), ("DA", paper.published.strftime("%Y/%m/%d"))]
    lines += [("AB", _one_line(paper.abstract)), ("DO", item.get("DOI", "")), ("UR", item.get("URL", ""))]
    lines += [("LA", paper.language), ("N1", item.get("note", "")), ("AN", item.get("number", ""))]
    if report:
        lines.append(("PB", item.get("publisher", "")))
    told = [f"{tag}  - {value}" for tag, value in lines if value]
    exact = exact_of(paper, ris_reader.work_in("\n".join([*told, "ER  - "])).as_record())
    return "\n".join([*told, f"{ris_reader.EXACT_TAG}  - {NAME}:{exact}", "ER  - "])


def _ris_name(author: dict[str, str]) -> str:
    return ", ".join(filter(None, [author.get("family"), author.get("given")])) or author.get("literal", "")


def _one_line(text: str) -> str:
    return " ".join(sanitize(text).split())
