"""The list of English words that ships is what its command makes of the model's vocabulary."""

from __future__ import annotations

from benchmarks.english_words import FILE, english_words


def test_the_list_that_ships_is_what_the_command_makes() -> None:
    assert FILE.read_text(encoding="ascii").split("\n") == [*english_words(), ""]
