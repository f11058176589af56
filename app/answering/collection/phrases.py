"""What answers about the collection say around the papers' names, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from app.answering.writing.phrases import CHINESE, ENGLISH, AnswerPhrases, Language
from retrieval.types import Filters

SHOWN_TOPIC_CHARS = 80
_LANGUAGES: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {"en": "English", "zh": "Chinese", "de": "German", "fr": "French", "es": "Spanish", "ja": "Japanese"},
        "zh": {"en": "英文", "zh": "中文", "de": "德文", "fr": "法文", "es": "西班牙文", "ja": "日文"},
    }
)


@dataclass(frozen=True, slots=True)
class CollectionPhrases:
    """Sentences of one language; `scope` says which papers, such as " by OpenAI from 2023"."""

    words: AnswerPhrases
    found: tuple[str, str]
    newest: tuple[str, str]
    oldest: tuple[str, str]
    similar: str
    by_content: str
    nothing: str
    none_chosen: str
    they_reach: str
    reach: str
    organisations: str
    unlisted: str
    no_abstract: str
    listed_newest: str
    overview: str
    by: str
    author: str
    about: str
    language: str
    category: str
    since: str
    until: str
    within: str
    between: str
    counted_from: str
    either: str

    def scope(self, filters: Filters, topic: str = "", author: str = "", newest: date | None = None) -> str:
        """Which papers: by whom, about what, in which language and of which dates.

        `newest` is the day that dates such as "last year" were counted from.
        """
        languages = [_LANGUAGES[self.words.language].get(code, code) for code in filters.languages]
        parts = [
            self.by.format(names=self.either.join(filters.organisations)) if filters.organisations else "",
            self.author.format(name=shown(author)) if author else "",
            self._dates(filters, newest),
            self.language.format(names=self.either.join(languages)) if languages else "",
            self.category.format(names=self.either.join(filters.categories)) if filters.categories else "",
            self.about.format(topic=shown(topic)) if topic else "",
        ]
        if self.words.language == "en":
            parts = [parts[0], parts[1], parts[5], parts[3], parts[4], parts[2]]
        return "".join(parts)

    def _dates(self, filters: Filters, newest: date | None) -> str:
        since, until = filters.since, filters.until
        counted = self.counted_from.format(month=self.words.month(newest)) if newest else ""
        if since and until:
            first, last = self._point(since, starts=True), self._point(until, starts=False)
            same = first == last or (since.year, since.month) == (until.year, until.month)
            return (self.within.format(date=last) if same else self.between.format(first=first, last=last)) + counted
        if since:
            return self.since.format(date=self._point(since, starts=True)) + counted
        return self.until.format(date=self._point(until, starts=False)) + counted if until else ""

    def _point(self, day: date, *, starts: bool) -> str:
        """The year where the day begins or ends one, else the month."""
        year = (day.month, day.day) == (1, 1) if starts else (day + timedelta(days=1)).year > day.year
        return (f"{day.year}年" if self.words.language == "zh" else str(day.year)) if year else self.words.month(day)


ENGLISH_COLLECTION = CollectionPhrases(
    words=ENGLISH,
    found=("The collection has 1 paper{scope}", "The collection has {count} papers{scope}"),
    newest=("The newest paper{scope} is", "The {count} newest papers{scope} are"),
    oldest=("The oldest paper{scope} is", "The {count} oldest papers{scope} are"),
    similar="Nearest to “{title}” by content",
    by_content="No record names {topic}; nearest by content",
    nothing="The collection has no paper{scope}.",
    none_chosen="Among the papers that your filters let through there is none{scope}.",
    they_reach=" What it has{scope} is from {dates}.",
    reach="{first} to {last}",
    organisations=" Its papers are by {names}.",
    unlisted="{count} more are not listed: name a year or a topic to see them.",
    no_abstract="{paper}; the collection has no abstract of it",
    listed_newest=", newest first",
    overview="The collection has {scope}. By organisation: {organisations}. By category: {categories}.",
    by=" by {names}",
    author=" by “{name}”",
    about=" about {topic}",
    language=" in {names}",
    category=" in the category {names}",
    since=" since {date}",
    until=" until {date}",
    within=" from {date}",
    between=" from {first} to {last}",
    counted_from=" (counted from the newest paper, of {month})",
    either=" or ",
)
CHINESE_COLLECTION = CollectionPhrases(
    words=CHINESE,
    found=("库中有1篇{scope}论文", "库中有{count}篇{scope}论文"),
    newest=("最新的{scope}论文是", "最新的{count}篇{scope}论文是"),
    oldest=("最早的{scope}论文是", "最早的{count}篇{scope}论文是"),
    similar="与“{title}”内容最接近的论文",
    by_content="没有论文的记录提到“{topic}”；内容最接近的是",
    nothing="库中没有{scope}论文。",
    none_chosen="在您选择的筛选范围内没有{scope}论文。",
    they_reach="库中{scope}论文发表于{dates}。",
    reach="{first}至{last}",
    organisations="库中论文来自{names}。",
    unlisted="另有{count}篇未列出：请指定年份或主题。",
    no_abstract="{paper}；库中没有它的摘要",
    listed_newest="，从新到旧",
    overview="库中有{scope}。按机构：{organisations}。按类别：{categories}。",
    by="{names}的",
    author="“{name}”的",
    about="关于“{topic}”的",
    language="{names}",
    category="属于{names}类别的",
    since="{date}以来的",
    until="{date}及以前的",
    within="{date}的",
    between="{first}至{last}的",
    counted_from="（从最新论文的{month}算起）",
    either="或",
)


def collection_phrases(words: AnswerPhrases) -> CollectionPhrases:
    """The collection's sentences in the language of `words`."""
    return CHINESE_COLLECTION if words.language == "zh" else ENGLISH_COLLECTION


def shown(said: str) -> str:
    """A reader's words as an answer repeats them: short, with nothing that could pass for a marker or a quote."""
    plain = " ".join(re.sub(r"[\[\]【】“”\"<>]", " ", said).split())
    return plain if len(plain) <= SHOWN_TOPIC_CHARS else f"{plain[:SHOWN_TOPIC_CHARS].rstrip()}…"
