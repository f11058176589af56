"""An answer as it is kept outside the server, in a link, a browser or a request, and opened again.

What is kept points into the collection and bears no text of it: a quote is cut from
the paper's abstract or text when the answer is opened, so that a forged record cannot put
words into a paper's mouth. The answer's own sentences are the record's, and no more
to be trusted than whoever handed it over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, get_args

from app.answering.events import (
    Answer,
    AnswerModels,
    AnswerPart,
    AnswerSentence,
    AnswerStatus,
    Author,
    Citation,
    Direct,
    Mode,
    OutsideFilter,
    Support,
    TableRow,
    Timings,
    Verdict,
)
from app.answering.question import MAX_QUESTION_CHARS
from app.answering.sources import best_passage_per_paper
from app.notices.notice import Notice, NoticeRecord, notices_as_json, together
from retrieval.errors import CorpusError, InputError
from retrieval.full_text import MOST_CHARS
from retrieval.lead import lead_of
from retrieval.types import Paper, Part, Passage

VERSION = 1
MAX_TEXT_CHARS = 20_000
MAX_SHORT_CHARS = 2_000
MAX_ID_CHARS = 200
MAX_SENTENCES = 200
MAX_CITATIONS = 50
MAX_SOURCES = 100
MAX_FOLLOWUPS = 12
MAX_PARTS = 12
"""Parts of a question, or rows of a table."""
MAX_ENTRIES = 20
"""Timings or models."""
_MAX_NUMBER = 999
_MAX_OFFSET = MOST_CHARS
_MAX_MS = 1e9

PaperOf = Callable[[str], Paper | None]


def kept(answer: Answer) -> dict[str, Any]:
    """The answer as a small JSON object that `answer_from_kept` opens again.

    Of several passages of a paper it keeps the best. `check` tells later whether a quote still reads the same.
    """
    return {
        "version": VERSION,
        "id": answer.id,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "status": answer.status,
        "mode": answer.mode,
        "answer": answer.answer,
        "confidence": _score(answer.confidence),
        "sentences": [sentence.as_json() | {"score": _score(sentence.score)} for sentence in answer.sentences],
        "citations": [_kept_citation(citation) for citation in answer.citations],
        "sources": [
            {
                "paper": source.paper.id,
                "start": source.start,
                "end": source.end,
                "score": _score(source.score),
                **_kept_part(source.part),
            }
            for source in best_passage_per_paper(answer.sources)
        ],
        "followups": list(answer.followups),
        "timings": answer.timings.as_json(),
        "models": asdict(answer.models),
        "note": answer.note,
        "notes": [_kept_notice(part) for part in notices_as_json(answer.note)],
        "direct": answer.direct.as_json() if answer.direct else None,
        "parts": [part.as_json() for part in answer.parts],
        "table": [
            {"name": row.name, "citation": row.citation.number if row.citation else None} for row in answer.table
        ],
        "outside_filter": _kept_outside(answer.outside_filter) if answer.outside_filter else None,
    }


def answer_from_kept(record: Any, paper_of: PaperOf) -> Answer:
    """The answer of a kept record; `paper_of` gives a paper by its id, None where the collection has it no more.

    An answer outlives a change of the collection: what was cited from a paper that is
    gone, or whose abstract was rewritten, is left out, the note says so, and a
    sentence that rested on it no longer counts as supported. Raises `InputError`
    where the record is not of the kept form.
    """
    _require(isinstance(record, dict), "it must be an object")
    _require(record.get("version", VERSION) == VERSION, f"it is not of version {VERSION}")
    citations, lost = _citations(_list(record, "citations", MAX_CITATIONS), paper_of)
    sources, gone = _sources(_list(record, "sources", MAX_SOURCES), paper_of)
    numbers = {citation.number for citation in citations} | set(lost)
    sentences = [_sentence(one, numbers) for one in _list(record, "sentences", MAX_SENTENCES)]
    return Answer(
        id=_text(record, "id", MAX_ID_CHARS),
        question=_text(record, "question", MAX_QUESTION_CHARS),
        standalone_question=_text(record, "standalone_question", 2 * MAX_QUESTION_CHARS),
        status=_choice(record, "status", get_args(AnswerStatus)),
        mode=_choice(record, "mode", get_args(Mode)),
        answer=_text(record, "answer", MAX_TEXT_CHARS),
        confidence=_number(record, "confidence", 0, 1),
        sentences=tuple(_without(sentence, lost) for sentence in sentences),
        citations=citations,
        sources=sources,
        followups=tuple(_words(one, "followups", MAX_SHORT_CHARS) for one in _list(record, "followups", MAX_FOLLOWUPS)),
        timings=_timings(record),
        models=_models(record),
        note=together(_note(record), _papers_gone({*lost.values(), *gone})),
        direct=_direct(record.get("direct"), numbers, lost),
        parts=tuple(_answer_part(one, numbers, lost) for one in _list(record, "parts", MAX_PARTS)),
        table=tuple(_row(one, numbers, citations) for one in _list(record, "table", MAX_PARTS)),
        outside_filter=_outside(record.get("outside_filter"), paper_of),
    )


def _kept_citation(citation: Citation) -> dict[str, Any]:
    record: dict[str, Any] = {
        "number": citation.number,
        "paper": citation.paper.id,
        "start": citation.start,
        "end": citation.end,
        "score": _score(citation.score),
        "check": _check(citation.quote),
        **_kept_part(citation.part),
    }
    return record | {"gloss": citation.gloss} if citation.gloss else record


def _kept_part(part: Part) -> dict[str, Any]:
    """What was kept before there were full texts is of abstracts."""
    return {} if part == "abstract" else {"part": part}


def _kept_outside(outside: OutsideFilter) -> dict[str, Any]:
    return {"text": outside.text, "quote": _kept_citation(outside.quote) if outside.quote else None}


def _kept_notice(part: NoticeRecord) -> dict[str, Any]:
    """A sentence of the note: by its code, in words where it has none."""
    return {"text": part["text"]} if part["code"] is None else {"code": part["code"], "params": part["params"]}


def _score(score: float) -> float:
    return round(min(1.0, max(-1.0, score)), 4)


def _check(quote: str) -> str:
    return hashlib.sha256(quote.encode(errors="replace")).hexdigest()[:8]


def _citations(records: Sequence[Any], paper_of: PaperOf) -> tuple[tuple[Citation, ...], dict[int, str]]:
    """The citations that still hold, and of the others the number and the paper's id."""
    found: list[Citation] = []
    lost: dict[int, str] = {}
    for record in records:
        _require(isinstance(record, dict), "a citation must be an object")
        number = _whole(record, "number", 1, _MAX_NUMBER)
        _require(number not in lost and all(number != one.number for one in found), f"citation {number} is there twice")
        passage = _place(record, paper_of)
        if isinstance(passage, str):
            lost[number] = passage
            continue
        check = record.get("check")
        words = _words_there(passage)
        if words is None or (check is not None and _words(check, "check", MAX_ID_CHARS) != _check(words)):
            lost[number] = passage.paper.id
            continue
        inside = passage.start < passage.end and _inside(passage)
        _require(inside, f"quote {number} lies outside the {passage.part}")
        gloss = _gloss(record.get("gloss"), passage.paper)
        found.append(Citation(number, passage.paper, passage.start, passage.end, passage.score, gloss, passage.part))
    return tuple(found), lost


