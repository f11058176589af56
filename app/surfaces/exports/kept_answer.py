"""An answer as it is kept outside the server, in a link, a browser or a request, and opened again.

What is kept points into the collection and bears no text of it: a quote is cut from
the paper's abstract or text when the answer is opened, so that a forged record cannot put
words into a paper's mouth. The answer's own sentences are the record's, and no more
to be trusted than whoever handed it over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, get_args

from app.answering.answer import (
    Answer,
    AnswerModels,
    AnswerPart,
    AnswerSentence,
    AnswerStatus,
    Author,
    Direct,
    Mode,
    OutsideFilter,
    Support,
    TableRow,
    Timings,
    Verdict,
)
from app.answering.citation import Citation
from app.answering.question import MAX_QUESTION_CHARS
from app.answering.sources import best_passage_per_paper
from app.notices.notice import Notice, NoticeRecord, notices_as_json, together
from app.surfaces.exports.kept_quotes import (
    PaperOf,
    citations_from,
    kept_citation,
    kept_source,
    score_of,
    sources_from,
)
from app.surfaces.exports.kept_values import (
    MAX_ENTRIES,
    MAX_ID_CHARS,
    MAX_SHORT_CHARS,
    MAX_TEXT_CHARS,
    checked_text,
    choice_of,
    list_of,
    mapping_of,
    number_of,
    require,
    text_of,
)

VERSION = 1
MAX_SENTENCES = 200
MAX_CITATIONS = 50
MAX_SOURCES = 100
MAX_FOLLOWUPS = 12
MAX_PARTS = 12
"""Parts of a question, or rows of a table."""
_MAX_MS = 1e9


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
        "confidence": score_of(answer.confidence),
        "sentences": [sentence.as_json() | {"score": score_of(sentence.score)} for sentence in answer.sentences],
        "citations": [kept_citation(citation) for citation in answer.citations],
        "sources": [kept_source(source) for source in best_passage_per_paper(answer.sources)],
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
    require(isinstance(record, dict), "it must be an object")
    require(record.get("version", VERSION) == VERSION, f"it is not of version {VERSION}")
    citations, lost = citations_from(list_of(record, "citations", MAX_CITATIONS), paper_of)
    sources, gone = sources_from(list_of(record, "sources", MAX_SOURCES), paper_of)
    numbers = {citation.number for citation in citations} | set(lost)
    sentences = [_sentence(one, numbers) for one in list_of(record, "sentences", MAX_SENTENCES)]
    return Answer(
        id=text_of(record, "id", MAX_ID_CHARS),
        question=text_of(record, "question", MAX_QUESTION_CHARS),
        standalone_question=text_of(record, "standalone_question", 2 * MAX_QUESTION_CHARS),
        status=choice_of(record, "status", get_args(AnswerStatus)),
        mode=choice_of(record, "mode", get_args(Mode)),
        answer=text_of(record, "answer", MAX_TEXT_CHARS),
        confidence=number_of(record, "confidence", 0, 1),
        sentences=tuple(_without(sentence, lost) for sentence in sentences),
        citations=citations,
        sources=sources,
        followups=tuple(
            checked_text(one, "followups", MAX_SHORT_CHARS) for one in list_of(record, "followups", MAX_FOLLOWUPS)
        ),
        timings=_timings(record),
        models=_models(record),
        note=together(_note(record), _papers_gone({*lost.values(), *gone})),
        direct=_direct(record.get("direct"), numbers, lost),
        parts=tuple(_answer_part(one, numbers, lost) for one in list_of(record, "parts", MAX_PARTS)),
        table=tuple(_row(one, numbers, citations) for one in list_of(record, "table", MAX_PARTS)),
        outside_filter=_outside(record.get("outside_filter"), paper_of),
    )


def _kept_outside(outside: OutsideFilter) -> dict[str, Any]:
    return {"text": outside.text, "quote": kept_citation(outside.quote) if outside.quote else None}


def _kept_notice(part: NoticeRecord) -> dict[str, Any]:
    """A sentence of the note: by its code, in words where it has none."""
    return {"text": part["text"]} if part["code"] is None else {"code": part["code"], "params": part["params"]}


def _sentence(record: Any, numbers: set[int]) -> AnswerSentence:
    require(isinstance(record, dict), "a sentence must be an object")
    cited = _cited(record, numbers, "a sentence")
    support = choice_of(record, "support", get_args(Support))
    require(bool(cited) or support != "supported", "a sentence that cites nothing cannot be supported")
    return AnswerSentence(text_of(record, "text", MAX_TEXT_CHARS), cited, support, number_of(record, "score", 0, 1))


def _cited(record: Mapping[str, Any], numbers: set[int], what: str) -> tuple[int, ...]:
    """The numbers of the quotes that something rests on."""
    cited = list_of(record, "citations", MAX_CITATIONS)
    for number in cited:
        require(type(number) is int and number in numbers, f"{what} cites a quote that is not there")
    return tuple(cited)


def _direct(record: Any, numbers: set[int], lost: Mapping[int, str]) -> Direct | None:
    """The line in plain words; none once a quote is gone that says it."""
    if record is None:
        return None
    require(isinstance(record, dict), "the direct line must be an object")
    cited = _cited(record, numbers, "the direct line")
    by = choice_of(record, "by", get_args(Author))
    text = text_of(record, "text", MAX_SHORT_CHARS)
    verdict = None if record.get("verdict") is None else choice_of(record, "verdict", get_args(Verdict))
    return None if any(number in lost for number in cited) else Direct(text, by, cited, verdict)


def _outside(record: Any, paper_of: PaperOf) -> OutsideFilter | None:
    """What the filters hid; nothing once the quote is gone that answers."""
    if record is None:
        return None
    require(isinstance(record, dict), "what is outside the filter must be an object")
    text, quote = text_of(record, "text", MAX_SHORT_CHARS), record.get("quote")
    if quote is None:
        return OutsideFilter(text)
    found, _ = citations_from([quote], paper_of)
    return OutsideFilter(text, found[0]) if found else None


def _answer_part(record: Any, numbers: set[int], lost: Mapping[int, str]) -> AnswerPart:
    require(isinstance(record, dict), "a part must be an object")
    cited = _cited(record, numbers, "a part")
    left = tuple(number for number in cited if number not in lost)
    status = choice_of(record, "status", get_args(AnswerStatus))
    return AnswerPart(
        text_of(record, "question", MAX_QUESTION_CHARS), status if left or not cited else "abstained", left
    )


def _row(record: Any, numbers: set[int], citations: Sequence[Citation]) -> TableRow:
    require(isinstance(record, dict), "a row must be an object")
    name, number = text_of(record, "name", MAX_QUESTION_CHARS), record.get("citation")
    require(number is None or (type(number) is int and number in numbers), "a row cites a quote that is not there")
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
    text = None if note is None else checked_text(note, "note", MAX_SHORT_CHARS)
    kept = [_part(one) for one in list_of(record, "notes", MAX_ENTRIES)]
    known = [part for part in kept if part is not None]
    return together(*known) if text is not None and known and len(known) == len(kept) else text


def _part(record: Any) -> str | None:
    """The notice of a code and its parameters, or a text without one; None where there is no such notice."""
    require(isinstance(record, dict), "a note must be an object")
    told = mapping_of(record, "params")
    params = {name: _param(told, name) for name in told}
    code = record.get("code")
    if code is None:
        return None if record.get("text") is None else text_of(record, "text", MAX_SHORT_CHARS)
    try:
        return Notice(code, **params) if isinstance(code, str) else None
    except (KeyError, ValueError):
        return None


def _param(params: Mapping[str, Any], name: str) -> str | float:
    if type(params[name]) in (int, float):
        return number_of(params, name, -_MAX_MS, _MAX_MS)
    return text_of(params, name, MAX_SHORT_CHARS)


def _papers_gone(gone: set[str]) -> Notice | None:
    return Notice("papers_gone", count=len(gone)) if gone else None


def _timings(record: Mapping[str, Any]) -> Timings:
    told = mapping_of(record, "timings")
    names = [each.name for each in fields(Timings) if told.get(each.name) is not None]
    return Timings(**{name: number_of(told, name, 0, _MAX_MS) for name in names})


def _models(record: Mapping[str, Any]) -> AnswerModels:
    told = mapping_of(record, "models")
    names = [each.name for each in fields(AnswerModels) if told.get(each.name) is not None]
    return AnswerModels(**{name: text_of(told, name, MAX_SHORT_CHARS) for name in names})
