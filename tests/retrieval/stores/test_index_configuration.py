"""An index can name a model to embed with. It comes with the index, from whoever wrote that, so it is never loaded."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from chromadb.utils.embedding_functions import known_embedding_functions

from retrieval.stores.chroma import ChromaStore
from retrieval.types import Paper


@pytest.mark.fault
def test_a_model_that_the_index_itself_names_is_never_loaded(
    build: Callable[..., Any], papers: tuple[Paper, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[dict[str, Any]] = []

    class Recorder:
        """Stands in for Chroma's functions that load a model, with its maker's code where they are told so."""

        @staticmethod
        def build_from_config(config: dict[str, Any]) -> Recorder:
            loaded.append(config)
            return Recorder()

    monkeypatch.setitem(known_embedding_functions, "recorder", Recorder)
    built = build(tmp_path, papers[:2])
    with sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3") as rows:
        [before] = set(rows.execute("SELECT config_json_str FROM collections WHERE name LIKE '%passages'"))
        hostile = {"type": "known", "name": "recorder", "config": {"kwargs": {"trust_remote_code": True}}}
        told = json.dumps({**json.loads(before[0] or "{}"), "embedding_function": hostile})
        assert rows.execute("UPDATE collections SET config_json_str = ?, schema_str = NULL", (told,)).rowcount >= 2

    store = ChromaStore(tmp_path / "chroma")
    store.check(built.index)
    assert store.find(built.index.collection, built.index.fingerprint) == built.index
    assert len(store.search(built.index, built.embedder.embed(["backdoor"])[0], 2)) == 2
    assert build(tmp_path, papers[:2]).index == built.index
    assert loaded == []
    # Chroma itself would load it as soon as anything asked for the collection's configuration.
    _ = cast("Any", store._collection(built.index, "passages")).configuration
    assert loaded == [hostile["config"]]
