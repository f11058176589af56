"""References that programs read as they were meant, whatever stands in a title or a name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.citations.references import apa, bibtex, citation_key, citation_keys, csl
from retrieval.readers.latex import latex_as_text
from retrieval.types import Paper

SLEEPER = Paper(
    "sleeper-agents",
    "Sleeper Agents: Training Deceptive LLMs",
    "",
    "en",
    organisation="Anthropic",
    published=date(2024, 1, 15),
    url="https://www.anthropic.com/research/sleeper-agents",
)
UNTITLED = Paper("select", None, "", "en", label="Paper on declining requests.")

# The part of the CSL-JSON schema (csl-data.json) that references use.
_TEXT = {"type": "string", "minLength": 1}
CSL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "id"],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("id", "title", "note", "publisher", "number", "DOI", "URL"), _TEXT),
        "type": {"enum": ["article", "report"]},
        "author": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": dict.fromkeys(("family", "given", "literal"), _TEXT),
                "additionalProperties": False,
            },
        },
        "issued": {
            "type": "object",
            "properties": {
                "date-parts": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 1,
                    "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
                }
            },
            "additionalProperties": False,
        },
    },
}


def read_bibtex(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """Type, key and fields of each entry, by BibTeX's own rules: braces nest and a backslash hides none of them."""
    entries: list[tuple[str, str, dict[str, str]]] = []
    position = 0
    while head := re.compile(r"\s*@([a-z]+)\{([A-Za-z0-9-]+),").match(text, position):
        position = head.end()
        fields: dict[str, str] = {}
        while field := re.compile(r"\s*([a-z]+)\s*=\s*").match(text, position):
            position = start = field.end()
            if text[position] == "{":
                depth = 0
                while position < len(text):
                    depth += {"{": 1, "}": -1}.get(text[position], 0)
                    position += 1
                    if depth == 0:
                        break
                value = text[start + 1 : position - 1]
            else:
                word = re.compile(r"[a-z]+").match(text, position)
                assert word, f"no value at {text[position : position + 20]!r}"
                position, value = word.end(), word[0]
            assert field[1] not in fields
            fields[field[1]] = value
            position += text[position : position + 1] == ","
        end = re.compile(r"\s*\}").match(text, position)
        assert end, f"the entry does not end at {text[position : position + 20]!r}"
        position = end.end()
        entries.append((head[1], head[2], fields))
    assert not text[position:].strip(), f"left over: {text[position:]!r}"
    return entries


def shown(value: str) -> str:
    """What LaTeX sets for a field: commands as their signs, grouping braces as nothing."""
    names = {"textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}"}
    names |= {"textasciitilde": "~", "textasciicircum": "^"}
    pattern = re.compile(r"\\([a-z]+)\{\}|\\([%&$#_])|([{}])|(\\)")

    def sign(found: re.Match[str]) -> str:
        assert not found[4], f"a bare backslash in {value!r}"
        return names[found[1]] if found[1] else found[2] or ""

    return pattern.sub(sign, value)


# ---- the collection


def test_every_paper_of_the_collection_has_its_three_references(all_papers: tuple[Paper, ...]) -> None:
    keys = citation_keys(all_papers)
    assert len(set(keys.values())) == len(all_papers) == 94
    whole = "\n\n".join(bibtex(paper, keys[paper.id]) for paper in all_papers)
    entries = {key: (kind, fields) for kind, key, fields in read_bibtex(whole)}
    for paper in all_papers:
        kind, fields = entries[keys[paper.id]]
        item, line = csl(paper), apa(paper)
        jsonschema.validate(item, CSL_SCHEMA)
        assert kind == "misc"
        assert shown(fields.get("title", "")) == (paper.title or "") == item.get("title", "")
        assert ("note" in fields) == ("note" in item) == (paper.title is None)
        assert ("year" in fields) == ("issued" in item) == (paper.published is not None) == ("(n.d.)" not in line)
        assert fields.get("eprint") == paper.arxiv_id
        assert fields.get("url") == item.get("URL") and (not paper.url or fields["url"] == paper.url)
        assert (paper.title or f"[{paper.label}]") in line
        assert ".." not in line and "  " not in line and "None" not in line


def test_a_paper_of_an_organisation() -> None:
    assert bibtex(SLEEPER) == (
        "@misc{anthropic2024sleeperagents,\n"
        "  author = {{Anthropic}},\n"
        "  title = {Sleeper Agents: Training Deceptive {LLMs}},\n"
        "  year = {2024},\n"
        "  month = jan,\n"
        "  url = {https://www.anthropic.com/research/sleeper-agents}\n"
        "}"
    )
    assert apa(SLEEPER) == (
        "Anthropic. (2024, January 15). Sleeper Agents: Training Deceptive LLMs. "
        "https://www.anthropic.com/research/sleeper-agents"
    )
    assert csl(SLEEPER) == {
        "id": "anthropic2024sleeperagents",
        "type": "article",
        "title": "Sleeper Agents: Training Deceptive LLMs",
        "author": [{"literal": "Anthropic"}],
        "issued": {"date-parts": [[2024, 1, 15]]},
        "URL": "https://www.anthropic.com/research/sleeper-agents",
    }


def test_a_preprint_names_arxiv() -> None:
    paper = replace(SLEEPER, arxiv_id="2401.05566", url="https://arxiv.org/pdf/2401.05566v3")
    ((_, _, fields),) = read_bibtex(bibtex(paper))
    assert (fields["eprint"], fields["archiveprefix"]) == ("2401.05566", "arXiv")
    assert apa(paper).endswith("LLMs (arXiv:2401.05566). arXiv. https://arxiv.org/abs/2401.05566")
    assert "(2024)." in apa(paper)
    assert csl(paper)["number"] == "arXiv:2401.05566"


