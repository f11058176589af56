"""Sentences that a paper supports, and the same made false in known ways: what the support check is tried on.

Everything is deterministic: which of several changes is made hangs on the text alone.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

NAMES = (
    ("Anthropic", "OpenAI", "Google DeepMind", "NIST", "Meta", "Microsoft"),
    (
        "Claude 3 Sonnet",
        "Claude",
        "GPT-2",
        "GPT-3.5",
        "GPT-3",
        "GPT-4",
        "Gemini",
        "Chinchilla",
        "Gopher",
        "PaLM",
        "LlaMA-2",
    ),
    ("RLHF", "RLAIF", "DPO", "IPO", "KTO", "PPO", "SLiC"),
    ("sparse autoencoders", "transcoders", "linear probes", "influence functions", "activation patching"),
    ("debate", "consultancy", "recursive reward modelling", "iterated amplification"),
    ("ImageNet", "CIFAR-10", "QuALITY", "MMLU", "TruthfulQA", "SummEval"),
)
DIRECTIONS = (
    ("increases", "decreases"),
    ("increase", "decrease"),
    ("increased", "decreased"),
    ("increasing", "decreasing"),
    ("more", "less"),
    ("better", "worse"),
    ("higher", "lower"),
    ("larger", "smaller"),
    ("stronger", "weaker"),
    ("harder", "easier"),
    ("improves", "worsens"),
    ("improve", "worsen"),
    ("improved", "worsened"),
    ("best", "worst"),
    ("reduces", "increases"),
    ("reduce", "increase"),
    ("reduced", "increased"),
    ("reducing", "increasing"),
    ("outperforms", "underperforms"),
    ("outperform", "underperform"),
    ("outperforming", "underperforming"),
    ("mitigates", "aggravates"),
    ("most", "least"),
    ("up", "down"),
    ("over", "under"),
    ("above", "below"),
    ("strengthens", "weakens"),
    ("beats", "loses to"),
    ("beat", "lost to"),
    ("grows", "shrinks"),
    ("grow", "shrink"),
)
OPPOSITES = (
    ("safe", "dangerous"),
    ("harmless", "harmful"),
    ("helpful", "useless"),
    ("honest", "deceptive"),
    ("simple", "elaborate"),
    ("large", "tiny"),
    ("small", "huge"),
    ("fast", "slow"),
    ("cheap", "costly"),
    ("easy", "difficult"),
    ("new", "old"),
    ("effective", "futile"),
    ("reliable", "erratic"),
    ("robust", "fragile"),
    ("human", "machine"),
    ("before", "after"),
    ("training", "deployment"),
    ("positive", "negative"),
    ("success", "failure"),
    ("strong", "feeble"),
    ("first", "last"),
    ("understandable", "opaque"),
    ("possible", "impossible"),
    ("persistent", "fleeting"),
    ("keep", "lose"),
    ("supports", "refutes"),
    ("true", "false"),
    ("accurate", "mistaken"),
    ("general", "narrow"),
    ("open", "secret"),
)
_NUMBER_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "twelve")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|may|might|does|do|did|has|have|must)\b(?! not|n't)", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(shows?|finds?|demonstrates?|improves?|reduces?|achieves?|outperforms?|learns?|generalizes?|makes?|removes?"
    r"|works?|allows?|enables?|leads?|produces?|provides?|introduces?|proposes?|presents?|uses?|appears?|yields?)\b"
)
_NOT = re.compile(r"\b(does|do|did) not (\w+)|\b(is|are|was|were|can|could|will|would|has|have) not\b|\bcannot\b")


def chosen(options: Sequence[T], text: str) -> T:
    """One of the options, by the text."""
    return options[zlib.crc32(text.encode()) % len(options)]


def other_number(text: str) -> str | None:
    """One figure or number word changed."""
    found = list(re.finditer(rf"\b[0-9]+(?:[.,][0-9]+)*|\b(?:{'|'.join(_NUMBER_WORDS)})\b", text))
    if not found:
        return None
    match = chosen(found, text)
    old = match[0]
    if old in _NUMBER_WORDS:
        new = chosen([word for word in _NUMBER_WORDS if word != old], text)
    else:
        digit = str((int(old[0]) + 1 + zlib.crc32(text.encode()) % 7) % 9 + 1)
        new = (digit if digit != old[0] else str(int(old[0]) % 9 + 1)) + old[1:]
    return text[: match.start()] + new + text[match.end() :]


def assertion(text: str) -> str | None:
    """A "not" taken out."""
    if match := _NOT.search(text):
        kept = match[2] if match[1] else "can" if match[0] == "cannot" else match[3]
        return text[: match.start()] + kept + text[match.end() :]
    return None


def denial(text: str) -> str | None:
    """A "not" put in where there is none."""
    if _NOT.search(text):
        return None
    if match := _AUXILIARY.search(text):
        return f"{text[: match.end()]} not{text[match.end() :]}"
    if match := _VERB.search(text):
        verb = match[0]
        auxiliary, base = ("does", verb[:-1]) if verb.endswith("s") else ("do", verb)
        return f"{text[: match.start()]}{auxiliary} not {base}{text[match.end() :]}"
    return None


def other_name(text: str, paper: str) -> str | None:
    """A name exchanged for another of its kind that the paper does not mention."""
    for kind in NAMES:
        for name in kind:
            if re.search(rf"\b{re.escape(name)}\b", text):
                others = [other for other in kind if other.casefold() not in paper.casefold()]
                return re.sub(rf"\b{re.escape(name)}\b", chosen(others, text), text) if others else None
    return None


def other_direction(text: str) -> str | None:
    """A comparison turned round."""
    return _turned(text, DIRECTIONS)


def opposite(text: str) -> str | None:
    """A word turned into its opposite, of words that the check has no list of."""
    return _turned(text, OPPOSITES)


def _turned(text: str, pairs: Sequence[tuple[str, str]]) -> str | None:
    turns = {**{two: one for one, two in pairs}, **dict(pairs)}
    found = [match for match in re.finditer(r"\b[a-z]+\b", text) if match[0] in turns]
    if not found:
        return None
    match = chosen(found, text)
    return text[: match.start()] + turns[match[0]] + text[match.end() :]


_LEADS = re.compile(
    r"^(?:However|Moreover|Furthermore|Finally|Specifically|Additionally|Here|In this (?:paper|work)), "
)
_PLAINER = (
    ("We find that ", "The authors report that "),
    ("We show that ", "It turns out that "),
    ("large language models", "LLMs"),
    ("Large language models", "LLMs"),
    ("language models", "models"),
    ("demonstrate", "show"),
    ("utilize", "use"),
    ("We propose", "The paper proposes"),
    ("we propose", "the authors propose"),
    ("We introduce", "The work introduces"),
    ("significantly", "clearly"),
    ("behaviors", "behaviour"),
    ("We ", "The authors "),
    ("we ", "they "),
    ("our ", "their "),
    ("reinforcement learning from human feedback", "RLHF"),
    ("In addition,", "Also,"),
    ("in order to", "to"),
)


def plainer(text: str) -> str:
    """The sentence in slightly other words: lead-in and brackets gone, some terms exchanged."""
    text = _LEADS.sub("", text)
    text = re.sub(r"\s*\([^()]{1,60}\)", "", text)
    for term, other in _PLAINER:
        text = text.replace(term, other)
    return text[:1].upper() + text[1:]


def shorter(text: str) -> str | None:
    """The sentence without its last clause, where what is left is still one."""
    clauses = re.split(r"(?:, (?=(?:which|while|with|and|but|even|including|such)\b)|; | — )", text)
    if len(clauses) < 2 or len(clauses[0].split()) < 6:
        return None
    return clauses[0].rstrip(".,") + "."
