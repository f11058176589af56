"""/api/v1/collections: which there are, new ones, other titles, removing and having back, and what was added."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.surfaces.api import collections_schema as schema
from app.surfaces.api.body import JsonText, checked, json_body
from app.surfaces.api.openapi import answers_with, body_of, failures
from app.surfaces.collections import Collections, listed_as_json
from app.surfaces.options import ServingOptions
from app.surfaces.owners import Owners, sender_of
from app.surfaces.problems import problem
from app.surfaces.visitors import COOKIE, new_cookie, set_cookie, visitor_in, visitor_of

Name = Annotated[str, Path(description="The collection's name.", examples=["sleep-k3xw"])]
JobId = Annotated[str, Path(description="As the request that added papers was told.")]
After = Annotated[int, Query(ge=0, le=10**9, description="Only what became of entries behind so many is told.")]
_EX = schema.EXAMPLES


def add_collections(router: APIRouter, collections: Collections, options: ServingOptions) -> None:
    """The routes of collections, but that which adds papers."""
    owners = Owners(collections, options.only_here)
    _add_list(router, collections, owners, options)
    _add_changes(router, collections, owners)
    _add_told(router, collections, owners)


def _add_list(router: APIRouter, collections: Collections, owners: Owners, options: ServingOptions) -> None:
    listed = answers_with(schema.CollectionList, _EX["collections"], description="The collections.")
    made = answers_with(schema.Collection, _EX["collection"], 404, description="It was made.")
    made[201] = made.pop(200)

    @router.get(
        "/collections",
        response_model=None,
        responses=listed,
        operation_id="collections",
        summary="The collections that can be asked",
    )
    async def list_collections(request: Request) -> Response:
        """Those that whoever asks may ask, and whether they may make more."""
        visitor, may_add = visitor_in(request.scope), owners.may_add(request.scope)
        told = await run_in_threadpool(listed_as_json, collections, visitor, may_add)
        return _known(JsonText(told), request, collections, options)

    @router.post(
        "/collections",
        status_code=201,
        response_model=None,
        responses={**made, **failures(404, 413, body=True)},
        openapi_extra=body_of(schema.NewCollection, _EX["new"]),
        operation_id="new_collection",
        summary="Make a collection",
    )
    async def create(request: Request) -> Response:
        """A new collection without papers; its name is made of the title."""
        asked = checked(schema.NewCollection, await json_body(request))
        owners.check(request.scope)
        cookie = new_cookie() if collections.for_visitors and visitor_in(request.scope) is None else None
        visitor = visitor_of({COOKIE: cookie}) if cookie else visitor_in(request.scope)
        info = await run_in_threadpool(collections.create, asked.title, visitor)
        return _known(JsonText(info.as_json(), 201), request, collections, options, cookie)


def _add_changes(router: APIRouter, collections: Collections, owners: Owners) -> None:
    one = answers_with(schema.Collection, _EX["collection"], 404, description="The collection as it is now.")
    gone = answers_with(schema.Removed, _EX["removed"], 404, 409, description="It was removed.")

    @router.patch(
        "/collections/{name}",
        response_model=None,
        responses={**one, **failures(404, body=True)},
        openapi_extra=body_of(schema.NewCollection, _EX["new"]),
        operation_id="rename_collection",
        summary="Give a collection another title",
    )
    async def rename(request: Request, name: Name) -> Response:
        """Its name stays, so that addresses that lead to it stay right."""
        asked = checked(schema.NewCollection, await json_body(request))
        visitor = owners.check(request.scope)
        info = await run_in_threadpool(collections.rename, name, asked.title, visitor)
        return JsonText(info.as_json())

    @router.delete(
        "/collections/{name}",
        response_model=None,
        responses=gone,
        operation_id="remove_collection",
        summary="Remove a collection",
    )
    async def delete(request: Request, name: Name) -> Response:
        """Remove it with its papers; for a minute it can be had back."""
        until = await run_in_threadpool(collections.delete, name, owners.check(request.scope))
        return JsonText({"undo_until": until.isoformat(timespec="seconds")})

    @router.post(
        "/collections/{name}/restore",
        response_model=None,
        responses={**one, **failures(404, body=True)},
        operation_id="restore_collection",
        summary="Have a removed collection back",
    )
    async def restore(request: Request, name: Name) -> Response:
        """Have back what was removed less than a minute ago."""
        info = await run_in_threadpool(collections.restore, name, owners.check(request.scope))
        return JsonText(info.as_json())

    @router.delete(
        "/collections/{name}/papers/{paper_id:path}",
        status_code=204,
        response_class=Response,
        responses={204: {"description": "It was removed."}, **failures(404)},
        operation_id="remove_paper",
        summary="Remove a paper from a collection",
    )
    async def remove(request: Request, name: Name, paper_id: str) -> Response:
        """Remove a paper, with its file."""
        visitor = owners.check(request.scope)
        if not await run_in_threadpool(collections.remove, name, [paper_id], visitor, sender_of(request.scope)):
            return problem(404, f"There is no paper {paper_id[:80]!r} in the collection: /api/v1/papers lists them.")
        return Response(status_code=204)


def _add_told(router: APIRouter, collections: Collections, owners: Owners) -> None:
    job = answers_with(schema.Job, _EX["job"], 404, description="How far it is.")
    reports = answers_with(list[schema.Report], _EX["reports"], 404, description="The newest first, up to 20.")

    @router.get(
        "/collections/{name}/jobs/{job}",
        response_model=None,
        responses=job,
        operation_id="job",
        summary="How far the adding of papers is",
    )
    def told(request: Request, name: Name, job: JobId, after: After = 0) -> Response:
        """What became of each entry until now, and the report at the end; known for an hour after it."""
        state = collections.job(name, job, visitor_in(request.scope), after)
        if state is None:
            return problem(404, "There is no such job: what was being added when the server ended was not added.")
        return JsonText(state.as_json())

    @router.get(
        "/collections/{name}/reports",
        response_model=None,
        responses=reports,
        operation_id="reports",
        summary="What became of what was added",
    )
    def kept(request: Request, name: Name) -> Response:
        """The reports that are kept with the collection."""
        return JsonText([report.as_json() for report in collections.reports(name, visitor_in(request.scope))])


def _known(
    response: Response, request: Request, collections: Collections, options: ServingOptions, cookie: str | None = None
) -> Response:
    """The response, with a cookie for a visitor who has none yet, where visitors have collections of their own."""
    response.headers["Cache-Control"] = "no-store"
    value = cookie or (new_cookie() if collections.for_visitors and visitor_in(request.scope) is None else None)
    if value:
        framed = bool(options.frame_ancestors)
        response.headers.append("Set-Cookie", set_cookie(value, https=request.url.scheme == "https", framed=framed))
    return response
