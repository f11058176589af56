"""What the surfaces are given of a server's collections: which there are, who may ask and who may change them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, runtime_checkable

from app.answering.answerer import Answerer
from app.notices.notice import Notice
from retrieval.errors import CorpusError, InputError
from retrieval.files import writing

if TYPE_CHECKING:
    from retrieval.adding.report import AddReport, Became
    from retrieval.adding.request import AddRequest

MAX_TITLE_CHARS = 80
_MAX_NAME_CHARS = 80
Running = Literal["running", "done", "failed"]


class CollectionError(InputError):
    """What cannot be done with a collection; `status` is HTTP's word for it, `retry_after` in whole seconds."""

    status = 400
    retry_after: int | None = None


class NoCollectionError(CollectionError):
    """There is none of that name, or it is somebody else's: the same sentence, so that nobody learns which."""

    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(Notice("collection_unknown", name=" ".join(name.split())[:_MAX_NAME_CHARS]))


class ReadOnlyError(CollectionError):
    """It may be asked, and not changed, by whoever wanted to."""

    status = 403


class BusyError(CollectionError):
    """Something is under way that has to end first."""

    status = 409


class CrowdedError(CollectionError):
    """Too much is waiting to be done."""

    status = 503
    retry_after = 30


class FullError(CollectionError):
    """There is no room for what was sent."""

    status = 413


class CollectionRecord(TypedDict):
    """A `CollectionInfo` in JSON."""

    name: str
    title: str
    papers: int
    may_change: bool
    expires: str | None
    default: bool


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A collection as it is listed for one visitor; `expires` says when a visitor's own is removed, if nobody comes."""

    name: str
    title: str
    papers: int
    may_change: bool = False
    expires: datetime | None = None
    default: bool = False

    def as_json(self) -> CollectionRecord:
        return {
            "name": self.name,
            "title": self.title,
            "papers": self.papers,
            "may_change": self.may_change,
            "expires": self.expires.isoformat(timespec="seconds") if self.expires else None,
            "default": self.default,
        }


@dataclass(frozen=True, slots=True)
class JobState:
    """How far the adding of papers is: `done` of `total` entries as far as they are known, and what became of each.

    `became` begins behind the first `after` entries; `doing` says what is being done now.
    """

    state: Running
    done: int
    total: int
    became: tuple[Became, ...] = ()
    after: int = 0
    doing: str = ""
    report: AddReport | None = None
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "done": self.done,
            "total": self.total,
            "doing": self.doing,
            "after": self.after,
            "became": [became.as_json() for became in self.became],
            "report": self.report.as_json() if self.report else None,
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: where it lies, under a name of ours, and what the sender calls it."""

    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class UploadRoom:
    """A folder for the files of one request, and how much may be put there; whoever is given one discards it."""

    folder: Path
    most_files: int = 200
    file_bytes: int = 100_000_000
    request_bytes: int = 500_000_000
    client: str = ""
    """Whose files come, as clients are counted; empty where nobody counts."""

    def with_papers(self, papers: Sequence[Mapping[str, Any]]) -> tuple[Upload, ...]:
        """Papers that came as objects as a file among the others; none where there are no papers.

        Raises `CorpusError` where it cannot be written.
        """
        if not papers:
            return ()
        file = self.folder / f"{secrets.token_hex(8)}.jsonl"
        with writing("What was sent", CorpusError):
            file.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
        return (Upload(file, "papers"),)

    def discard(self) -> None:
        """Remove the folder with all that is in it."""
        import shutil

        shutil.rmtree(self.folder, ignore_errors=True)


@runtime_checkable
class Collections(Protocol):
    """The collections of a server. `visitor` is who asks, where visitors have collections of their own, else None.

    Every method that names a collection raises `NoCollectionError` for one that is not there or is not this
    visitor's; those that change one raise `ReadOnlyError` where it may not be changed. All are safe from any thread,
    and may wait for a disk.
    """

    @property
    def adding(self) -> bool:
        """Whether this server takes papers at all."""
        ...

    @property
    def online(self) -> bool:
        """Whether what papers lack may be looked up outside, where who adds them asks for it."""
        ...

    @property
    def for_visitors(self) -> bool:
        """Whether each visitor has collections of their own, and so has to be known again by a cookie."""
        ...

    @property
    def default_grows(self) -> bool:
        """Whether who may add papers may add them to the default collection too."""
        ...

    def answerer(self, name: str | None, visitor: str | None = None) -> Answerer:
        """What answers over the collection; without a name over the server's default one, at once."""
        ...

    def listed(self, visitor: str | None = None) -> tuple[CollectionInfo, ...]:
        """Those that this visitor may ask, the default one first."""
        ...

    def create(self, title: str, visitor: str | None = None) -> CollectionInfo:
        """A new one without papers."""
        ...

    def rename(self, name: str, title: str, visitor: str | None = None) -> CollectionInfo:
        """Give it another title; its name stays."""
        ...

    def delete(self, name: str, visitor: str | None = None) -> datetime:
        """Remove it; gives until when it can be had back. Raises `BusyError` while papers are being added to it."""
        ...

    def restore(self, name: str, visitor: str | None = None) -> CollectionInfo:
        """Have one back that was removed a moment ago."""
        ...

    def room(self, name: str, visitor: str | None = None, client: str = "") -> UploadRoom:
        """Where files that are to be added may be put. Raises `CollectionError` where there is no room, and
        `CrowdedError` where that visitor, or that client, has enough waiting already."""
        ...

    def add(
        self,
        name: str,
        request: AddRequest,
        uploads: Sequence[Upload] = (),
        visitor: str | None = None,
        room: UploadRoom | None = None,
    ) -> str:
        """Begin to add papers, those of the uploads too, which lie in `room`; gives the job's id.

        The room is discarded at its end. Raises `CrowdedError` where too much waits already.
        """
        ...

    def job(self, name: str, job_id: str, visitor: str | None = None, after: int = 0) -> JobState | None:
        """How far it is, with what became of the entries after that number; None where there is no such job."""
        ...

    def reports(self, name: str, visitor: str | None = None) -> tuple[AddReport, ...]:
        """What became of what was added, the newest first."""
        ...

    def remove(self, name: str, paper_ids: Sequence[str], visitor: str | None = None, client: str = "") -> int:
        """Remove papers; gives how many were there. Raises `CrowdedError` as `room` does."""
        ...

    def document(self, name: str | None, paper_id: str, visitor: str | None = None) -> Path | None:
        """The PDF of a paper, named by its SHA-256; None where there is none."""
        ...


