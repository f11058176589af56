"""Tables and RIS: how programs write them, what is broken in them, and any signs at all."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import CorpusError
from retrieval.readers.base import Entry
from retrieval.readers.ris import read_ris
from retrieval.readers.table import MAX_CELL_CHARS, read_table


def table(folder: Path, text: str, encoding: str = "utf-8", suffix: str = ".csv") -> list[Entry]:
    path = folder / f"a{suffix}"
    path.write_bytes(text.encode(encoding))
    return list(read_table(path))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_whatever_stands_between_its_columns(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = [["Title", "AUTHORS", "Publication Year", "Abstract"], ["Über Gödel", "Zoë Ng", "2023", "Größe zählt."]]
    (entry,) = table(tmp_path, "\r\n".join(separator.join(row) for row in rows), encoding)
    assert entry.paper and (entry.paper.title, entry.paper.abstract) == ("Über Gödel", "Größe zählt.")
    assert (entry.paper.authors, entry.paper.published) == (("Zoë Ng",), date(2023, 1, 1))


def test_a_table_of_zotero_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.pdf").touch()
    text = (
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Url","Abstract Note","Date",'
        '"File Attachments"\n"ABCD2345","report","2023","Ng, Ana; Berg, Bo","A title","In","10.1000/X",'
        '"https://arxiv.org/abs/2401.00001","An abstract.","2023-05","files/a.pdf; files/none.pdf"\n'
    )
    (entry,) = table(tmp_path, text)
    paper = entry.paper
    assert paper and (paper.kind, paper.authors, paper.doi) == ("report", ("Ana Ng", "Bo Berg"), "10.1000/X")
    assert (paper.published, paper.arxiv_id, paper.id) == (date(2023, 5, 1), "2401.00001", "arxiv:2401.00001")
    assert entry.attached == ((tmp_path / "files" / "a.pdf").resolve(),)


def test_a_table_of_the_web_of_science_has_short_names(tmp_path: Path) -> None:
    text = (
        "PT\tAU\tAF\tTI\tAB\tPD\tPY\tDI\nJ\tNg, A\tNg, Ana; Berg, Bo\tA title\tAn abstract.\tMAY 12\t2023\t10.1000/x\n"
    )
    (entry,) = table(tmp_path, text, suffix=".tsv")
    assert entry.paper and entry.paper.authors == ("Ana Ng", "Bo Berg")
    assert entry.paper.published == date(2023, 5, 12)


def test_an_id_of_the_table_is_taken_where_it_can_be_one_for_everybody(tmp_path: Path) -> None:
    found = table(tmp_path, "id,title\nsmith-2020,A first title\n7,A second title\n2401.00001,\n10.1000/x,\n")
    assert [entry.paper.id if entry.paper else entry.problem for entry in found[:2]] == [
        "smith-2020",
        "a-second-title-" + (found[1].paper.id.rsplit("-", 1)[1] if found[1].paper else ""),
    ]
    assert found[3].wanted and found[3].wanted.id == "10.1000/x"


def test_a_table_without_a_column_that_names_a_paper_says_so(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"a\.csv has no column called title, doi or arxiv: give it"):
        table(tmp_path, "name of ship,tonnage\nTitanic,46000\n")


def test_a_quote_that_is_never_closed_is_a_problem_of_its_row(tmp_path: Path) -> None:
    text = (
        'title,abstract\nFirst,One.\nSecond,"never closed'
        + f"\n{'x' * 999},y" * (MAX_CELL_CHARS // 900)
        + "\nLast,Two.\n"
    )
    found = table(tmp_path, text)
    assert found[0].paper and found[1].place == "line 3"
    assert found[1].problem == "a cell that does not end: its closing quote is missing"
    assert found[-1].paper and found[-1].paper.title == "Last"


def test_rows_over_several_lines_are_named_by_their_first(tmp_path: Path) -> None:
    found = table(tmp_path, 'title,abstract\n"One","a\nb\nc"\n,no title\n')
    assert [entry.place for entry in found] == ["line 2", "line 5"]
    assert found[0].paper and found[0].paper.abstract == "a b c"


@given(st.text('",;\n\r\t ab"', max_size=60))
def test_any_signs_below_a_header_are_papers_or_problems(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    try:
        found = table(tmp_path_factory.getbasetemp(), f"title,abstract\n{text}")
    except CorpusError as error:
        assert "holds no papers" in str(error)
    else:
        for entry in found:
            assert (entry.paper is None) == bool(entry.problem)


def ris(folder: Path, text: str) -> list[Entry]:
    path = folder / "a.ris"
    path.write_text(text, encoding="utf-8", newline="")
    return list(read_ris(path))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_records_of_ris_whatever_ends_their_lines(tmp_path: Path, end: str) -> None:
    lines = [
        "TY  - JOUR",
        "TI  - First",
        "AU  - Ng, Ana",
        "PY  - 2023/05/12/",
        "ER  - ",
        "",
        "TY  - JOUR",
        "T1  - Second",
        "ER  -",
    ]
    first, second = ris(tmp_path, end.join(lines))
    assert first.paper and (first.paper.title, first.paper.published) == ("First", date(2023, 5, 12))
    assert second.paper and second.paper.title == "Second"


def test_a_record_that_does_not_end_ends_where_the_next_begins(tmp_path: Path) -> None:
    found = ris(tmp_path, "junk\nTY  - JOUR\nTI  - First\nTY  - JOUR\nTI  - Second\nAB  - It ends\n  with the file.")
    assert [entry.paper.title if entry.paper else None for entry in found] == ["First", "Second"]
    assert found[1].paper and found[1].paper.abstract == "It ends with the file."


def test_tags_with_one_space_before_the_dash_are_read(tmp_path: Path) -> None:
    (entry,) = ris(tmp_path, "TY - JOUR\nTI - A title\nER -\n")
    assert entry.paper and entry.paper.title == "A title"


def test_a_doi_in_an_address_and_attached_files_of_ris(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").touch()
    (entry,) = ris(
        tmp_path, "TY  - JOUR\nTI  - T\nUR  - https://doi.org/10.1000/x;y\nL1  - a.pdf\nL1  - http://x/b.pdf\nER  - "
    )
    assert entry.paper and entry.paper.doi == "10.1000/x;y"
    assert entry.attached == ((tmp_path / "a.pdf").resolve(),)


@given(
    st.lists(
        st.sampled_from(
            [
                "TY  - JOUR",
                "TI  - A",
                "AU  - B, C",
                "ER  - ",
                "more",
                "",
                "AB  - x",
                "UR  - ",
                "XX  - y",
                "PY  - 2020",
                "C8  - paperbacked:{}",
            ]
        ),
        max_size=12,
    )
)
def test_any_lines_are_papers_or_problems(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    try:
        found = ris(tmp_path_factory.getbasetemp(), "\n".join(lines))
    except CorpusError as error:
        assert "holds no papers" in str(error) and "TY  - JOUR" not in lines
    else:
        for entry in found:
            assert (entry.paper is None) == bool(entry.problem)


def test_long_files_take_no_longer_than_their_length(tmp_path: Path) -> None:
    for text in (
        "TY  - JOUR\n" * 30_000,
        "TY  - JOUR\n" + "AU  - Ng, Ana\n" * 60_000,
        "TY  - JOUR\nAB  - x\n" + "x\n" * 400_000,
    ):
        began = time.perf_counter()
        ris(tmp_path, text)
        assert time.perf_counter() - began < 15
