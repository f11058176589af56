"""What every client of the protocol asks here, and what its results must be."""

from __future__ import annotations

from typing import Any

BACKDOOR = "Is backdoor behavior removed by standard safety training techniques such as adversarial training?"
PAIR = ["sleeper-agents", "rule-based-rewards"]
SLEEP = {"id": "sleep", "title": "Sleep", "abstract": "Sleep helps memory to last."}
COLLECTION = "$collection"
"""Stands for the collection that an earlier result has named."""
Call = tuple[str, dict[str, Any]]
CALLS: list[Call] = [
    ("ask", {"question": BACKDOOR}),
    ("search_papers", {"query": "backdoors", "top": 1}),
    ("get_paper", {"id": "sleeper-agents"}),
    ("compare_papers", {"paper_ids": PAIR, "aspects": ["found"]}),
    ("add_papers", {"new_collection": "Sleep", "papers": [SLEEP]}),
    ("list_collections", {}),
    ("ask", {"question": "Does sleep help memory?", "collection": COLLECTION}),
    ("get_paper", {"id": "no-such-paper"}),
]
TOOLS = list(dict.fromkeys(tool for tool, _ in CALLS))


def check_tools(tools: list[dict[str, Any]]) -> None:
    """The listed tools are those that are called, each with a schema for what goes in and what comes out."""
    assert sorted(tool["name"] for tool in tools) == sorted(TOOLS)
    assert all(tool["inputSchema"]["type"] == tool["outputSchema"]["type"] == "object" for tool in tools)
    assert {tool["name"] for tool in tools if tool["annotations"]["readOnlyHint"]} == {*TOOLS} - {"add_papers"}


def check_results(results: list[dict[str, Any]]) -> None:
    """The results of `CALLS`, as they went over the wire."""
    asked, found, paper, table, added, listed, own, missing = results
    assert not any(result.get("isError") for result in results[:-1])
    _check_cited(asked, "sleeper-agents")
    assert "References:\n- [1] Sleeper Agents" in _text(asked)
    [source] = found["structuredContent"]["sources"]
    assert source["passage"] in _text(found) and f"[id: {source['paper']['id']}]" in _text(found)
    assert paper["structuredContent"]["abstract"] in _text(paper)
    assert [row["paper"]["id"] for row in table["structuredContent"]["rows"]] == PAIR
    assert added["structuredContent"]["job"]["report"]["counts"]["added"] == 1
    names = {one["name"]: one["papers"] for one in listed["structuredContent"]["collections"]}
    assert names[added["structuredContent"]["collection"]] == 1
    _check_cited(own, "sleep")
    assert missing["isError"] and _text(missing).startswith("There is no paper 'no-such-paper'")


def _check_cited(result: dict[str, Any], paper: str) -> None:
    answer = result["structuredContent"]
    assert answer["status"] == "answered"
    assert answer["citations"][0]["paper"]["id"] == paper
    for citation in answer["citations"]:
        assert citation["quote"] == citation["paper"]["abstract"][citation["start"] : citation["end"]]
        assert citation["quote"] in _text(result)


def _text(result: dict[str, Any]) -> str:
    [content] = result["content"]
    assert content["type"] == "text"
    return content["text"]
