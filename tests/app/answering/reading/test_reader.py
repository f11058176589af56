"""The reader that ships: what it reads, the same however it is asked, and files that are none."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from app.answering.reading import opening
from app.answering.reading.opening import FILE, open_reader
from app.answering.reading.reader import Excerpt, OnnxReader
from retrieval.errors import InputError, ModelError
from retrieval.models.embedding import GRAPH_FILE, base_folder
from retrieval.models.names import DEFAULT_READER, NO_READER
from retrieval.shipped import shipped_file

pytestmark = pytest.mark.model
SLEEPER = Excerpt(
    "Sleeper Agents",
    (
        "Humans are capable of strategically deceptive behavior.",
        "We find that such backdoor behavior can be made persistent, not removed by standard safety training.",
        "The backdoor behavior is most persistent in the largest models.",
    ),
)
BREAD = Excerpt("On bread", ("Bread rises with yeast.", "It is baked in an oven."))
QUESTION = "Does safety training remove a backdoor?"


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    found = open_reader()
    assert found is not None
    return found


def test_it_finds_the_sentence_that_answers_and_not_another_paper(reader: OnnxReader) -> None:
    sleeper, bread = reader.read(QUESTION, [SLEEPER, BREAD])
    assert max(range(3), key=lambda place: sleeper.sentences[place]) == 1
    assert max(sleeper.sentences) > max(bread.sentences) + 2


def test_a_reading_hangs_on_nothing_but_question_and_excerpt(reader: OnnxReader) -> None:
    together = reader.read(QUESTION, [SLEEPER, BREAD, SLEEPER])
    assert together[0] == together[2] == reader.read(QUESTION, [SLEEPER])[0]
    assert together[1] == reader.read(QUESTION, [BREAD])[0]


def test_it_tells_support_from_contradiction(reader: OnnxReader) -> None:
    said = "Vitamin D supplements did not reduce the risk of fractures in older adults."
    supports, contradicts = reader.agreement(
        [
            ("Vitamin D supplements do not lower fracture risk in the elderly.", said),
            ("Vitamin D supplements reduce the risk of fractures in older adults.", said),
        ]
    )
    assert contradicts.contradicted > supports.contradicted
    assert supports.supported > contradicts.supported
    for one in (supports, contradicts):
        assert one.supported + one.contradicted + one.not_enough == pytest.approx(1, abs=1e-5)


AWKWARD = {
    "nothing": "",
    "only punctuation": "?!… --- ???",
    "control characters": "Does\x00 it\x07 \u202eanswer\u202c\u2066?",
    "right to left": "هل يزيل التدريب الباب الخلفي؟",
    "no end": "why " * 5_000,
    "one word without end": "w" * 20_000,
}


@pytest.mark.parametrize("question", AWKWARD.values(), ids=AWKWARD.keys())
def test_whatever_is_asked_is_read_in_time(reader: OnnxReader, question: str) -> None:
    reader.load()
    began = time.monotonic()
    [reading] = reader.read(question, [SLEEPER])
    assert len(reading.sentences) == 3 and time.monotonic() - began < 1
    assert all(abs(odds) < 50 for odds in reading.sentences)


def test_texts_without_end_are_read_in_time(reader: OnnxReader) -> None:
    reader.load()
    began = time.monotonic()
    long, many, empty = reader.read(
        QUESTION,
        [
            Excerpt("Long", ("words " * 2_000, "Short.")),
            Excerpt("Many", ("It is so.",) * 300),
            Excerpt("Empty", ("", "\u200b", "\x00")),
        ],
    )
    assert time.monotonic() - began < 5
    assert (len(long.sentences), len(many.sentences), len(empty.sentences)) == (2, 300, 3)


def test_evidence_without_a_word_is_read_too(reader: OnnxReader) -> None:
    for one in reader.agreement([("Apples fall.", ""), ("", "\uf0b7"), ("", "")]):
        assert one.supported + one.contradicted + one.not_enough == pytest.approx(1, abs=1e-5)


def test_of_a_question_that_is_too_long_the_end_is_read(reader: OnnxReader) -> None:
    before = "And what did people in the north think of the weather then? " * 12
    assert len(before.split()) > 96
    assert reader.read(before + QUESTION, [SLEEPER]) != reader.read(before, [SLEEPER])
    assert reader.read("Why? " + before + QUESTION, [SLEEPER]) == reader.read(before + QUESTION, [SLEEPER])


def test_there_is_no_reader_where_none_is_wanted() -> None:
    assert open_reader(NO_READER) is None


def test_a_folder_without_a_reader_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no reader"):
        open_reader(str(tmp_path))


def test_a_reader_of_ones_own_is_opened_by_its_folder(tmp_path: Path) -> None:
    shutil.copy(shipped_file(f"models/{DEFAULT_READER}/{FILE}"), tmp_path / FILE)
    own = open_reader(str(tmp_path))
    assert own is not None and own.fingerprint == opening.READER_SHA256 and own.name == str(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no network", None], ids=["empty", "text", "another network"])
def test_a_file_that_is_no_reader_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / FILE
    file.write_bytes(shipped_file(GRAPH_FILE).read_bytes() if content is None else content)
    with pytest.raises(ModelError, match=r"reader\.onnx .*: make what is in .* anew, or name another"):
        OnnxReader("mine", "", file, base_folder() / "tokenizer.json").load()


def test_a_damaged_reader_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(shipped_file(f"models/{DEFAULT_READER}/{FILE}").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / FILE).write_bytes(content)
    monkeypatch.setattr(opening, "shipped_file", lambda name: tmp_path / FILE)
    with pytest.raises(ModelError, match="reinstall"):
        open_reader()
