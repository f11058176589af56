"""All settings, and the only reader of the environment."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from retrieval.errors import InputError
from retrieval.models.names import DEFAULT_EMBEDDING, DEFAULT_READER
from retrieval.shipped import default_papers_file

PREFIX = "PAPERBACKED_"
COLLECTION_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


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
    reader: str = Field(
        default=DEFAULT_READER,
        description="Reader model: the default, a folder of finetune reader, or none (nothing is read, and what is "
        "nearest is quoted).",
    )
    llm: str = Field(
        default="auto",
        description="Language model: auto (the server at llm_url, else a model that is here, else quotes), "
        "none (quotes), smollm2, openai:MODEL, a folder, a hub id or a GGUF file.",
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
    answer_from: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Confidence from which the papers are said to answer: higher refuses more, lower answers more; "
        "by default what was fitted (0.63).",
    )
    chroma_url: str | None = Field(
        default=None,
        description="Address of a Chroma server, or of several, separated by commas and always in the same order; "
        "without it Chroma lives in the home folder.",
    )
    chroma_token: SecretStr | None = Field(
        default=None, description="Token for Chroma servers, sent as a bearer token."
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port the server listens on.")

    widget_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins, separated by commas, whose pages may show the widget and call the API from a browser, "
        "such as https://example.org; none by default.",
    )
    api_key: SecretStr | None = Field(
        default=None, description="Key that programs must bring as a bearer token; without it none is asked for."
    )
    login: Literal["none", "key", "hub"] = Field(
        default="none",
        description="Login for pages: none, key (the API key, typed once), or hub (an account of the Hugging Face hub, "
        "on Spaces); with one nobody else comes in but programs with the key.",
    )
    client_limit: int = Field(
        default=60, ge=0, description="Questions that one client address may ask a minute; 0 for no limit."
    )
    server_limit: int = Field(
        default=600, ge=0, description="Questions that all clients together may ask a minute; 0 for no limit."
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses of reverse proxies, separated by commas, whose word on a client's address is taken.",
    )
    frame_ancestors: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Hosts, separated by commas, that may show the whole page in a frame, as a Space does."
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Names, separated by commas, by which the server may be called, such as papers.example.org, or "
        "*.example.org for all below it; localhost and loopback addresses always may; by default any name.",
    )
    log_questions: bool = Field(default=False, description="Whether the log holds the texts of questions.")

    adding: Literal["auto", "on", "off", "visitors"] = Field(
        default="auto",
        description="Who may add papers through the server: on (whoever may use it, to collections that all share), "
        "visitors (each visitor to collections of their own, which nobody else sees), off (nobody); auto is on where "
        "the server listens to this machine alone and has no other name in PAPERBACKED_HOSTS, else off.",
    )
    collections: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Further collections that may be asked through the server, separated by commas, or * for all; "
        "where adding is on, all may be.",
    )
    upload_limit_mb: int = Field(
        default=100,
        ge=1,
        le=10_000,
        description="Megabytes that a file may have that is added through the server; a request may have five times "
        "that, in 200 files.",
    )
    visitor_papers: int = Field(
        default=200, ge=1, description="Papers that a visitor's own collections may have together."
    )
    visitor_mb: int = Field(
        default=200, ge=1, description="Megabytes that a visitor's own collections may have together."
    )
    visitor_days: int = Field(
        default=7, ge=1, le=3650, description="Days after its last use at which a visitor's own collection is removed."
    )
    online: bool = Field(
        default=False,
        description="Whether readers of a server that others use too may have what papers lack looked up online (at "
        "arXiv, doi.org, Crossref and OpenAlex); at this machine they always may, and nothing is looked up unasked.",
    )
    contact: str | None = Field(
        default=None,
        max_length=200,
        description="E-mail address that is told to services which are asked online, so that they can write to you "
        "before they shut you out; without it none is told.",
    )
    zotero_key: SecretStr | None = Field(
        default=None, description="Key of zotero.org, to add from a library there; the local program needs none."
    )

    @field_validator("widget_origins", "frame_ancestors", "hosts", "collections", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(part for part in re.split(r"[,\s]+", value) if part) if isinstance(value, str) else value

    @field_validator("widget_origins", "frame_ancestors")
    @classmethod
    def _origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_origin(value) for value in values)

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_host(value) for value in values)

    @field_validator("collections")
    @classmethod
    def _all_named(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if names != ("*",) and (wrong := [name for name in names if not COLLECTION_NAME.fullmatch(name)]):
            raise ValueError(f"{wrong[0]!r} is no name of a collection, and * stands alone for all")
        return names

    @field_validator("contact")
    @classmethod
    def _address(cls, contact: str | None) -> str | None:
        # It goes into a header and an address as it stands.
        if contact and not re.fullmatch(r"[!-~]+@[!-~]+", contact):
            raise ValueError(f"{contact!r} is no e-mail address")
        return contact or None

    @field_validator("api_key", "chroma_token", "zotero_key")
    @classmethod
    def _sendable(cls, key: SecretStr | None) -> SecretStr | None:
        # In a header nothing else arrives as it was sent; without the check no request would ever match.
        if key is not None and not re.fullmatch(r"[!-~]*", key.get_secret_value()):
            raise ValueError("a key consists of letters, digits and signs of ASCII, without spaces")
        return key

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

    @model_validator(mode="after")
    def _key_to_log_in_with(self) -> Settings:
        if self.login == "key" and self.api_key is None:
            raise ValueError("a login with the key needs one: set PAPERBACKED_API_KEY too")
        return self

    @property
    def collection_folder(self) -> Path:
        """Where the collection's papers and their words are kept."""
        return self.home / "collections" / self.collection

    @property
    def feedback(self) -> Path:
        """Where readers' thumbs are kept."""
        return self.home / "feedback.jsonl"

    @property
    def is_local(self) -> bool:
        """Whether the server listens to this machine alone."""
        return _is_this_machine(self.host)

    @property
    def adds(self) -> Literal["on", "off", "visitors"]:
        """Who may add papers through the server, with what `auto` stands for."""
        if self.adding != "auto":
            return self.adding
        # With a name in the open there is a proxy in front, through which others come.
        return "on" if self.is_local and all(map(_is_this_machine, self.hosts)) else "off"

    @property
    def chroma(self) -> Path | tuple[str, ...]:
        """The folder that Chroma lives in, or the addresses of its servers."""
        addresses = re.split(r"[,\s]+", self.chroma_url or "")
        return tuple(dict.fromkeys(filter(None, addresses))) or self.home / "chroma"


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(text: str) -> str:
    """The origin as browsers write it. Raises `ValueError` for anything else, the star among it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = (parts.hostname or "").rstrip(".")
    bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username or "*" in text)
    if parts.scheme not in {"http", "https"} or not host or not bare:
        raise ValueError(f"{text!r} is no origin such as https://example.org")
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != usual else "")


def _host(text: str) -> str:
    """The host as browsers write it, an IPv6 address without its brackets. Raises `ValueError` for anything else."""
    bare = text.lower().removesuffix(".")
    if "%" not in bare:  # An address with a zone is no host of a request.
        with suppress(ValueError):
            return str(ip_address(bare[1:-1] if bare.startswith("[") and bare.endswith("]") else bare))
    labels = bare.removeprefix("*.").split(".")
    # Browsers take a name whose last label is a number for an IPv4 address, and those are read above.
    named = all(map(_HOST_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    if not named or len(bare) > 253:
        raise ValueError(f"{text!r} is no host such as example.org, *.example.org or 192.0.2.1: no scheme, no port")
    return bare


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
        name = "_".join(str(part) for part in first["loc"]) or "login"
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise InputError(f"The setting {name} is wrong ({reason}).") from error