def test_a_label_is_never_given_as_a_title() -> None:
    ((kind, _, fields),) = read_bibtex(bibtex(replace(UNTITLED, kind="report", organisation="NIST")))
    assert kind == "misc" and "title" not in fields
    assert fields["note"].endswith("describes it as: Paper on declining requests.")
    assert "title" not in csl(UNTITLED)
    assert apa(UNTITLED) == "[Paper on declining requests]. (n.d.)."


def test_a_report_with_a_title_is_a_technical_report() -> None:
    ((kind, _, fields),) = read_bibtex(bibtex(replace(SLEEPER, kind="report")))
    assert kind == "techreport" and shown(fields["institution"]) == "Anthropic"
    assert csl(replace(SLEEPER, kind="report"))["type"] == "report"


@pytest.mark.parametrize(
    ("names", "in_bibtex", "in_apa"),
    [
        (("Evan Hubinger",), "Hubinger, Evan", "Hubinger, E."),
        (("Hubinger, Evan J.", "Ludwig van Beethoven"), "Hubinger, Evan J. and van Beethoven, Ludwig",
         "Hubinger, E. J., & van Beethoven, L."),
        (("Jean-Paul Sartre", "A B", "C D"), "Sartre, Jean-Paul and B, A and D, C", "Sartre, J.-P., B, A., & D, C."),
        (("张三",), "{张三}", "张三."),
        (("Smith and Sons",), "{Smith and Sons}", "Smith and Sons."),
        (("A, B, C",), "A, {B, C}", "A, B. C."),
    ],
)  # fmt: skip
def test_people_are_named_as_each_form_wants(names: tuple[str, ...], in_bibtex: str, in_apa: str) -> None:
    paper = replace(SLEEPER, authors=names)
    ((_, _, fields),) = read_bibtex(bibtex(paper))
    assert fields["author"] == in_bibtex
    assert apa(paper).startswith(f"{in_apa} (2024")


def test_more_than_twenty_authors_are_shortened() -> None:
    paper = replace(SLEEPER, authors=tuple(f"A Name{number}" for number in range(25)))
    assert "Name18, A., … Name24, A. (2024" in apa(paper)


def test_full_stops_are_not_doubled() -> None:
    assert apa(replace(SLEEPER, organisation="Evil Corp.", title="Why?", url=None)) == (
        "Evil Corp. (2024, January 15). Why?"
    )


def test_a_doi_comes_before_other_addresses() -> None:
    paper = replace(SLEEPER, doi="https://doi.org/10.1000/x{y}_z")
    assert apa(paper).endswith("https://doi.org/10.1000/x%7By%7D_z")
    assert csl(paper)["DOI"] == "10.1000/x{y}_z"
    assert read_bibtex(bibtex(paper))[0][2]["doi"] == "10.1000/x%7By%7D_z"


def test_keys_are_told_apart() -> None:
    papers = [replace(SLEEPER, id=f"p{number}") for number in range(40)]
    keys = citation_keys(papers)
    assert list(keys.values())[:3] == [f"anthropic2024sleeperagents{end}" for end in ("", "b", "c")]
    assert len(set(keys.values())) == 40
    assert citation_key(replace(SLEEPER, title="相", authors=("张三",))) == "sleeper-agents"


def test_of_a_day_that_stands_for_its_year_the_year_alone_is_told() -> None:
    paper = replace(SLEEPER, published=date(2024, 1, 1))
    assert "(2024). " in apa(paper) and "January" not in apa(paper)
    assert csl(paper)["issued"] == {"date-parts": [[2024]]}
    assert "year = {2024}" in bibtex(paper) and "month" not in bibtex(paper)


def test_signs_that_latex_would_join_stay_apart() -> None:
    entry = bibtex(replace(SLEEPER, title="From a--b to ``c'' and d---e"))
    assert latex_as_text(read_bibtex(entry)[0][2]["title"]) == "From a--b to ``c'' and d---e"


# ---- hostile fields

_HOSTILE = st.sampled_from(
    ["{", "}", "\\", "%", "\n", '"', "@misc{x,", "},", "\\end{document}", "$\\write18{rm}$", "# & _ ~ ^", "\x00\u202e"]
)
hostile = st.lists(_HOSTILE | st.text(max_size=12), max_size=6).map("".join)


@given(
    hostile,
    hostile,
    st.lists(hostile, max_size=3),
    hostile,
    hostile,
    st.booleans(),
    st.sampled_from(["paper", "report"]),
)
def test_no_field_breaks_out_of_its_reference(
    title: str, organisation: str, authors: list[str], address: str, doi: str, titled: bool, kind: str
) -> None:
    paper = Paper(
        id=title or "x",
        title=title if titled else None,
        abstract="",
        language="en",
        label=title,
        authors=tuple(authors),
        organisation=organisation,
        published=date(2024, 2, 29),
        url=f"https://host/{address}",
        arxiv_id=doi,
        doi=f"10.1234/{doi}",
        kind=kind,
    )
    ((_, key, fields),) = read_bibtex(bibtex(paper))
    assert key == citation_key(paper)
    known = {"author", "title", "note", "institution", "year", "month", "eprint", "archiveprefix", "doi", "url"}
    assert set(fields) <= known
    assert "\n" not in "".join(fields.values())
    for name in ("title", "author", "institution", "note"):
        shown(fields.get(name, ""))  # every backslash is one of ours
    for name in ("url", "doi"):
        assert not set(fields.get(name, "")) & set('{}\\ "<>')
    if titled:
        assert shown(fields.get("title", "")).split() == csl(paper).get("title", "").split()
    item = csl(paper)
    jsonschema.validate(item, CSL_SCHEMA)
    assert "\n" not in apa(paper)