def _sources(records: Sequence[Any], paper_of: PaperOf) -> tuple[tuple[Passage, ...], set[str]]:
    """The passages that still exist, and the ids of the papers that do not."""
    places = []
    for record in records:
        _require(isinstance(record, dict), "a source must be an object")
        places.append(_place(record, paper_of))
    known = tuple(place for place in places if isinstance(place, Passage))
    # A paper whose abstract has become shorter, or whose text is gone, is still one that was found.
    whole = tuple(place if _inside(place) else replace(lead_of(place.paper), score=place.score) for place in known)
    return best_passage_per_paper(whole), {place for place in places if isinstance(place, str)}


def _place(record: Mapping[str, Any], paper_of: PaperOf) -> Passage | str:
    """The passage that a record names, or the id of a paper that is not there."""
    name = _text(record, "paper", MAX_ID_CHARS)
    start, end = _whole(record, "start", 0, _MAX_OFFSET), _whole(record, "end", 0, _MAX_OFFSET)
    score = _number(record, "score", -1, 1)
    _require(start <= end, "a quote must not end before it begins")
    paper = paper_of(name)
    part: Part = "abstract" if record.get("part") is None else _choice(record, "part", get_args(Part))
    # A forged record would have megabytes quoted, again and again.
    _require(part == "abstract" or end - start <= MAX_TEXT_CHARS, "a quote of a full text is too long")
    return name if paper is None else Passage(paper, start, end, score, part=part)


