"""One run that adds papers: each thing that was named is decided, and what the collection is to have of it given on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.adding.deciding import Decided, as_new, beside
from retrieval.adding.documents import paper_of, with_document
from retrieval.adding.items import Items, ReadZotero, Reference, folder_for_pasted
from retrieval.adding.lookups import IsThere, Looker, Lookups
from retrieval.adding.reading import FileAhead, Prepared, Read, ReadingAhead
from retrieval.adding.report import Became, Tally, became
from retrieval.adding.request import AddingStoppedError, AddRequest
from retrieval.adding.sources import DocumentFile, Nothing, as_called
from retrieval.adding.there import Found, There
from retrieval.adding.unread import PassedOver
from retrieval.adding.works import is_from_document, is_supplement, same_work
from retrieval.errors import DocumentError, InputError
from retrieval.full_text import text_at_hand
from retrieval.identity import WantedId
from retrieval.types import Paper, Progress, no_progress

if TYPE_CHECKING:
    from retrieval.papers.known import Known

LABEL = "Reading papers"
Told = Callable[[Became], None]
AtEnd = Callable[["Known", frozenset[str], int], Iterable[Paper]]
"""Given what the collection has, the ids of all that was named and is in it, and how many things were broken, gives the
papers that are to stay besides."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run works with: `zotero` reads libraries, `read` documents, `keep` keeps a document's file, `lookups` are
    the servers of papers. Without `keep` nothing is kept, as in a dry run."""

    zotero: ReadZotero
    read: Read
    keep: Callable[[Path], str] | None = None
    lookups: Lookups | None = None


def nobody(one: Became) -> None:
    """A `Told` for callers who read the report at the end."""


def never() -> bool:
    """A `stop` of callers who wait until the end."""
    return False


class Adding:
    """A run. `told` is told of each thing as it is decided; where `stop` says so it ends with nothing changed.

    `answers` says of a paper's id whether the collection answers with it now; `tally` grows as the run goes on.
    """

    def __init__(
        self,
        request: AddRequest,
        tools: Tools,
        told: Told = nobody,
        stop: Callable[[], bool] = never,
        progress: Progress = no_progress,
        at_end: AtEnd | None = None,
        answers: Callable[[str], bool] = lambda paper_id: True,
    ) -> None:
        self.tally = Tally()
        self._request = request
        self._tools = tools
        self._told = told
        self._stop = stop
        self._progress = progress
        self._at_end = at_end
        self._answers = answers
        self._looker = Looker(tools.lookups, request.pdfs, self._go_on)
        self._files: set[str] = set()
        self._attached: set[Path] = set()
        self._ids: set[str] = set()

    def papers(self, known: Known) -> Iterator[Paper]:
        """The papers that the collection is to have of what was named, those too that are there as they are.

        Raises `AddingStoppedError`, and `InputError` for what is broken where the request is strict.
        """
        self._there = There(known)
        with folder_for_pasted() as folder, ReadingAhead(self._tools.read, self._there) as ahead:
            self._ahead = ahead
            items = Items(self._request, self._tools.zotero, Path(folder))
            for prepared in ahead.prepared(self._looker.resolved(items, self._there)):
                self._go_on()
                for paper in self._of_item(prepared):
                    if self._at_end:
                        self._ids.add(paper.id)
                    yield paper
                self._progress(LABEL, self.tally.total, self.tally.total + len(ahead.waiting) + items.left)
        if self._at_end:
            yield from self._at_end(known, frozenset(self._ids), self.tally.count("broken"))

    def _go_on(self) -> None:
        if self._stop():
            raise AddingStoppedError("Adding was stopped: nothing was changed.")

    def _of_item(self, prepared: Prepared) -> Iterator[Paper]:
        match prepared.item:
            case Nothing(place, problem):
                self._tell(became(place, "broken", reason=problem))
            case PassedOver(place, problem):
                self._tell(became(place, "passed_over", reason=problem))
            case WantedId(_, _, place):
                self._tell(became(place, "broken", reason="only its id is known"))
            case IsThere(place, paper_id):
                if found := self._there.by_id(paper_id):
                    self._tell(became(place, "same", paper_id, found.paper.name))
                    yield from self._given(found)
            case DocumentFile():
                # One that belongs to a reference was told of with it.
                if prepared.item.path.resolve() not in self._attached:
                    yield from self._of_document(prepared.item, prepared.files[0])
            case Reference():
                yield from self._of_reference(prepared.item, prepared.files)

    def _tell(self, one: Became) -> None:
        if self._request.strict and one.outcome == "broken":
            raise InputError(f"{one.place}: {one.reason.rstrip('.')}. Nothing was changed.")
        self.tally.add(one)
        self._told(one)

    def _of_document(self, item: DocumentFile, file: FileAhead) -> Iterator[Paper]:
        if file.sha256 and (found := self._there.by_file(file.sha256)):
            yield from self._of_known_file(item, file.sha256, found)
            return
        try:
            document = file.document()
            paper = paper_of(document, item.name)
        except (DocumentError, ValueError) as error:
            self._tell(became(item.place, "broken", reason=as_called(str(error), item.path, item.name)))
            return
        paper, said = self._looker.of_document(paper, document.text, self._there)
        yield from self._decided(item.place, paper, item.path, [*document.notes, said])

    def _of_known_file(self, item: DocumentFile, sha256: str, found: Found) -> Iterator[Paper]:
        paper, twice = found.paper, sha256 in self._files
        self._files.add(sha256)
        if twice:
            self._tell(became(item.place, "duplicate", paper.id, paper.name, of=paper.id))
        else:
            # A run that was broken off may have read it already, and nobody was told.
            self._tell(became(item.place, "same" if self._answers(paper.id) else "added", paper.id, paper.name))
        yield from self._given(found)

    def _of_reference(self, item: Reference, files: tuple[FileAhead, ...]) -> Iterator[Paper]:
        paper, notes = item.paper, [item.said]
        joined: Found | None = None
        text_from: Path | None = None
        others: list[FileAhead] = []
        for file in files:
            self._attached.add(file.path.resolve())
            if text_from or joined or is_supplement(None, file.path.stem):
                others.append(file)
            elif file.sha256 and (found := self._there.by_file(file.sha256)):
                self._files.add(file.sha256)
                joined = found if is_from_document(found.paper) or same_work(found.paper, paper) else None
            else:
                try:
                    document = file.document()
                    paper, text_from = with_document(paper, document), file.path
                    notes += document.notes
                except DocumentError as error:
                    self._file_broken(item, file, error, notes)
        yield from self._decided(item.place, paper, text_from, notes, joined)
        for file in others:
            name = file.path.name
            yield from self._of_document(DocumentFile(file.path, f"{item.place}, {name}", name), file)

    def _file_broken(self, item: Reference, file: FileAhead, error: DocumentError, notes: list[str]) -> None:
        """A reference is there without its file: that one is missing is told with it, that one is broken by itself."""
        if file.path.exists():
            self._tell(became(f"{item.place}, {file.path.name}", "broken", reason=str(error)))
        else:
            notes.append(f"Its file {file.path.name} is not there.")

    def _decided(
        self, place: str, paper: Paper, path: Path | None, notes: Iterable[str], joined: Found | None = None
    ) -> Iterator[Paper]:
        """Decide what a paper becomes; `path` is the document that its text was read from."""
        found = joined or self._there.find(paper)
        if path is None:
            paper, path, said = self._with_pdf(paper, found)
            notes = [*notes, said]
        decided = beside(found, paper) if found else as_new(paper, self._there.free_id(paper.id))
        if path and not self._kept(path, paper, decided):
            self._tell(became(place, "broken", name=paper.name, reason="its file was changed while it was read"))
            return
        now = decided.paper
        reason = " ".join(filter(None, (decided.reason, *notes)))
        self._tell(became(place, decided.outcome, now.id, now.name, reason, decided.of))
        changed = found is None or now != found.paper or now.text is not found.paper.text
        yield from self._given(Found(now, bool(found and found.now)), changed)

    def _with_pdf(self, paper: Paper, found: Found | None) -> tuple[Paper, Path | None, str]:
        """The paper with the text of its PDF, which is fetched where that was asked for."""
        if found and found.paper.text:
            return paper, None, ""
        self._go_on()
        pdf, said = self._looker.pdf(paper)
        if pdf is None:
            return paper, None, said
        try:
            return with_document(paper, self._ahead.ahead(pdf).document()), pdf, ""
        except DocumentError as error:
            return paper, None, str(error)

    def _kept(self, path: Path, paper: Paper, decided: Decided) -> bool:
        """Keep the file that the text was read from, where the paper has that text; whether it is still the same."""
        text = paper.text
        if text is None or text.file is None or decided.paper.text is None or decided.paper.text.file != text.file:
            return True
        self._files.add(text.file)
        return self._tools.keep is None or self._tools.keep(path) == text.file

    def _given(self, found: Found, changed: bool = False) -> Iterator[Paper]:
        """The paper for the collection; once more where this run has given it before and there is more to it now."""
        paper = found.paper
        if found.now and not changed:
            return
        if found.now and paper.text:
            # What this run has staged of it before is dropped for this one, its text with it.
            paper = replace(paper, text=text_at_hand(paper.text.load()))
        self._there.remember(paper, just_read=changed)
        yield paper
