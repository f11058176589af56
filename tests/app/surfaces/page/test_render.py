"""What the page shows, as strings: nothing from outside is markup, and every highlight sits on its quote."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.answer import (
    REFUSAL,
    Answer,
    AnswerModels,
    AnswerSentence,
    Direct,
    Mode,
    OutsideFilter,
    Support,
    Timings,
)
from app.answering.answerer import Models
from app.answering.citation import Citation
from app.answering.events import Done, Draft, Failed, Followups, Quotes, SentenceChecked, Sources, Status, Token
from app.surfaces.markup import Layer, outside_link, segments, text_html
from app.surfaces.page import render
from app.surfaces.page.actions import as_plain_text
from app.surfaces.page.answer_text import answer_html, placed
from app.surfaces.page.bounds import MAX_LINKS
from app.surfaces.page.chosen_filters import Chosen, chips_html
from app.surfaces.page.evidence_pane import evidence, evidence_in_short
from app.surfaces.page.exchange import Exchange, history_of
from app.surfaces.page.intro import intro_html
from app.surfaces.page.kept_conversation import kept_conversation
from app.surfaces.page.paper_naming import name_html
from app.surfaces.page.quoted_text import abstract_html
from app.surfaces.page.reader import notice
from app.surfaces.ui_strings import ui_strings
from retrieval.papers.papers import papers_of
from retrieval.types import Facets, Filters, Paper, Passage
from retrieval.web_address import paper_address, web_address

EN, ZH = ui_strings("en"), ui_strings("zh")
ABSTRACT = "Backdoors persist. Training does not remove them. Larger models keep them longest."
PAPER = Paper(
    "sleeper",
    "Sleeper Agents",
    ABSTRACT,
    "en",
    organisation="Anthropic",
    published=date(2024, 1, 10),
    category="Model organisms",
    url="https://arxiv.org/abs/2401.05566",
)
HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>\"'&amp;"

texts = st.text(max_size=60) | st.sampled_from([HOSTILE, "</p><b>", '" onclick="x', "[1]", "*x*", "“a” [1]", "a\n\nb"])


class Page(HTMLParser):
    """The tags, attributes and text of a piece of HTML, and whether its tags are balanced."""

    VOID = frozenset({"br", "img", "input"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.marks: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "mark":
            self.marks.append((dict(attrs)["data-numbers"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self.open:
            numbers, text = self.marks[-1]
            self.marks[-1] = (numbers, text + data)

    def lit(self, number: int) -> str:
        return "".join(text for numbers, text in self.marks if str(number) in numbers.split())

    def links(self) -> list[str]:
        return [attributes.get("href") or "" for tag, attributes in self.tags if tag == "a"]


def parsed(html: str) -> Page:
    page = Page(html)
    assert not page.open, f"left open: {page.open}"
    return page


def citation(number: int, quote: str, paper: Paper = PAPER, gloss: str | None = None) -> Citation:
    start = paper.abstract.index(quote)
    return Citation(number, paper, start, start + len(quote), 0.6, gloss)


def answered(
    text: str,
    citations: tuple[Citation, ...] = (),
    sentences: tuple[AnswerSentence, ...] = (),
    sources: tuple[Passage, ...] = (),
    mode: Mode = "quotes",
    note: str | None = None,
) -> Exchange:
    answer = Answer(
        "1",
        "Q?",
        "Q?",
        "answered" if citations else "abstained",
        mode,
        text,
        0.9,
        sentences,
        citations,
        sources,
        timings=Timings(total_ms=84.2),
        models=AnswerModels(embedding="all-MiniLM-L6-v2", llm="tiny" if mode == "generated" else None),
        note=note,
    )
    return Exchange("Q?").after(Done(answer))


def sentence(text: str, support: Support, *numbers: int) -> AnswerSentence:
    return AnswerSentence(text, numbers, support, 1.0)


# ---- escaping


@given(st.text())
def test_any_text_survives_the_round_trip(text: str) -> None:
    assert unescape(text_html(text)) == text
    assert "<" not in text_html(text) and '"' not in text_html(text) and "'" not in text_html(text)


_LAYOUT = {"article", "section", "div", "p", "span", "h1", "h2", "h3", "details", "summary", "nav", "ul", "ol", "li"}
ALLOWED = _LAYOUT | {"small", "em", "mark", "a", "button", "blockquote"}


def outside_everywhere(text: str) -> Iterator[str]:
    """The whole page with `text` in every place that outside text can reach."""
    paper = Paper(text, text, text, text, label=text, organisation=text, category=text, url=text, doi=text)
    whole = Citation(1, paper, 0, len(text), 0.6, gloss=text)
    passage = Passage(paper, 0, len(text), 0.4)
    answer = Answer(
        text,
        text,
        text + "?",
        "answered",
        "generated",
        f"{text} [1]",
        0.9,
        (AnswerSentence(text, (1,), "unsupported", 0.0),),
        (whole,),
        (passage, Passage(Paper("other", None, text, "en", label=text), 0, 1, 0.2)),
        (text,),
        Timings(total_ms=1.0),
        AnswerModels(embedding=text, llm=text),
        text,
    )
    done = Exchange(text, Filters((text,), (text,), (text,))).after(Done(answer))
    abstained = Exchange(text).after(
        Done(Answer(text, text, text, "abstained", "quotes", text, 0.1, sources=(passage,), followups=(text,)))
    )
    running = Exchange(text).after(Status(text)).after(Sources((passage,))).after(Token(text))
    writing = running.after(Quotes((whole,))).after(Status(text))
    for exchange in (done, abstained, running, running.after(Failed(text)), writing):
        yield render.earlier((exchange, exchange), EN) + render.conversation((exchange, exchange), EN)
        yield render.announced((exchange,), ZH)
        yield kept_conversation((exchange,))
        yield render.earlier_evidence_pane((exchange, exchange), EN) + render.evidence_pane((exchange, exchange), EN)
        yield evidence_in_short(exchange, 1, EN)
    yield chips_html(Chosen((text,), (text,), (text,), since=2022, until=2023), ZH, lambda _: None)
    yield notice(text, ZH)
    yield render.mode_line(Models(text, text, text), 94, ZH)
    papers = papers_of((PAPER, Paper(text, text, text, "en")))
    yield intro_html(papers, Facets({text: 3}, {text: 2}, latest=date(2024, 7, 1)), EN)


@given(texts)
def test_nothing_from_outside_becomes_markup(text: str) -> None:
    for html in outside_everywhere(text):
        page = parsed(html)
        for tag, attributes in page.tags:
            assert tag in ALLOWED
            assert not any(name.startswith("on") for name in attributes)
            address = attributes.get("href") or "#"
            assert address.startswith(("#", "?q=", "https://", "http://"))


def test_a_hostile_question_is_shown_as_the_text_that_it_is() -> None:
    assert HOSTILE in parsed(render.turn(Exchange(HOSTILE), 1, True, EN)).text


# ---- links


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        " JaVaScRiPt:x",
        "//host/x",
        "ftp://a/b",
        "http://",
        "http://[::1",
        "",
        None,
    ],
)
def test_an_address_that_is_not_of_the_web_makes_no_link(address: str | None) -> None:
    assert web_address(address) is None
    assert outside_link(address, "paper") == ""


def test_links_out_of_the_page_give_nothing_away() -> None:
    (tag,) = parsed(outside_link("https://arxiv.org/abs/1?a=1&b=2", "Read")).tags
    assert tag[1]["href"] == "https://arxiv.org/abs/1?a=1&b=2"
    assert (tag[1]["rel"], tag[1]["target"]) == ("noopener noreferrer nofollow", "_blank")


def test_a_paper_without_an_address_of_its_own_is_found_by_arxiv_or_doi() -> None:
    assert paper_address(Paper("a", "A", "", "en", arxiv_id="2401.05566")) == "https://arxiv.org/abs/2401.05566"
    assert paper_address(Paper("a", "A", "", "en", url="javascript:x", doi="10.1/x y")) == "https://doi.org/10.1/x%20y"
    assert paper_address(Paper("a", "A", "", "en")) is None


# ---- highlights


spans = st.tuples(st.integers(0, len(ABSTRACT) - 1), st.integers(1, 40)).map(
    lambda span: (span[0], min(len(ABSTRACT), span[0] + span[1]))
)


@given(st.lists(spans, min_size=1, max_size=5))
def test_lit_text_is_exactly_the_quote_however_quotes_overlap(chosen: list[tuple[int, int]]) -> None:
    quotes = [Citation(number, PAPER, start, end, 0.5) for number, (start, end) in enumerate(chosen, start=1)]
    page = parsed(abstract_html(PAPER, quotes, 1))
    assert page.text == ABSTRACT
    for quote in quotes:
        assert page.lit(quote.number) == quote.quote
    anchors = [attributes["id"] for tag, attributes in page.tags if tag == "mark" and "id" in attributes]
    assert len(anchors) == len(set(anchors))


def test_adjacent_quotes_keep_their_own_marks() -> None:
    quotes = [citation(1, "Backdoors persist."), citation(2, " Training does not remove them.")]
    page = parsed(abstract_html(PAPER, quotes, 3))
    assert page.marks == [("1", "Backdoors persist."), ("2", " Training does not remove them.")]
    assert [attributes.get("id") for tag, attributes in page.tags if tag == "mark"] == ["t3-q1", "t3-q2"]


def test_segments_leave_out_layers_that_do_not_fit_the_text() -> None:
    assert list(segments("abc", [Layer(2, 9, "x"), Layer(1, 1, "y"), Layer(-1, 2, "z")])) == [("abc", ())]
    assert list(segments("", [])) == []


# ---- the answer


def test_markers_link_to_quotes_that_exist_and_to_no_others() -> None:
    cited = (citation(1, "Backdoors persist."), citation(2, "Training does not remove them."))
    page = parsed(answer_html(answered("They stay. [1] Yes [2, 1] but [3] and [1, 7] [x].", cited), 4, EN))
    assert page.links() == ["#t4-q1", "#t4-q2", "#t4-q1"]
    assert "[3]" in page.text and "[1, 7]" in page.text and "[x]" in page.text
    anchors = [attributes.get("id") for tag, attributes in page.tags if tag == "a"]
    assert anchors == ["t4-m1", "t4-m2", None]


@pytest.mark.parametrize("text", ["a" + " " * 30_000 + "\n" + " " * 30_000 + "b", "“a”[1]" * 5_000, " [1]" * 10_000])
def test_a_long_text_takes_no_longer_than_its_length(text: str) -> None:
    """The square of these lengths would be minutes, and nobody else would be answered meanwhile."""
    began = time.perf_counter()
    drawn = answer_html(answered(text, (citation(1, PAPER.abstract[:8]),)), 1, ui_strings())
    assert drawn.endswith("</p>") and time.perf_counter() - began < 3


def test_nothing_inside_a_quote_is_markup() -> None:
    cited = (citation(1, "Backdoors persist."),)
    exchange = answered("Sleeper Agents: “as Sleeper Agents show in [1]” [1]", cited, (), (Passage(PAPER, 0, 5, 0.5),))
    page = parsed(answer_html(exchange, 1, EN))
    assert "“as Sleeper Agents show in [1]”" in page.text
    assert len(page.links()) == 2  # the title outside and the number
    assert [tag for tag, _ in page.tags].count("em") == 1


def test_paragraphs_emphasis_and_the_serif_of_quotes() -> None:
    html = answer_html(answered("In A*: 2 * 3 * 4.\n\nNext “open", (citation(1, "Backdoors persist."),)), 1, EN)
    assert html.count("<p>") == 2
    page = parsed(html)
    assert page.text == "In A*: 2 * 3 * 4.Next “open"


def test_an_unfinished_quote_is_set_as_one_only_while_it_is_written() -> None:
    running = Exchange("Q?").after(Token("He says “we fi"))
    assert '<span class="quoted">“we fi</span>' in answer_html(running, 1, EN)
    assert "quoted" not in answer_html(answered("He says “we fi"), 1, EN)


def test_titles_of_the_papers_found_lead_to_them_while_the_answer_is_written() -> None:
    running = (
        Exchange("Q?").after(Sources((Passage(PAPER, 0, 5, 0.5),))).after(Token("In Sleeper Agents, not Sleepers"))
    )
    link = outside_link(paper_address(PAPER), "Sleeper Agents")
    assert "https://" in link and f"In <em>{link}</em>, not Sleepers" in answer_html(running, 1, EN)


def test_a_title_without_an_address_to_follow_is_no_link() -> None:
    for nowhere in (None, "javascript:alert(1)"):
        paper = replace(PAPER, url=nowhere, arxiv_id=None, doi=None)
        running = Exchange("Q?").after(Sources((Passage(paper, 0, 5, 0.5),))).after(Token("In Sleeper Agents"))
        assert "In <em>Sleeper Agents</em>" in answer_html(running, 1, EN)


def test_of_very_many_titles_the_first_are_links() -> None:
    running = Exchange("Q?").after(Sources((Passage(PAPER, 0, 5, 0.5),))).after(Token("Sleeper Agents, " * 300))
    assert answer_html(running, 1, EN).count("<a ") == MAX_LINKS


def test_a_title_between_quotation_marks_by_itself_is_no_quote() -> None:
    passages = Sources((Passage(PAPER, 0, 5, 0.5),))
    html = answer_html(Exchange("Q?").after(passages).after(Token("“Sleeper Agents” in short: “Agents lie.”")), 1, EN)
    assert html.count('class="quoted"') == 1 and '<span class="quoted">“Agents lie.”</span>' in html


def test_unsupported_and_uncited_sentences_say_so_in_words() -> None:
    cited = (citation(1, "Backdoors persist."),)
    checked = (
        sentence("They stay. [1]", "supported", 1),
        sentence("The moon helps.", "uncited"),
        sentence("Training removes them. [1]", "unsupported", 1),
    )
    exchange = answered("They stay. [1] The moon\nhelps. Training removes them. [1]", cited, checked, mode="generated")
    html = answer_html(exchange, 1, EN)
    assert html.count("(no quote behind this sentence)") == 1
    assert html.count("(the quoted text does not say this)") == 1
    assert html.index("moon") < html.index("(no quote behind") < html.index("Training removes")
    assert 'class="supported"' not in html
    assert "1 of 3 sentences backed by their quotes · written by tiny · 84\u00a0ms" in render.turn(
        exchange, 1, True, EN
    )


@given(st.lists(st.sampled_from(["One. [1] ", "Two “a”. ", "Three *b* [1]. ", "\n\n"]), max_size=6))
def test_every_sentence_of_the_text_is_found_again(parts: list[str]) -> None:
    text = "".join(parts)
    sentences = [sentence(part.strip(), "uncited") for part in parts if part.strip()]
    found = placed(sentences, text)
    assert len(found) == len(sentences)
    assert all(one.end <= two.start for one, two in pairwise(found))


def test_an_abstaining_answer_names_the_closest_papers_and_what_can_be_asked() -> None:
    others = [Passage(Paper(f"p{n}", f"Paper {n}", "Text.", "en"), 0, 5, 0.2) for n in range(5)]
    exchange = answered(f"{REFUSAL}\n\nClosest to it: …", sources=tuple(others)).after(Followups(("What is x?",)))
    html = render.turn(exchange, 1, True, EN)
    assert parsed(answer_html(exchange, 1, EN)).text == REFUSAL  # the list below names the papers
    assert html.count("data-card=") == 3
    assert 'data-ask="What is x?"' in html
    cards = evidence(exchange, 1, True)
    assert "Closest papers" in cards and "Also found (2)" in cards


def test_a_refusal_of_what_no_paper_is_near_to_names_none() -> None:
    text = f"{REFUSAL}\n\nThe papers here are about owls."
    near = answered(text, sources=(Passage(PAPER, 0, 5, 0.1),))
    assert near.answer is not None and "data-card=" in render.turn(near, 1, True, EN)
    known = replace(near.answer, confidence=0.01, models=AnswerModels(reranker="reader"))
    far = Exchange("Q?").after(Done(known))
    html = render.turn(far, 1, True, EN)
    assert "The papers here are about owls." in html and "data-card=" not in html and "closest" not in html
    assert "data-sources" not in html
    assert evidence(far, 1, True) == ""


def test_what_comes_near_is_not_told_as_though_it_were_sure() -> None:
    quoted = AnswerSentence("Nearest: “Backdoors persist.” [1]", (1,), "supported", 1.0)
    sure = answered(quoted.text, (citation(1, "Backdoors persist."),), (quoted,))
    assert sure.answer is not None
    near = Exchange("Q?").after(Done(replace(sure.answer, status="partly")))
    assert 'class="provenance whole">1 quote, word for word · 84\u00a0ms<' in render.provenance(sure, EN)
    told = render.provenance(near, EN)
    assert "1 quote, word for word · may not answer the question" in told and "whole" not in told


def test_that_quotes_are_quotes_and_that_they_answer_are_told_apart() -> None:
    quoted = AnswerSentence("So: “Backdoors persist.” [1]", (1,), "supported", 1.0)
    unread = answered(quoted.text, (citation(1, "Backdoors persist."), citation(2, "Larger models")), (quoted,))
    assert unread.answer is not None
    read = replace(unread.answer, models=replace(unread.answer.models, reranker="minilm-reader"))
    assert "2 quotes, word for word · 84\u00a0ms<" in render.provenance(unread, EN)
    assert "2 quotes, word for word · answers the question" in render.provenance(Exchange("Q?").after(Done(read)), EN)
    written = replace(read, mode="generated", models=replace(read.models, llm="smollm2"))
    told = render.provenance(Exchange("Q?").after(Done(written)), EN)
    assert "every sentence backed by its quote · written by smollm2 · answers the question" in told


def test_a_sentence_that_its_quote_denies_is_struck_through_and_said_to_be() -> None:
    exchange = answered(
        "Backdoors fade [1].",
        (citation(1, "Backdoors persist."),),
        (sentence("Backdoors fade [1].", "contradicted", 1),),
        mode="generated",
    )
    html = answer_html(exchange, 1, EN)
    assert '<span class="contradicted"' in html and "the quote says the opposite" in parsed(html).text
    assert "0 of 1 sentences backed by their quotes" in render.provenance(exchange, EN)


def test_the_note_why_the_mode_is_another_is_shown() -> None:
    html = render.turn(answered("x [1]", (citation(1, "Backdoors persist."),), note="No model is here."), 1, True, EN)
    assert "No model is here." in html


# ---- cards


def test_evidence_shows_cited_papers_first_and_folds_the_rest() -> None:
    other = Paper("other", "Other", "Else.", "en")
    sources = (Passage(other, 0, 5, 0.4), Passage(PAPER, 0, 5, 0.62), Passage(PAPER, 6, 9, 0.3))
    cited = (citation(1, "Backdoors persist."), citation(2, "Larger models keep them longest."))
    html = evidence(answered("x [1] [2]", cited, sources=sources), 1, True)
    assert html.index("Sleeper Agents") < html.index("Also found (1)") < html.index("Other")
    assert (
        "Anthropic" in html and "Jan 2024" in html and "Model organisms" in html and "strong match: 0.62 of 1" in html
    )
    assert html.count('data-back="1-') == 2


def test_quotes_are_on_the_page_before_a_word_of_the_answer() -> None:
    exchange = Exchange("Q?").after(Sources((Passage(PAPER, 0, 5, 0.6),)))
    assert "Found (1)" in evidence(exchange, 1, True)
    assert parsed(evidence(exchange.after(Quotes((citation(1, "Backdoors persist."),))), 1, True)).lit(1)


def test_a_label_is_not_presented_as_a_title() -> None:
    assert "title not in the collection" in name_html(Paper("x", None, "", "en", label="Paper on x"))
    assert name_html(PAPER) == "Sleeper Agents"


def test_a_paper_without_abstract_says_so() -> None:
    assert "No abstract in this collection" in abstract_html(Paper("x", "X", "", "en"), (), 1)


def test_a_chinese_quote_has_its_translation_below() -> None:
    chinese = Paper("zh", None, "我们研究语言模型。第二句。", "zh", label="Paper on models")
    html = evidence(
        answered("x [1]", (citation(1, "我们研究语言模型。", chinese, "We study language models."),)), 1, True
    )
    assert 'lang="zh"' in html and "In English: “We study language models.”" in html
    assert parsed(html).lit(1) == "我们研究语言模型。"


def test_of_very_many_markers_the_first_are_links_and_the_rest_stays_text() -> None:
    cited = (citation(1, "Backdoors persist."), citation(2, "Training does not remove them."))
    for text, rest in (("a [1]" * 1_000, "a [1]a [1]"), ("a [1, 2]" * 1_000, "a [1, 2]a [1, 2]")):
        html = render.turn(answered(text, cited), 1, False, EN)
        assert html.count('<a class="marker"') == 200 and rest in parsed(html).text
    assert render.turn(answered(f"a [{', '.join(['1'] * 1_000)}]", cited), 1, False, EN).count("<a class") == 0


# ---- the conversation


def test_only_the_last_exchange_has_retry_and_open_evidence() -> None:
    exchange = answered("x [1]", (citation(1, "Backdoors persist."),), sources=(Passage(PAPER, 0, 5, 0.6),))
    both = (exchange, exchange)
    assert render.conversation(both, EN).count("data-retry") == 1 and "data-retry" not in render.earlier(both, EN)
    assert 'Sources of answer 1" hidden>' in render.earlier_evidence_pane(both, EN)
    assert 'Sources of answer 2">' in render.evidence_pane(both, EN)


def test_a_verdict_that_its_line_does_not_say_is_set_off_before_it() -> None:
    before = answered("Mixed. In this project's words: Not reliably. [1]", (citation(1, "Backdoors persist."),))
    assert before.answer is not None and "opens" not in answer_html(before, 1, EN)
    direct = Direct("Not reliably.", "project", (1,), "mixed")
    opened = Exchange("Q?").after(Done(replace(before.answer, direct=direct)))
    assert answer_html(opened, 1, ZH).startswith('<p><strong class="opens">Mixed.</strong> In this project')
    # One that was kept before there was such a word, and one that begins so by itself.
    for text, line in (
        ("In this project's words: Not reliably. [1]", direct),
        ("Mixed.", replace(direct, text="Mixed.")),
    ):
        old = Exchange("Q?").after(Done(replace(before.answer, answer=text, direct=line)))
        assert "<strong" not in answer_html(old, 1, EN)
    chinese = replace(before.answer, question="会怎样？", answer="视情况而定。本项目的概括：…… [1]", direct=direct)
    assert '<strong class="opens">视情况而定。</strong>本' in answer_html(Exchange("Q?").after(Done(chinese)), 1, EN)


def test_what_the_filter_hides_is_named_and_one_click_of_the_last_exchange_asks_without_it() -> None:
    hostile = replace(PAPER, title=HOSTILE)
    hidden = OutsideFilter(f"Outside your filter, {HOSTILE} answers this.", citation(1, "Backdoors persist.", hostile))
    before = answered(f"{REFUSAL} {hidden.text}\n\nClosest to it: …")
    assert before.answer is not None and "data-unfiltered" not in render.turn(before, 1, True, EN)
    exchange = Exchange("Q?").after(Done(replace(before.answer, outside_filter=hidden)))
    page = parsed(render.turn(exchange, 1, True, EN))
    assert f"{REFUSAL} {hidden.text}Ask without the filter" in page.text
    assert [tag for tag, attributes in page.tags if "data-unfiltered" in attributes] == ["button"]
    assert "img" not in [tag for tag, _ in page.tags]
    assert f">{text_html(HOSTILE)}</a></em>" in answer_html(exchange, 1, EN)
    assert render.conversation((exchange, exchange), EN).count("data-unfiltered") == 1
    assert "data-unfiltered" not in render.earlier((exchange, exchange), EN)
    assert "去掉筛选再问" in render.turn(exchange, 1, True, ZH)
    chosen = replace(exchange, filters=Filters(organisations=("OpenAI",)))
    assert "nothing in the papers chosen" in render.provenance(chosen, EN)
    assert "nothing in the papers is near" in render.provenance(before, EN)


def test_copy_carries_the_references() -> None:
    text = as_plain_text(answered("They stay. [1]", (citation(1, "Backdoors persist."),)), EN)
    assert "They stay. [1]" in text
    assert "[1] “Backdoors persist.” Sleeper Agents. Anthropic, Jan 2024. https://arxiv.org/abs/2401.05566" in text


def test_history_leaves_out_what_was_not_answered() -> None:
    turns = history_of([answered("They stay. [1]"), Exchange("B?").after(Failed("no")), Exchange("C?")])
    assert [(turn.role, turn.content) for turn in turns] == [("user", "Q?"), ("assistant", "They stay. [1]")]


def test_events_build_the_exchange_and_done_replaces_what_was_provisional() -> None:
    running = Exchange("Q?").after(Status("writing")).after(Token("Th")).after(Token("ey"))
    running = running.after(SentenceChecked(sentence("They", "uncited")))
    assert (running.text, running.status, running.running) == ("They", "writing", True)
    final = answered("Final. [1]", (citation(1, "Backdoors persist."),)).answer
    assert final is not None
    done = running.after(Done(final))
    assert (done.text, done.sentences, done.running) == ("Final. [1]", (), False)


def test_the_scope_of_filters_is_said() -> None:
    filters = Filters(("OpenAI",), (), ("zh",), since=date(2022, 1, 1), until=date(2023, 12, 31))
    assert "Only OpenAI · Chinese · from 2022 · until 2023" in render.scope(filters, (), EN)
    assert render.scope(Filters(), (), EN) == ""


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        (
            {"passage": 0.31, "question": 0.62, "words": 0.5, "letters": 0.25},
            "Found by meaning of a passage 0.31 · a question written for it 0.62 · words 0.50 · spelling 0.25",
        ),
        ({"passage": 0.31, "question": 0.31, "words": 0.0}, "Found by meaning of a passage 0.31"),
        ({"<b>": 0.5}, "Found by <b> 0.50"),
        ({}, ""),
    ],
)
def test_a_card_says_which_signals_found_the_paper(signals: dict[str, float], expected: str) -> None:
    source = Passage(PAPER, 0, 5, 0.62, signals)
    for cited in ((citation(1, "Backdoors persist."),), ()):
        html = evidence(answered("x", cited, sources=(source, source)), 1, True)
        assert parsed(html).text.count("Found by") == html.count('class="trace"') == bool(expected)
        assert expected in parsed(html).text


# ---- while it is written, and what is read out


def test_quotes_are_readable_in_the_column_while_a_model_writes_and_go_when_it_has_written() -> None:
    quotes = (citation(1, "Backdoors persist."),)
    found = Exchange("Q?").after(Status("Searching")).after(Quotes(quotes))
    assert "provisional" not in render.turn(found, 1, True, EN)  # quotes themselves are the answer in a moment
    writing = found.after(Status("Writing with tiny")).after(Token("They st"))
    html = render.turn(writing, 1, True, EN)
    assert html.index("They st") < html.index("Quotes found for it") < html.index("<blockquote")
    assert parsed(html).links() == ["#t1-q1"] and "Backdoors persist." in parsed(html).text
    assert "<blockquote" in render.turn(replace(writing, stopped=True), 1, True, EN)
    written = answered("They stay. [1]", quotes, mode="generated")
    assert "<blockquote" not in render.turn(replace(written, writing=True), 1, True, EN)


def test_a_line_that_is_being_written_has_its_place_above_quotes_that_stay_as_they_are() -> None:
    quotes = (citation(1, "Backdoors persist."),)
    said = sentence("“Backdoors persist.” [1]", "supported", 1)
    drafted = Exchange("Q?").after(Quotes(quotes)).after(Draft(said.text, (said,))).after(Status("Writing with tiny"))
    html = render.turn(drafted, 1, True, EN)
    assert html.index('class="line-coming"') < html.index("Backdoors persist.")
    assert "provisional" not in html and html.count("Writing with tiny") == 1
    # What is read already is not written anew beneath the reader's eye.
    line = sentence("In short: They stay. [1]", "supported", 1)
    assert drafted.after(Token(line.text)).after(SentenceChecked(line)) == drafted
    assert parsed(render.announced((drafted,), EN)).text.strip() == ""
    direct = Direct("They stay.", "model", (1,))
    written = answered(f"{line.text}\n\n{said.text}", quotes, (line, said)).answer
    assert written is not None
    done = drafted.after(Done(replace(written, direct=direct, models=AnswerModels(llm="tiny"))))
    html = render.turn(done, 1, True, EN)
    assert "line-coming" not in html and html.index("They stay.") < html.index("Backdoors persist.")
    assert (
        "opens-directly" in html
        and "first line by tiny" in html
        and "They stay." in parsed(render.announced((done,), EN)).text
    )


def test_a_line_that_was_stopped_leaves_the_quotes() -> None:
    said = sentence("“Backdoors persist.” [1]", "supported", 1)
    drafted = Exchange("Q?").after(Quotes((citation(1, "Backdoors persist."),))).after(Draft(said.text, (said,)))
    html = render.turn(replace(drafted, stopped=True), 1, True, EN)
    assert "line-coming" not in html and "Backdoors persist." in parsed(html).text


def test_only_whole_sentences_are_read_out() -> None:
    running = Exchange("Q?").after(Token("They stay. [1] The mo"))
    assert "mo" not in parsed(render.announced((running,), EN)).text
    checked = running.after(SentenceChecked(sentence("They stay. [1]", "supported", 1)))
    checked = checked.after(SentenceChecked(sentence("The moon helps.", "uncited")))
    page = parsed(render.announced((checked,), EN))
    assert page.text == "They stay.The moon helps. (no quote behind this sentence)"
    stopped = replace(running, stopped=True)
    assert parsed(render.announced((stopped,), EN)).text == "Stopped before it was finished."
    assert render.announced((), EN) == ""


def test_muted_sentences_can_be_reached_by_keyboard_and_say_why() -> None:
    exchange = answered("The moon helps.", (), (sentence("The moon helps.", "uncited"),), mode="generated")
    spans = [attributes for tag, attributes in parsed(answer_html(exchange, 1, ZH)).tags if "data-reason" in attributes]
    assert spans and all(span["tabindex"] == "0" and span["data-reason"] == "此句没有引文" for span in spans)
