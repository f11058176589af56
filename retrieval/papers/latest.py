"""What a collection's database says of the papers that answer now: generation, sources, counts."""

from __future__ import annotations

from datetime import date

from retrieval.facets import Facets
from retrieval.papers.connections import Database
from retrieval.papers.generation import Generation
from retrieval.papers.rows import GENERATION, generation_of
from retrieval.papers.staging import Origin
from retrieval.papers.tables import OFFERED, column


def latest_generation(database: Database) -> Generation | None:
    """The generation that answers, or None before the first."""
    row = database.row(f"SELECT {GENERATION} FROM generations ORDER BY number DESC LIMIT 1")
    return generation_of(row) if row else None


def count_of(database: Database, origin: Origin) -> int:
    """How many papers of that origin answer."""
    row = database.row(
        "SELECT COUNT(*) FROM papers WHERE added IS NOT NULL AND removed IS NULL AND origin = ?", [origin]
    )
    return int(row[0]) if row else 0


def signature_of(database: Database, origin: Origin) -> str:
    """What the papers of that origin were last read from; empty before they were."""
    row = database.row("SELECT signature FROM sources WHERE origin = ?", [origin])
    return row[0] if row else ""


def living_facets(database: Database) -> Facets:
    """What the papers that answer have to be filtered by, counted."""
    counts = {
        facet.plural: dict(
            database.rows(
                f"SELECT {column(facet)}, COUNT(*) FROM papers WHERE removed IS NULL AND added IS NOT NULL "
                f"AND {column(facet)} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, MIN(place)"
            )
        )
        for facet in OFFERED
    }
    row = database.row("SELECT MIN(published), MAX(published) FROM papers WHERE removed IS NULL AND added IS NOT NULL")
    earliest, latest = (date.fromisoformat(day) if day else None for day in row or (None, None))
    return Facets(**counts, earliest=earliest, latest=latest)
