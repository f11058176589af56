"""What becomes of what is added: new papers, duplicates, documents, and the same again."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from retrieval.adding.adding import Adding, Tools
from retrieval.adding.collection_known import PapersKnown
from retrieval.adding.report import AddReport
from retrieval.adding.request import AddingStoppedError, AddRequest
from retrieval.errors import InputError
from retrieval.papers.files import CollectionFiles
from tests.retrieval.adding.conftest import OwnCollection, Written, no_zotero, outcomes
from tests.retrieval.adding.pdfs import WHALES, WHALES_ABSTRACT, WHALES_BODY, made_pdf

OWL = {"id": "owl", "title": "On owls hunting at night", "abstract": "Owls hunt at night.", "authors": ["Cy Young"]}
BIB = """@article{smith2020,
  title = {On the migration of whales},
  author = {Smith, Ada and Lee, Bo},
  year = {2020},
  doi = {10.1000/whales}
}
"""


def entry(key: str, title: str, author: str = "Smith, Ada", year: int = 2020, **fields: str) -> str:
    more = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@article{{{key},\n  title = {{{title}}},\n  author = {{{author}}},\n  year = {{{year}}},\n{more}}}\n"


def states(report: AddReport) -> list[str]:
    return [one.outcome for one in report.became]


def test_papers_of_a_file_and_the_same_again(own: OwnCollection, written: Written) -> None:
    file = written("a.jsonl", OWL, {"id": "bare", "title": "A title and nothing else"}, "no json")
    report = own.add(file)
    assert states(report) == ["added", "no_abstract", "broken"]
    assert own.ids == ["owl", "bare"]
    assert report.became[2].place == f"{file}, line 3" and report.became[2].reason
    assert own.told == list(report.became)
    before = own.papers.generation.number
    assert states(own.add(file)) == ["same", "same", "broken"]
    assert own.papers.generation.number == before


def test_what_its_source_says_anew_is_replaced(own: OwnCollection, written: Written) -> None:
    own.add(written("a.jsonl", OWL))
    report = own.add(written("a.jsonl", OWL | {"abstract": "Owls see well."}))
    assert states(report) == ["updated"] and report.became[0].reason == "new: abstract"
    assert [paper.abstract for paper in own.papers] == ["Owls see well."]


def test_another_source_only_fills_in(own: OwnCollection, written: Written) -> None:
    own.add(written("a.bib", entry("s", WHALES, abstract="Whales sing.")))
    other = written("b.bib", entry("t", WHALES, doi="10.1000/whales", abstract="Something else.", year=2021))
    report = own.add(other)
    assert states(report) == ["updated"] and report.became[0].reason == "new: DOI"
    [paper] = own.papers
    assert (paper.abstract, paper.doi, paper.published) == ("Whales sing.", "10.1000/whales", date(2020, 1, 1))
    again = own.add(other)
    assert states(again) == ["duplicate"] and again.became[0].of == paper.id


def test_a_preprint_and_its_publication_are_one_work(own: OwnCollection, written: Written) -> None:
    preprint = entry("p", WHALES, year=2020, eprint="2001.00001", archiveprefix="arXiv")
    publication = entry("q", WHALES, year=2021, doi="10.1038/whales", author="Lee, Bo and Smith, A.")
    report = own.add(written("a.bib", preprint, publication))
    [paper] = own.papers
    assert (paper.id, paper.arxiv_id, paper.doi) == ("arxiv:2001.00001", "2001.00001", "10.1038/whales")
    assert states(report)[1] == "updated"
    assert {one.paper_id for one in report.became} == {paper.id}


def test_two_works_of_one_title_have_two_ids(own: OwnCollection, written: Written) -> None:
    title = "Introduction to the volume"
    file = written("a.bib", *(entry(f"k{who}", title, f"{who}, X", 2001) for who in ("Smith", "Young", "Lee")))
    assert states(own.add(file)) == ["no_abstract"] * 3
    first, second, third = own.ids
    assert (second, third) == (f"{first}-2", f"{first}-3")
    assert states(own.add(file)) == ["same"] * 3
    assert own.ids == [first, second, third]


def test_an_id_that_another_work_has_gets_a_number(own: OwnCollection, written: Written) -> None:
    """Files from two people number their papers from one."""
    own.add(written("a.jsonl", OWL | {"id": "1"}))
    bats = {"id": "1", "title": "Bats find their way by echoes", "abstract": "Bats use echoes.", "authors": ["Di Wu"]}
    file = written("b.jsonl", bats)
    assert states(own.add(file)) == ["added"]
    assert own.ids == ["1", "1-2"]
    assert [paper.authors for paper in own.papers] == [("Cy Young",), ("Di Wu",)]
    assert states(own.add(file)) == ["same"] and own.ids == ["1", "1-2"]


def test_a_pdf_is_a_paper_with_its_text_and_its_file(own: OwnCollection, tmp_path: Path) -> None:
    pdf = made_pdf(tmp_path / "whales.pdf")
    report = own.add(pdf)
    [one] = report.became
    assert (one.outcome, one.name, one.place) == ("added", WHALES, str(pdf))
    [paper] = own.papers
    assert paper.abstract == WHALES_ABSTRACT and paper.authors == ("Ada Smith", "Bo Lee")
    assert WHALES_BODY in paper.part("text")
    assert paper.text and paper.text.file
    kept = CollectionFiles(own.folder).path(paper.text.file)
    assert kept and kept.read_bytes() == pdf.read_bytes()


def test_a_file_that_is_there_is_not_read_again(own: OwnCollection, tmp_path: Path) -> None:
    pdf = made_pdf(tmp_path / "whales.pdf")
    own.add(pdf)
    copy = tmp_path / "copy of whales.pdf"
    copy.write_bytes(pdf.read_bytes())

    def read(path: Path) -> Any:
        raise AssertionError("it was read")

    tools = Tools(no_zotero, read)
    adding = Adding(AddRequest((str(pdf), str(copy))), tools)
    papers = own.papers
    assert [paper.id for paper in adding.papers(PapersKnown(papers))] == own.ids
    assert states(adding.tally.report("mine")) == ["same", "duplicate"]


def test_a_pdf_joins_its_reference_whichever_comes_first(own: OwnCollection, written: Written, tmp_path: Path) -> None:
    pdf, bib = made_pdf(tmp_path / "whales.pdf"), written("refs.bib", BIB)
    assert states(own.add(bib, pdf)) == ["no_abstract", "updated"]
    first = own.papers.get("doi:10.1000/whales")
    other = OwnCollection(tmp_path / "other", own.documents)
    assert states(other.add(pdf, bib)) == ["added", "updated"]
    [second] = other.papers
    assert first and first.text and second.text and first.text.digest == second.text.digest
    assert (second.doi, second.authors) == ("10.1000/whales", ("Ada Smith", "Bo Lee"))
    # A PDF's year is that of its file; the reference knows better.
    assert first.published == second.published == date(2020, 1, 1)
    for collection in (own, other):
        assert states(collection.add(bib, pdf)) == ["same", "same"]
        assert len(collection.papers) == 1


def test_an_attached_pdf_belongs_to_its_reference(own: OwnCollection, written: Written, tmp_path: Path) -> None:
    made_pdf(tmp_path / "lib" / "files" / "x.pdf", title="Scan 0001", authors="")
    written("lib/refs.bib", entry("s", WHALES, doi="10.1000/whales", file=":files/x.pdf:PDF"))
    report = own.add(tmp_path / "lib")
    # The file is not told of a second time when the walk comes to it.
    assert states(report) == ["added"]
    [paper] = own.papers
    assert (paper.id, paper.title) == ("doi:10.1000/whales", WHALES) and paper.text
    assert paper.abstract == WHALES_ABSTRACT
    assert states(own.add(tmp_path / "lib")) == ["same"]


def test_a_file_outside_the_folder_is_read_for_its_owner_alone(
    own: OwnCollection, written: Written, tmp_path: Path
) -> None:
    secret = made_pdf(tmp_path / "secret.pdf")
    bib = written("lib/refs.bib", entry("s", WHALES, file=str(secret)))
    own.add(bib, local_files=False)
    assert [paper.text for paper in own.papers] == [None]
    own.add(bib)
    assert [bool(paper.text) for paper in own.papers] == [True]


def test_a_broken_file_of_a_reference_is_told_of_by_itself(
    own: OwnCollection, written: Written, tmp_path: Path
) -> None:
    written("lib/x.pdf", "%PDF-1.4 and nothing else")
    written("lib/refs.bib", entry("s", WHALES, file=":x.pdf:PDF"))
    report = own.add(tmp_path / "lib")
    assert sorted(states(report)) == ["broken", "no_abstract"]
    [broken] = [one for one in report.became if one.outcome == "broken"]
    assert broken.place.endswith("x.pdf") and broken.reason


def test_main_text_and_supplement_are_two_papers(own: OwnCollection, written: Written, tmp_path: Path) -> None:
    made_pdf(tmp_path / "lib" / "whales.pdf", below="doi:10.1000/whales")
    made_pdf(tmp_path / "lib" / "whales_supplement.pdf", below="doi:10.1000/whales", body="Further tables of whales.")
    assert states(own.add(tmp_path / "lib")) == ["added", "added"]
    main, supplement = own.papers
    assert main.doi == "10.1000/whales" and supplement.doi is None
    assert supplement.title is None and supplement.label == f"Supplementary material of {WHALES}"
    assert states(own.add(tmp_path / "lib")) == ["same", "same"]


@pytest.mark.parametrize("authors", ["", "Ada Smith"])
def test_two_documents_of_one_title_and_other_texts_are_two_papers(
    own: OwnCollection, tmp_path: Path, authors: str
) -> None:
    """A heading such as "Published as a conference paper" may be taken for a title."""
    title = "Published as a conference paper"
    made_pdf(tmp_path / "a.pdf", title=title, authors=authors)
    body = "Owls see well at night. They hunt mice, voles and other small animals that live in meadows and in woods."
    made_pdf(tmp_path / "b.pdf", title=title, authors=authors, abstract="Owls hunt.", body=body)
    assert states(own.add(tmp_path / "a.pdf", tmp_path / "b.pdf")) == ["added", "added"]
    assert len(set(own.ids)) == 2


def test_another_version_of_a_document_is_a_duplicate(own: OwnCollection, tmp_path: Path) -> None:
    own.add(made_pdf(tmp_path / "v1.pdf"))
    report = own.add(made_pdf(tmp_path / "published.pdf", body=f"{WHALES_BODY} One sentence more."))
    [one] = report.became
    assert (one.outcome, one.of) == ("duplicate", own.ids[0]) and "another file" in one.reason
    assert len(list((own.folder / "files").iterdir())) == 1


def test_a_document_that_was_changed_is_replaced(own: OwnCollection, written: Written, tmp_path: Path) -> None:
    pdf = made_pdf(tmp_path / "draft.pdf")
    note = written("note.md", "# Thoughts on owls and bats", "", "Owls hunt at night.")
    plain = written("memo.txt", "Owls hunt at night, and nobody knows why they do.")
    assert states(own.add(pdf, note, plain)) == ["added"] * 3
    made_pdf(pdf, body=f"{WHALES_BODY} One sentence more.")
    written("note.md", "# Thoughts on owls and bats", "", "Owls hunt in the morning.")
    written("memo.txt", "Owls hunt in the morning, and nobody knows why they do.")
    report = own.add(pdf, note, plain)
    assert states(report) == ["updated"] * 3 and {one.reason for one in report.became} == {"new: full text"}
    texts = [paper.part("text") for paper in own.papers]
    assert "One sentence more." in texts[0] and "morning" in texts[1] and "morning" in texts[2]
    assert states(own.add(pdf, note, plain)) == ["same"] * 3
    # The file of the first version is shown until the next change: nobody is to lose the page that is open.
    assert len(list((own.folder / "files").iterdir())) <= 2


def test_documents_without_titles_are_called_as_their_files(
    own: OwnCollection, written: Written, tmp_path: Path
) -> None:
    written("f/a/main.txt", "Owls hunt at night, and nobody knows why they do.")
    written("f/b/main.txt", "Bats find their way by echoes, as everybody knows by now.")
    assert states(own.add(tmp_path / "f")) == ["added", "added"]
    assert [paper.label for paper in own.papers] == ["main", "main"]
    assert states(own.add(tmp_path / "f")) == ["same", "same"]


def test_what_cannot_be_read_stops_nothing(own: OwnCollection, written: Written, tmp_path: Path) -> None:
    broken = written("broken.pdf", "%PDF-1.4 and nothing else")
    report = own.add(broken, tmp_path / "gone.bib", "2301.00001", "https://example.org/x", written("a.jsonl", OWL))
    assert states(report) == ["broken"] * 4 + ["added"]
    assert all(one.reason for one in report.became[:4])


def test_strict_refuses_with_the_first_reason(own: OwnCollection, written: Written) -> None:
    with pytest.raises(InputError, match=r"line 2: .*Nothing was changed\.$"):
        own.add(written("a.jsonl", OWL, "no json"), strict=True)


def test_a_stopped_run_changes_nothing(own: OwnCollection, written: Written) -> None:
    own.add(written("a.jsonl", OWL))
    own.stop = lambda: len(own.told) >= 3
    records = [OWL | {"id": f"o{n}", "title": f"Another paper on owls, number {n}"} for n in range(10)]
    with pytest.raises(AddingStoppedError):
        own.add(written("b.jsonl", *records))
    assert own.ids == ["owl"]


def test_a_run_that_was_broken_off_goes_on(own: OwnCollection, tmp_path: Path) -> None:
    for name, title in (("a", WHALES), ("b", "Owls hunting at night"), ("c", "Bats and their echoes")):
        made_pdf(tmp_path / "f" / f"{name}.pdf", title=title, abstract=f"{title} is what it is about.")
    own.stop = lambda: len(own.told) >= 2
    with pytest.raises(AddingStoppedError):
        own.add(tmp_path / "f")
    own.stop = lambda: False
    report = own.add(tmp_path / "f")
    assert states(report) == ["added"] * 3
    assert len(own.papers) == 3 and len(list((own.folder / "files").iterdir())) == 3


def test_pasted_entries_and_ids(own: OwnCollection, written: Written) -> None:
    own.add(written("a.bib", entry("s", WHALES, eprint="2001.00001", archiveprefix="arXiv")))
    report = own.add(text=f"2001.00001 and 10.1000/other\n{entry('o', 'On owls hunting at night')}\nblah blah")
    assert outcomes(report) == {
        "pasted text, entry o": "no_abstract",
        "2001.00001": "same",
        "other": "broken",
        "blah blah": "broken",
    }


def test_an_upload_is_called_as_its_owner_calls_it(own: OwnCollection, tmp_path: Path) -> None:
    pdf = made_pdf(tmp_path / "000-1a2b.pdf", title="", authors="", abstract="Whales sing.")
    report = own.add(pdf, names={str(pdf): "Smith 2020.pdf"}, local_files=False)
    [one] = report.became
    assert one.place == "Smith 2020.pdf" and "1a2b" not in one.name
    [paper] = own.papers
    assert "1a2b" not in str(paper.as_json())


def test_names_of_files_are_shown_as_they_can_be(own: OwnCollection, tmp_path: Path) -> None:
    name = "wh\x1b[31males.txt"
    (tmp_path / name).write_text("Owls hunt at night, and nobody knows why they do.", encoding="utf-8")
    undecodable = Path(os.fsdecode(os.fsencode(tmp_path) + b"/w\xff.txt"))
    undecodable.write_text("Bats find their way by echoes, as everybody knows by now.", encoding="utf-8")
    report = own.add(tmp_path)
    assert states(report) == ["added", "added", "passed_over"]  # last those of the home folder, which lies there too
    assert "\x1b" not in str(report.as_json())
    str([paper.as_json() for paper in own.papers]).encode()
