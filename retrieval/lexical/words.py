"""The words of a collection: an index of terms on disk (tantivy) that says which papers, by number, have them.

Each field holds terms as retrieval/lexical/document.py makes them, so that whoever looks one up makes it the same
way. Papers that are replaced, or not yet part of the collection, may be among those found: who asks drops them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol, cast

from retrieval.errors import IndexStoreError
from retrieval.lexical.document import Document as Document
from retrieval.lexical.document import Field, as_term, distinct_stems, stem_of, terms_of, text_terms
from retrieval.lexical.near import can_be_mended, one_error_away
from retrieval.lexical.word_files import (
    LOCK,
    NUMBER,
    VALUES,
    let_others_read,
    made,
    named,
    opened,
    reported,
    schema_of_fields,
)
from retrieval.papers.selection import BATCH, OWN_ORDER

if TYPE_CHECKING:
    from tantivy import Index, IndexWriter, Occur, Query

    from retrieval.papers.papers import Papers

HEAP_BYTES = 128_000_000
"""What is held in memory of papers that are being added."""
MAX_LIKE = 8
MAX_MENDED = 8
"""Unknown words of one query for which those near to them are looked for."""
TWICE_WRONG_FROM = 8
"""In a word of so many letters two typing errors are looked for where one does not explain it."""
TWICE_WRONG_SCORE = 5.0
"""What a paper with such a word gets: that of a rather rare word, as it is not known which it is."""
EXACT_UP_TO = 100
"""Of a term that more papers have, those are counted too that are forgotten and still on disk."""


class _Counted(Protocol):
    """A result with how many documents were found, which the types of tantivy lack."""

    count: int


class WordsWriter:
    """Adds papers to the words of a folder, or of memory without one; one process at a time.

    Nothing is seen of what is added and forgotten before `commit`, and nothing is left of it without. All methods
    raise `IndexStoreError`.
    """

    def __init__(self, folder: Path | None) -> None:
        self._where = named(folder)
        self._folder = folder
        self._writer: IndexWriter | None = None
        self._schema = schema_of_fields()
        with reported(self._where, folder):
            self._index = made(folder, self._schema)

    def forget_after(self, number: int) -> None:
        """Drop the papers with a larger number: what a run that was killed has left."""
        from tantivy import FieldType, Query

        later = Query.range_query(self._schema, NUMBER, FieldType.Integer, lower_bound=number, include_lower=False)
        with reported(self._where, self._folder):
            self._begun().delete_documents_by_query(later)

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop the papers with these numbers; those that are not there are passed over."""
        for number in numbers:
            with reported(self._where, self._folder):
                self._begun().delete_documents_by_term(NUMBER, number)

    def add(self, documents: Iterable[Document]) -> int:
        """Add papers, and give how many words they have in all, by which long papers are told from short ones.

        Those of full texts are found too, and not counted: what is told by their number is of records and abstracts.
        """
        from tantivy import Document as Row

        tokens = 0
        for document in documents:
            terms = terms_of(document)
            with reported(self._where, self._folder):
                row = Row()
                row.add_integer(NUMBER, document.number)
                for field, said in terms.items():
                    own = [*said, *text_terms(document.paper)] if field == "words" else said
                    for value in own if field in VALUES else (" ".join(own),):
                        row.add_text(field, value)
                self._begun().add_document(row)
            tokens += len(terms["words"])
        return tokens

    def commit(self) -> None:
        """Make what was added and forgotten part of the words, all at once."""
        if self._writer is None:
            return
        with reported(self._where, self._folder):
            writer, self._writer = self._writer, None
            writer.commit()
            writer.wait_merging_threads()
            if self._folder is not None:
                let_others_read(self._folder)

    def words(self) -> Words:
        """A searcher over what was committed until now."""
        with reported(self._where, self._folder):
            self._index.reload()
            return Words(self._index, self._where)

    def _begun(self) -> IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(HEAP_BYTES, 1)
        return self._writer


