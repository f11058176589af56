"""An answer's text as HTML: paragraphs, titles, quotes, markers, and what is said of each sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence

from app.answering.answer import AnswerSentence
from app.answering.writing.quotes import verdict_before
from app.languages import language_of
from app.surfaces.markup import Layer, outside_link, segments, text_html
from app.surfaces.page.bounds import MAX_LINKS
from app.surfaces.page.exchange import Exchange
from app.surfaces.ui_strings import UiStrings
from retrieval.types import Paper
from retrieval.web_address import paper_address

# What begins with a run of white space begins nowhere within it, or long runs would take their square in time.
_MARKER = re.compile(r"(?:(?<![ \t])[ \t]+)?\[([0-9]{1,4}(?:\s*,\s*[0-9]{1,4})*)\]")
_MARKERS_AFTER = re.compile(r"\s*\[[0-9][0-9,\s]*\]")
_BREAK = re.compile(r"(?<!\s)\s*\n\s*\n\s*")
_VERDICTS = ("uncited", "unsupported", "contradicted")


def answer_html(exchange: Exchange, number: int, words: UiStrings) -> str:
    """The answer's paragraphs: titles lead to their papers, quotes in their own face, markers for quotes that exist.

    The first `MAX_LINKS` numbers and titles are links, further ones stay the text that they are.
    """
    # An abstaining answer goes on to name the closest papers, if any is near; the page sets those as a list of links.
    text = exchange.text.split("\n\n")[0] if exchange.abstained and not exchange.far else exchange.text
    titles = {paper.title: paper_address(paper) for paper in _papers_named(exchange) if paper.title}
    papers = {citation.number: citation.paper.name for citation in exchange.citations}
    seen: set[int] = set()
    pieces: list[str] = []
    links = 0
    opening = _opening_verdict(exchange)
    further = [Layer(0, len(opening), "opens")] if opening else []
    for piece, labels, verdict in answer_pieces(text, exchange.sentences, titles, exchange.running, further):
        if "break" in labels:
            pieces.append("</p><p>")
        elif "marker" in labels and links + piece.count(",") < MAX_LINKS:
            links += 1 + piece.count(",")
            pieces.append(_markers(piece, number, papers, seen, words))
        else:
            link = outside_link(titles.get(piece), piece) if "title" in labels and links < MAX_LINKS else ""
            links += bool(link)
            pieces.append(_styled(link or text_html(piece), labels, words))
        if verdict:
            pieces.append(_verdict(words(f"verdict_{verdict}"), words))
    return f"<p>{''.join(pieces)}</p>".replace("<p></p>", "")


def _papers_named(exchange: Exchange) -> Iterator[Paper]:
    """The papers that an answer may name: those that were found, and that which its filters hide."""
    yield from (passage.paper for passage in exchange.passages)
    outside = exchange.answer.outside_filter if exchange.answer else None
    if outside and outside.quote:
        yield outside.quote.paper


def _opening_verdict(exchange: Exchange) -> str:
    """The "Yes." with which the answer opens, where its line in plain words does not begin so itself."""
    answer = exchange.answer
    if answer is None or answer.direct is None:
        return ""
    word = verdict_before(answer.direct, language_of(answer.question).phrases).strip()
    return word if exchange.text.startswith(word) else ""


def answer_pieces(
    text: str,
    sentences: Sequence[AnswerSentence],
    titles: Collection[str],
    unfinished: bool = False,
    further: Sequence[Layer] = (),
) -> Iterator[tuple[str, tuple[str, ...], str | None]]:
    """The text in pieces: each with what holds for it, by `further` layers too, and with the verdict on the sentence
    that ends there.

    The widget cuts an answer in the same way (widget/script/pieces.js); tests/support/answer_text.json holds for both.
    """
    verdicts = [layer for layer in placed(sentences, text) if layer.label in _VERDICTS]
    verdict_at = {layer.end: layer.label for layer in verdicts}
    position = 0
    for piece, labels in segments(text, [*inline_layers(text, titles, unfinished), *verdicts, *further]):
        position += len(piece)
        yield piece, labels, verdict_at.get(position)


def _verdict(verdict: str, words: UiStrings) -> str:
    return f'<small class="verdict">{text_html(words("verdict_aside", verdict=verdict))}</small>'


def inline_layers(text: str, titles: Collection[str], unfinished: bool = False) -> list[Layer]:
    """What is said of an answer's text; a quote is verbatim, so nothing inside it is a marker or a title.

    A title that stands between quotation marks by itself is a title.
    """
    quotes = [(start, end) for start, end in quoted_spans(text, unfinished) if text[start + 1 : end - 1] not in titles]
    layers = [Layer(start, end, "quoted") for start, end in quotes]
    layers += [Layer(*match.span(), "break") for match in _BREAK.finditer(text)]
    found = [(match.span(), "marker") for match in _MARKER.finditer(text)]
    for title in titles:
        found += [(match.span(), "title") for match in re.finditer(re.escape(title), text)]
    begins = [begin for begin, _ in quotes]
    for (start, end), label in found:
        # Quotes lie side by side: only the last that begins before the end can reach in.
        before = bisect_left(begins, end)
        if not before or quotes[before - 1][1] <= start:
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


def _styled(html: str, labels: Collection[str], words: UiStrings) -> str:
    if "title" in labels:
        html = f"<em>{html}</em>"
    if "opens" in labels:
        html = f'<strong class="opens">{html}</strong>'
    if "quoted" in labels:
        html = f'<span class="quoted">{html}</span>'
    for verdict in _VERDICTS:
        if verdict in labels:
            reason = text_html(words(f"verdict_{verdict}"))
            html = f'<span class="{verdict}" data-reason="{reason}" tabindex="0">{html}</span>'
    return html


def _markers(piece: str, turn_number: int, papers: Mapping[int, str], seen: set[int], words: UiStrings) -> str:
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
        links.append(marker(turn_number, number, papers[number], words, anchor))
    return "".join(links)


def marker(turn_number: int, number: int, paper: str, words: UiStrings, anchor: str = "") -> str:
    """The small round number that leads to quote `number` of exchange `turn_number`."""
    label = text_html(words("marker_label", number=number, paper=paper))
    return (
        f'<a class="marker"{anchor} href="#t{turn_number}-q{number}" data-turn="{turn_number}" '
        f'data-number="{number}" aria-label="{label}">{number}</a>'
    )


def placed(sentences: Sequence[AnswerSentence], text: str) -> list[Layer]:
    """Where each sentence stands in the text, labelled by its support; markers and spacing are disregarded."""
    skipped = {index for match in _MARKER.finditer(text) for index in range(*match.span())}
    kept = [index for index, char in enumerate(text) if index not in skipped and not char.isspace()]
    bare = "".join(text[index] for index in kept)
    layers: list[Layer] = []
    behind: dict[int, int] = {}
    cursor = 0
    for sentence in sentences:
        needle = re.sub(r"\s+", "", _MARKER.sub("", sentence.text))
        start = bare.find(needle, cursor) if needle else -1
        if start < 0:
            continue
        cursor = start + len(needle)
        layers.append(Layer(kept[start], _behind_markers(text, kept[cursor - 1] + 1, behind), sentence.support))
    return layers


def _behind_markers(text: str, start: int, known: dict[int, int]) -> int:
    """Where the markers that follow on `start` end; `known` holds what was found from other places."""
    end, passed = start, []
    while end not in known and (after := _MARKERS_AFTER.match(text, end)):
        passed.append(end)
        end = after.end()
    end = known.get(end, end)
    known.update(dict.fromkeys(passed, end))
    return end


def spoken(sentence: AnswerSentence, words: UiStrings) -> str:
    """A finished sentence as it is read out: without numbers, and with what is wrong with it."""
    text = " ".join(_MARKER.sub("", sentence.text).split())
    if sentence.support in _VERDICTS:
        text += words("verdict_aside", verdict=words(f"verdict_{sentence.support}"))
    return text
