"""Put the retriever into a LangChain chain: papers in, a chat model's answer out.

    python examples/langchain_retriever.py "What is reward hacking?"
    python examples/langchain_retriever.py "What is reward hacking?" openai:MODEL

The second takes any model that `init_chat_model` knows. Without one a scripted model stands in
its place, so the chain can be tried without a key. Nothing here checks what the model writes:
for an answer whose sentences are held against their quotes, use `paperbacked.open_answerer`.
"""

from __future__ import annotations

import sys

from langchain.chat_models import init_chat_model
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnablePassthrough

import paperbacked

QUESTION = "What is reward hacking?"
PROMPT = ChatPromptTemplate.from_messages(
    [
        ("system", "Answer from these passages alone, and cite them by their numbers.\n\n{passages}"),
        ("human", "{question}"),
    ]
)


def numbered(documents: list[Document]) -> str:
    """The passages as a model reads them."""
    return "\n\n".join(
        f"[{number}] {document.metadata['title'] or document.metadata['label']}\n{document.page_content}"
        for number, document in enumerate(documents, start=1)
    )


def chain(model: BaseChatModel) -> Runnable[str, str]:
    """From a question to the model's answer."""
    passages = paperbacked.open_retriever() | numbered
    return {"passages": passages, "question": RunnablePassthrough()} | PROMPT | model | StrOutputParser()


def main() -> None:
    question, *named = sys.argv[1:] or [QUESTION]
    scripted = FakeListChatModel(responses=["A model's answer would stand here, with numbers such as [1]."])
    print(chain(init_chat_model(named[0]) if named else scripted).invoke(question))


if __name__ == "__main__":
    main()
