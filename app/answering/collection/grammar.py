"""The forms that questions about a collection take, in English and Chinese: whole-question patterns.

They see folded text without its filters, an organisation's name replaced by `OWN`.
Loops are possessive, so that no text makes them slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from app.answering.collection.filter_words import OWN
from app.answering.writing.phrases import language_of

Intent = Literal["list", "count", "newest", "oldest", "similar", "overview"]


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """What a question's form says: `described` is a topic before the word "papers", `all` that all are meant."""

    intent: Intent
    topic: str = ""
    described: str = ""
    author: str = ""
    limit: int | None = None
    all: bool = False


_PAPERS = r"(?:(?:research )?papers|articles|publications|studies|works|reports|preprints|abstracts|documents|entries)"
_PAPER = rf"(?:{_PAPERS}|(?:research )?paper|article|publication|study|work|report|preprint|research|thing)"
_ABOUT = (
    r"(?:about|on|regarding|concerning|covering|addressing|discussing|studying|mentioning|around|relat(?:ed|ing) to|"
    r"deals? with|dealing with|discuss(?:es)?|mentions?|address(?:es)?|covers?|stud(?:y|ies)|under|"
    r"(?:area|field|category|topic|subject) of)"
)
_WROTE = (
    r"(?:publish(?:ed|es)?|releas(?:e|ed|es)|wr(?:ite|ote|itten)|produced?|author(?:ed)?|put out|c[oa]me out|"
    r"appear(?:ed)?)"
)
_BIT = (
    rf"(?:{OWN}|{_WROTE}|are|is|was|were|there|did|do|does|has|have|had|been|got|you|we|it|in|the|this|your|our|of|all|any|"
    r"collection|corpus|library|database|dataset|index|set|that|which|by|from|at|out|done|made|available|indexed|included|"
    r"here|so|far|overall|total|altogether|exists?|ever|and|or|know|contain|hold|include|please|me|now|new|else|other|both|"
    r"yet|anything|,)(?![^\s,])"
)
_BITS = rf"(?:\s*+{_BIT})*+"
_TOPIC = rf"(?:\s*\b{_ABOUT}\s+(?P<topic>.+?))?"
_NAME = r"[^\W\d_][\w.'-]*+"
_BY = rf"(?P<author>(?: (?!the\b){_NAME}){{1,4}})"
_NOBODY = r"the[iy]?|you|we|it|he|she|people|researchers|authors|anyone|‹"
_SOMEBODY = rf"(?P<author>(?: (?!{_NOBODY}){_NAME}){{1,3}}?)"
_ASK = (
    rf"(?:please|can you|could you|would you|list|show|give|tell|find|name|get|display|see|enumerate|search for|"
    rf"look for|look up|me|us|which|what|what's|when|i want(?: to see)?|i need|i'd like(?: to see)?|do you have|"
    rf"do you know(?: of)?|have you(?: got)?|(?:are|is) there|there (?:are|is)|(?:a )?list of|(?:an )?overview of|all|"
    rf"any|every|other|more|some|of|the|your|are|is|were|was|about|and|so|ok|hi|hello|hey|{OWN}|,)"
)
_LEAD = rf"(?:{_ASK}\s+)*+"
_NUMBER_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_NUMBER_WORDS)})"
_DESCRIBED = r"(?:(?P<described>[^\s,.;:]++(?: [^\s,.;:]++){0,3}?) )??"
_NEWEST = r"(?:newest|latest|(?:most )?recent(?:ly published)?)"
_REST = rf"{_BITS}{_TOPIC}{_BITS}"

