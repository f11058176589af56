"""LangChain's standard suites for what of paperbacked is LangChain's; `test_langchain.py` runs them with their package.

Not collected by itself: `langchain-tests` brings plug-ins for pytest that the other tests do without.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, cast

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.retrievers import BaseRetriever
from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import (  # pyright: ignore[reportMissingImports]
    ChatModelIntegrationTests,
    EmbeddingsIntegrationTests,
    RetrieversIntegrationTests,
)
from langchain_tests.unit_tests import (  # pyright: ignore[reportMissingImports]
    ChatModelUnitTests,
    EmbeddingsUnitTests,
)

import paperbacked
from app.answering.models.local_chat import LocalChat
from app.answering.models.scripted import ScriptedLLM
from app.answering.models.transformers_chat import open_transformers_chat
from retrieval.models.embedder import HashEmbedder
from retrieval.models.embedding import open_embedder
from tests.support.tiny_models import save_llama

ADDRESS = "LANGCHAIN_SUITES_ADDRESS"
"""The variable with the address of a server of paperbacked."""
FOLDER = "LANGCHAIN_SUITES_FOLDER"
"""The variable with a folder to write to."""


@cache
def retriever() -> BaseRetriever:
    """Over the papers that ship, without weights."""
    return paperbacked.open_retriever(embedding="hash", home=Path(os.environ[FOLDER]) / "home")


@cache
def tiny_chat() -> LocalChat:
    """A model of two layers, whose words mean nothing."""
    return open_transformers_chat(save_llama(Path(os.environ[FOLDER]) / "tiny"), "tiny")


class BriefChat(LocalChat):
    """Whose answers fit into the little that the tiny model takes."""

    max_tokens: int = 16


class TestRetriever(RetrieversIntegrationTests):
    """`paperbacked.open_retriever`."""

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return type(retriever())

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {name: getattr(retriever(), name) for name in type(retriever()).model_fields}

    @property
    def retriever_query_example(self) -> str:
        return "reward hacking"


class ShippedEmbeddings:
    """The model that ships."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return cast("type[Embeddings]", open_embedder)


class TestShippedEmbeddings(ShippedEmbeddings, EmbeddingsIntegrationTests):
    """What it gives."""


class TestShippedEmbeddingsAlone(ShippedEmbeddings, EmbeddingsUnitTests):
    """How it is made."""


class TestHashEmbeddings(EmbeddingsIntegrationTests):
    """The embedder without a model."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return HashEmbedder


class Plain:
    """A chat model that writes text, and calls no tools."""

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return False


class Local(Plain):
    """A chat model in this process."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return BriefChat

    @property
    def chat_model_params(self) -> dict[str, Any]:
        chat = tiny_chat()
        return {"generator": chat._generator, "tokenizer": chat._tokenizer, "model_name": chat.model_name}

    @property
    def standard_chat_model_params(self) -> dict[str, Any]:
        return {}


class TestLocalChat(Local, ChatModelIntegrationTests):
    """What it writes."""


class TestLocalChatAlone(Local, ChatModelUnitTests):
    """How it is made."""


class Uncounted(Plain):
    """One that does not say how many tokens it took."""

    @property
    def returns_usage_metadata(self) -> bool:
        return False


class Scripted(Uncounted):
    """The chat model for tests and demonstrations."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ScriptedLLM

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"replies": ["Yes, it does."]}

    @property
    def standard_chat_model_params(self) -> dict[str, Any]:
        return {}


class TestScriptedChat(Scripted, ChatModelIntegrationTests):
    """What it says."""


class TestScriptedChatAlone(Scripted, ChatModelUnitTests):
    """How it is made."""


class TestServer(Uncounted, ChatModelIntegrationTests):
    """paperbacked itself as a chat model: LangChain's own client at /v1."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"base_url": f"{os.environ[ADDRESS]}/v1", "api_key": "none", "model": "paperbacked"}
