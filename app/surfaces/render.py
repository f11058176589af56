"""The conversation as HTML: questions, answers with their markers, and what stands below them.

Pure functions from exchanges to strings. Everything that comes from a paper, a
question or a model passes through `text_html`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from app.answering.answerer import Models
from app.answering.events import AnswerSentence
from app.surfaces.cards import CLOSEST, card_id, evidence, origin
from app.surfaces.exchange import Exchange, papers_best_first
from app.surfaces.markup import Layer, paper_address, segments, text_html
from retrieval.types import Facets, Filters, Paper

_MARKER = re.compile(r"[ \t]*\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\]")
_MARKERS_AFTER = re.compile(r"\s*\[\d[\d,\s]*\]")
_BREAK = re.compile(r"\s*\n\s*\n\s*")
_VERDICTS = {"uncited": "no quote behind this sentence", "unsupported": "the quoted text does not say this"}
LANGUAGES = {"en": "English", "zh": "Chinese", "de": "German", "fr": "French", "es": "Spanish", "ja": "Japanese"}


def conversation(exchanges: Sequence[Exchange]) -> str:
    """All exchanges, oldest first; the last one has retry and the questions to ask next."""
    last = len(exchanges)
    return "".join(turn(exchange, number, number == last) for number, exchange in enumerate(exchanges, start=1))


def margin(exchanges: Sequence[Exchange]) -> str:
    """The evidence of all exchanges; only that of the last one is shown until a marker asks for another."""
    last = len(exchanges)
    return "".join(evidence(exchange, number, number == last) for number, exchange in enumerate(exchanges, start=1))


def turn(exchange: Exchange, number: int, last: bool) -> str:
    """One question with its answer as far as it has come."""
    busy = ' aria-busy="true"' if exchange.running else ""
    parts = [f'<h2 class="question">{text_html(exchange.question)}</h2>', scope(exchange.filters)]
    answer = exchange.answer
    if answer and answer.standalone_question.casefold() not in {"", exchange.question.casefold()}:
        parts.append(f'<p class="aside-line">Understood as: {text_html(answer.standalone_question)}</p>')
    if exchange.text:
        parts.append(f'<div class="answer">{answer_html(exchange, number)}</div>')
    if exchange.running:
        parts.append(f'<p class="status">{text_html(exchange.status)} …</p>')
    if exchange.abstained:
        parts.append(closest(exchange, number))
    if exchange.failure:
        parts.append(f'<p class="failure">{text_html(exchange.failure)}</p>')
    if exchange.stopped:
        parts.append('<p class="status">Stopped before it was finished.</p>')
    if not exchange.running:
        parts += [provenance(exchange), actions(exchange, number, last)]
        if last:
            parts.append(ask_next(exchange.followups, "You could ask" if exchange.abstained else "Ask next"))
    return f'<article class="turn" id="t{number}" data-turn="{number}"{busy}>{"".join(parts)}</article>'


def answer_html(exchange: Exchange, number: int) -> str:
    """The answer's paragraphs: titles emphasised, quotes in their own face, markers for quotes that exist."""
    # An abstaining answer goes on to name the closest papers; the page sets those as a list of links.
    text = exchange.text.split("\n\n")[0] if exchange.abstained else exchange.text
    titles = {passage.paper.title for passage in exchange.passages if passage.paper.title}
    layers = inline_layers(text, titles, exchange.running)
    verdicts = [layer for layer in placed(exchange.sentences, text) if layer.label in _VERDICTS]
    verdict_at = {layer.end: _VERDICTS[layer.label] for layer in verdicts}
    papers = {citation.number: citation.paper.name for citation in exchange.citations}
    seen: set[int] = set()
    pieces: list[str] = []
    position = 0
    for piece, labels in segments(text, [*layers, *verdicts]):
        position += len(piece)
        if "break" in labels:
            pieces.append("</p><p>")
        elif "marker" in labels:
            pieces.append(_markers(piece, number, papers, seen))
        else:
            pieces.append(_styled(piece, labels))
        if position in verdict_at:
            pieces.append(f' <small class="verdict">({verdict_at[position]})</small>')
    return f"<p>{''.join(pieces)}</p>".replace("<p></p>", "")