def _words_there(passage: Passage) -> str | None:
    """What stands there; None where the text is gone, or cannot be read."""
    if passage.part == "text" and passage.paper.text is None:
        return None
    try:
        return passage.text
    except CorpusError:
        return None


def _inside(passage: Passage) -> bool:
    words = _words_there(passage)
    return words is not None and len(words) == passage.end - passage.start


def _gloss(gloss: Any, paper: Paper) -> str | None:
    """The gloss, where it is the paper's own translation: one is shown as what the paper says."""
    if gloss is None:
        return None
    words = " ".join(_words(gloss, "gloss", MAX_TEXT_CHARS).split())
    own = " ".join(paper.translations.get("en", "").split())
    return gloss if words and words in own else None


def _sentence(record: Any, numbers: set[int]) -> AnswerSentence:
    _require(isinstance(record, dict), "a sentence must be an object")
    cited = _list(record, "citations", MAX_CITATIONS)
    for number in cited:
        _require(type(number) is int and number in numbers, "a sentence cites a quote that is not there")
    support = _choice(record, "support", get_args(Support))
    _require(bool(cited) or support != "supported", "a sentence that cites nothing cannot be supported")
    return AnswerSentence(_text(record, "text", MAX_TEXT_CHARS), tuple(cited), support, _number(record, "score", 0, 1))


def _direct(record: Any, numbers: set[int], lost: Mapping[int, str]) -> Direct | None:
    """The line in plain words; none once a quote is gone that says it."""
    if record is None:
        return None
    _require(isinstance(record, dict), "the direct line must be an object")
    cited = _list(record, "citations", MAX_CITATIONS)
    for number in cited:
        _require(type(number) is int and number in numbers, "the direct line cites a quote that is not there")
    by = _choice(record, "by", get_args(Author))
    text = _text(record, "text", MAX_SHORT_CHARS)
    verdict = None if record.get("verdict") is None else _choice(record, "verdict", get_args(Verdict))
    return None if any(number in lost for number in cited) else Direct(text, by, tuple(cited), verdict)


def _outside(record: Any, paper_of: PaperOf) -> OutsideFilter | None:
    """What the filters hid; nothing once the quote is gone that answers."""
    if record is None:
        return None
    _require(isinstance(record, dict), "what is outside the filter must be an object")
    text, quote = _text(record, "text", MAX_SHORT_CHARS), record.get("quote")
    if quote is None:
        return OutsideFilter(text)
    found, _ = _citations([quote], paper_of)
    return OutsideFilter(text, found[0]) if found else None


def _answer_part(record: Any, numbers: set[int], lost: Mapping[int, str]) -> AnswerPart:
    _require(isinstance(record, dict), "a part must be an object")
    cited = _list(record, "citations", MAX_CITATIONS)
    for number in cited:
        _require(type(number) is int and number in numbers, "a part cites a quote that is not there")
    left = tuple(number for number in cited if number not in lost)
    status = _choice(record, "status", get_args(AnswerStatus))
    return AnswerPart(_text(record, "question", MAX_QUESTION_CHARS), status if left or not cited else "abstained", left)


def _row(record: Any, numbers: set[int], citations: Sequence[Citation]) -> TableRow:
    _require(isinstance(record, dict), "a row must be an object")
    name, number = _text(record, "name", MAX_QUESTION_CHARS), record.get("citation")
    _require(number is None or (type(number) is int and number in numbers), "a row cites a quote that is not there")
    return TableRow(name, next((one for one in citations if one.number == number), None))


