"""A collection of made papers, built as the program builds one: seconds by stage, memory and disk.

Run in a process of its own, so that its memory is that of the building alone.
"""

from __future__ import annotations

from app.quiet import silence_libraries
from benchmarks.scale.clocks import BEGINNING, StageClock, folder_bytes, peak_gigabytes
from benchmarks.scale.made_papers import write_papers
from benchmarks.scale.places import Measured, Place, place_arguments, place_of
from retrieval.models.embedder import Embedder

PART = "built"
READING = "reading"
STAGES = {
    READING: READING,
    BEGINNING: "cutting and staging",
    "Embedding passages": "vectors made",
    "Storing vectors": "storing vectors",
    "Indexing words": "words and switch-over",
}
"""What the stages of an update are called here, by the label of their progress."""
DISK = {"papers": "papers.sqlite*", "words": "words"}


def build(place: Place, embedder: Embedder) -> Measured:
    """Build the collection, or go on with it; gives abstracts a second by stage, gigabytes, bytes an abstract.

    Of a build that was broken off and gone on with there are no rates.
    """
    from retrieval.ingest import Reading, update_collection
    from retrieval.readers.registry import stream_papers
    from retrieval.stores.opening import open_store

    settings, clock = place.settings, StageClock()
    begun = settings.home.exists()
    papers, _ = update_collection(
        settings.collection_folder,
        settings.collection,
        [Reading("own", lambda: clock.reading(READING, stream_papers(place.papers)), whole=True)],
        embedder,
        open_store(settings.chroma),
        lock_file=settings.home / "index.lock",
        progress=clock.progress,
    )
    clock.turn(BEGINNING)
    measured = {"vectors": float(sum(segment.vectors for segment in papers.generation.segments))}
    measured |= {"build, peak memory": peak_gigabytes()} | _disk(place)
    return measured if begun else measured | _rates(clock, place.size)


def _rates(clock: StageClock, count: int) -> Measured:
    seconds = {STAGES.get(label, label): spent for label, spent in clock.seconds.items()}
    rates = {f"rate, {stage}": count / spent for stage, spent in seconds.items() if spent}
    whole = sum(seconds.values())
    made = seconds.get(STAGES["Embedding passages"], 0.0)
    return rates | {"rate, all but vectors": count / max(1e-9, whole - made), "build, seconds": whole}


def _disk(place: Place) -> Measured:
    settings = place.settings
    parts = {name: sum(map(folder_bytes, settings.collection_folder.glob(pattern))) for name, pattern in DISK.items()}
    parts["vectors"] = folder_bytes(settings.home / "chroma")
    whole = sum(parts.values())
    return {f"disk, {name}": taken / place.size for name, taken in parts.items()} | {
        "disk, all": whole / place.size,
        "disk, gigabytes": whole / 1e9,
    }


def main() -> None:
    """Build the place that the options name, and write down what was measured."""
    silence_libraries()
    place = place_of(place_arguments(__doc__).parse_args())
    from benchmarks.scale.made_vectors import MadeEmbedder, base_vectors
    from retrieval.models.embedding import open_embedder

    base, real = place.base, open_embedder()
    place.own.mkdir(parents=True, exist_ok=True)
    if not place.papers.is_file():
        write_papers(base, place.size, place.papers)
    # The real vectors were made before, so that what that takes is not counted here.
    made = MadeEmbedder(base_vectors(base, real, place.kept), real)
    del base
    place.keep(PART, build(place, made))


if __name__ == "__main__":
    main()
