"""Quotes mode: an answer set from the papers' own words, without a language model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from app.answering.answer import REFUSAL, AnswerSentence, Direct
from app.answering.citation import Citation
from app.answering.sources import near_the_closest
from app.answering.writing.summaries import NO_SUMMARIES, Summaries
from app.languages import ENGLISH
from app.languages.phrases import AnswerPhrases
from retrieval.sanitize import sanitize
from retrieval.types import Paper, Passage

MAX_NAME_CHARS = 200
_LIKE_A_MARKER = re.compile(r"[\[【［](\s*\d[\d\s,;.–-]*)[\]】］]")
_OTHER_QUOTES = str.maketrans("“”", "‘’")
SUMMED_UP_PAPERS = 2
READ_ON_PAPERS = 2
READ_ON_WITHIN = 0.7
"""A paper is named to read on where its score reaches this share of the best one's."""


def quoted_answer(
    quotes: Sequence[Citation],
    words: AnswerPhrases = ENGLISH.phrases,
    opening: str = "",
    direct: Direct | None = None,
    summaries: Summaries = NO_SUMMARIES,
) -> tuple[AnswerSentence, ...]:
    """One sentence a quote: the paper introduced where it comes first, then its words and their marker.

    A paragraph a paper: the sentence that begins one starts with a blank line,
    so that joining the texts gives the answer. Besides the names of the papers, the
    `opening`, with which the first begins, and the `direct` line before it, it says nothing that is not quoted, but
    that without such a line up to `SUMMED_UP_PAPERS` papers in another language are summed up first, as this project's
    words.
    """
    sentences = [said_directly(direct, words)] if direct else []
    for position, (_, own) in enumerate(groupby(quotes, key=lambda quote: quote.paper.id)):
        group = tuple(own)
        # What stands before the first quote in the abstract is nothing that it goes on with.
        goes_on = words.goes_on if len(group) > 1 and _stands_after(group[1], group[0]) else ""
        for place, quote in enumerate(group):
            gap = opening if not sentences else " " if place else "\n\n"
            first = position < SUMMED_UP_PAPERS and place == 0 and direct is None
            summary = summed_up(quote.paper, words, summaries) if first else ""
            if summary and gap.strip():
                gap = f"{gap.rstrip()}\n\n"
            after = goes_on if place == 1 else ""
            lead = after if place else f"{summary}{_introduced(quote.paper, position, words)}"
            sentences.append(AnswerSentence(f"{gap}{lead}{quoted(quote, words)}", (quote.number,), "supported", 1.0))
    return tuple(sentences)


def _stands_after(quote: Citation, other: Citation) -> bool:
    """Whether it stands after the other; a text's words stand after those of the abstract."""
    if quote.part != other.part:
        return quote.part == "text"
    return quote.start >= other.end


def said_directly(direct: Direct, words: AnswerPhrases = ENGLISH.phrases) -> AnswerSentence:
    """The line that answers before the quotes do, with its verdict, whose words it has, and markers of what says it."""
    markers = "".join(f"[{number}]" for number in direct.citations)
    says = words.in_short if direct.by == "model" else words.in_plain
    line = f"{verdict_before(direct, words)}{says.format(text=direct.text)} {markers}"
    return AnswerSentence(line, direct.citations, "supported", direct.score)


def verdict_before(direct: Direct, words: AnswerPhrases = ENGLISH.phrases) -> str:
    """What the verdict says before the line, such as "Yes. "; empty without one, and where the line begins with it."""
    if direct.verdict is None or re.match(words.says_verdict[direct.verdict], direct.text, re.IGNORECASE):
        return ""
    return words.verdicts[direct.verdict]


def summed_up(paper: Paper, words: AnswerPhrases, summaries: Summaries) -> str:
    """The paper's summary in the reader's language as a paragraph, where its own words are in another."""
    summary = summaries.get(paper.id, "") if words.language != paper.language else ""
    return words.summed_up.format(summary=own_words(summary)) if summary else ""


def _introduced(paper: Paper, position: int, words: AnswerPhrases) -> str:
    """What stands before the first quote of the paper at `position`."""
    introduction = words.further[(position - 1) % len(words.further)] if position else words.lead_in
    return introduction.format(paper=described(paper, words))


def quoted(quote: Citation, words: AnswerPhrases) -> str:
    """The quote in quotation marks with its marker, and in English where the reader's language is another."""
    if quote.gloss and words.language != quote.paper.language:
        return f"{words.translated.format(quote=quote.quote, gloss=quote.gloss)} [{quote.number}]"
    return f"“{quote.quote}” [{quote.number}]"


def reading_on(quotes: Sequence[Citation], passages: Sequence[Passage], words: AnswerPhrases = ENGLISH.phrases) -> str:
    """The names of up to `READ_ON_PAPERS` papers that come near the best and are not quoted; empty where none does."""
    quoted = {quote.paper.id for quote in quotes}
    best = max((passage.score for passage in passages), default=0.0)
    near = {
        passage.paper.id: passage.paper
        for passage in passages
        if passage.paper.id not in quoted and passage.score >= READ_ON_WITHIN * best
    }
    return _listed(words.read_on, list(near.values())[:READ_ON_PAPERS], words)


def described(paper: Paper, words: AnswerPhrases = ENGLISH.phrases) -> str:
    """The paper in running text: its name (organisation, month and year), as far as they are known."""
    month = words.month(paper.published) if paper.published else None
    facts = words.between_facts.join(filter(None, (own_words(paper.organisation or ""), month)))
    name = own_words(paper.name)
    return words.bracketed.format(name=name, facts=facts) if facts else name


def own_words(name: str) -> str:
    """A name that a paper gives itself, among words of ours: on one line, not endless, and neither marker nor quote."""
    name = _LIKE_A_MARKER.sub(r"(\1)", " ".join(sanitize(name).split())).translate(_OTHER_QUOTES)
    return name if len(name) <= MAX_NAME_CHARS else f"{name[:MAX_NAME_CHARS].rstrip()}…"


def refusal_answer(passages: Sequence[Passage], words: AnswerPhrases = ENGLISH.phrases, opening: str = "") -> str:
    """The refusal, after the `opening` where there is one, and the closest papers, with that only abstracts were read,
    where it is so."""
    refusal = f"{opening} {REFUSAL}{words.refusal}".lstrip()
    papers = near_the_closest(passages)
    closest = closest_named(papers, words)
    # Of a paper with a full text more than the abstract was read.
    abstracts_only = "" if any(paper.text for paper in papers) else words.abstracts_only
    return refusal + (closest + abstracts_only if closest else "")


def refusal_of_one(paper: Paper, words: AnswerPhrases = ENGLISH.phrases, opening: str = "") -> str:
    """The refusal of a question that was asked of this paper alone, with what was read of it."""
    unsaid = words.one_text_unsaid if paper.text else words.one_unsaid
    return f"{opening} {REFUSAL}{words.refusal}{unsaid.format(paper=described(paper, words))}".lstrip()


def closest_named(papers: Sequence[Paper], words: AnswerPhrases = ENGLISH.phrases) -> str:
    """A paragraph that names the closest papers; empty where there are none."""
    closest = _listed(words.closest, papers, words)
    return f"\n\n{closest}" if closest else ""


def _listed(sentence: str, papers: Sequence[Paper], words: AnswerPhrases) -> str:
    names = words.between_papers.join(described(paper, words) for paper in papers)
    return sentence.format(papers=names) if names else ""