class Words:
    """A searcher over one moment of the words, whatever is written meanwhile; safe from any thread.

    Terms are those of `retrieval/lexical/document.py`. All methods raise `IndexStoreError`.
    """

    def __init__(self, index: Index, where: str) -> None:
        self._where = where
        self._schema = index.schema
        self._searcher = index.searcher()

    @property
    def papers(self) -> int:
        """How many papers there are, those among them that are replaced or not yet part of the collection."""
        return self._searcher.num_docs

    def frequency(self, field: Field, term: str) -> int:
        """How many papers have the term."""
        with reported(self._where):
            having = self._searcher.doc_freq(field, as_term(term))
            if not 0 < having <= EXACT_UP_TO:
                return having
            return len(self._searcher.search(self._has(field, term), having, count=False).hits)

    def frequency_in_any(self, fields: Sequence[Field], term: str) -> int:
        """How many papers have the term in any of the fields."""
        from tantivy import Occur, Query

        with reported(self._where):
            query = Query.boolean_query([(Occur.Should, self._has(field, term)) for field in fields])
            found = cast("_Counted", self._searcher.search(query, 1, count=True))
        return found.count

    def having(self, field: Field, terms: Sequence[str], most: int | None = None) -> list[int]:
        """The numbers of the papers that have all the terms, in order; of many the `most` that came first."""
        from tantivy import Occur

        return self._numbers(field, terms, Occur.Must, min, most)

    def having_any(self, field: Field, terms: Sequence[str], most: int | None = None) -> list[int]:
        """The numbers of the papers that have any of the terms, in order; of many the `most` that came first."""
        from tantivy import Occur

        return self._numbers(field, terms, Occur.Should, sum, most)

    def beginning(self, field: Field, prefix: str, most: int) -> list[str]:
        """The terms of a field that begin so, those of the most papers first."""
        with reported(self._where):
            return [term for term, _ in self._searcher.terms_with_prefix(field, as_term(prefix), limit=most)]

    def like(self, word: str) -> list[str]:
        """The terms of "words" for what one typing error makes the word of, those of the most papers first.

        It is the word as it was typed, not its stem: an error in an ending leaves another stem.
        """
        if not can_be_mended(word):
            return []
        with reported(self._where):
            near = ((self._searcher.doc_freq("words", stem), stem) for stem in distinct_stems(one_error_away(word)))
            ranked = sorted((-having, stem) for having, stem in near if having)
        return [stem for _, stem in ranked[:MAX_LIKE]]

    def best(self, terms: Sequence[str], count: int, among: Sequence[int] | None = None) -> list[int]:
        """The numbers of the `count` papers with the best BM25 of the terms in "words", the best first.

        What no paper has is taken for a word as it was typed, and read as those near to it (see `like`). With
        `among` only those numbers are looked at.
        """
        from tantivy import Occur, Query

        if count < 1 or (among is not None and not among):
            return []
        with reported(self._where):
            clauses = list(self._clauses(terms))
            if not clauses:
                return []
            query = Query.boolean_query([(Occur.Should, clause) for clause in clauses])
            if among is not None:
                chosen = Query.const_score_query(Query.term_set_query(self._schema, NUMBER, among), 0.0)
                query = Query.boolean_query([(Occur.Must, query), (Occur.Must, chosen)])
            hits = self._searcher.search(query, count, count=False).hits
            numbers = self._searcher.fast_field_values(NUMBER, [address for _, address in hits])
        ranked = sorted(zip(hits, numbers, strict=True), key=lambda one: (-cast("float", one[0][0]), one[1]))
        return [cast("int", number) for _, number in ranked]

    def _clauses(self, terms: Iterable[str]) -> Iterator[Query]:
        """What each term asks for; in the place of one that no paper has, what those near to it ask for."""
        mended = 0
        for term in terms:
            if self._searcher.doc_freq("words", as_term(term)):
                yield self._has("words", term)
            elif can_be_mended(term) and mended < MAX_MENDED:
                mended += 1
                yield self._nearly(term)

    def _nearly(self, word: str) -> Query:
        from tantivy import Query

        if near := self.like(word):
            return Query.disjunction_max_query([self._has("words", stem) for stem in near])
        if len(word) < TWICE_WRONG_FROM:
            return Query.empty_query()
        twice_wrong = Query.fuzzy_term_query(self._schema, "words", stem_of(word), distance=2)
        return Query.boost_query(twice_wrong, TWICE_WRONG_SCORE)

    def _has(self, field: Field, term: str) -> Query:
        from tantivy import Query

        return Query.term_query(self._schema, field, as_term(term), "freq" if field == "words" else "basic")

    def _numbers(
        self, field: Field, terms: Sequence[str], occur: Occur, bound: Callable[[list[int]], int], most: int | None
    ) -> list[int]:
        from tantivy import Order, Query

        distinct = list(dict.fromkeys(map(as_term, terms)))
        with reported(self._where):
            found = bound([self._searcher.doc_freq(field, term) for term in distinct] or [0])
            # Room is made for as many as are asked for.
            limit = found if most is None else min(found, most)
            if limit < 1:
                return []
            query = Query.boolean_query([(occur, self._has(field, term)) for term in distinct])
            hits = self._searcher.search(query, limit, count=False, order_by_field=NUMBER, order=Order.Asc).hits
        return [number for number, _ in hits]


def open_words(folder: Path, papers: int = 0) -> Words:
    """The words of a folder as they are now.

    Raises `IndexStoreError` where they are missing, damaged, or of fewer `papers` than the collection has: what a run
    that indexed them anew and was killed has left looks like words, but of no papers.
    """
    with reported(named(folder)):
        words = _opened_words(folder)
        if words.papers < papers:
            raise IndexStoreError(f"The words in {folder} are not of all papers: ingest the papers again.")
        return words


def _opened_words(folder: Path) -> Words:
    if not (folder / "meta.json").is_file():
        raise IndexStoreError(f"There are no words in {folder}: ingest the papers again.")
    lock = folder / LOCK
    if os.access(lock if lock.exists() else folder, os.W_OK):
        return Words(opened(folder, folder), named(folder))
    # The lock cannot be taken where nothing can be written. Once all files are open, their names may go.
    with TemporaryDirectory(prefix="paperbacked-words-", ignore_cleanup_errors=True) as names:
        for file in folder.iterdir():
            if file.suffix != ".lock":
                (Path(names) / file.name).symlink_to(file.resolve())
        return Words(opened(Path(names), folder), named(folder))


def words_in_memory(papers: Papers) -> Words:
    """The words of papers that have none on disk, by their numbers."""
    numbers = papers.select(order=OWN_ORDER).numbers()
    batches = (papers.numbered(numbers[at : at + BATCH]) for at in range(0, len(numbers), BATCH))
    return words_of(Document(number, one.paper) for batch in batches for number, one in batch.items())


def words_of(documents: Iterable[Document]) -> Words:
    """The words of papers that are in memory alone."""
    writer = WordsWriter(None)
    writer.add(documents)
    writer.commit()
    return writer.words()
