"""What a name stands for: files, folders, ids and addresses; and what a pasted text holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.adding.pasted import pasted
from retrieval.adding.sources import DocumentFile, Nothing, References, Source, ZoteroSource, sources_of, work_named
from retrieval.adding.unread import MOST_NAMED, PassedOver
from retrieval.errors import InputError
from retrieval.identity import WantedId
from tests.retrieval.adding.conftest import Written


def only(named: str | Path) -> Source:
    [source] = sources_of(str(named))
    return source


@pytest.mark.parametrize(
    ("named", "kind", "wanted"),
    [
        ("2301.00001", "arxiv", "2301.00001"),
        ("2301.00001v3", "arxiv", "2301.00001"),
        ("arXiv:2301.00001", "arxiv", "2301.00001"),
        ("hep-th/9901001", "arxiv", "hep-th/9901001"),
        ("https://arxiv.org/abs/2301.00001v2", "arxiv", "2301.00001"),
        ("https://arxiv.org/pdf/2301.00001.pdf", "arxiv", "2301.00001"),
        ("10.48550/arXiv.2301.00001", "arxiv", "2301.00001"),
        ("10.1000/ABC", "doi", "10.1000/abc"),
        ("doi:10.1000/abc", "doi", "10.1000/abc"),
        ("https://doi.org/10.1000/abc", "doi", "10.1000/abc"),
        ("http://dx.doi.org/10.1000/abc", "doi", "10.1000/abc"),
    ],
)
def test_works_by_their_ids(named: str, kind: str, wanted: str) -> None:
    assert only(named) == WantedId(kind, wanted, named)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "named",
    [
        "https://example.org/2301.00001",
        "whales.bib",
        "",
        "\0",
        "a" * 5000,
        "papers about 2301.00001",
        "https://[",
        "nix/",
    ],
)
def test_what_is_no_source_says_why(named: str) -> None:
    source = only(named)
    assert isinstance(source, Nothing) and source.problem and not source.problem.endswith(".")


def test_files_by_what_they_are(written: Written, tmp_path: Path) -> None:
    record = {"id": "a", "title": "On whales", "abstract": "Whales sing."}
    assert isinstance(only(written("a.jsonl", record)), References)
    assert isinstance(only(written("ids.txt", "2301.00001", "10.1000/abc")), References)
    assert isinstance(only(written("notes.txt", "Whales sing. They migrate.", "So do owls.")), DocumentFile)
    assert isinstance(only(written("notes.md", "# Whales", "Whales sing.")), DocumentFile)
    assert isinstance(only(written("upload", "%PDF-1.4")), DocumentFile)
    assert isinstance(only(written("picture.png", "\x89PNG")), Nothing)
    assert only("zotero:12345") == ZoteroSource("12345", "zotero:12345")
    assert isinstance(only(tmp_path / "gone.pdf"), Nothing)


def test_a_folder_is_walked_references_first(written: Written, tmp_path: Path) -> None:
    record = {"id": "a", "title": "On whales", "abstract": "Whales sing."}
    for name in ("f/a.pdf", "f/z.bib", "f/deep/b.md", "f/.hidden/c.md", "f/.d.md", "f/picture.png", "f/code.py"):
        written(name, "%PDF-1.4" if name.endswith("pdf") else "@article{a, title={Whales}}")
    written("f/refs.jsonl", record)
    outside = written("outside.md", "# Secret")
    (tmp_path / "f" / "link.md").symlink_to(outside)
    (tmp_path / "f" / "loop").symlink_to(outside.parent)
    found = list(sources_of(str(tmp_path / "f")))
    assert [source.name for source in found if not isinstance(source, (Nothing, WantedId, PassedOver))] == [
        *("refs.jsonl", "z.bib", "a.pdf", "deep/b.md")
    ]
    assert found[0].place == f"{tmp_path / 'f'}/refs.jsonl"
    # .d.md, link.md and loop/, which is a link, picture.png and code.py.
    told = "other files of no kind that is read: pictures, programs, hidden files and the like"
    assert found[-1] == PassedOver(str(tmp_path / "f"), f"4 {told}")


def test_what_papers_come_as_and_nobody_reads_is_named(written: Written, tmp_path: Path) -> None:
    for name in ("f/a.pdf", "f/Thesis.DOCX", "f/deep/talk.pptx", "f/book.epub", "f/page.html", "f/main.tex"):
        written(name, "%PDF-1.4")
    told = [source for source in sources_of(f"{tmp_path / 'f'}/", "f/") if isinstance(source, PassedOver)]
    assert [(one.place, one.problem) for one in told] == [
        ("f/Thesis.DOCX", "cannot be read: a Word document; save it as PDF"),
        ("f/book.epub", "cannot be read: an e-book; save it as PDF"),
        ("f/deep/talk.pptx", "cannot be read: slides; save it as PDF"),
        ("f/main.tex", "cannot be read: LaTeX source; add the PDF that is made of it"),
        ("f/page.html", "cannot be read: a web page; save it as PDF"),
    ]
    # Named by itself it is a mistake of whoever names it.
    alone = only(written("alone.docx", "PK"))
    assert isinstance(alone, Nothing) and alone.problem == "cannot be read: a Word document; save it as PDF"
    [sent] = sources_of(str(written("0a1b2c", "PK")), "thesis.docx")
    assert isinstance(sent, Nothing) and "a Word document" in sent.problem


def test_of_many_such_the_first_are_named_and_the_others_counted(written: Written, tmp_path: Path) -> None:
    for number in range(MOST_NAMED + 3):
        written(f"f/{number:02}.docx", "PK")
    *named, last = sources_of(str(tmp_path / "f"))
    assert len(named) == MOST_NAMED
    assert last == PassedOver(str(tmp_path / "f"), "3 other files of such kinds cannot be read either")


def test_a_file_is_called_as_its_owner_calls_it(written: Written) -> None:
    [source] = sources_of(str(written("0a1b2c.pdf", "%PDF-1.4")), "Smith 2020.pdf")
    assert isinstance(source, DocumentFile) and (source.place, source.name) == ("Smith 2020.pdf",) * 2


def test_a_folder_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.adding.sources.MOST_FILES", 3)
    for number in range(4):
        (tmp_path / f"{number}.md").touch()
    with pytest.raises(InputError, match="more than 3 files"):
        list(sources_of(str(tmp_path)))


PASTED = """
Read these: arXiv:2301.00001, https://arxiv.org/abs/2302.00002v1; 10.1000/abc
@article{smith2020,
  title = {On {W}hales (and owls)},
  note = {see 2303.00003}
}
doi: 10.1000/def
TY  - JOUR
TI  - On owls
DO  - 10.1000/owls
ER  -
nothing here
"""


def test_a_pasted_text_in_its_parts() -> None:
    parts = pasted(PASTED)
    assert [work.id for work in parts.works] == ["2301.00001", "2302.00002", "10.1000/abc", "10.1000/def"]
    assert parts.bibtex.startswith("@article{smith2020,") and parts.bibtex.endswith("}")
    assert "2303.00003" in parts.bibtex
    assert parts.ris.startswith("TY  - JOUR") and parts.ris.strip().endswith("ER  -")
    assert parts.rest and parts.rest.place == "nothing here"


def test_an_entry_that_does_not_end_leaves_the_next_one_whole() -> None:
    parts = pasted("@article{a, title={Whales}\n@article{b, title={Owls}}\n2301.00001")
    assert parts.bibtex.split("\n") == ["@article{a, title={Whales}", "", "@article{b, title={Owls}}"]
    assert [work.id for work in parts.works] == ["2301.00001"]


def test_pasted_json_is_a_file_of_references() -> None:
    assert pasted(' [{"title": "On whales"}]').json == ' [{"title": "On whales"}]'


@given(st.text(max_size=300) | st.text(alphabet="@{}()article,= \nTYER-10./23", max_size=300))
def test_any_text_can_be_pasted(text: str) -> None:
    parts = pasted(text)
    assert all(work.id for work in parts.works)


@given(st.text(max_size=60))
def test_a_name_is_a_work_or_not(text: str) -> None:
    work = work_named(text)
    assert work is None or work.id


def test_a_long_pasted_text_takes_little_time() -> None:
    pasted("@a{" * 100_000)
    pasted("TY  - \n" * 20_000)
    pasted("{" * 500_000)
