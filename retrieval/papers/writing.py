"""Papers added to a collection's database: staged first, then switched over to in one transaction.

What is staged nobody sees, and a killed run leaves it for the next. Whoever writes holds the collection's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from retrieval.corpus import added_up, paper_digest
from retrieval.papers.connections import Database, Row, Value
from retrieval.papers.found_by import insert_found_by
from retrieval.papers.generation import Generation, Segment
from retrieval.papers.known import Known, KnownPapers
from retrieval.papers.latest import count_of, latest_generation, living_facets, signature_of
from retrieval.papers.rows import (
    GENERATION,
    NUMBERED,
    RECORDS,
    Numbered,
    numbered_of,
    spans_as_text,
    spans_of,
    values_of_generation,
)
from retrieval.papers.staging import CUT_ANEW, Cut, Origin, Staged, drop, in_batches, insert, stage_cut_anew
from retrieval.papers.texts import Texts, files_named
from retrieval.types import Paper, Span

BATCH = 1_000
"""Papers that are read at once by whoever goes through many."""
_SHIPPED = "shipped"
_NUMBERED = f"SELECT {NUMBERED} FROM {RECORDS}"
_COMING = "p.removed IS NULL AND p.number NOT IN (SELECT number FROM ending)"


class PapersWriter:
    """Stages papers and switches over to them. Raises `CorpusError` where the database cannot be written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._texts = Texts(database)
        self._fresh: dict[int, Paper] = {}
        database.write("CREATE TEMP TABLE IF NOT EXISTS incoming (id TEXT PRIMARY KEY, origin TEXT)")
        database.write("CREATE TEMP TABLE IF NOT EXISTS ending (number INTEGER PRIMARY KEY)")
        database.write("DELETE FROM incoming")
        database.write("DELETE FROM ending")
        row = database.row("SELECT MAX(place) FROM papers")
        self._next_place = int((row[0] if row else None) or 0) + 1

    @property
    def latest(self) -> Generation | None:
        """The generation that answers, or None before the first."""
        return latest_generation(self._database)

    @property
    def identity(self) -> str:
        """What tells this database from every other one, such as that of another home with the same vector server."""
        row = self._database.row("SELECT name FROM identity")
        return row[0] if row else ""

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def signature(self, origin: Origin) -> str:
        """What the papers of that origin were last read from; empty before they were."""
        return signature_of(self._database, origin)

    def stage(self, papers: Iterable[Paper], cut: Cut, origin: Origin) -> Staged:
        """Stage those of the papers that are not there as they are. What an earlier run staged is not staged again."""
        staged = Staged()
        for batch in in_batches(papers):
            self._fresh.clear()
            with self._database.transaction():
                for paper in batch:
                    staged += self._stage(paper, cut, origin)
                insert_found_by(self._database, list(self._fresh.items()))
        # Their texts take as much memory as a batch may.
        self._fresh.clear()
        return staged

    def _stage(self, paper: Paper, cut: Cut, origin: Origin) -> Staged:
        self._database.write("INSERT OR REPLACE INTO incoming VALUES (?, ?)", [paper.id, origin])
        there = waiting = None
        for number, added, digest, place, whose, spans in self._database.rows(
            "SELECT number, added, digest, place, origin, spans FROM papers WHERE id = ? AND removed IS NULL",
            [paper.id],
        ):
            if added is None:
                waiting = number, digest, place, spans
            else:
                there = digest, place, whose
        if there and origin == _SHIPPED and there[2] != _SHIPPED:
            return Staged(same=1)
        digest = paper_digest(paper)
        same = there is not None and there[0] == digest
        matches = waiting is not None and waiting[1] == digest
        if same and waiting is None:
            return Staged(same=1)
        spans = cut(paper) if matches or not same else ()
        # What a killed run has staged may have been cut by other rules than those of now.
        kept = waiting is not None and matches and waiting[3] == spans_as_text(spans)
        if not (same or kept):
            place = there[1] if there else waiting[2] if waiting else self._place()
            self._fresh[insert(self._database, paper, place, origin, digest, spans)] = paper
        if waiting and not kept:
            # Only now, as the paper may have its text from there.
            drop(self._database, [waiting[0]])
            self._fresh.pop(waiting[0], None)
        return Staged(same=1) if same else Staged(changed=1) if there else Staged(new=1)

    def _place(self) -> int:
        self._next_place += 1
        return self._next_place - 1

    def settle(self, whole: Iterable[Origin] = (), removed: Iterable[str] = (), cut: Cut | None = None) -> bool:
        """Decide what the next generation holds, after everything is staged; gives whether it is another than the
        latest.

        Of origins that were read `whole`, papers that were not among what was staged go; so do those whose ids are
        `removed`. What another run staged and this one did not is dropped. With `cut`, which is given when passages
        are cut by other rules than before, the papers that stay are staged anew where their passages are others.
        """
        with self._database.transaction():
            others = "SELECT number FROM papers p WHERE added IS NULL AND id NOT IN (SELECT id FROM incoming)"
            drop(self._database, self._numbers(f"{others} AND NOT {CUT_ANEW}" if cut else others))
            self._database.write("DELETE FROM ending")
            self._leave(whole, removed)
            of_ending = "SELECT id FROM papers WHERE number IN (SELECT number FROM ending)"
            drop(self._database, self._numbers(f"{others} AND id IN ({of_ending})"))
        if cut:
            stage_cut_anew(self._database, cut, self._texts)
        self._database.write(
            "INSERT OR IGNORE INTO ending SELECT number FROM papers WHERE added IS NOT NULL AND removed IS NULL "
            "AND id IN (SELECT id FROM papers WHERE added IS NULL)"
        )
        return bool(self.staged_count or self._count("ending"))

    def _leave(self, whole: Iterable[Origin], removed: Iterable[str]) -> None:
        for origin in whole:
            self._database.write(
                "INSERT OR IGNORE INTO ending SELECT number FROM papers WHERE added IS NOT NULL AND removed IS NULL "
                "AND origin = ? AND id NOT IN (SELECT id FROM incoming)",
                [origin],
            )
        self._database.write_many(
            "INSERT OR IGNORE INTO ending SELECT number FROM papers WHERE added IS NOT NULL AND removed IS NULL "
            "AND id = ?",
            ([paper_id] for paper_id in removed),
        )

    def known(self, cut: Cut, origin: Origin) -> Known:
        """What is known of the papers that are coming, while others of that origin are read."""
        return KnownPapers(self._database, self._texts, lambda paper: self.stage([paper], cut, origin))

    def count_of(self, origin: Origin) -> int:
        """How many papers of that origin answer now."""
        return count_of(self._database, origin)

    def files(self) -> set[str]:
        """The SHA-256 of each file that a text was read from: of papers that answer, of those that the generation
        before may still show, and of staged ones."""
        return files_named(self._database)

    @property
    def staged_count(self) -> int:
        """How many papers wait for the next generation."""
        return self._count("papers WHERE added IS NULL")

    @property
    def coming_count(self) -> int:
        """How many papers the next generation has."""
        return self._count("papers WHERE removed IS NULL") - self._count("ending")

    @property
    def leaving_count(self) -> int:
        """How many papers the next generation no longer has, those aside that are there in another version."""
        return self._count(
            "ending e JOIN papers p USING (number) WHERE id NOT IN (SELECT id FROM papers WHERE added IS NULL)"
        )

    def ending(self) -> list[int]:
        """The numbers of papers that the next generation no longer has."""
        return self._numbers("SELECT number FROM ending ORDER BY number")

    def ended(self) -> list[int]:
        """The numbers of papers that the latest generation does not have any more, though the one before may."""
        return self._numbers("SELECT number FROM papers WHERE removed IS NOT NULL ORDER BY number")

    def _numbers(self, sql: str) -> list[int]:
        return [row[0] for row in self._database.rows(sql)]

    def _count(self, what: str) -> int:
        row = self._database.row(f"SELECT COUNT(*) FROM {what}")
        return int(row[0]) if row else 0

    def staged(self) -> Iterator[Numbered]:
        """The papers that wait for the next generation, by number."""
        return self._numbered(self._paged(_NUMBERED, "p.added IS NULL", 0, None))

    def coming(self, first: int = 0, last: int | None = None) -> Iterator[Numbered]:
        """All papers that the next generation has, from number `first` to `last`."""
        return self._numbered(self._paged(_NUMBERED, _COMING, first, last))

    def coming_places(self, first: int = 0, last: int | None = None) -> Iterator[tuple[int, tuple[Span, ...]]]:
        """The numbers of those papers, and the places of their passages; their records are not read."""
        rows = self._paged("SELECT p.number, p.spans FROM papers p", _COMING, first, last)
        return ((number, spans_of(spans)) for number, spans in rows)

    def coming_passages(self, first: int = 0, last: int | None = None) -> int:
        """How many passages those papers have."""
        counted = "SELECT SUM(LENGTH(p.spans) - LENGTH(REPLACE(p.spans, ':', ''))) FROM papers p"
        row = self._database.row(f"{counted} WHERE {_COMING} AND p.number BETWEEN ? AND ?", [first, _end(last)])
        return int((row[0] if row else None) or 0)

    def numbered(self, numbers: Sequence[int]) -> list[Numbered]:
        """The papers of those numbers, by number."""
        chosen = f"[{','.join(map(str, numbers))}]"
        sql = f"{_NUMBERED} WHERE p.number IN (SELECT value FROM json_each(?)) ORDER BY p.number"
        return list(self._numbered(self._database.rows(sql, [chosen])))

    def _numbered(self, rows: Iterable[Row]) -> Iterator[Numbered]:
        return (numbered_of(row, self._texts) for row in rows)

    def _paged(self, select: str, condition: str, first: int, last: int | None) -> Iterator[Row]:
        at = first - 1
        while rows := self._database.rows(
            f"{select} WHERE {condition} AND p.number > ? AND p.number <= ? ORDER BY p.number LIMIT {BATCH}",
            [at, _end(last)],
        ):
            yield from rows
            at = rows[-1][0]

    def commit(
        self,
        made_with: str,
        segments: Sequence[Segment],
        *,
        documents: int = 0,
        tokens: int = 0,
        letters: bytes = b"",
        signatures: Mapping[Origin, str] | None = None,
    ) -> Generation:
        """Switch over, in one transaction: from now on the new generation answers. See `Generation` for the arguments;
        `signatures` say what the papers of an origin were read from."""
        latest = self.latest
        number = latest.number + 1 if latest else 1
        with self._database.transaction():
            self._database.write("UPDATE papers SET removed = ? WHERE number IN (SELECT number FROM ending)", [number])
            self._database.write("UPDATE papers SET added = ? WHERE added IS NULL", [number])
            generation = Generation(
                number,
                made_with,
                tuple(segments),
                self._count("papers WHERE removed IS NULL"),
                added_up(
                    self._digests("added", number), self._digests("removed", number), latest.corpus if latest else ""
                ),
                living_facets(self._database),
                documents,
                tokens,
                letters,
            )
            marks = ", ".join("?" * len(GENERATION.split(",")))
            self._database.write(
                f"INSERT INTO generations ({GENERATION}) VALUES ({marks})", values_of_generation(generation)
            )
            self.sign(signatures or {})
            self._forget_dead(number - 1)
        self._database.write("DELETE FROM ending")
        return generation

    def sign(self, signatures: Mapping[Origin, str]) -> None:
        """Keep what the papers of an origin were read from; what is kept so already is not written again."""
        for origin, signature in signatures.items():
            if self.signature(origin) != signature:
                self._database.write("INSERT OR REPLACE INTO sources VALUES (?, ?)", [origin, signature])

    def _digests(self, event: str, number: int) -> Iterator[bytes]:
        return (row[0] for row in self._database.rows(f"SELECT digest FROM papers WHERE {event} = ?", [number]))

    def _forget_dead(self, before: int) -> None:
        """Delete what no reader has any more: readers of the generation before the new one may still answer."""
        dead = self._database.rows("SELECT number FROM papers WHERE removed <= ?", [before])
        drop(self._database, [row[0] for row in dead])
        self._database.write("DELETE FROM generations WHERE number < ?", [before])


def _end(last: int | None) -> Value:
    return 1 << 62 if last is None else last