def _without(sentence: AnswerSentence, lost: Mapping[int, str]) -> AnswerSentence:
    """The sentence as it stands once quotes are gone; how much of it the others carry is not known."""
    left = tuple(number for number in sentence.citations if number not in lost)
    if left == sentence.citations:
        return sentence
    return replace(sentence, citations=left, support="unsupported" if left else "uncited", score=0.0)


def _note(record: Mapping[str, Any]) -> str | None:
    """The note, put together of its parts where all of them are known; else as it stands."""
    note = record.get("note")
    text = None if note is None else _words(note, "note", MAX_SHORT_CHARS)
    kept = [_part(one) for one in _list(record, "notes", MAX_ENTRIES)]
    known = [part for part in kept if part is not None]
    return together(*known) if text is not None and known and len(known) == len(kept) else text


def _part(record: Any) -> str | None:
    """The notice of a code and its parameters, or a text without one; None where there is no such notice."""
    _require(isinstance(record, dict), "a note must be an object")
    told = _mapping(record, "params")
    params = {name: _param(told, name) for name in told}
    code = record.get("code")
    if code is None:
        return None if record.get("text") is None else _text(record, "text", MAX_SHORT_CHARS)
    try:
        return Notice(code, **params) if isinstance(code, str) else None
    except (KeyError, ValueError):
        return None


def _param(params: Mapping[str, Any], name: str) -> str | float:
    if type(params[name]) in (int, float):
        return _number(params, name, -_MAX_MS, _MAX_MS)
    return _text(params, name, MAX_SHORT_CHARS)


def _papers_gone(gone: set[str]) -> Notice | None:
    return Notice("papers_gone", count=len(gone)) if gone else None


def _timings(record: Mapping[str, Any]) -> Timings:
    told = _mapping(record, "timings")
    names = [each.name for each in fields(Timings) if told.get(each.name) is not None]
    return Timings(**{name: _number(told, name, 0, _MAX_MS) for name in names})


def _models(record: Mapping[str, Any]) -> AnswerModels:
    told = _mapping(record, "models")
    names = [each.name for each in fields(AnswerModels) if told.get(each.name) is not None]
    return AnswerModels(**{name: _text(told, name, MAX_SHORT_CHARS) for name in names})


# ---- the few forms of a value


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise InputError(f"The kept answer cannot be opened: {reason}.")


def _words(value: Any, name: str, most: int) -> str:
    _require(isinstance(value, str), f'"{name}" must be text')
    _require(len(value) <= most, f'"{name}" is longer than {most:,} characters')
    # A lone surrogate is no text: it could be neither sent nor saved.
    _require(not any("\ud800" <= character <= "\udfff" for character in value), f'"{name}" is not readable text')
    return value


def _text(record: Mapping[str, Any], name: str, most: int) -> str:
    return _words(record.get(name), name, most)


def _number(record: Mapping[str, Any], name: str, least: float, most: float) -> float:
    value: Any = record.get(name)
    _require(type(value) in (int, float), f'"{name}" must be a number')
    _require(least <= value <= most, f'"{name}" must lie between {least:,.0f} and {most:,.0f}')  # so not NaN either
    return value


def _whole(record: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = record.get(name)
    _require(type(value) is int, f'"{name}" must be a whole number')
    return int(_number(record, name, least, most))


def _choice(record: Mapping[str, Any], name: str, choices: Sequence[Any]) -> Any:
    value = record.get(name)
    _require(isinstance(value, str) and value in choices, f'"{name}" must be {" or ".join(choices)}')
    return value


def _list(record: Mapping[str, Any], name: str, most: int) -> list[Any]:
    value = record.get(name, [])
    _require(isinstance(value, list), f'"{name}" must be a list')
    _require(len(value) <= most, f'"{name}" has more than {most} entries')
    return value


def _mapping(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = record.get(name, {})
    _require(isinstance(value, dict), f'"{name}" must be an object')
    _require(len(value) <= MAX_ENTRIES, f'"{name}" has more than {MAX_ENTRIES} entries')
    for key in value:
        _words(key, name, MAX_ID_CHARS)
    return value
