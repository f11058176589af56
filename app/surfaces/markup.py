"""The few ways in which outside text becomes HTML: escaped, in balanced segments, with web links only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from retrieval.web_address import web_address


@dataclass(frozen=True, slots=True)
class Layer:
    """Something said of the characters `start` to `end` of a text, such as "quote 2" or "emphasis"."""

    start: int
    end: int
    label: str


def segments(text: str, layers: Iterable[Layer]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The text cut wherever a layer begins or ends, each piece with the labels that hold for it, each once.

    Tags put around single pieces are balanced by construction, however the layers overlap.
    """
    changes: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    rank: dict[str, int] = {}
    for layer in layers:
        if 0 <= layer.start < layer.end <= len(text):
            rank.setdefault(layer.label, len(rank))
            changes[layer.start].append((layer.label, 1))
            changes[layer.end].append((layer.label, -1))
    open_now: Counter[str] = Counter()
    for start, end in pairwise(sorted({0, len(text), *changes})):
        for label, change in changes[start]:
            open_now[label] += change
            if not open_now[label]:
                del open_now[label]
        yield text[start:end], tuple(sorted(open_now, key=rank.__getitem__))


def text_html(text: object) -> str:
    """Any text as HTML text or as the value of a quoted attribute."""
    return escape(str(text), quote=True)


def outside_link(address: str | None, words: str, css_class: str = "") -> str:
    """A link out of the page, or nothing where the address is not one to follow."""
    if not (checked := web_address(address)):
        return ""
    css = f' class="{css_class}"' if css_class else ""
    return (
        f'<a{css} href="{text_html(checked)}" target="_blank" rel="noopener noreferrer nofollow">{text_html(words)}</a>'
    )
