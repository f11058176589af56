"""The words around the papers' own: what connects quotes, names papers and says no, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from retrieval.lexical.tokens import FUNCTION_WORDS

Language = Literal["en", "zh"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_LATIN_WORD = re.compile(r"[^\W\d_\u3040-\u9fff]+")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|《[^》]*》|「[^」]*」")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class AnswerPhrases:
    """Connecting text of one language; what stands in braces is filled in by the named values.

    `lead_in` introduces the first paper of an answer, `further` the others in turn;
    `goes_on` stands between two quotes of one paper, `according` before prose that rests
    on one paper, and `also` before what follows of the same paper.
    `refusal` follows the refusal constant, which is the same in every language.
    From `courtesies` on it is what greetings, thanks and calls for help are answered with.
    """

    language: Language
    lead_in: str
    goes_on: str
    further: tuple[str, ...]
    according: str
    also: str
    gloss: str
    refusal: str
    closest: str
    read_on: str
    follow_up: str
    between_papers: str
    bracketed: str
    between_facts: str
    between_names: str
    courtesies: Mapping[str, str]
    scope: str
    papers: str
    one_paper: str
    dated: str
    mostly_by: str
    for_example: str
    ask_category: str
    ask_newest: str

    def month(self, day: date) -> str:
        """The day's month and year, whatever the locale."""
        return f"{day.year}年{day.month}月" if self.language == "zh" else f"{MONTHS[day.month - 1]} {day.year}"


ENGLISH = AnswerPhrases(
    language="en",
    lead_in="{paper} says: ",
    goes_on="It goes on: ",
    further=("{paper} adds: ", "And {paper}: ", "{paper} says: "),
    according="According to {paper}, ",
    also="It also says that ",
    gloss=" (in English: “{gloss}”)",
    refusal="",
    closest="Closest to it: {papers}.",
    read_on="Read on in {papers}.",
    follow_up="What does “{title}” find?",
    between_papers="; ",
    bracketed="{name} ({facts})",
    between_facts=", ",
    between_names=", ",
    courtesies=MappingProxyType(
        {
            "greeting": "Hello. Ask me about the papers: I answer in their own words, every sentence with its quote.",
            "help": "I answer questions about the papers in their own words, every sentence with its quote, and say so "
            "where they do not answer. I also know what the collection has: count, list or date its papers by "
            "organisation, topic, year or language, or ask for papers like one of them.",
            "thanks": "You are welcome. Ask on whenever you like.",
            "farewell": "Goodbye.",
            "agreement": "Good. What would you like to know next?",
        }
    ),
    scope=" The collection has {scope}.",
    papers="{count} papers",
    one_paper="1 paper",
    dated="from {first} to {last}",
    mostly_by="most of them by {names}",
    for_example="\n\nFor example: {questions}",
    ask_category="Which papers are about {category}?",
    ask_newest="What is the newest paper by {organisation}?",
)
CHINESE = AnswerPhrases(
    language="zh",
    lead_in="{paper} 写道：",
    goes_on="又写道：",
    further=("{paper} 补充道：", "还有 {paper}：", "{paper} 写道："),
    according="根据 {paper}，",
    also="该文还说，",
    gloss="（英文：“{gloss}”）",
    refusal=" 这些论文没有回答这个问题。",
    closest="最接近的论文：{papers}。",
    read_on="延伸阅读：{papers}。",
    follow_up="“{title}”有什么发现？",
    between_papers="；",
    bracketed="{name}（{facts}）",
    between_facts="，",
    between_names="、",
    courtesies=MappingProxyType(
        {
            "greeting": "你好。可以问我这些论文的内容：我用论文的原文回答，每句话都附有引文。",
            "help": "我用论文的原文回答问题，每句话都附有引文；论文没有回答的，我会直接说明。"
            "也可以问论文库本身：按机构、主题、年份或语言统计、列出论文，或者查找与某篇论文类似的论文。",
            "thanks": "不客气，欢迎继续提问。",
            "farewell": "再见。",
            "agreement": "好的。接下来想了解什么？",
        }
    ),
    scope="库中有{scope}。",
    papers="{count}篇论文",
    one_paper="1篇论文",
    dated="发表于{first}至{last}",
    mostly_by="主要来自{names}",
    for_example="\n\n例如：{questions}",
    ask_category="有哪些关于{category}的论文？",
    ask_newest="{organisation} 最新的论文是什么？",
)
_WORDINGS: Mapping[Language, AnswerPhrases] = MappingProxyType({"en": ENGLISH, "zh": CHINESE})


def language_of(text: str) -> Language:
    """The language to answer a question in: Chinese where its letters are mostly Chinese, else English.

    What it quotes does not count, such as an English title in a Chinese question.
    """
    own = _QUOTED.sub(" ", text)
    letters = own if _HAN.search(own) or _LATIN_WORD.search(own) else text
    characters, words = len(_HAN.findall(letters)), _LATIN_WORD.findall(letters.casefold())
    # Names stand in Chinese sentences too; "what" and "the" do not.
    english = len(words) + 2 * sum(word in FUNCTION_WORDS for word in words)
    return "zh" if characters >= max(1, english) and not _KANA.search(letters) else "en"


def answer_phrases(language: Language) -> AnswerPhrases:
    """The connecting text of that language."""
    return _WORDINGS[language]


def phrases_for(question: str) -> AnswerPhrases:
    """The connecting text for answering that question."""
    return answer_phrases(language_of(question))
