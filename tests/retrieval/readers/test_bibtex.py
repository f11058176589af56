"""BibTeX: what its writers do, what is broken, and files that are long."""

from __future__ import annotations

import io
import time
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.readers.base import NEEDS_ONLINE, Entry
from retrieval.readers.bibtex import entries_in, read_bibtex, work_in
from retrieval.readers.bibtex_blocks import PIECE_CHARS, blocks_in


def read(text: str) -> list[Entry]:
    return list(entries_in(io.StringIO(text), Path("/nowhere")))


@pytest.mark.parametrize(
    ("field", "authors"),
    [
        ("{Ng, Ana and Berg, Bo}", ("Ana Ng", "Bo Berg")),
        ("{Ana Ng and Bo van den Berg}", ("Ana Ng", "Bo van den Berg")),
        ("{van den Berg, Bo}", ("Bo van den Berg",)),
        ("{Ng, Jr., Ana}", ("Ana Ng, Jr.",)),
        ("{{Barnes and Noble} and Ng, Ana}", ("Barnes and Noble", "Ana Ng")),
        ("{G{\\\"o}del, Kurt and Erd{\\H o}s, P{\\'a}l}", ("Kurt Gödel", "Pál Erdős")),
        ("{Ng, Ana and others}", ("Ana Ng",)),
        ("{Ng, Ana\n   and\n Berg,\n Bo}", ("Ana Ng", "Bo Berg")),
        ('"Ana Ng" # " and " # "Bo Berg"', ("Ana Ng", "Bo Berg")),
        ("{}", ()),
        ("{Ng, Ana,}", ("Ana Ng",)),
    ],
)
def test_authors(field: str, authors: tuple[str, ...]) -> None:
    (entry,) = read(f"@article{{a, title={{A title}}, author={field}}}")
    assert entry.paper and entry.paper.authors == authors


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ("year=2023", date(2023, 1, 1)),
        ("year={2023}, month=may", date(2023, 5, 1)),
        ("year={2023}, month={5}", date(2023, 5, 1)),
        ("year={2023}, month={May}, day={12}", date(2023, 5, 12)),
        ("year={2023}, month=feb, day={31}", date(2023, 2, 1)),
        ("date={2023-05-12}", date(2023, 5, 12)),
        ("date={2023-05-12/2023-05-14}", date(2023, 5, 12)),
        ("date={2023-05}, year=1999", date(2023, 5, 1)),
        ("year={in press}", None),
        ("year={20233}", None),
        ("", None),
    ],
)
def test_dates(fields: str, published: date | None) -> None:
    (entry,) = read(f"@article{{a, title={{A title}}, {fields}}}")
    assert entry.paper and entry.paper.published == published


@pytest.mark.parametrize(
    ("fields", "arxiv"),
    [
        ("eprint={2403.01234}, archiveprefix={arXiv}", "2403.01234"),
        ("eprint={2403.01234v2}, eprinttype={arxiv}", "2403.01234"),
        ("eprint={2403.01234}", "2403.01234"),
        ("eprint={2403.01234}, archiveprefix={HAL}", None),
        ("journal={arXiv preprint arXiv:2403.01234}", "2403.01234"),
        ("journal={CoRR}, volume={abs/2403.01234}, url={http://arxiv.org/abs/2403.01234}", "2403.01234"),
        ("note={arXiv:cs.LG/0601001}", "cs/0601001"),
        ("doi={10.48550/arXiv.2403.01234}", "2403.01234"),
        ("howpublished={\\url{https://arxiv.org/abs/2403.01234}}", "2403.01234"),
        ("note={Grant 2403.01234}", None),
    ],
)
def test_arxiv_ids(fields: str, arxiv: str | None) -> None:
    (entry,) = read(f"@misc{{a, title={{A title}}, {fields}}}")
    assert entry.paper and entry.paper.arxiv_id == arxiv


def test_strings_are_put_together_and_may_be_made_of_others() -> None:
    text = """@string{a = "Deep"} @string(b = a # { Learning})
    @article{x, title = b # " of " # {{Tides}}, abstract = unknown # { word}, year = 2020}"""
    (entry,) = read(text)
    assert entry.paper and entry.paper.title == "Deep Learning of Tides"
    assert entry.paper.abstract == "unknown word"


def test_strings_that_double_themselves_do_not_fill_the_memory() -> None:
    lines = ['@string{s0 = "xxxxxxxxxx"}', *(f"@string{{s{n} = s{n - 1} # s{n - 1}}}" for n in range(1, 60))]
    began = time.perf_counter()
    (entry,) = read("\n".join([*lines, "@article{a, title={T}, abstract = s59 # s59}"]))
    assert entry.problem == "abstract is longer than 100,000 characters"
    assert time.perf_counter() - began < 3


