"""Chinese questions become English words, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import CorpusError
from retrieval.lexical.glossary import Glossary, read_glossary
from retrieval.lexical.han import has_han
from retrieval.shipped import shipped_file

SMALL = Glossary({"后门": "backdoor", "后门攻击": "backdoor attack", "安全": "safety", "宪法AI": "constitutional AI"})


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("后门攻击", "backdoor attack"),
        ("后门安全", "backdoor safety"),
        ("后门的安全", "backdoor safety"),
        ("GPT-2的后门？", "GPT-2 backdoor ？"),
        ("宪法AI 是什么", "constitutional AI"),
    ],
)
def test_the_longest_term_wins_and_what_is_unknown_is_left_out(chinese: str, english: str) -> None:
    assert SMALL.in_english(chinese) == english


@given(st.text().filter(lambda text: not has_han(text)))
def test_a_text_without_chinese_is_unchanged(text: str) -> None:
    assert SMALL.in_english(text) == text


@given(st.text())
def test_no_chinese_is_left(text: str) -> None:
    assert not has_han(SMALL.in_english(text))


def test_the_shipped_glossary_reads_and_knows_the_field() -> None:
    glossary = read_glossary(shipped_file("glossary.zh-en.tsv"))
    assert "backdoor" in glossary.in_english("安全训练能去掉后门吗?")
    assert "sycophancy" in glossary.in_english("为什么会谄媚用户?")


@pytest.mark.parametrize("line", ["后门 backdoor", "\tbackdoor", "后门\t", ""])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "glossary.tsv"
    file.write_text(f"安全\tsafety\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="line 2"):
        read_glossary(file)


def test_a_glossary_that_is_gone_or_no_text_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "latin.tsv").write_bytes("après\tafter\n".encode("latin-1"))
    for name in ("gone.tsv", "latin.tsv"):
        with pytest.raises(CorpusError, match="cannot be read: reinstall"):
            read_glossary(tmp_path / name)


def test_a_text_is_known_where_all_its_chinese_is() -> None:
    glossary = Glossary({"休眠": "sleeper", "智能体": "agents"})
    assert glossary.knows("休眠智能体") and glossary.knows("RLHF 智能体") and glossary.knows("")
    assert not glossary.knows("沉睡智能体")
