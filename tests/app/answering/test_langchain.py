"""LangChain's interfaces: what its own standard tests ask of a retriever, and what every runnable can do.

The standard tests themselves (`langchain-tests`) bring a recorder of requests and two
benchmarks along, and ask no more than this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from app.answering.chain import AnswerChain
from app.answering.events import Done, Event
from app.answering.question import checked_question
from app.local_answerer import LocalAnswerer
from retrieval.retriever import PaperRetriever

QUERY = "Do backdoors persist?"


def with_k(retriever: PaperRetriever, k: int | None) -> PaperRetriever:
    return PaperRetriever(
        store=retriever.store,
        embedder=retriever.embedder,
        collection=retriever.collection,
        lexical=retriever.lexical,
        k=k,
    )


@pytest.mark.parametrize("k", [1, 3])
def test_the_number_of_documents_can_be_set_and_asked_for(retriever: PaperRetriever, k: int) -> None:
    for documents in (
        with_k(retriever, k).invoke(QUERY),
        retriever.invoke(QUERY, k=k),
        with_k(retriever, 7).invoke(QUERY, k=k),
    ):
        assert len(documents) == k and all(isinstance(document, Document) for document in documents)


def test_it_gives_documents_in_every_way_that_a_runnable_is_called(retriever: PaperRetriever) -> None:
    documents = retriever.invoke(QUERY)
    assert isinstance(documents, list) and all(isinstance(document, Document) for document in documents)
    assert asyncio.run(retriever.ainvoke(QUERY)) == documents
    assert retriever.batch([QUERY, QUERY]) == [documents, documents]
    assert (retriever | RunnableLambda(len)).invoke(QUERY) == len(documents)


@pytest.fixture
def chain(answerer: LocalAnswerer) -> AnswerChain:
    return answerer._collection.chain


def test_the_chain_is_a_runnable_too(chain: AnswerChain) -> None:
    question = checked_question("Do safety techniques remove a backdoor that was trained in?")

    async def events() -> list[Event]:
        return [event async for event in chain.astream(question)]

    def cited(event: Event) -> list[str]:
        assert isinstance(event, Done)
        return [citation.quote for citation in event.answer.citations]

    quotes = cited(chain.invoke(question))
    told = list(chain.stream(question))
    assert quotes and cited(told[-1]) == quotes
    assert [type(event) for event in asyncio.run(events())][-1] is Done
    assert [cited(event) for event in chain.batch([question, question])] == [quotes, quotes]
    name: Callable[[Event], str] = lambda event: type(event).__name__  # noqa: E731
    assert (chain | RunnableLambda(name)).invoke(question) == "Done"
