"""Which collection a request is about, and who asks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from starlette.concurrency import run_in_threadpool

from app.answering.answerer import Answerer
from app.surfaces.collections import Collections
from app.surfaces.visitors import visitor_in
from retrieval.errors import InputError

_ABOUT = "The collection that is asked; left out, the server's own."
Name = Annotated[str | SkipJsonSchema[None], Query(alias="collection", description=_ABOUT)]
"""A route's parameter."""
NamedCollection = Annotated[str | None, Field(description=_ABOUT)]
"""A body's key."""


def name_in(record: Any) -> str | None:
    """The collection that a body names, None where it names none. Raises `InputError` where it is no text."""
    name = record.get("collection") if isinstance(record, dict) else None
    if name is not None and not isinstance(name, str):
        raise InputError("collection must be a text, the name of a collection.")
    return name


async def answerer_for(request: Request, collections: Collections, name: str | None) -> Answerer:
    """What answers over the collection for whoever sends the request. Raises `NoCollectionError`."""
    return await answerer_of(collections, name, visitor_in(request.scope))


async def answerer_of(collections: Collections, name: str | None, visitor: str | None) -> Answerer:
    """What answers over the collection for that visitor. Raises `NoCollectionError`."""
    if name is None:
        return collections.answerer(None)  # At once, also where all worker threads are busy.
    return await run_in_threadpool(collections.answerer, name, visitor)
