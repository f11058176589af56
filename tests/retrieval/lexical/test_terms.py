"""Terms of the field in languages that are not read: what stands in a text, whatever the text is."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import CorpusError
from retrieval.lexical.terms import FILE, MAX_FOUND, read_terms
from retrieval.shipped import shipped_file

TERMS = read_terms(shipped_file(FILE))
HEADER = "English\tkind\tde\tja\n"


@pytest.mark.parametrize(
    ("code", "text", "terms"),
    [
        ("de", "Wie überwacht man Belohnungsmodelle?", ["oversight", "reward model"]),
        ("de", "PROMPT-INJECTION-ANGRIFFE", ["prompt injection", "attack"]),
        ("fr", "l’apprentissage par renforcement à partir de retours humains", ["RLHF"]),
        ("es", "¿los modelos de recompensa engañan?", ["reward model", "deception"]),
        ("pt", "alinhamento e superposição", ["alignment", "superposition"]),
        ("it", "la supervisione scalabile", ["scalable oversight"]),
        ("nl", "vleien taalmodellen?", ["sycophancy", "language model"]),
        ("ru", "Почему языковые модели галлюцинируют?", ["language model", "hallucination"]),
        ("ja", "大規模言語モデルの報酬ハッキング", ["language model", "reward hacking"]),
        ("ko", "보상 해킹과 탈옥", ["reward hacking", "jailbreak"]),
    ],
)
def test_terms_are_found_however_they_are_bent(code: str, text: str, terms: list[str]) -> None:
    assert [one.english for one in TERMS[code].found_in(text) if one.kind == "term"] == terms


def test_the_longest_term_wins_and_words_between_are_given() -> None:
    found = TERMS["de"].found_in("Was ist Weak-to-Strong bei GPT-4?")
    assert [(one.english, one.kind) for one in found] == [
        ("what is", "defines"),
        ("weak-to-strong generalization", "term"),
        ("bei", None),
        ("GPT-4", None),
    ]


@given(st.sampled_from(sorted(TERMS)), st.text() | st.text(alphabet="was ist modell報酬モデル보상 한модель-’'*,\t."))
def test_no_text_is_too_odd(code: str, text: str) -> None:
    found = TERMS[code].found_in(text)
    assert len(found) <= MAX_FOUND
    assert all(one.english and one.start < one.end for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("piece", ["was ", "modell", "報酬", "보 상 ", "языков ", "ß", "a'"])
def test_a_long_text_takes_no_time(piece: str) -> None:
    began = time.perf_counter()
    for terms in TERMS.values():
        terms.found_in(piece * 20_000)
    assert time.perf_counter() - began < 2.0


def test_every_language_has_nearly_every_term() -> None:
    rows = [line.split("\t") for line in shipped_file(FILE).read_text(encoding="utf-8").splitlines()]
    for place, code in enumerate(rows[0][2:], start=2):
        missing = [row[0] for row in rows[1:] if row[1] == "term" and not row[place].strip()]
        assert len(missing) <= 2, (code, missing)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("debate\tverb\tdebatte\t\n", "kind"),
        ("debate\tterm\ta*\t\n", "too short"),
        ("debate\tterm\ta\tb\tc\n", "not a term"),
        (f"debate\tterm\t{'x' * 99}\t\n", "too long"),
        (f"debate\tterm\t{', '.join(map(str, range(99)))}\t\n", "too many"),
        ("debate\tterm\t*\t\n", "too short"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "terms.tsv"
    file.write_text(HEADER + line, encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"line 2: .*{reason}"):
        read_terms(file)
