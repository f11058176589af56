"""What users of LangChain do with paperbacked: LangChain's standard suites, and chains as others write them."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import ConfigurableField, RunnableLambda, RunnableParallel, RunnablePassthrough
from langchain_core.tools import create_retriever_tool

import paperbacked
from benchmarks.serving import running_server
from tests.support.two_papers import write_two_papers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
HERE = Path(__file__).parent
ROOT = HERE.parents[2]
# With what they need and the project does not have; as the plug-ins are for pytest, they get a folder of their own.
PACKAGES = (
    "langchain-tests==1.1.9",
    "py-cpuinfo2==10.1.1",
    "pytest-asyncio==1.5.0",
    "pytest-benchmark==5.3.1",
    "pytest-codspeed==5.0.4",
    "pytest-recording==0.14.1",
    "syrupy==5.5.3",
    "vcrpy==8.5.0",
    "wrapt==2.5.2",
)
OPTIONS = (
    *("-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--tb=short", "--benchmark-disable"),
    *("-o", "addopts=--import-mode=importlib", "-o", "filterwarnings=", "-o", "asyncio_mode=auto"),
    # LangChain's client for OpenAI's protocol keeps its connections, which belong to one event loop.
    *("-o", "asyncio_default_test_loop_scope=session"),
)
SECONDS = 600
LEAST_PASSED = 80
QUESTION = "Do safety techniques remove a backdoor that was trained in?"
PROMPT = ChatPromptTemplate.from_template("Answer from this alone:\n{context}\n\nQuestion: {question}")


def test_the_standard_suites(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    line = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(packages), *PACKAGES]
    subprocess.run(line, check=True, capture_output=True, timeout=SECONDS)
    with running_server(tmp_path / "home", embedding="hash", llm="none", reader="none") as (_, address):
        given = {"LANGCHAIN_SUITES_FOLDER": str(tmp_path), "LANGCHAIN_SUITES_ADDRESS": address.rstrip("/")}
        environment = os.environ | given | {"PYTHONPATH": os.pathsep.join((str(packages), str(ROOT)))}
        line = [sys.executable, "-m", "pytest", *OPTIONS, str(HERE / "suites.py")]
        done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout[-5000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    # Most of the others are for what these models do not do: tools, pictures, answers of a given form.
    assert passed and int(passed[1]) >= LEAST_PASSED, done.stdout[-500:]


@pytest.fixture
def retriever(tmp_path: Path) -> BaseRetriever:
    papers = write_two_papers(tmp_path / "papers.jsonl")
    return paperbacked.open_retriever(papers=papers, embedding="hash", home=tmp_path / "home")


def joined(documents: list[Document]) -> str:
    return "\n\n".join(document.page_content for document in documents)


def test_in_a_chain_that_hands_its_documents_on(retriever: BaseRetriever) -> None:
    asked: list[Any] = []
    model = RunnableLambda(lambda prompt: asked.append(prompt) or prompt) | FakeListChatModel(responses=["No."])
    answer = RunnablePassthrough.assign(context=lambda given: joined(given["documents"])) | PROMPT | model
    found = RunnableParallel(documents=retriever, question=RunnablePassthrough())
    chain = found.assign(answer=answer | StrOutputParser())

    told = chain.invoke(QUESTION)
    assert told["answer"] == "No." and told["question"] == QUESTION
    assert told["documents"][0].metadata["title"].startswith("Sleeper Agents")
    assert told["documents"][0].page_content in asked[0].to_string()

    assert [one["answer"] for one in chain.batch([QUESTION, "Why?"])] == ["No.", "No."]
    assert asyncio.run(chain.ainvoke(QUESTION))["documents"] == told["documents"]
    pieces = list(chain.stream(QUESTION))
    assert "".join(piece.get("answer", "") for piece in pieces) == "No."


def test_as_a_tool_of_an_agent(retriever: BaseRetriever) -> None:
    tool = create_retriever_tool(retriever, "papers", "Finds papers on AI safety.")
    assert tool.args["query"]["type"] == "string"
    assert "backdoor" in tool.invoke({"query": QUESTION})


def test_with_what_chains_give_a_retriever(retriever: BaseRetriever) -> None:
    heard: list[str] = []

    class Listening(BaseCallbackHandler):
        def on_retriever_start(self, *args: Any, **kwargs: Any) -> None:
            heard.append("start")

        def on_retriever_end(self, documents: Any, **kwargs: Any) -> None:
            heard.append(f"end {len(documents)}")

    one = retriever.bind(k=1).with_retry().with_config(callbacks=[Listening()], tags=["papers"])
    assert len(one.invoke(QUESTION)) == 1 and heard == ["start", "end 1"]
    filtered = retriever.bind(filters=paperbacked.Filters(organisations=("OpenAI",)))
    assert {document.metadata["organisation"] for document in filtered.invoke(QUESTION)} == {"OpenAI"}
    adjustable = retriever.configurable_fields(k=ConfigurableField(id="k"))
    assert len(adjustable.with_config(configurable={"k": 2}).invoke(QUESTION)) == 2
