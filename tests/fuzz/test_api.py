"""A short while of what `python -m benchmarks.fuzz_api` does for long: collections in chains of requests."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.fuzz_api import Ask, asking, open_document, run


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    return asking(open_document(tmp_path_factory.mktemp("chains")))


@pytest.mark.fuzz
@pytest.mark.timeout(400)
def test_collections_are_what_chains_of_requests_made_of_them(ask: Ask) -> None:
    run(ask, 3, 10, 0)


@pytest.mark.fuzz
@pytest.mark.timeout(400)
def test_a_collection_that_is_lost_is_found_missing(ask: Ask) -> None:
    """That a run which finds nothing says something: one in which a removed collection stays does not pass."""

    def forgetful(operation: str, **given: Any) -> Any:
        return ask("reports" if operation == "remove" else operation, **given)

    with pytest.raises(AssertionError):
        run(forgetful, 6, 15, 0, shorten=False)