_ENGLISH: tuple[tuple[Intent | None, str], ...] = (
    (
        "count",
        rf"{_LEAD}(?:how many|(?:total )?(?:number|count) of|count(?: of)?)(?: of| the| these| your| all)*+ "
        rf"{_DESCRIBED}{_PAPERS}{_REST}",
    ),
    (
        None,
        rf"{_LEAD}(?:(?P<n1>{_NUMBER}) )?(?P<order>{_NEWEST}|oldest|earliest|first|last)(?: (?P<n2>{_NUMBER}))? "
        rf"{_DESCRIBED}(?P<works>{_PAPER}){_REST}",
    ),
    (None, rf"(?=.*{OWN}){_LEAD}(?P<order>{_NEWEST}|new|oldest|earliest)(?: one| thing)?{_REST}"),
    (None, rf"(?:what|when) (?:did|has) {OWN} (?P<order>last|most recently) {_WROTE}(?: anything| something)?{_TOPIC}"),
    (None, rf"(?:what|when) (?:did|has) {OWN} {_WROTE}{_TOPIC} (?P<order>last|lately|(?:most )?recently)"),
    ("list", rf"{_LEAD}{_DESCRIBED}(?P<works>{_PAPERS}){_REST}"),
    ("list", rf"{_LEAD}{_PAPERS}(?: written| authored| published)? by{_BY}"),
    ("count", rf"{_LEAD}how many {_PAPERS}(?: (?:are|were|written|authored|published|there))*+ by{_BY}"),
    ("list", rf"(?:what|which {_PAPERS}) (?:did|has|have){_SOMEBODY} {_WROTE}{_REST}"),
    ("list", rf"what(?: else| all)?(?=.* (?:{_WROTE}|done)(?!\S)){_REST}"),
    (
        "list",
        rf"(?=.*{OWN}){_LEAD}"
        rf"(?:anything|something|everything|what(?:'s)?(?: is)?(?: out)? there|what else|there){_REST}",
    ),
)
_SIMILAR = re.compile(
    rf"(?:{_LEAD}(?:(?:more|other|further) )?(?:(?:{_PAPER}|something|anything|others|ones) )?(?:(?:that|which) )?"
    rf"(?:are |is )?(?:most |very )?(?:like|similar to|related to|close to|comparable to|resembling)|"
    rf"{_LEAD}(?:similar|comparable|related) (?:{_PAPER}|ones) (?:to|with)|"
    rf"(?:what|which)(?: other)?(?: {_PAPER})?(?: else)? (?:are|is|looks?|comes?)(?: most| very)? "
    rf"(?:like|similar to|related to|close(?:st)? to|nearest to))(?: the)?(?: {_PAPER})? (?P<title>.+)"
    r"|(?:请|帮我)?(?:列出|找|推荐)?(?:一些|几篇)?(?:和|与|跟|像|同)(?P<chinese>.+?)(?:类似|相似|相近|相关|一样)的?(?:论文|文章|研究)?"
    r"(?:有哪些|有什么|有吗|呢)?"
)
_OVERVIEW = re.compile(
    rf"{_LEAD}(?:how many )?(?:different )?(?:organi[sz]ations?|labs?|compan(?:y|ies)|publishers?|institutions?|"
    rf"topics?|categor(?:y|ies)|subjects?|themes?|languages?|years|period|time (?:span|range|period))"
    rf"(?:\s+(?:{_BIT}|{_PAPERS}|span|range|cover(?:ed)?|represented|with|most|about))*+"
    rf"|{_LEAD}in (?:this|the|your) (?:collection|corpus|database|library)"
    rf"|what are (?:these|the|your|all the|all these) {_PAPERS} about"
    rf"|what is (?:this|the) (?:collection|corpus|database) about"
    rf"|who (?:has )?{_WROTE}(?: the)?(?: most| these| those| all)?(?: of)?(?: the)? {_PAPERS}"
    r"|(?:这里|库里|这个库|数据库|集合)?(?:里)?(?:有|收录了?|涵盖|包含|包括)(?:哪些|什么|多少个?)(?:机构|组织|公司|实验室|主题|类别|领域|话题|年份)"
    r"|(?:这里|库里|这个库|数据库|集合)?(?:里)?(?:都)?(?:有|收录了?)(?:什么|哪些)(?:论文|文章)"
)
_CHINESE_PAPERS = r"(?:论文|文章|研究|文献|报告|工作|成果)"
_CHINESE_TOPIC = re.compile(
    rf"(?:是|都是|都)?(?:关于|有关|涉及|讨论|谈到|提到|谈论)(?P<about>[^，。？?]+?)(?:方面|领域|主题|问题)?的?"
    rf"(?={_CHINESE_PAPERS}|$|有多少|有哪些|有几|有什么)"
    rf"|(?:在)?(?P<field>[^，。？?的了篇些么有出]+?)(?:方面|领域)(?:上)?(?:的)?(?={_CHINESE_PAPERS}|[发出写])"
)
_CHINESE_BIT = (
    rf"(?:{OWN}|{_CHINESE_PAPERS}|多少|几|篇|个|份|哪些|哪|什么|些|列出|列举|显示|给出|给|找出|找|查|看看|看|推荐|最新|最近|最早|最老|"
    r"最后|最晚|发表|发布|出版|公布|写|出|请问|请|帮|我|一下|你们|你|这里|这个|库|数据|集合|收录|一共|总共|共|里|面|中|有|没有|吗|呢|啊|"
    r"所有|全部|都|已经|已|过|了|在|是|来自|由|的|数量|总数|数|，|,|\s)"
)
_CHINESE = re.compile(rf"{_CHINESE_BIT}++")
_CHINESE_ASKS = re.compile(
    r"多少|几篇|哪些|哪几|什么|列出|列举|显示|给出|找|查|看看|推荐|最新|最近|最早|最老|所有|全部|数量|总数|有没有|有吗"
)


