"""Lists of papers as answers: a heading, and each paper named and cited by one of its own sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.answering.answer import AnswerSentence
from app.answering.citation import Citation
from app.answering.collection.gist import says_finding, sentence_of, telling
from app.answering.reading.quotable import quotable
from app.answering.reply import Reply
from app.answering.writing.quotes import described, own_words
from app.answering.writing.summaries import NO_SUMMARIES, Summaries
from app.languages.language import Language
from retrieval.lead import lead_of, lead_sentences
from retrieval.lexical.tokens import content_word_set
from retrieval.retriever import PaperRetriever
from retrieval.types import Paper, Sentence

LISTED = 25
"""Papers that an answer lists."""
WEIGHED_CHARS = 5_000
"""How much of an abstract is weighed for the sentence nearest to a topic."""
SAID_COUNTS = 0.15
"""How much it counts, beside the similarity, that a sentence has the topic's words."""
QUOTED = 8
"""So few papers are listed with their words."""
SOURCES = 10
FOLLOWUPS = 3


def listing(
    heading: str,
    listed: Sequence[Paper],
    spans: Mapping[str, Sentence],
    language: Language,
    *,
    left: int = 0,
    before: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None,
    quoted: bool | None = None,
    summaries: Summaries = NO_SUMMARIES,
) -> Reply:
    """The heading and the papers, each cited by its span; a paper without one has nothing to read.

    `left` papers are not listed. What `before` has of a paper, such as a reason, stands between its name and its
    words; what `after` has follows as a sentence that no quote backs. Words are quoted of `QUOTED` papers at most,
    unless `quoted` says otherwise; those in another language after their `summaries`.
    """
    say = language.collection
    words = len(listed) <= QUOTED if quoted is None else quoted
    sentences: list[AnswerSentence] = []
    citations: list[Citation] = []
    for paper in listed:
        lead = "\n\n" if sentences else f"{heading}{say.colon}\n\n"
        name = described(paper, language.phrases) + (before or {}).get(paper.id, "")
        span = spans.get(paper.id)
        if span is None:
            text = f"{lead}{say.no_abstract.format(paper=name)}."
            sentences.append(AnswerSentence(text, (), "uncited", 0.0))
            sentences += _unbacked(paper, after)
            continue
        citation = Citation(len(citations) + 1, paper, span.start, span.end, 1.0, span.gloss, span.part)
        citations.append(citation)
        quote = f"{_before_words(paper, language, summaries)}“{citation.quote}”" if words else ""
        text = f"{lead}{name}{quote} [{citation.number}]"
        sentences.append(AnswerSentence(text, (citation.number,), "supported", 1.0))
        sentences += _unbacked(paper, after)
    text = "".join(sentence.text for sentence in sentences)
    text += f"\n\n{say.unlisted.format(count=left)}" if left else ""
    titles = [paper.title for paper in listed if paper.title and paper.readable][:FOLLOWUPS]
    followups = tuple(language.phrases.follow_up.format(title=title) for title in titles)
    return Reply(text, tuple(sentences), tuple(citations), tuple(map(lead_of, listed[:SOURCES])), followups)


def _before_words(paper: Paper, language: Language, summaries: Summaries) -> str:
    say = language.collection
    summary = summaries.get(paper.id, "") if paper.language != language.code else ""
    return say.summed_up.format(summary=own_words(summary)) if summary else say.before_quote


def _unbacked(paper: Paper, after: Mapping[str, str] | None) -> list[AnswerSentence]:
    said = (after or {}).get(paper.id, "")
    return [AnswerSentence(said, (), "uncited", 0.0)] if said else []


def nearest_sentences(
    papers: Sequence[Paper], topic: str, retriever: PaperRetriever, *, findings: bool = False
) -> dict[str, Sentence]:
    """Of each paper that can be read the sentence nearest to the topic that tells most; without one, the first.

    With `findings` only what says that something was found counts: papers without such a sentence have none.
    """
    if not topic:
        return {paper.id: sentence for paper in papers if (sentence := first_sentence(paper))}
    # Past those the first sentence does, as every one that is weighed is embedded.
    best = {paper.id: sentence for paper in papers[LISTED:] if (sentence := first_sentence(paper))}
    words = content_word_set(topic)
    leads = map(lead_of, papers[:LISTED])
    weighed = [replace(lead, end=min(lead.end, lead.start + WEIGHED_CHARS)) for lead in leads if lead.end]
    for sentence in filter(quotable, retriever.sentences(topic, weighed)):
        if findings and not says_finding(sentence.gloss or sentence.text):
            continue
        english = sentence.gloss or sentence.text
        said = len(words & content_word_set(english)) / max(1, len(words))
        near = sentence.score + telling(english) + SAID_COUNTS * said
        sentence = replace(sentence, score=near)
        known = best.get(sentence.paper.id)
        if known is None or sentence.score > known.score:
            best[sentence.paper.id] = sentence
    return best


def first_sentence(paper: Paper) -> Sentence | None:
    """The abstract's first sentence, or that of what else opens the paper; None where there is nothing to read."""
    return next(filter(quotable, (sentence_of(paper, chunk) for chunk in lead_sentences(paper))), None)
