"""Markdown and plain text read: sections by their headings, what stands before them, simple marks left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.documents.document import DocumentLimits, ReadDocument, body_if_long
from retrieval.documents.faults import Fault, sentence
from retrieval.documents.pdf.names import names, plain_name
from retrieval.errors import DocumentError
from retrieval.full_text import MOST_CHARS, FullText, Section, SectionKind
from retrieval.identity import arxiv_id_in, doi_in
from retrieval.readers.dates import date_in
from retrieval.readers.encodings import encoding_of
from retrieval.readers.names import names_in
from retrieval.sanitize import sanitize

MOST_BYTES = 40_000_000
_MOST_SHORT_CHARS = 500
_MOST_FRONT_LINES = 100
_MOST_AUTHORS = 100
_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})$")
_FENCE = re.compile(r"(?:`{3,}|~{3,})")
_RULE = re.compile(r"(?:[*_-]\s*){3,}$")
_LIST = re.compile(r"\s{0,8}(?:[*+-]|\d{1,4}[.)])\s+")
_FIELD = re.compile(r"([A-Za-z_]{1,30})\s*:\s*(.*)")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")
_INLINE = (
    (
        re.compile(r"!?\[([^\[\]\n]{0,1000})\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)"),
        r"\1",
    ),
    (re.compile(r"!?\[([^\[\]\n]{1,1000})\]\[[^\[\]\n]{0,200}\]"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"\*\*(?=\S)([^*\n]{1,2000}?)(?<=\S)\*\*"), r"\1"),
    (re.compile(r"(?<!\w)__(?=\S)([^_\n]{1,2000}?)(?<=\S)__(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,2000}?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]{1,2000}?)(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"`([^`\n]{1,2000})`"), r"\1"),
)
"""What is left of simple marks. No pattern can go back far: each part has a bound and none of its own ends in it."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or a heading with its level."""

    text: str
    level: int = 0


def read_text_file(path: Path, limits: DocumentLimits, marked: bool) -> ReadDocument:
    """What a text file says; `marked` reads it as Markdown. Raises `DocumentError`."""
    return read_text(_decoded(path, limits), marked)


