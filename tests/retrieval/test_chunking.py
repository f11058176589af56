"""Sentences and passages: exact offsets over any text, and the right ends in English and Chinese."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.chunking import (
    MAX_PASSAGE_CHARS,
    MAX_SENTENCE_CHARS,
    chunk_paper,
    chunk_sentences,
    cut_passages,
    glosses,
    split_sentences,
)
from retrieval.types import Paper, Span
from tests.support.own_time import own_seconds

PIECES = [
    *("We show it", "et al", "e.g", "i.e", "U.S", "Fig", "3.5", "$O(1)$", "$", "$x = 1. Y$", "A", "Claude 3", "no"),
    *(".", "!", "?", "...", "…", "?!", '."', ".)", ".”", "。", "！", "？", "。”", "II。", "；", "，"),
    *(" ", " ", " ", "  ", "\n", "\u00a0", "\u3000", "\t", '"', "“", "”", "(", ")", "[1]", "「", "」", "《", "》"),
    *("模型会撒谎", "在 2024 年", "x" * 700, "word " * 150, "é", "😀", "\u0301", "\u200b", "\x1c", "\x85"),
]
tricky = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
any_text = st.text(max_size=300) | tricky


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


def check_spans(text: str, spans: list[Span]) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    for span in spans:
        assert not text[span.start].isspace() and not text[span.end - 1].isspace()
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert all(place in covered for place, character in enumerate(text) if not character.isspace())


@given(any_text)
@example("")
@example(" \n")
@example("x" * 2000)
@example(". . .")
@example("$" * 30)
def test_sentences_of_any_text(text: str) -> None:
    spans = split_sentences(text)
    check_spans(text, spans)
    assert all(span.end - span.start <= MAX_SENTENCE_CHARS for span in spans)


@given(any_text, st.integers(20, 900))
def test_passages_of_any_text(text: str, limit: int) -> None:
    sentences = split_sentences(text)
    passages = cut_passages(sentences, limit)
    check_spans(text, passages)
    inside = [[s for s in sentences if p.start <= s.start and s.end <= p.end] for p in passages]
    assert [sentence for group in inside for sentence in group] == sentences
    for passage, group in zip(passages, inside, strict=True):
        assert (passage.start, passage.end) == (group[0].start, group[-1].end)
        assert passage.end - passage.start <= limit or len(group) == 1


@given(any_text, st.sampled_from(["en", "zh"]), any_text)
def test_chunks_of_any_paper(abstract: str, language: str, english: str) -> None:
    paper = Paper("p", "The Title", abstract, language, translations={"en": english})
    for chunk in chunk_paper(paper) + chunk_sentences(paper):
        assert chunk.text == abstract[chunk.start : chunk.end]
        assert chunk.paper_id == "p"
        assert chunk.embedded
    check_spans(abstract, [Span(chunk.start, chunk.end) for chunk in chunk_sentences(paper)])
    if abstract.strip():
        check_spans(abstract, [Span(chunk.start, chunk.end) for chunk in chunk_paper(paper)])


def test_every_paper_that_ships(all_papers: tuple[Paper, ...]) -> None:
    for paper in all_papers:
        chunks = chunk_paper(paper)
        assert all(chunk.text == paper.abstract[chunk.start : chunk.end] for chunk in chunks)
        assert all(chunk.end - chunk.start <= MAX_PASSAGE_CHARS for chunk in chunks)
        if paper.abstract:
            check_spans(paper.abstract, [Span(chunk.start, chunk.end) for chunk in chunks])


ONE_SENTENCE = [
    "Smith et al. (2023) show it.",
    "Smith et al. propose it.",
    "Models, e.g. Claude, lie to us.",
    "Some, i.e. GPT-4, do not.",
    "It costs 3.5 units, or $O(1)$ time.",
    "Let $x = 3. Y$ hold throughout.",
    "The U.S. Government acts.",
    "See Fig. 3, Eq. 2 and Sec. 4 for it.",
    "See figs. 3 and Tab. 1, pp. 12 to 14.",
    "It is no. 3 of them.",
    "Dr. Smith vs. Mr. Jones, J. Doe and Prof. Lee.",
    "Cf. Anderson and resp. Miller.",
    "In Appendix A. Smith shows it.",
    "It needs approx. 5 steps.",
    "Wait... then go on.",
    "We ask: why? because we must.",
    "Why so? and how?",
    "Version 1.2.3 of numpy.linalg is used.",
    "Read https://example.org/a.b?c=d. it helps.",
    "Some (eg. BERT) and others (e.g. GPT-4, ie. Claude, e. g. Llama) do it.",
    "They went on (viz. Smith and Jones) and were counted (incl. Lee).",
    "It follows from Eq. (2), Eqs. (3) to (5), Sec. S1 and Fig. A of it.",
    "As in Smith et al. (2020) and Jones et al. [3] it holds.",
    "Since Sept. 3, and until Oct. 5, they were counted.",
    "In ref. [1] the mutation p. K510E is called no. S2.",
    "1. It is the first of them.",
    "3.2. Results of the first part",
    "It was found that: 1. it holds for all.",
    "Table.1 Values of it are shown.",
    "It is an ASN.1 Syntax that is read.",
    "The library node.js.2 Was read.",
    "No full stop at the end",
    "[A][B] ... [A] -> [B].",
]
SEVERAL_SENTENCES = {
    "one and two": ["We show it.", "You see it."],
    "et al. at the end": ["As in Smith et al.", "We agree."],
    "etc. at the end": ["Cats, dogs etc.", "We agree."],
    "a number ends it": ["It grew by 3.5.", "It fell in 2023.", "In 2024, it rose."],
    "a formula ends it": ["It takes $O(1)$.", "It is fast."],
    "percent": ["It is 95%.", "Next."],
    "quote inside": ['He said "stop."', "Then he left."],
    "typographic quote": ["He said “stop.”", "“Why?”", "She asked."],
    "bracket around": ["(We stop.)", "Then we go."],
    "bracket at the end": ["We stop (really!).", "Then we go."],
    "reference": ["It holds [1].", "It fails [2]."],
    "begins with a quote": ["It is so.", '"Yes" is the answer.'],
    "begins with a bracket": ["It is so.", "(A) is the first."],
    "begins with a digit": ["It is so.", "42 are left."],
    "question and exclamation": ["Is it so?", "We ask!", "Really?!", "Yes."],
    "dots that end": ["And so on...", "Then it stops."],
    "no. as a word": ["The answer is no.", "We stop."],
    "AI at the end": ["We study AI.", "It is new."],
    "accented": ["Très bien.", "État final."],
    "Chinese": ["模型会撒谎。", "我们能发现吗？", "当然！", "好"],
    "Chinese quotes": ["他说：“不。”", "然后走。"],
    "Chinese corner quotes": ["他说：「不。」", "『好！』", "走。"],
    "Chinese bracket": ["（完。）", "再来。"],
    "Chinese doubled": ["真的吗？！", "是。"],
    "Mixed": ["我们使用 GPT。", "The end.", "中文。", "Next."],
    "cited behind the full stop": ["Sleep helps.[12]", "It was shown.3,4", "Others failed.5–7", "We agree.¹²", "So."],
    "a figure of speech": ["It gives a clear figure.", "9 are left."],
    "after the label of a list": ["1. It holds.", "2. It fails.", "In 2.", "It ends."],
    "numbers that end": ["There are 20 of no. 5.", "In 1960.", "It was so."],
    "a word like an abbreviation": ["The answer is no.", "A man came.", "I think so.", "It took 5 sec.", "A man came."],
    "Roman items": ["包括 I。隐私，II。安全，III。其他。", "完。"],
}
WITHOUT_SPACE = ("Chinese", "Roman")


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_one_sentence(text: str) -> None:
    assert cut(text) == [text]
    assert cut(f"Before it. {text}")[1:] == [text] or not text[0].isalpha()


@pytest.mark.parametrize("what", SEVERAL_SENTENCES)
def test_several_sentences(what: str) -> None:
    sentences = SEVERAL_SENTENCES[what]
    joint = "" if what.startswith(WITHOUT_SPACE) else " "
    assert cut(joint.join(sentences)) == sentences
    assert cut("\n\n ".join(sentences)) == sentences


def test_two_prices_are_no_formula() -> None:
    assert cut("It costs $5. They paid $6 more. Fine.") == ["It costs $5.", "They paid $6 more.", "Fine."]


def test_a_long_sentence_is_cut_at_spaces() -> None:
    text = "word " * 400 + "end."
    pieces = cut(text)
    assert all(MAX_SENTENCE_CHARS / 2 <= len(piece) <= MAX_SENTENCE_CHARS for piece in pieces[:-1])
    assert " ".join(pieces) == text


@pytest.mark.parametrize(
    "text",
    [
        "." * 100_000 + "a",
        ("." * 5000 + "a") * 20,
        "." + '"' * 99_999 + "a",
        "A. b? " * 16_000,
        "。" * 100_000,
        "字。" * 50_000,
        "$. A" * 25_000,
        " " * 100_000,
        "a" * 100_000,
        "a.b" * 33_000 + ". A",
    ],
    ids=lambda text: f"{text[:6]}…",
)
def test_the_longest_abstract_is_cut_at_once(text: str) -> None:
    """A reader's own file must not be able to hang the program."""
    seconds = own_seconds()
    split_sentences(text)
    assert seconds() < 1.5