def form_of(text: str) -> QuestionForm | None:
    """The form of a folded question whose filters are taken out, or None where it has none of these."""
    if language_of(text.replace(OWN, "")) == "zh":
        return _chinese(text)
    for intent, pattern in _ENGLISH:
        if match := re.fullmatch(pattern, text):
            return _frame(intent, match)
    return None


def asks_for_overview(text: str) -> bool:
    """Whether a folded question asks what the collection as a whole has."""
    return bool(_OVERVIEW.fullmatch(text))


def similar_to(text: str) -> str | None:
    """What a folded question wants others like, such as a title."""
    match = _SIMILAR.fullmatch(text)
    return (match["title"] or match["chinese"]) if match else None


def refinement_of(text: str) -> QuestionForm | None:
    """What a folded fragment changes about the question before: "and in 2022?", "only on debate"."""
    match = _REFINED.fullmatch(text) or _CHINESE_REFINED.fullmatch(text)
    if not match:
        return None
    return QuestionForm(
        "count" if re.search(r"how many|多少|几篇", text) else "list", topic=(match["topic"] or "").strip()
    )


_REFINED = re.compile(
    rf"(?:(?:and|or|but|what about|how about|only|just|also|then|those|these|them|ones?|same|for|which|what|how many|"
    rf"list|show|{_BIT}|{_PAPERS})(?:\s+|$))*+(?:{_ABOUT} (?P<topic>[^?]+))?"
)
_CHINESE_REFINED = re.compile(
    rf"(?:那么|那|只|其中|{_CHINESE_BIT})*+(?:(?:关于|有关)(?P<topic>[^？?]+?)的?)?(?:呢|吗)?"
)


def _frame(intent: Intent | None, match: re.Match[str]) -> QuestionForm:
    said = {name: value or "" for name, value in match.groupdict().items()}
    order = said.get("order", "")
    if order:
        intent = "oldest" if order in ("oldest", "earliest", "first") else "newest"
    number = said.get("n1") or said.get("n2") or ""
    several = bool(re.fullmatch(_PAPERS, said.get("works", "")))
    return QuestionForm(
        intent or "list",
        topic=said.get("topic", "").strip(" ,\"'"),
        described=said.get("described", ""),
        author=said.get("author", "").strip(),
        limit=_number(number) if number else 1 if order and not several else None,
        all=bool(re.match(r"(?:please )?(?:list|show|what|which|do you|give)\b", match[0])),
    )


def _number(number: str) -> int:
    return int(number) if number.isdigit() else 2 + _NUMBER_WORDS.index(number)


def _chinese(text: str) -> QuestionForm | None:
    joined = "".join(text.split())
    topic = _CHINESE_TOPIC.search(joined)
    rest = f"{joined[: topic.start()]}{joined[topic.end() :]}" if topic else joined
    if not _CHINESE.fullmatch(rest):
        return None
    asks = bool(_CHINESE_ASKS.search(rest))
    if not asks and not re.search(_CHINESE_PAPERS, rest):
        return None
    order = re.search(r"最新|最近|最晚|最后|最早|最老", rest)
    count = re.search(r"多少|几篇|数量|总数", rest)
    intent: Intent = "list"
    if order:
        intent = "oldest" if order[0] in ("最早", "最老") else "newest"
    elif count:
        intent = "count"
    limit = 1 if order and not re.search(r"哪些|几|些", rest) else None
    said = (topic["about"] or topic["field"] or "").strip('“”"《》了过吗呢么') if topic else ""
    return QuestionForm(intent, topic=said, limit=limit, all=asks)
