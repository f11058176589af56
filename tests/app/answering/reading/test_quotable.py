"""What of a full text can be quoted: prose, and nothing that stands between it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.reading.quotable import is_prose, quotable
from retrieval.types import Sentence
from tests.support.full_texts import full_text, paper_with

PROSE = (
    "We find that the backdoor persists after safety training.",
    "In 2019, 45% (n = 23) of the 51 patients who were treated had a fever for more than 3 days.",
    "The model reaches an accuracy of 92.3% on ImageNet, 1.2 points above that of ResNet-50 [12, 13].",
    "MERS-CoV was first found in Saudi Arabia in 2012 [1].",
    "mRNA vaccines were given to all participants of the second trial.",
    "Smith et al. (2021) report that larger models are more sycophantic than small ones.",
    "“It is not clear”, as one of the raters wrote, “what the model was asked to do.”",
    "The loss is the mean of all terms, L = A + B, over the whole batch.",
    "我们发现，经过安全训练之后，后门仍然存在。",
)
NO_PROSE = (
    "",
    "4.2 Results",
    "Results and discussion.",
    "Effects of the number of layers",
    "0.91 0.88 0.73 0.64 12.1 13.0 14.2",
    "Model Acc. F1 BLEU ResNet-50 92.1 88.3 40.2 ViT-B 93.0 89.9 41.7.",
    "x = \\frac{a}{b} + \\sum_{i=1}^{n} y_i z_i where {a, b}.",
    "for (int i = 0; i < n; i++) { total += values[i]; } return total;",
    "def main(argv): return [x for x in argv if x != '' and len(x) > 3].",
    "[12] Smith, J., Miller, K. and Jones, P. Deep learning for owls. In Proc. of ICML, pp. 12–19, 2019.",
    "Smith, J. A., Brown, T. and Green, M. K. Nature 12:3, 1999.",
    "J. Devlin, M.-W. Chang, K. Lee, and K. Toutanova, BERT, arXiv preprint arXiv:1810.04805, 2018.",
    "and which was then removed by the second round of training.",
    "(5)",
    "3.1 表一 12.5",
)


@pytest.mark.parametrize("text", PROSE)
def test_prose_may_be_quoted(text: str) -> None:
    assert is_prose(text)


@pytest.mark.parametrize("text", NO_PROSE)
def test_what_is_no_prose_may_not(text: str) -> None:
    assert not is_prose(text)


def test_a_point_of_a_list_needs_no_full_stop_where_it_is_a_sentence() -> None:
    assert is_prose("All of the models that we have tested were fooled by the second of the two attacks")
    assert not is_prose("The models that we tested")


def test_german_prose_is_not_judged_by_english_words() -> None:
    text = "Die Hintertür bleibt nach jedem Training erhalten."
    assert is_prose(text, english=False) and not is_prose(text)


def test_every_sentence_of_an_abstract_may_be_quoted() -> None:
    paper = paper_with("a", "Owls 0.91 0.88.", full_text(("1", "Owls 0.91 0.88.", "body")))
    assert quotable(Sentence(paper, 0, 15, 1.0))
    assert not quotable(Sentence(paper, 0, 15, 1.0, part="text"))


@given(st.text(max_size=300))
def test_any_text_is_judged_and_none_without_words_is_prose(text: str) -> None:
    assert not is_prose("".join(sign for sign in text if not sign.isalpha()))
    is_prose(text)


@pytest.mark.parametrize("piece", ["A. ", "a, ", "(", "A B. ", "\\{", "doi:", "Smith, J. "])
def test_a_long_run_of_anything_is_judged_at_once(piece: str) -> None:
    began = time.process_time()
    is_prose(piece * 20_000)
    assert time.process_time() - began < 5