def inline_layers(text: str, titles: Collection[str], unfinished: bool = False) -> list[Layer]:
    """What is said of an answer's text; a quote is verbatim, so nothing inside it is a marker or a title."""
    quotes = quoted_spans(text, unfinished)
    layers = [Layer(start, end, "quoted") for start, end in quotes]
    layers += [Layer(*match.span(), "break") for match in _BREAK.finditer(text)]
    found = [(match.span(), "marker") for match in _MARKER.finditer(text)]
    for title in titles:
        found += [(match.span(), "emphasis") for match in re.finditer(re.escape(title), text)]
    for (start, end), label in found:
        if not any(begin < end and start < close for begin, close in quotes):
            layers.append(Layer(start, end, label))
    return layers


def quoted_spans(text: str, unfinished: bool = False) -> list[tuple[int, int]]:
    """The outermost “…” of each paragraph; one left open counts only at the end of an unfinished text."""
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in re.finditer(r"[“”]|\n\s*\n", text):
        if match.group() == "“":
            opened.append(match.start())
        elif match.group() == "”" and opened:
            start = opened.pop()
            if not opened:
                spans.append((start, match.end()))
        else:
            opened.clear()
    return [*spans, (opened[0], len(text))] if opened and unfinished else spans


def _styled(piece: str, labels: Collection[str]) -> str:
    html = text_html(piece)
    if "emphasis" in labels:
        html = f"<em>{html}</em>"
    if "quoted" in labels:
        html = f'<span class="quoted">{html}</span>'
    for verdict, words in _VERDICTS.items():
        if verdict in labels:
            html = f'<span class="{verdict}" title="{words}">{html}</span>'
    return html


def _markers(piece: str, turn_number: int, papers: Mapping[int, str], seen: set[int]) -> str:
    """`[1, 2]` as links to the quotes that exist; a number without a quote stays as the text that it is.

    The space before it goes, so that a marker never begins a line.
    """
    numbers = [int(digits) for digits in re.findall(r"\d+", piece)]
    if not numbers or not all(number in papers for number in numbers):
        return text_html(piece)
    links: list[str] = []
    for number in numbers:
        anchor = "" if number in seen else f' id="t{turn_number}-m{number}"'
        seen.add(number)
        links.append(
            f'<a class="marker"{anchor} href="#t{turn_number}-q{number}" data-turn="{turn_number}" '
            f'data-number="{number}" aria-label="Quote {number}: {text_html(papers[number])}">{number}</a>'
        )
    return "".join(links)


def placed(sentences: Sequence[AnswerSentence], text: str) -> list[Layer]:
    """Where each sentence stands in the text, labelled by its support; markers and spacing are disregarded."""
    skipped = {index for match in _MARKER.finditer(text) for index in range(*match.span())}
    kept = [index for index, char in enumerate(text) if index not in skipped and not char.isspace()]
    bare = "".join(text[index] for index in kept)
    layers: list[Layer] = []
    cursor = 0
    for sentence in sentences:
        needle = re.sub(r"\s+", "", _MARKER.sub("", sentence.text))
        start = bare.find(needle, cursor) if needle else -1
        if start < 0:
            continue
        cursor = start + len(needle)
        end = kept[cursor - 1] + 1
        while after := _MARKERS_AFTER.match(text, end):
            end = after.end()
        layers.append(Layer(kept[start], end, sentence.support))
    return layers


def scope(filters: Filters) -> str:
    """Which papers were searched, where that was not all of them."""
    if filters.is_empty:
        return ""
    languages = tuple(LANGUAGES.get(language, language) for language in filters.languages)
    parts = [" or ".join(values) for values in (filters.organisations, filters.categories, languages) if values]
    if filters.since:
        parts.append(f"from {filters.since.year}")
    if filters.until:
        parts.append(f"until {filters.until.year}")
    return f'<p class="aside-line">Only {text_html(" · ".join(parts))}</p>'