def test_a_broken_entry_takes_no_other_with_it() -> None:
    text = """
@article{one, title = {First title}}
@article{broken, title = {Never closed, year = 2020
@article{two, title = {Second title}}
@article{no equals sign}
@article{three title = {x}}
@article{four, title = "unbalanced } quote", year = 2020}
@article(five, title = {In round brackets (as here)})
@article{six, title = {Twice}, title = {Again}}
@article{seven, title = {At @home{now}}}
"""
    told = {entry.place: entry.paper.title if entry.paper else entry.problem for entry in read(text)}
    assert told["entry one"] == "First title" and told["entry two"] == "Second title"
    assert told["entry broken"] == "its closing bracket is missing (line 3)"
    assert told["line 5"] == "no title" and (told["line 6"] or "").startswith("not BibTeX (")
    assert told["entry five"] == "In round brackets (as here)"
    assert told["entry six"] == "Twice" and told["entry seven"] == "At @homenow"


def test_what_bibtexparser_says_of_a_broken_entry_is_not_printed(caplog: pytest.LogCaptureFixture) -> None:
    read("@article{a, title}")
    assert not caplog.records


def test_an_entry_of_an_id_alone_is_wanted_and_one_of_nothing_is_none() -> None:
    first, second = read("@misc{a, doi={10.1000/x}}\n@misc{b, year=2020}")
    assert first.problem == NEEDS_ONLINE and first.wanted and first.wanted.id == "10.1000/x"
    assert second.problem == "no title" and second.wanted is None


def test_what_is_too_long_is_a_problem_of_its_entry_alone() -> None:
    long = f"@article{{a, title={{T}}, abstract={{{'x' * 100_001}}}}}\n@article{{b, title={{{'x' * 2_001}}}}}\n"
    first, second, third = read(long + "@article{c, title={Short enough}}")
    assert first.problem == "abstract is longer than 100,000 characters"
    assert second.problem == "title is longer than 2,000 characters"
    assert third.paper


def test_encodings(tmp_path: Path) -> None:
    text = "@article{a, title={Über Gödel}, author={Łukasik, Zoë}}"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path = tmp_path / "a.bib"
        path.write_text(text, encoding=encoding)
        (entry,) = read_bibtex(path)
        assert entry.paper and (entry.paper.title, entry.paper.authors) == ("Über Gödel", ("Zoë Łukasik",))
    path.write_bytes("@article{a, title={Über Gödel’s}}".encode("cp1252"))
    (entry,) = read_bibtex(path)
    assert entry.paper and entry.paper.title == "Über Gödel’s"


def test_a_long_file_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.bib"
    abstract = "We study the tides of models. " * 300
    with path.open("w", encoding="utf-8") as file:
        for number in range(500):
            file.write(f"@article{{k{number},\n  title={{Title {number}}},\n  abstract={{{abstract}}}\n}}\n")
    tracemalloc.start()
    count = sum(entry.paper is not None for entry in read_bibtex(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 500 and path.stat().st_size > 4_000_000
    assert peak < 4_000_000


@given(
    st.lists(
        st.sampled_from(
            ["@article{", "@string{", "}", "{", '"', ",", "=", "a", " ", "\n", "#", "(", ")", "\\", "title", "@"]
        ),
        max_size=40,
    ).map("".join)
)
def test_any_signs_are_entries_or_problems(text: str) -> None:
    for entry in read(text):
        assert (entry.paper is None) == bool(entry.problem)


@given(st.text(max_size=200), st.integers(1, 40))
def test_blocks_are_the_same_however_the_file_comes(text: str, piece: int) -> None:
    text = f"{text}@a{{x}}{text}\n@b(y)"

    class Dripping(io.StringIO):
        def read(self, size: int | None = -1) -> str:
            return super().read(min(piece, size) if size and size > 0 else size)

    assert list(blocks_in(Dripping(text))) == list(blocks_in(io.StringIO(text)))


def test_a_block_may_lie_across_pieces() -> None:
    for before in range(PIECE_CHARS - 30, PIECE_CHARS + 5, 5):
        text = f"{'%' * before}\n@article{{a,\n title={{A title}}}}\n@article{{b, title={{B title}}}}"
        assert [(block.kind, block.line) for block in blocks_in(io.StringIO(text))] == [("article", 2), ("article", 4)]


def test_signs_that_repeat_take_no_longer_than_their_number() -> None:
    for text in (
        "@a{" * 100_000,
        "{" * 300_000,
        "@article{a, title={" + "{" * 100_000,
        "@article{a,\n" * 20_000,
        "@a{x" + '"' * 200_000,
    ):
        began = time.perf_counter()
        list(entries_in(io.StringIO(text), Path("/nowhere")))
        assert time.perf_counter() - began < 10


def test_our_own_field_is_read_as_it_was_written() -> None:
    work = work_in('@misc{a, title={A title}, paperbacked = {{"id": "x", "summary": "100\\u007b% \\\\alpha"}}}')
    paper = work.paper()
    assert (paper.id, paper.summary) == ("x", "100{% \\alpha")
