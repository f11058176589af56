"""An index can name a model to embed with. It comes with the index, from whoever wrote that, so it is never loaded."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from chromadb.utils.embedding_functions import known_embedding_functions

from retrieval.stores.base import VectorId, segment_name
from retrieval.stores.chroma import ChromaStore


@pytest.mark.fault
def test_a_model_that_the_index_itself_names_is_never_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[dict[str, Any]] = []

    class Recorder:
        """Stands in for Chroma's functions that load a model, with its maker's code where they are told so."""

        @staticmethod
        def build_from_config(config: dict[str, Any]) -> Recorder:
            loaded.append(config)
            return Recorder()

    monkeypatch.setitem(known_embedding_functions, "recorder", Recorder)
    segment = segment_name("c", "f", 1)
    ids, vectors = [VectorId(1, 0, 5), VectorId(2, 0, 5)], np.eye(2, 8, dtype=np.float32)
    written = ChromaStore(tmp_path / "chroma")
    written.begin(segment)
    written.add(segment, ids, vectors)
    with sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3") as rows:
        [before] = set(rows.execute("SELECT config_json_str FROM collections"))
        hostile = {"type": "known", "name": "recorder", "config": {"kwargs": {"trust_remote_code": True}}}
        told = json.dumps({**json.loads(before[0] or "{}"), "embedding_function": hostile})
        assert rows.execute("UPDATE collections SET config_json_str = ?, schema_str = NULL", (told,)).rowcount == 1

    store = ChromaStore(tmp_path / "chroma")
    store.reopen()
    store.check(segment)
    assert store.segments("c") == (segment,)
    assert len(store.nearest(segment, vectors[0], 2).hits) == 2
    store.begin(segment)
    store.add(segment, ids, vectors)
    assert loaded == []
    # Chroma itself would load it as soon as anything asked for the collection's configuration.
    _ = cast("Any", store._segment(segment)).configuration
    assert loaded == [hostile["config"]]
