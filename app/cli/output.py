"""What all commands share: settings, results on stdout, notes and progress on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retrieval.errors import InputError
from retrieval.files import not_written
from retrieval.sanitize import sanitize, sanitize_json

if TYPE_CHECKING:
    from app.settings import Settings
    from retrieval.types import Progress

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Llm = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL|none",
        help="auto, none (quotes), smollm2, openai:MODEL, a folder, a hub id or a GGUF file.  [default: auto]",
    ),
]
LlmUrl = Annotated[str | None, typer.Option(help="Address of an OpenAI-compatible server, for auto and openai:MODEL.")]
Collection = Annotated[str | None, typer.Option(help="The collection of papers.")]


def settings_with(**overrides: Any) -> Settings:
    """The settings, with what the command line says over all else."""
    from app.settings import read_settings

    return read_settings(**overrides)


@contextmanager
def results() -> Iterator[None]:
    """Around all that goes to stdout: a reader who has read enough, as `| head` does, is no failure.

    Raises `InputError` where it goes to a file that cannot be written.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise InputError(not_written("The output", error, "send it elsewhere")) from error


def print_json(value: Any) -> None:
    """One line of JSON on stdout, in which nothing moves a terminal."""
    line = sanitize_json(json.dumps(value, ensure_ascii=False))
    # Bytes, because a terminal's encoding need not know every letter of a paper.
    sys.stdout.buffer.write(line.encode() + b"\n")
    sys.stdout.buffer.flush()


def note(sentence: str) -> None:
    """One sentence on stderr."""
    # It may name what a file, a server or a model calls itself.
    print(sanitize(sentence), file=sys.stderr, flush=True)


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """Bars on stderr for whoever reports progress."""
    from app.cli.terminal import progress_bars

    with progress_bars() as progress:
        yield progress
