"""The tools for collections: list_collections, and add_papers for who may add some."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from app.notices.notice import Notice
from app.surfaces.api import collections_schema as schema
from app.surfaces.api.body import checked
from app.surfaces.collections import CollectionError, CollectionRecord, JobState, ReadOnlyError, listed_as_json
from app.surfaces.mcp.tool import Calling, PaperTool, Said
from retrieval.adding.request import AddRequest
from retrieval.errors import InputError, PaperbackedError

WAIT_SECONDS = 100.0
"""Clients give a tool two minutes, seldom more; what takes longer goes on by itself."""
_LOOK_AGAIN_SECONDS = 0.2
_LINES = 50
"""Entries that are told one by one; the record has all."""


class NoArguments(BaseModel):
    """There is nothing to be said."""


class AddPapersRequest(BaseModel, strict=True):
    """Papers, and where they are to go: into a collection that is there, or a new one."""

    collection: str | None = Field(None, description="A collection's name, as list_collections gives it.")
    new_collection: str | None = Field(None, description="Or the title of a collection that is made for them.")
    text: str = Field("", max_length=2_000_000, description="arXiv ids, DOIs, addresses, BibTeX or RIS entries.")
    papers: list[dict[str, Any]] = Field(
        [], max_length=1_000, description="Or papers, each with at least an id, a title and an abstract."
    )
    online: bool = Field(False, description="Whether what they lack is looked up online; ids alone need it.")


class Adding(BaseModel):
    """Where papers went, and what became of them."""

    collection: str = Field(description="The collection's name, to ask with.")
    job: schema.Job


async def list_collections(calling: Calling, arguments: Mapping[str, Any]) -> Said:
    """The collections that can be asked."""
    collections = calling.collections
    may_add = calling.may_add and collections.adding
    record = await run_in_threadpool(listed_as_json, collections, calling.visitor, may_add)
    return Said("\n".join(map(_line, record["collections"])), record)


async def add_papers(calling: Calling, arguments: Mapping[str, Any]) -> Said:
    """Papers added to a collection."""
    if not calling.may_add:
        raise ReadOnlyError(Notice("adding_off"))
    asked = checked(AddPapersRequest, dict(arguments))
    if bool(asked.collection) == bool(asked.new_collection):
        raise InputError('add_papers needs a "collection" that is there or a "new_collection" with a title.')
    if not (asked.text.strip() or asked.papers):
        raise CollectionError(Notice("upload_nothing"))
    name, job = await run_in_threadpool(_begun, calling, asked)
    state = await _awaited(calling, name, job)
    if state.error is not None:
        raise PaperbackedError(state.error)
    return Said(_told(name, state), {"collection": name, "job": state.as_json()})


def _begun(calling: Calling, asked: AddPapersRequest) -> tuple[str, str]:
    """The collection, and the job that adds to it."""
    collections, visitor = calling.collections, calling.visitor
    name = asked.collection or collections.create(asked.new_collection or "", visitor).name
    try:
        return name, _sent(calling, name, asked)
    except BaseException:
        if not asked.collection:
            collections.delete(name, visitor)  # It was made for papers that do not come.
        raise


def _sent(calling: Calling, name: str, asked: AddPapersRequest) -> str:
    """The job that adds the papers to the collection of that name."""
    collections, visitor = calling.collections, calling.visitor
    room = collections.room(name, visitor, calling.client)
    try:
        request = AddRequest(text=asked.text, online=asked.online)
        return collections.add(name, request, room.with_papers(asked.papers), visitor, room)
    except BaseException:
        room.discard()
        raise


async def _awaited(calling: Calling, name: str, job: str) -> JobState:
    """The job at its end, or as it is once a client waits no longer."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        state = await run_in_threadpool(calling.collections.job, name, job, calling.visitor)
        if state is None:
            raise CollectionError("The papers were not added: send them again.")
        if state.state != "running" or time.monotonic() >= until:
            return state
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def _told(name: str, state: JobState) -> str:
    """The report as text."""
    lines = [f"- {one.name or one.place}: {one.outcome}{_because(one.reason)}" for one in state.became[:_LINES]]
    if state.report is None:
        head = f"Papers are still being added to the collection {name}; they are found once all are."
    else:
        counts = ", ".join(f"{count:,} {outcome}" for outcome, count in state.report.counts.items() if count)
        head = f"In the collection {name}: {counts or 'nothing'}."
    return "\n".join((head, *lines))


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _line(one: CollectionRecord) -> str:
    papers = "1 paper" if one["papers"] == 1 else f"{one['papers']:,} papers"
    asked = " (asked where none is named)" if one["default"] else ""
    return f"- {one['name']}: {one['title']}, {papers}{asked}"


COLLECTION_TOOLS = (
    PaperTool(
        "list_collections",
        "List the collections",
        "List the collections of papers that can be asked, with the name of each, its title and how many papers it "
        "has. Give a name as the argument `collection` of the other tools; without it they ask the server's own.",
        NoArguments,
        schema.CollectionList,
        list_collections,
    ),
    PaperTool(
        "add_papers",
        "Add papers",
        "Add papers to a collection of the reader's: by arXiv ids, DOIs, addresses, BibTeX or RIS entries in `text`, "
        "or as objects in `papers`. Only do so where the reader asked for it. Ids alone need `online`, with which "
        "titles and abstracts are looked up at arXiv, doi.org, Crossref and OpenAlex. Says what became of each.",
        AddPapersRequest,
        Adding,
        add_papers,
        adds=True,
    ),
)
