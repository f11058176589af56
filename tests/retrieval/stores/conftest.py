"""A real Chroma server for all tests of stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.chroma_server import chroma_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address. Tests share it, so each gives its collections names of its own."""
    with chroma_server(tmp_path_factory.mktemp("served")) as running:
        yield running.address
