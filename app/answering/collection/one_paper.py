"""What the record of one paper says: by whom it is, from when, where it can be read, and what it says in short."""

from __future__ import annotations

from dataclasses import replace

from app.answering.answer import AnswerSentence
from app.answering.citation import Citation
from app.answering.citations.references import arxiv_id, bibtex, doi_of
from app.answering.collection.aspects import Aspect, aspects_of
from app.answering.collection.gist import gist_of
from app.answering.evidence.selection import as_quotes
from app.answering.reply import Reply
from app.answering.writing.quotes import described, own_words, quoted
from app.answering.writing.summaries import NO_SUMMARIES, Summaries
from app.languages.language import Language
from app.languages.patterns import Intent
from retrieval.lead import lead_of
from retrieval.types import Paper
from retrieval.web_address import paper_address

NAMED_AUTHORS = 8
"""Authors of a paper that are named; of more, the others are counted."""
NAMED_ASPECTS = 2
"""Where fewer are said in so many words, naming them tells nothing."""


def fact(intent: Intent, paper: Paper, language: Language) -> str:
    """The fact as the paper's record has it, or that it has none."""
    say, title = language.collection, own_words(paper.name)
    if intent == "where":
        address = paper_address(paper)
        told = (say.at_address if address else say.no_address).format(title=title, url=address)
        ids = [f"arXiv {arxiv}" if (arxiv := arxiv_id(paper)) else "", f"doi {doi}" if (doi := doi_of(paper)) else ""]
        facts = language.phrases.between_facts.join(filter(None, ids))
        return language.phrases.bracketed.format(name=told, facts=facts) if facts else told
    if intent == "when":
        date = language.phrases.month(paper.published) if paper.published else ""
        return (say.dated if date else say.undated).format(title=title, date=date)
    names = _who(paper, language)
    return (say.by_whom if names else say.by_nobody).format(title=title, names=names)


def reference(paper: Paper, language: Language) -> Reply:
    """The BibTeX entry that is made of the paper's record."""
    say = language.collection
    heading = say.topics.reference.format(title=own_words(paper.name))
    return Reply(f"{heading}{say.colon}\n\n```bibtex\n{bibtex(paper)}\n```", passages=(lead_of(paper),))


def section(paper: Paper, language: Language) -> Reply:
    """That only the abstract is here, where the rest can be read, and what the abstract says was done and found.

    Of a paper with a full text the latter alone.
    """
    if paper.text:
        return replace(summary(paper, "", language), surely=False)
    say, address = language.collection, paper_address(paper)
    read_at = say.read_at.format(url=address) if address else ""
    if not gist_of(paper):
        text = f"{say.no_abstract.format(paper=described(paper, language.phrases))}{say.stop}{read_at}"
        return Reply(text, (AnswerSentence(text, (), "uncited", 0.0),), passages=(lead_of(paper),), surely=False)
    heading = say.abstract_only.format(title=own_words(paper.name)) + read_at
    return replace(_gist(heading, paper, "", language), surely=False)


def summary(paper: Paper, term: str, language: Language, summaries: Summaries = NO_SUMMARIES) -> Reply:
    """The paper's line in this project's words, where there is one, and what it says it did and found, or of a term.

    `summaries` have those lines in the language, where that is another than English.
    """
    in_its_words = language.collection.in_its_words.format(title=own_words(paper.name))
    return _gist(in_short(paper, language, summaries) or in_its_words, paper, term, language)


def in_short(paper: Paper, language: Language, summaries: Summaries = NO_SUMMARIES) -> str:
    """The paper in this project's words; empty where there are none."""
    line = own_words(summaries.get(paper.id, paper.summary))
    return language.collection.in_short.format(title=own_words(paper.name), summary=line) if line else ""


def _gist(heading: str, paper: Paper, term: str, language: Language) -> Reply:
    """What the paper asked, did and found, each named, under a heading; what it says of a term where one is given."""
    say = language.collection
    gist = gist_of(paper, term)
    if not gist:
        text = f"{heading}{say.colon}\n\n{say.no_abstract.format(paper=described(paper, language.phrases))}{say.stop}"
        return Reply(text, (AnswerSentence(text, (), "uncited", 0.0),), passages=(lead_of(paper),))
    named = {} if term else _by_aspect(paper)
    citations = tuple(replace(quote, number=number) for number, quote in enumerate(named.values(), 1)) or as_quotes(
        gist
    )
    names = [say.aspects[aspect] for aspect in named] or [""] * len(citations)
    ends = "" if heading.endswith((".", "。")) else say.colon
    sentences = tuple(
        AnswerSentence(
            f"{'' if place else f'{heading}{ends}'}\n\n{name}{quoted(citation, language.phrases)}",
            (citation.number,),
            "supported",
            1.0,
        )
        for place, (name, citation) in enumerate(zip(names, citations, strict=True))
    )
    text = "".join(sentence.text for sentence in sentences)
    return Reply(text, sentences, citations, (lead_of(paper),))


def _by_aspect(paper: Paper) -> dict[Aspect, Citation]:
    """The sentences that say an aspect of the paper, each under the first that it says; none where that is too few."""
    named: dict[Aspect, Citation] = {}
    for aspect, said in aspects_of(paper).items():
        if said and all(said.start != other.start for other in named.values()):
            named[aspect] = said
    return named if len(named) >= NAMED_ASPECTS else {}


def _who(paper: Paper, language: Language) -> str:
    """The authors, of many the first few, and their organisation."""
    authors, say = [own_words(name) for name in paper.authors], language.collection
    others = len(authors) - NAMED_AUTHORS
    # One who is left out takes as much room as "1 other".
    if others > 1:
        authors[NAMED_AUTHORS:] = [say.other_authors.format(count=others)]
    names = language.phrases.between_names.join(authors)
    if not (paper.organisation and names):
        return names or own_words(paper.organisation or "")
    return language.phrases.bracketed.format(name=names, facts=own_words(paper.organisation))
