"""The few forms of a value in a kept record: each is read with its bounds, as whoever sends a record may send anything.

All raise `InputError`, with the name of what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.errors import InputError

MAX_TEXT_CHARS = 20_000
MAX_SHORT_CHARS = 2_000
MAX_ID_CHARS = 200
MAX_ENTRIES = 20
"""Timings or models, or the parameters of a notice."""


def require(holds: bool, reason: str) -> None:
    """Raises `InputError` with that reason unless it holds."""
    if not holds:
        raise InputError(f"The kept answer cannot be opened: {reason}.")


def checked_text(value: Any, name: str, most: int) -> str:
    """The value, a text of so many characters at most."""
    require(isinstance(value, str), f'"{name}" must be text')
    require(len(value) <= most, f'"{name}" is longer than {most:,} characters')
    # A lone surrogate is no text: it could be neither sent nor saved.
    require(not any("\ud800" <= character <= "\udfff" for character in value), f'"{name}" is not readable text')
    return value


def text_of(record: Mapping[str, Any], name: str, most: int) -> str:
    """The text of that name."""
    return checked_text(record.get(name), name, most)


def number_of(record: Mapping[str, Any], name: str, least: float, most: float) -> float:
    """The number of that name, which lies between these two."""
    value: Any = record.get(name)
    require(type(value) in (int, float), f'"{name}" must be a number')
    require(least <= value <= most, f'"{name}" must lie between {least:,.0f} and {most:,.0f}')  # so not NaN either
    return value


def whole_of(record: Mapping[str, Any], name: str, least: int, most: int) -> int:
    """The whole number of that name, which lies between these two."""
    value = record.get(name)
    require(type(value) is int, f'"{name}" must be a whole number')
    return int(number_of(record, name, least, most))


def choice_of(record: Mapping[str, Any], name: str, choices: Sequence[Any]) -> Any:
    """The text of that name, which is one of the choices."""
    value = record.get(name)
    require(isinstance(value, str) and value in choices, f'"{name}" must be {" or ".join(choices)}')
    return value


def list_of(record: Mapping[str, Any], name: str, most: int) -> list[Any]:
    """The list of that name; an empty one where there is none."""
    value = record.get(name, [])
    require(isinstance(value, list), f'"{name}" must be a list')
    require(len(value) <= most, f'"{name}" has more than {most} entries')
    return value


def mapping_of(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object of that name; an empty one where there is none."""
    value = record.get(name, {})
    require(isinstance(value, dict), f'"{name}" must be an object')
    require(len(value) <= MAX_ENTRIES, f'"{name}" has more than {MAX_ENTRIES} entries')
    for key in value:
        checked_text(key, name, MAX_ID_CHARS)
    return value
