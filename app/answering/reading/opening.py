"""Readers by their names: the one that ships, none, or one of the user's own training; and the one that matches."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.answering.reading.reader import OnnxReader
from retrieval.errors import InputError, ModelError
from retrieval.files import sha256_of
from retrieval.models.embedding import base_folder
from retrieval.models.names import DEFAULT_READER, NO_READER
from retrieval.models.weights import verify_sha256
from retrieval.shipped import shipped_file

FILE = "reader.onnx"
READER_SHA256 = "6124e53a4c6f18dae1b4c97127093a88da618b80a0f6c91380363771d0a4e4d8"
MATCHER_FILE = "models/minilm-matcher/matcher.onnx"
MATCHER_SHA256 = "6a351567684dccd399f6638931dfda48efbc041a9308a5407ea5106b55a77b35"


def open_reader(name: str = DEFAULT_READER) -> OnnxReader | None:
    """The reader of that name, a folder of `finetune reader` being one too; None for "none".

    Finds and checks the file without loading it. Raises `ModelError` where the one that
    ships is missing or damaged, `InputError` where a folder holds none.
    """
    if name == NO_READER:
        return None
    tokenizer = base_folder() / "tokenizer.json"
    if name == DEFAULT_READER:
        file = shipped_file(f"models/{DEFAULT_READER}/{FILE}")
        if not file.is_file():
            raise ModelError(f"The reader {file.name} is missing: reinstall the program.")
        verify_sha256(file, READER_SHA256)
        return OnnxReader(DEFAULT_READER, READER_SHA256, file, tokenizer)
    file = Path(name).expanduser() / FILE
    if not file.is_file():
        raise InputError(
            f"There is no reader {name[:80]!r}: give {DEFAULT_READER}, {NO_READER}, or a folder that holds {FILE}."
        )
    return OnnxReader(name, sha256_of(file), file, tokenizer)


@cache
def open_matcher() -> OnnxReader:
    """The reader of a question beside ways in which others ask. Raises `ModelError` where it is missing or damaged."""
    file = shipped_file(MATCHER_FILE)
    if not file.is_file():
        raise ModelError(f"The file {file.name} is missing: reinstall the program.")
    verify_sha256(file, MATCHER_SHA256)
    return OnnxReader("minilm-matcher", MATCHER_SHA256, file, base_folder() / "tokenizer.json")