def test_passages_are_of_about_equal_length() -> None:
    sentences = split_sentences(" ".join(f"Sentence number {n} has about fifty characters in it." for n in range(20)))
    lengths = [passage.end - passage.start for passage in cut_passages(sentences)]
    assert len(lengths) == 2
    assert max(lengths) < 1.2 * min(lengths)


def test_a_short_abstract_is_one_passage() -> None:
    text = "One. Two. Three."
    assert cut_passages(split_sentences(text)) == [Span(0, len(text))]
    assert cut_passages([]) == []


def test_the_title_is_embedded_but_not_in_the_passage() -> None:
    [chunk] = chunk_paper(Paper("p", "The Title", "One. Two.", "en"))
    assert (chunk.text, chunk.embedded) == ("One. Two.", "The Title\nOne. Two.")
    [chunk] = chunk_paper(Paper("p", None, "One.", "en", label="A label"))
    assert chunk.embedded == "A label\nOne."


def test_sentences_are_embedded_without_the_title() -> None:
    one, two = chunk_sentences(Paper("p", "The Title", "One. Two.", "en"))
    assert (one.embedded, two.embedded) == ("One.", "Two.")
    assert (two.start, two.end) == (5, 9)


@pytest.mark.parametrize("abstract", ["", "  "])
def test_a_paper_without_abstract_is_one_empty_passage_of_its_title(abstract: str) -> None:
    paper = Paper("p", "The Title", abstract, "en")
    [chunk] = chunk_paper(paper)
    assert (chunk.start, chunk.end, chunk.text, chunk.embedded) == (0, 0, "", "The Title")
    assert chunk_sentences(paper) == []