def closest(exchange: Exchange, number: int) -> str:
    """The three nearest papers by name, under an answer that abstains."""
    papers = [passage.paper for passage in papers_best_first(exchange.passages)[:CLOSEST]]
    rows = "".join(
        f'<li><a href="#{card_id(number, paper)}" data-card="{card_id(number, paper)}">{text_html(paper.name)}</a>'
        f' <span class="meta">{text_html(" · ".join(origin(paper)))}</span></li>'
        for paper in papers
    )
    return f'<p class="aside-line">Closest in the collection:</p><ol class="closest">{rows}</ol>' if rows else ""


def provenance(exchange: Exchange) -> str:
    """How the answer was made and how far it is supported, in one line, and why it is not what was asked for."""
    answer = exchange.answer
    if answer is None:
        return ""
    supported, total = sum(each.support == "supported" for each in answer.sentences), len(answer.sentences)
    parts: list[str] = []
    if answer.status == "abstained":
        parts.append("nothing in the papers is near enough to quote")
    else:
        if total:
            every = supported == total
            parts.append("every sentence supported" if every else f"{supported} of {total} sentences supported")
        writer = answer.models.get("llm") or "a language model"
        parts.append("quotes" if answer.mode == "quotes" else f"written by {writer}")
    elapsed = answer.timings.get("total_ms")
    if elapsed is not None:
        parts.append(f"{elapsed:.0f} ms" if elapsed < 1000 else f"{elapsed / 1000:.1f} s")
    if answer.models.get("embedding"):
        parts.append(str(answer.models["embedding"]))
    whole = " whole" if total and supported == total else ""
    note = f'<p class="note">{text_html(answer.note)}</p>' if answer.note else ""
    return f'<p class="provenance{whole}">{text_html(" · ".join(parts))}</p>{note}'


def actions(exchange: Exchange, number: int, last: bool) -> str:
    """Retry, copy, and on narrow pages the way to the sources."""
    retry = '<button type="button" data-retry>Retry</button>' if last else ""
    copied = text_html(as_plain_text(exchange))
    copy = f'<button type="button" data-copy="{copied}">Copy</button>' if exchange.text else ""
    sources = f'<button type="button" data-sources="{number}">Sources</button>' if exchange.passages else ""
    return f'<p class="actions">{retry}{copy}{sources}</p>' if retry or copy or sources else ""


def ask_next(questions: Sequence[str], label: str) -> str:
    if not questions:
        return ""
    shown = [text_html(question) for question in questions]
    rows = "".join(f'<li><button type="button" data-ask="{words}">{words}</button></li>' for words in shown)
    return f'<nav class="next" aria-label="{text_html(label)}"><p>{text_html(label)}</p><ul>{rows}</ul></nav>'


def as_plain_text(exchange: Exchange) -> str:
    """What Copy puts on the clipboard: question, answer and numbered references."""
    references = [
        f"[{citation.number}] “{citation.quote}” {_reference(citation.paper)}" for citation in exchange.citations
    ]
    return "\n\n".join(part for part in (exchange.question, exchange.text, "\n".join(references)) if part)


def _reference(paper: Paper) -> str:
    return ". ".join(part for part in (paper.name.rstrip("."), ", ".join(origin(paper)), paper_address(paper)) if part)


def intro(count: int, facets: Facets, examples: Sequence[str]) -> str:
    """The empty page: what this is, over which papers, and questions worth asking."""
    organisations = list(facets.organisations)
    whom = f", most of them from {_listed(organisations[:3])}" if organisations else ""
    until = f", up to {facets.latest:%B %Y}" if facets.latest else ""
    return (
        '<section class="intro"><h1>Ask the papers, and check every sentence against the words it rests on.</h1>'
        f"<p>{count:,} papers on AI safety{text_html(whom)}{until}.</p>"
        f"{ask_next(examples, 'Questions worth asking')}</section>"
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def mode_line(models: Models, count: int) -> str:
    """The small line that says what is at work."""
    mode = f"written by {models.llm}, checked against quotes" if models.llm else "quotes, no language model"
    note = f'<span class="note"> · {text_html(models.note)}</span>' if models.note else ""
    return f"<p>{text_html(mode)} · {text_html(models.embedding)} · {count:,} papers{note}</p>"
