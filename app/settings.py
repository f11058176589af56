"""All settings, and the only reader of the environment."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.corpus import default_papers_file
from retrieval.embedding_names import DEFAULT_EMBEDDING
from retrieval.errors import InputError

PREFIX = "PAPERBACKED_"
COLLECTION_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])?")


class Settings(BaseSettings):
    """Each field can be set by an environment variable, PAPERBACKED_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: user_data_path("paperbacked"),
        description="Folder for indexes, own papers and converted models.",
    )
    papers: Path = Field(default_factory=default_papers_file, description="The papers file of the default collection.")
    collection: str = Field(default="default", description="The collection that is asked.")
    embedding: str = Field(default=DEFAULT_EMBEDDING, description="Embedding model: the default, a folder or a hub id.")
    llm: str = Field(
        default="auto",
        description="Language model: auto (the server at llm_url, else a model that is here, else quotes), "
        "none (quotes), smollm2, openai:MODEL, a folder or a hub id.",
    )
    llm_url: str | None = Field(
        default=None, description="Address of an OpenAI-compatible server, for auto and openai:MODEL."
    )
    llm_key: SecretStr | None = Field(default=None, description="Its key, where it wants one.")
    llm_prompt: Literal["auto", "small", "large"] = Field(
        default="auto", description="Prompt for small or for large models; auto goes by the model's size."
    )
    unsupported: Literal["show", "drop"] = Field(
        default="show", description="Written sentences that no quote supports: shown as such, or left out."
    )
    chroma_url: str | None = Field(
        default=None, description="Address of a Chroma server; without it Chroma lives in the home folder."
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port the server listens on.")

    @field_validator("home", "papers")
    @classmethod
    def _expanded(cls, path: Path) -> Path:
        try:
            return path.expanduser().absolute()
        except RuntimeError as error:
            raise ValueError(f"{path} names the home of a user who is not here") from error

    @field_validator("collection")
    @classmethod
    def _named(cls, name: str) -> str:
        if not COLLECTION_NAME.fullmatch(name):
            raise ValueError("a collection's name is 1 to 40 small letters, digits or hyphens")
        return name

    @property
    def own_papers(self) -> Path:
        """Where the papers ingested into the collection are kept."""
        return self.home / "collections" / f"{self.collection}.jsonl"

    @property
    def is_local(self) -> bool:
        """Whether the server listens to this machine alone."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def chroma(self) -> Path | str:
        return self.chroma_url or self.home / "chroma"


def read_settings(**overrides: Any) -> Settings:
    """Settings from the environment; overrides that are not None go before it.

    Raises `InputError` naming the setting where a value is wrong or a
    PAPERBACKED_ variable is not known.
    """
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise InputError(f"There is no setting {unknown[0]}: choose from {', '.join(sorted(known))}.")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"])
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise InputError(f"The setting {name} is wrong ({reason}).") from error
