"""Greetings, thanks and "what can you do?": recognised whole, and answered without a search."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from app.answering.collection.records import Records
from app.answering.question import Question
from app.answering.reply import Reply
from app.answering.writing.phrases import AnswerPhrases

Courtesy = Literal["help", "greeting", "thanks", "farewell", "agreement"]
MAX_COURTESY_CHARS = 120

# What a part of the text between two marks may say; the first kind that occurs is answered.
_SAID: Mapping[Courtesy, tuple[str, ...]] = {
    "help": (
        r"(?:please |can you |could you )?help(?: me)?(?: please)?",
        r"(?:so )?what (?:all )?(?:can|do|could) you (?:do|answer|know|offer)(?: for me)?",
        r"what (?:can|should|could|do) i ask(?: you)?(?: about)?",
        r"(?:who|what) are you|what(?:'s| is) (?:this|paperbacked)|tell me (?:about yourself|what you can do)",
        r"how (?:do|does|can|should) (?:i use )?(?:this|it|you)(?: work)?|introduce yourself|examples?(?: please)?",
        r"[你您](?:能|可以|会)(?:帮我)?(?:做|干|回答)(?:些?什么|啥|哪些)(?:问题|事)?|[你您][会能](?:些?什么|啥|干嘛)|[你您]是(?:谁|什么)",
        r"帮助|帮帮?我|我?(?:能|可以)问[你您]?(?:些?什么|哪些)(?:问题)?|(?:这个|你)?(?:怎么|如何)使?用|介绍一下[你您]?自己",
    ),
    "greeting": (
        r"(?:hi+|hello+|hey+|hiya|howdy|greetings|yo|hallo|good (?:morning|afternoon|evening|day))"
        r"(?: (?:there|again|all|everyone|folks|bot|paperbacked|to you))?",
        r"how are you(?: doing)?(?: today)?|how do you do|what's up|nice to meet you",
        r"(?:[你您]|大家)好[吗呀啊]?|嗨|哈[喽啰罗]|(?:早上|上午|下午|晚上|中午)好|早安?|在吗",
    ),
    "thanks": (
        r"(?:(?:ok|okay|great|perfect|cool|nice|good|super|no|yes) )?(?:many )?(?:thanks?|thx|ty|cheers)"
        r"(?: (?:you|u))?(?: (?:so|very) much| a lot| a (?:ton|bunch|million)| again)?"
        r"(?: for (?:the |your |all the )?\w+)?",
        r"(?:that|this)(?:'s| is| was)? (?:very |really |so )?(?:helpful|useful|great|perfect|all)|much appreciated",
        r"(?:非常|十分|太|多)?(?:谢谢|感谢|谢[了啦])[你您啦了]?们?(?:的?(?:帮助|回答))?|多谢|辛苦[你您]?了",
    ),
    "farewell": (
        r"(?:good ?)?bye(?:[ -]bye)?(?: now)?|see (?:you|ya)(?: later| soon)?|farewell|good night|take care|ciao",
        r"再见|拜拜|晚安|回头见",
    ),
    "agreement": (
        r"(?:(?:ok|okay|great|cool|nice|perfect|awesome|good|got it|i see|understood|interesting|wow|alright)(?: |$))+",
        r"makes sense|fair enough|never ?mind|好的?|好吧|明白了?|知道了|懂了|嗯+|了解|不错|太好了",
    ),
}
_KINDS = {kind: re.compile("|".join(said)) for kind, said in _SAID.items()}
_OF_WHAT_WAS_SAID = re.compile(r"\b(?:this|it|examples?)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[,.;:!?~…，。；：！？、～]+|\s(?:and|but)\s")
_NOT_SAID = re.compile(r"[^\w\s',.;:!?~…，。；：！？、～-]")
NAMED_ORGANISATIONS = 3


def courtesy_of(question: Question) -> Courtesy | None:
    """What kind of courtesy the question is, or None; after an answer, "how does it work?" asks of what was said."""
    if question.history and _OF_WHAT_WAS_SAID.search(question.text):
        return None
    return courtesy_in(question.text)


def courtesy_in(text: str) -> Courtesy | None:
    """What kind of courtesy the whole text is, or None where it asks or says anything else."""
    if len(text) > MAX_COURTESY_CHARS:
        return None
    said = [" ".join(part.split()) for part in _BETWEEN.split(_NOT_SAID.sub(" ", text.casefold().replace("’", "'")))]
    kinds = [next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(part)), None) for part in said if part]
    if not kinds or None in kinds:
        return None
    return next(kind for kind in _SAID if kind in kinds)


def courtesy_reply(kind: Courtesy, records: Records, words: AnswerPhrases) -> Reply:
    """A short reply; a greeting and a call for help are told what can be asked."""
    if kind not in ("help", "greeting"):
        return Reply(words.courtesies[kind])
    scope = words.scope.format(scope=scope_of(records, words)) if records.papers else ""
    examples = example_questions(records, words)
    asked = words.for_example.format(questions=" ".join(examples)) if examples else ""
    return Reply(f"{words.courtesies[kind]}{scope}{asked}", followups=examples)


def scope_of(records: Records, words: AnswerPhrases) -> str:
    """How many papers there are, from when, and by whom most of them."""
    facets, count = records.facets, len(records.papers)
    said = [words.papers.format(count=f"{count:,}") if count != 1 else words.one_paper]
    if facets.earliest and facets.latest:
        said.append(words.dated.format(first=words.month(facets.earliest), last=words.month(facets.latest)))
    if organisations := list(facets.organisations)[:NAMED_ORGANISATIONS]:
        said.append(words.mostly_by.format(names=words.between_names.join(organisations)))
    return words.between_facts.join(said)


def example_questions(records: Records, words: AnswerPhrases) -> tuple[str, ...]:
    """Up to three questions that the collection answers: of a paper, of a category, of an organisation."""
    titled = next((paper.title for paper in records.papers if paper.title and paper.abstract), None)
    category = next(iter(records.facets.categories), None)
    organisation = next(iter(records.facets.organisations), None)
    examples = (
        words.follow_up.format(title=titled) if titled else None,
        words.ask_category.format(category=category[0].lower() + category[1:]) if category else None,
        words.ask_newest.format(organisation=organisation) if organisation else None,
    )
    return tuple(filter(None, examples))
