"""The files of a word index as tantivy keeps them: how they are begun and opened, and what is said when they fail."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from retrieval.errors import IndexStoreError, PaperbackedError
from retrieval.files import full, has_no_room, is_disk_full
from retrieval.lexical.document import Field

if TYPE_CHECKING:
    from tantivy import Index, Schema

NUMBER = "number"
VALUES: frozenset[Field] = frozenset({"author", "family", "called", "named"})
"""Fields whose terms have spaces in them."""
LOCK = ".tantivy-meta.lock"


def opened(files: Path, folder: Path) -> Index:
    """The index of files, which are the folder's or are named as they are, that stays as it is now."""
    from tantivy import Index

    index = Index.open(str(files))
    index.config_reader("manual")
    if index.schema != schema_of_fields():
        raise IndexStoreError(f"The words in {folder} are of another version: ingest the papers again.")
    return index


def made(folder: Path | None, schema: Schema) -> Index:
    """The index of a folder, begun where there is none, which reads anew only when it is told to."""
    from tantivy import Index

    if folder is None:
        index = Index(schema)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        index = Index(schema, path=str(folder))
    index.config_reader("manual")
    return index


def schema_of_fields() -> Schema:
    """The number of a paper, which it is sorted by, and its fields of terms."""
    from tantivy import SchemaBuilder

    builder = SchemaBuilder().add_integer_field(NUMBER, indexed=True, fast=True)
    for field in get_args(Field):
        tokens = "raw" if field in VALUES else "whitespace"
        builder.add_text_field(field, tokenizer_name=tokens, index_option="freq" if field == "words" else "basic")
    return builder.build()


def named(folder: Path | None) -> str:
    """Where the words are, in a sentence."""
    return "memory" if folder is None else str(folder)


def let_others_read(folder: Path) -> None:
    """Tantivy writes its lists of files for their owner alone; who may read the rest may read them too."""
    lock = folder / LOCK
    for name in ("meta.json", ".managed.json"):
        (folder / name).chmod(lock.stat().st_mode & 0o666)


@contextmanager
def reported(where: str, written: Path | None = None) -> Generator[None, None, None]:
    """Whatever tantivy raises, as one sentence; `written` is the folder that is written to."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, PaperbackedError):
        raise
    # Tantivy's Rust core reports some damage as a panic, which is no Exception.
    except BaseException as error:
        if written is not None and (is_disk_full(error) or has_no_room(written)):
            raise IndexStoreError(full(f"The words in {where}")) from error
        if "LockBusy" in str(error):
            raise IndexStoreError(f"The words in {where} are being written by another process: wait for it.") from error
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
        raise IndexStoreError(f"The words in {where} cannot be used ({reason}): ingest the papers again.") from error