CHINESE = Paper("p", "标题", "模型会撒谎。我们发现了。", "zh", translations={"en": "Models lie. We found out."})


def test_chinese_is_embedded_in_english() -> None:
    [passage] = chunk_paper(CHINESE)
    assert passage.text == CHINESE.abstract
    assert passage.embedded == "标题\nModels lie. We found out."
    assert [chunk.embedded for chunk in chunk_sentences(CHINESE)] == ["Models lie.", "We found out."]
    assert [chunk.text for chunk in chunk_sentences(CHINESE)] == ["模型会撒谎。", "我们发现了。"]


def test_each_passage_of_a_long_chinese_abstract_has_its_own_english() -> None:
    chinese = "".join(f"这是第{n}句话{'很长' * 30}。" for n in range(20))
    english = " ".join(f"This is sentence {n}." for n in range(20))
    chunks = chunk_paper(Paper("p", "T", chinese, "zh", translations={"en": english}))
    assert len(chunks) > 1
    assert " ".join(chunk.embedded.removeprefix("T\n") for chunk in chunks) == english


def test_glosses_of_some_sentences_only() -> None:
    _, second = split_sentences(CHINESE.abstract)
    assert glosses(CHINESE, [second]) == ["We found out."]


@pytest.mark.parametrize(
    "paper",
    [
        Paper("p", "T", "One. Two.", "en", translations={"en": "Eins. Zwei."}),
        Paper("p", "T", "One. Two.", "en", translations={"zh": "一。二。"}),
        Paper("p", "T", "一。二。", "zh"),
        Paper("p", "T", "一。二。", "zh", translations={"en": ""}),
        Paper("p", "T", "一。二。", "zh", translations={"en": "Only one."}),
    ],
    ids=["English", "English with Chinese", "no translation", "empty translation", "numbers differ"],
)
def test_no_gloss(paper: Paper) -> None:
    assert glosses(paper, split_sentences(paper.abstract)) == [None, None]
    assert [chunk.embedded for chunk in chunk_sentences(paper)] == [chunk.text for chunk in chunk_sentences(paper)]
