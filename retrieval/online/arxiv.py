"""arXiv: records of papers by their ids, and PDFs; one request at a time, three seconds apart."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlencode

from retrieval.errors import OnlineError
from retrieval.identity import arxiv_id_in
from retrieval.online.cache import Cache
from retrieval.online.feed import ArxivRecord, as_text, from_text, ids_refused, read_feed
from retrieval.online.fetch import Fetch
from retrieval.online.request import Answer, Wanted
from retrieval.online.turns import Turns
from retrieval.readers.base import Entry
from retrieval.sanitize import sanitize

BATCH = 50
"""Ids asked for at once."""
SECONDS_APART = 3.0
"""What arXiv asks of programs, with one connection at a time: https://info.arxiv.org/help/api/tou.html."""
MOST_PDF_BYTES = 100_000_000
PDF_SECONDS = 300.0
MOST_PLACE_CHARS = 100
_UNKNOWN = "arXiv has no paper of this id"
_PDF_HEAD_BYTES = 1024
"""Within so many of its first bytes a PDF says that it is one."""


class Arxiv:
    """arXiv's interface, through a cache."""

    def __init__(self, fetch: Fetch, cache: Cache, pause: Callable[[float], None] = time.sleep) -> None:
        self._fetch = fetch
        self._cache = cache
        self._turns = Turns(cache.folder / "arxiv.turn", SECONDS_APART, pause)

    def entries(self, ids: Sequence[str]) -> Iterator[Entry]:
        """An entry for each of the ids, in their order; what could not be had is an entry with a problem.

        A paper that its authors have withdrawn is there, and the entry's problem says so.
        """
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            try:
                records = self.records(batch)
            except OnlineError as error:
                yield from (Entry(_place(each), problem=error.message) for each in batch)
                continue
            yield from (_entry(each, records.get(arxiv_id_in(each) or "")) for each in batch)

    def records(self, ids: Sequence[str]) -> dict[str, ArxivRecord]:
        """What arXiv says of the ids, by id without version; ids that it does not know are left out.

        Raises `OnlineError`.
        """
        found: dict[str, ArxivRecord] = {}
        missing: list[str] = []
        for arxiv_id in dict.fromkeys(filter(None, map(arxiv_id_in, ids))):
            kept = self._cache.get(self._address([arxiv_id]))
            record = from_text(kept.text) if kept and kept.text else None
            if record:
                found[arxiv_id] = record
            elif kept is None or kept.text is not None:
                missing.append(arxiv_id)
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            asked = self._asked(batch)
            for arxiv_id in batch:
                record = asked.get(arxiv_id)
                self._cache.keep(self._address([arxiv_id]), as_text(record) if record else None)
            found |= asked
        return found

    def _asked(self, ids: Sequence[str]) -> dict[str, ArxivRecord]:
        """What arXiv says of up to `BATCH` ids; where it refuses all for the sake of one, without that one."""
        with self._turns.turn("arXiv"):
            answer = self._fetch.get(Wanted(self._address(ids), "application/atom+xml"))
        if answer.status == 400:
            refused = ids_refused(answer.body)
            left = [each for each in ids if each not in refused.split()]
            if len(left) == len(ids):
                left = []
                if len(ids) > 1:
                    half = len(ids) // 2
                    return self._asked(ids[:half]) | self._asked(ids[half:])
            return self._asked(left) if left else {}
        if answer.status != 200:
            raise OnlineError(f"arXiv does not answer as it should (status {answer.status}): try again later.")
        try:
            records = read_feed(answer.body)
        except ValueError as error:
            raise OnlineError(f"arXiv sent something that is no list of papers ({error}): try again later.") from error
        return {each: records[each] for each in ids if each in records}

    def _address(self, ids: Sequence[str]) -> str:
        query = urlencode({"id_list": ",".join(ids), "max_results": len(ids)}, safe=",/")
        return f"{self._fetch.addresses.arxiv}?{query}"

    def pdf(self, arxiv_id: str) -> Path:
        """The paper's PDF, from the cache or fetched into it. Raises `OnlineError`."""
        address = f"{self._fetch.addresses.arxiv_pdf}/{quote(arxiv_id)}"
        return self._cache.file(address) or self._cache.fill(address, lambda draft: self._save(address, draft))

    def _save(self, address: str, draft: Path) -> None:
        wanted = Wanted(address, "application/pdf", most_bytes=MOST_PDF_BYTES, seconds=PDF_SECONDS)
        with draft.open("w+b") as file:
            with self._turns.turn("arXiv"):
                answer = self._fetch.save(wanted, file)
            _check_pdf(answer, file)


def _check_pdf(answer: Answer, file: BinaryIO) -> None:
    if answer.status == 404:
        raise OnlineError("arXiv has no PDF of this paper.")
    if answer.status != 200:
        raise OnlineError(f"arXiv does not give the PDF (status {answer.status}): try again later.")
    file.seek(0)
    if b"%PDF-" not in file.read(_PDF_HEAD_BYTES):
        raise OnlineError("arXiv sent something else in place of a PDF: open the paper's page, and add the file.")


def _entry(asked: str, record: ArxivRecord | None) -> Entry:
    place = _place(asked)
    if arxiv_id_in(asked) is None:
        return Entry(place, problem="not an arXiv id")
    if record is None:
        return Entry(place, problem=_UNKNOWN)
    try:
        return Entry(place, record.paper, f"withdrawn by its authors: {record.withdrawn}" if record.withdrawn else "")
    except ValueError as error:
        return Entry(place, problem=str(error))


def _place(asked: str) -> str:
    return f"arXiv {sanitize(asked[:MOST_PLACE_CHARS]).strip()}"