def read_text(source: str, marked: bool = True) -> ReadDocument:
    """The same, of what the file says."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    front, rest = _front(source)
    cut = len(rest) > MOST_CHARS
    lines = rest[:MOST_CHARS].split("\n")
    blocks = list(_markdown(lines) if marked else _plain(lines))
    title = front.get("title") or next((block.text for block in blocks if block.level == 1), None)
    text = _composed(blocks, title)
    abstract = next((text.text[each.start : each.end] for each in text.sections if each.kind == "abstract"), "")
    return ReadDocument(
        text=text,
        abstract=abstract,
        title=title[:_MOST_SHORT_CHARS] if title else None,
        authors=_authors(front),
        published=date_in(front.get("date") or front.get("published") or front.get("year")),
        doi=doi_in(front.get("doi")),
        arxiv_id=arxiv_id_in(front.get("arxiv") or front.get("arxiv_id") or front.get("eprint")),
        notes=(f"Only the first {MOST_CHARS:,} characters were read.",) if cut else (),
    )


def _decoded(path: Path, limits: DocumentLimits) -> str:
    try:
        if path.stat().st_size > min(limits.bytes, MOST_BYTES):
            small = DocumentLimits(bytes=min(limits.bytes, MOST_BYTES))
            raise DocumentError(sentence(Fault.TOO_LARGE, path, small))
        text = path.read_text(encoding_of(path), "replace")
    except OSError as error:
        raise DocumentError(sentence(Fault.MISSING, path, limits)) from error
    if "\0" in text:
        raise DocumentError(sentence(Fault.BINARY, path, limits))
    if not text.strip():
        raise DocumentError(sentence(Fault.EMPTY, path, limits))
    return text


def _front(source: str) -> tuple[dict[str, str], str]:
    """The fields before the text, between lines of three hyphens, and the text after them."""
    lines = source.split("\n", _MOST_FRONT_LINES)
    if lines[0].strip() != "---":
        return {}, source
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() in ("---", "...")), None)
    if end is None:
        return {}, source
    fields: dict[str, str] = {}
    last = ""
    for line in lines[1:end]:
        if found := _FIELD.fullmatch(line.strip()) if not line.startswith((" ", "\t", "-")) else None:
            last = found[1].casefold()
            fields[last] = _bare(found[2])
        elif last and (item := line.strip().removeprefix("-").strip()):
            # A list goes on under its field.
            item = _bare(item.removeprefix("name:"))
            fields[last] = f"{fields[last]}; {item}" if fields[last] else item
    return {name: value for name, value in fields.items() if value}, "\n".join(lines[end + 1 :])


def _bare(value: str) -> str:
    return sanitize(value.strip().strip("[]").strip("\"'")).strip()[:_MOST_SHORT_CHARS]


def _authors(front: dict[str, str]) -> tuple[str, ...]:
    listed = names_in(front.get("authors") or front.get("author") or "")[:_MOST_AUTHORS]
    # Of a list in brackets each may stand in quotes.
    return tuple(name for part in listed if (name := part.strip(" \"'")))


def _markdown(lines: Sequence[str]) -> Iterator[_Block]:
    held: list[str] = []
    fenced = ""
    for line in [*lines, ""]:
        bare = line.strip()
        fence = _FENCE.match(bare)
        if fenced or fence:
            if fence and not fenced:
                yield from _paragraph(held)
                held, fenced = [], fence[0]
            elif fence and fence[0].startswith(fenced):
                yield from _paragraph(held, code=True)
                held, fenced = [], ""
            else:
                held.append(line)
            continue
        heading = _heading_of(bare)
        under = _UNDERLINE.match(bare) if len(held) == 1 and not _LIST.match(held[0]) else None
        if heading or under:
            if heading:
                yield from _paragraph(held)
            text, level = heading or (held[0], 1 if bare[0] == "=" else 2)
            held = []
            yield _Block(_clean(text), level)
        elif not bare or _RULE.match(bare):
            yield from _paragraph(held)
            held = []
        else:
            if held and _LIST.match(line):
                yield from _paragraph(held)
                held = []
            held.append(bare.removeprefix(">").strip())
    yield from _paragraph(held, code=bool(fenced))


def _heading_of(bare: str) -> tuple[str, int] | None:
    """What a heading such as `## Methods ##` says, and its level; None for a line that is none."""
    found = _HEADING.match(bare)
    if found is None:
        return None
    text = bare[found.end() :]
    # Stripped, not matched: a pattern that ends in white space tries each of a thousand spaces a thousand times.
    return text.rstrip("#").rstrip() or "#", len(found[1])


def _plain(lines: Sequence[str]) -> Iterator[_Block]:
    """Paragraphs apart by empty lines; a known name alone in one is a heading."""
    held: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            held.append(line)
            continue
        if len(held) == 1 and plain_name(held[0]) in names().known:
            yield _Block(sanitize(held[0]).strip(), 2)
        else:
            yield from _paragraph(held, code=True)
        held = []


def _paragraph(lines: Sequence[str], code: bool = False) -> Iterator[_Block]:
    if not lines:
        return
    said = " ".join(line.strip() for line in lines)
    text = " ".join(sanitize(said).split()) if code else _clean(said)
    if text:
        yield _Block(text)


def _clean(text: str) -> str:
    """The text without simple marks, in one line."""
    text = _TAG.sub("", _without_comments(sanitize(text)))
    for pattern, left in _INLINE:
        text = pattern.sub(left, text)
    return " ".join(_LIST.sub(lambda found: f"{found[0].strip()} ", text).removeprefix("* ").split())


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    # What is never closed is no comment.
    ends = [part.partition("-->") for part in rest]
    return first + "".join(after if closed else f"<!--{part}" for part, closed, after in ends)


def _composed(blocks: Sequence[_Block], title: str | None) -> FullText:
    parts: list[str] = []
    sections: list[Section] = []
    length = 0
    under: tuple[str, SectionKind] = ("", "body")
    for block in blocks:
        start = length + 2 * bool(parts)
        length = start + len(block.text)
        parts.append(block.text)
        if block.level:
            under = _kind_of(block, title, sections)
            continue
        last = sections[-1] if sections else None
        if last and (last.title, last.kind) == under and start - last.end == 2:
            sections[-1] = Section(last.title, last.start, length, last.kind)
        else:
            sections.append(Section(under[0], start, length, under[1]))
    return FullText("\n\n".join(parts), tuple(map(body_if_long, sections)))


def _kind_of(heading: _Block, title: str | None, before: Sequence[Section]) -> tuple[str, SectionKind]:
    name = plain_name(heading.text)
    if name in names().abstract and not any(section.kind == "abstract" for section in before):
        return heading.text, "abstract"
    if name in names().references:
        return heading.text, "references"
    return ("" if heading.level == 1 and heading.text == title else heading.text), "body"