@dataclass(frozen=True)
class OneCollection:
    """The `Collections` of a server that has one answerer and takes no papers."""

    only: Answerer
    title: str = "default"
    adding: bool = field(default=False, init=False)
    online: bool = field(default=False, init=False)
    for_visitors: bool = field(default=False, init=False)
    default_grows: bool = field(default=False, init=False)

    def answerer(self, name: str | None, visitor: str | None = None) -> Answerer:
        if name not in (None, self.title):
            raise NoCollectionError(name or "")
        return self.only

    def listed(self, visitor: str | None = None) -> tuple[CollectionInfo, ...]:
        return (CollectionInfo(self.title, self.title, len(self.only.papers), default=True),)

    def create(self, title: str, visitor: str | None = None) -> CollectionInfo:
        raise ReadOnlyError(Notice("adding_off"))

    def rename(self, name: str, title: str, visitor: str | None = None) -> CollectionInfo:
        raise self._refusal(name)

    def delete(self, name: str, visitor: str | None = None) -> datetime:
        raise self._refusal(name)

    def restore(self, name: str, visitor: str | None = None) -> CollectionInfo:
        raise self._refusal(name)

    def room(self, name: str, visitor: str | None = None, client: str = "") -> UploadRoom:
        raise self._refusal(name)

    def add(
        self,
        name: str,
        request: AddRequest,
        uploads: Sequence[Upload] = (),
        visitor: str | None = None,
        room: UploadRoom | None = None,
    ) -> str:
        raise self._refusal(name)

    def job(self, name: str, job_id: str, visitor: str | None = None, after: int = 0) -> JobState | None:
        self.answerer(name)

    def reports(self, name: str, visitor: str | None = None) -> tuple[AddReport, ...]:
        self.answerer(name)
        return ()

    def remove(self, name: str, paper_ids: Sequence[str], visitor: str | None = None, client: str = "") -> int:
        raise self._refusal(name)

    def document(self, name: str | None, paper_id: str, visitor: str | None = None) -> Path | None:
        self.answerer(name)

    def _refusal(self, name: str) -> CollectionError:
        """Why nothing can be changed. Raises `NoCollectionError` where there is no such collection."""
        self.answerer(name)
        return ReadOnlyError(Notice("adding_off"))


def listed_as_json(collections: Collections, visitor: str | None, may_add: bool) -> dict[str, Any]:
    """The list for that visitor, who may add papers or not: then none may be changed."""
    infos = collections.listed(visitor)
    seen = infos if may_add else [replace(info, may_change=False) for info in infos]
    return {"adding": may_add, "online": collections.online, "collections": [info.as_json() for info in seen]}


def collections_of(served: Answerer | Collections) -> Collections:
    """What a surface is given, as collections: an answerer alone is the only one."""
    return served if isinstance(served, Collections) else OneCollection(served)
