"""The judge of the tests of faults sees what none of them may let pass."""

from __future__ import annotations

import pytest

from tests.faults.program import Said, assert_plain_failure, shown


@pytest.mark.parametrize(
    "said", ["Traceback (most recent call last):\nOSError.", "no", "", "Papers: 3 of 9", "It failed."]
)
def test_what_is_no_plain_sentence_fails(said: str) -> None:
    with pytest.raises(AssertionError):
        assert_plain_failure(Said(1, "", said))


def test_what_is_shown_has_no_folders_and_ports_of_one_run() -> None:
    assert shown("The papers in /tmp/a/b.sqlite cannot be read.") == "The papers in …/b.sqlite cannot be read."
    assert shown("The index in http://127.0.0.1:81/v1 hangs (1/2).") == "The index in http://HOST/v1 hangs (1/2)."
