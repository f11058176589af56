"""One run that adds papers to a collection, under its lock: what there is to do, and in which order it is done."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from retrieval.chunking import passage_spans
from retrieval.errors import CorpusError, IndexGoneError, IndexStoreError
from retrieval.files import not_written
from retrieval.lexical.document import Document, paper_document
from retrieval.lexical.letters import LetterRarity
from retrieval.lexical.words import WordsWriter, open_words
from retrieval.papers.files import CollectionFiles
from retrieval.papers.generation import Generation, Segment
from retrieval.papers.known import Known
from retrieval.papers.staging import Staged
from retrieval.papers.writing import PapersWriter
from retrieval.stores.base import NoRoomError, VectorStore, owned_by, segment_name
from retrieval.types import Paper, Progress
from retrieval.vectors.embedding import Embeds
from retrieval.vectors.segments import NewSegment, planned
from retrieval.vectors.shards import Shards

VECTORS_HASH_CHARS = 32
"""So much of `made_with` is the hash of what vectors depend on; the rest is that of what words depend on besides."""
WORDS, VECTORS = "words", "vectors"
TOLD_EVERY = 1_000
"""Papers from one step of a bar to the next."""
Questions = Mapping[str, Sequence[str]]
"""Questions written for papers, by the paper's id."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Papers to be in the collection.

    `origin` is "shipped", "own", or what names a source that is read again and again, such as "sync:/papers". Where it
    is read `whole`, papers of this origin that are not among these go. `signature` is what is kept of the source: while
    it stays the same, the papers are not read again. `size` says how many papers there are at most, 0 for not known:
    without it no bar shows how far they are read. `within` gives the papers in the place of `papers`, and is told what
    is there already: the lock is held then, so that it stays so.
    """

    origin: str
    papers: Callable[[], Iterable[Paper]] = tuple
    whole: bool = False
    signature: str = ""
    size: Callable[[], int] = lambda: 0
    within: Callable[[Known], Iterable[Paper]] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How many papers of what was read are new, changed, and there as they are, and how many are gone."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class _Words:
    """What a generation knows of its words, see `Generation`; `last` is the highest number of a paper of it."""

    documents: int = 0
    tokens: int = 0
    letters: LetterRarity | None = None
    last: int = 0


@dataclass(frozen=True, slots=True)
class Update:
    """One run of `retrieval.ingest.update_collection`, which says what the fields are."""

    folder: Path
    collection: str
    made_with: str
    writer: PapersWriter
    store: VectorStore
    embeds: Embeds
    questions: Questions
    progress: Progress
    note: Callable[[str], None]

    def run(self, readings: Sequence[Reading], removed: Sequence[str]) -> Report:
        """Do what is to be done."""
        latest = self.writer.latest
        segments, words = self._segments(latest), self._words(latest)
        if latest is None and not self.writer.staged_count:
            self._forget_leftovers()
        staged, whole = self._staged(readings, latest)
        cut_anew = latest is not None and latest.made_with != self.made_with
        differs = self.writer.settle(whole, removed, passage_spans if cut_anew else None)
        if latest is None and not self.writer.coming_count:
            raise CorpusError(f"The collection {self.collection} has no papers: ingest a file of some.")
        report = Report(staged.new, staged.changed, staged.same, self.writer.leaving_count)
        signatures = {reading.origin: reading.signature for reading in readings if reading.signature}
        as_it_is = latest is not None and latest.made_with == self.made_with and latest.segments == segments
        if latest and as_it_is and words and not differs:
            self.writer.sign(signatures)
        else:
            stored = self._stored(segments, latest)
            latest = self._switched_over(stored, words, latest, signatures)
        self._clean(latest)
        return report

    def _segments(self, latest: Generation | None) -> tuple[Segment, ...]:
        """The segments that can stay. A store that is damaged, at a second look too, is moved aside."""
        try:
            with suppress(IndexStoreError):
                return self._there(latest)
            return self._there(latest)
        except NoRoomError:
            raise  # Nothing is damaged, and what is built anew would have no room either.
        except IndexStoreError as error:
            self._set_aside(error)
            return ()

    def _set_aside(self, error: IndexStoreError) -> None:
        aside = self.store.set_aside(error)
        self.note(f"The index was damaged and is being built anew; what was left of it is in {aside.name}. ({error})")

    def _there(self, latest: Generation | None) -> tuple[Segment, ...]:
        """Segments of the latest generation, where they are made as they are to be now, before the first one that is
        gone; what that had is embedded again. Raises `IndexStoreError` where they cannot be read."""
        # Opened anew: a client from before another process's run may not see all of it.
        self.store.reopen()
        self.store.segments(self.collection)
        if latest is None or latest.made_with[:VECTORS_HASH_CHARS] != self.made_with[:VECTORS_HASH_CHARS]:
            return ()
        there: list[Segment] = []
        for segment in latest.segments:
            try:
                self.store.check(segment.name)
            except IndexGoneError:
                break
            there.append(segment)
        return tuple(there)

    def _words(self, latest: Generation | None) -> _Words | None:
        """What the latest generation knows of its words, where they are whole and made as they are to be now; else
        None. What cannot be read of words is removed."""
        folder = self.folder / WORDS
        try:
            if latest is not None:
                letters = LetterRarity.from_bytes(latest.letters)
                open_words(folder, latest.papers)
                if latest.made_with[VECTORS_HASH_CHARS:] != self.made_with[VECTORS_HASH_CHARS:]:
                    return None
                last = max((segment.last for segment in latest.segments), default=0)
                return _Words(latest.documents, latest.tokens, letters, last)
        except (CorpusError, IndexStoreError) as error:
            self.note(f"The words of the papers are indexed anew. ({error})")
        _remove(folder)
        return None

    def _forget_leftovers(self) -> None:
        """Remove what is left of papers whose database is gone: it would be taken for that of the new ones, as their
        numbers begin anew."""
        _remove(self.folder / VECTORS)

    def _staged(self, readings: Sequence[Reading], latest: Generation | None) -> tuple[Staged, list[str]]:
        """Stage what is read; gives how many papers are how, and of which origins all were read."""
        staged, whole = Staged(), list[str]()
        for reading in readings:
            if latest and reading.signature and reading.signature == self.writer.signature(reading.origin):
                continue
            staged += self.writer.stage(self._read(reading), passage_spans, reading.origin)
            if reading.whole:
                whole.append(reading.origin)
        return staged, whole

    def _read(self, reading: Reading) -> Iterator[Paper]:
        total = reading.size()
        if reading.within:
            papers = reading.within(self.writer.known(passage_spans, reading.origin))
        else:
            papers = reading.papers()
        for done, paper in enumerate(papers, start=1):
            yield paper
            if total and done % TOLD_EVERY == 0:
                self.progress("Reading papers", min(done, total), total)
        if total:
            self.progress("Reading papers", total, total)

    def _stored(self, segments: Sequence[Segment], latest: Generation | None) -> list[Segment]:
        """All segments of the next generation, the last of which holds the vectors of what was staged. Where that
        shows damage that reading did not, the store is moved aside, and one segment holds all."""
        try:
            return self._filled(segments, latest)
        except NoRoomError:
            raise
        except IndexStoreError as error:
            if not self.store.is_damaged():
                raise
            self._set_aside(error)
            return self._filled((), latest)

    def _filled(self, segments: Sequence[Segment], latest: Generation | None) -> list[Segment]:
        plan = planned(segments, self.writer)
        number = latest.number + 1 if latest else 1
        name = segment_name(self.collection, self.made_with, number, self.writer.identity)
        segment = NewSegment(name, plan, self.writer, self.store, self.progress)
        filled = segment.filled(self.embeds, Shards(self._vectors, self.note))
        return [*plan.kept, *([filled] if filled else [])]

    @property
    def _vectors(self) -> Path:
        """Vectors of other models are never taken for those of this one."""
        return self.folder / VECTORS / self.made_with[:VECTORS_HASH_CHARS]

    def _switched_over(
        self, segments: Sequence[Segment], words: _Words | None, latest: Generation | None, signatures: dict[str, str]
    ) -> Generation:
        """Index the words, and let the next generation answer."""
        indexed = self._indexed(words)
        if latest and words and indexed.letters is words.letters:
            letters = latest.letters
        else:
            letters = indexed.letters.to_bytes() if indexed.letters else b""
        return self.writer.commit(
            self.made_with,
            segments,
            documents=indexed.documents,
            tokens=indexed.tokens,
            letters=letters,
            signatures=signatures,
        )

    def _indexed(self, known: _Words | None) -> _Words:
        """Index the words of what was staged, or of all papers where nothing is `known` of those that are there."""
        total = self.writer.staged_count if known else self.writer.coming_count
        before, added = known or _Words(), 0
        words = WordsWriter(self.folder / WORDS)
        words.forget_after(before.last)
        # Those of papers that are replaced now stay, as the generation that answers until then has them.
        words.forget(self.writer.ended())

        def counted() -> Iterator[Document]:
            nonlocal added
            for document in self._documents(before.last + 1):
                yield document
                added += 1
                if added % TOLD_EVERY == 0 or added == total:
                    self.progress("Indexing words", added, total)

        tokens = words.add(counted())
        texts = (paper_document(one.paper, one.questions) for one in self._documents(before.last + 1))
        letters = (before.letters or LetterRarity.of(())).with_more(texts)
        words.commit()
        return _Words(before.documents + added, before.tokens + tokens, letters, before.last)

    def _documents(self, first: int) -> Iterator[Document]:
        for one in self.writer.coming(first):
            yield Document(one.number, one.paper, self.questions.get(one.paper.id, ()))

    def _clean(self, latest: Generation) -> None:
        """Remove what the latest generation does not need. What cannot be removed now is when papers come next."""
        counted = {segment.name for segment in latest.segments}
        # A server may have a collection of the same name for another home; a folder is this home's alone.
        ours = owned_by(self.collection, self.writer.identity) if self.store.places else self.collection
        try:
            for name in self.store.segments(self.collection):
                if name not in counted and name.startswith(ours):
                    self.store.remove(name)
            _remove(self.folder / VECTORS)
            CollectionFiles(self.folder).keep_only(self.writer.files())
        except (CorpusError, IndexStoreError) as error:
            self.note(f"The papers are in, but what is no longer needed could not be removed. ({error})")


def _remove(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise IndexStoreError(not_written(f"The folder {folder}", error)) from error
