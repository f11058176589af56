"""The words of a collection on disk: which papers have which, while others write, and what is said of damage."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import CorpusError, IndexStoreError
from retrieval.lexical.document import MAX_TERM_CHARS, Field, paper_document, stems, terms_of
from retrieval.lexical.words import MAX_LIKE, Document, Words, WordsWriter, open_words, words_of
from retrieval.types import Paper

SLEEPERS = Paper(
    "arxiv-1",
    "Sleeper Agents: Deceptive Models",
    "Backdoors persist through training. Backdoors are hidden.",
    "en",
    authors=("Evan Hubinger", "Bo van Dyk"),
    organisation="Owl Lab",
    category="Model organisms",
    summary="Safety trained away.",
)
KNOWING = Paper("zh-2", "知道", "模型知道。", "zh", translations={"en": "Models know themselves."}, authors=("Bo",))
ROBUST = Paper("r-3", "Robust Weak-to-Strong Generalization in Debate? A study", "Debate trains models.", "en")
DOCUMENTS = (Document(3, SLEEPERS, ("Can a model sleep?",)), Document(5, KNOWING), Document(9, ROBUST))


def paper(number: int, text: str) -> Document:
    return Document(number, Paper(f"p{number}", f"n{number}", text, "en"))


def written(folder: Path, *documents: Document) -> WordsWriter:
    writer = WordsWriter(folder)
    writer.add(documents)
    writer.commit()
    return writer


@pytest.fixture(scope="module")
def words() -> Words:
    return words_of(DOCUMENTS)


@pytest.mark.parametrize(
    ("field", "term", "numbers"),
    [
        ("words", "backdoor", [3]),
        ("words", "sleep", [3]),  # Of its question alone.
        ("words", "model", [3, 5, 9]),
        ("words", "know", [5]),
        ("words", "知", [5]),
        ("words", "organ", []),
        ("record", "organism", [3]),
        ("record", "train", [3]),
        ("record", "backdoor", []),
        ("subject", "sleep", [3]),
        ("subject", "organism", [3]),
        ("subject", "train", []),  # Of its summary alone.
        ("abstract", "backdoor", [3]),
        ("abstract", "know", [5]),
        ("abstract", "debat", [9]),
        ("abstract", "sleep", []),
        ("half", "agents", [3]),
        ("half", "lab", [3]),
        ("half", "arxiv", [3]),
        ("half", "知道", [5]),
        ("author", "evan hubinger", [3]),
        ("author", "dyk", []),
        ("family", "dyk", [3]),
        ("family", "van dyk", []),
        ("author", "bo", [5]),
        ("called", "sleep agent", [3]),
        ("called", "知 道", [5]),
        ("called", "sleep", []),
        ("named", "sleeper agents deceptive", [3]),
        ("named", "sleeper agents", [3]),
        ("named", "robust weak to", [9]),
        ("named", "a study", []),
    ],
)
def test_each_field_has_its_terms(words: Words, field: Field, term: str, numbers: list[int]) -> None:
    assert words.having(field, [term]) == numbers
    assert words.frequency(field, term) == len(numbers)


def test_papers_with_all_terms_and_with_any(words: Words) -> None:
    assert words.having("words", ["model", "train"]) == [3, 9]
    assert words.having("words", ["model", "train", "debat"]) == [9]
    assert words.having("words", ["model", "nothing"]) == []
    assert words.having_any("words", ["backdoor", "nothing", "know"]) == [3, 5]
    assert words.having("words", []) == words.having_any("words", []) == []


def test_papers_with_a_term_in_any_field_are_counted_once(words: Words) -> None:
    assert words.frequency_in_any(["record", "abstract"], "model") == 3
    assert words.frequency_in_any(["record", "abstract"], "backdoor") == 1
    assert words.frequency_in_any(["record"], "backdoor") == words.frequency_in_any([], "model") == 0


def test_of_many_those_that_came_first_are_given(words: Words) -> None:
    assert words.having("words", ["model"], 2) == [3, 5]
    assert words.having_any("words", ["debat", "know", "backdoor"], 1) == [3]
    assert words.having("words", ["model"], 0) == []


def test_terms_are_found_by_their_beginning(words: Words) -> None:
    assert words.beginning("half", "de", 5) == ["debate", "deceptive"]
    assert words.beginning("words", "t", 1) == ["train"]
    assert words.beginning("words", "qq", 5) == []


def test_the_best_are_those_that_say_it_most_and_rarest() -> None:
    words = words_of([paper(1, "owl cat dog"), paper(2, "owl owl cat"), paper(3, "cat fish dog"), paper(4, "cat")])
    assert words.best(["owl"], 5) == [2, 1]
    assert words.best(["owl", "cat"], 5)[:2] == [2, 1]
    assert words.best(["owl", "cat"], 1) == [2]
    assert words.best(["cat", "fish"], 1) == [3]
    assert words.best(["cat"], 5, among=[3, 4, 77]) == [4, 3]
    assert words.best(["owl"], 5, among=[3, 4]) == words.best(["owl"], 5, among=[]) == []
    assert words.best([], 5) == words.best(["zebra"], 5) == words.best(["owl"], 0) == []


def test_the_best_of_many_chosen_ones() -> None:
    words = words_of(paper(number, "owl" if number % 3 else "owl owl cat") for number in range(2_000))
    assert words.best(["owl", "cat"], 2_000, among=range(0, 2_000, 3)) == list(range(0, 2_000, 3))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sycophnacy", [1]),  # Changed places, and another ending than its stem has.
        ("hallucinatoins", [2]),
        ("halucination", [2]),
        ("hallucinnation", [2]),
        ("hallucimation", [2]),
        ("halucinnation", [2]),  # Two errors, in a long word.
        ("tosk", [3]),
        ("toskk", []),  # Two errors, in a short word.
        ("tsk", []),
    ],
)
def test_a_word_that_nobody_has_is_read_as_those_near_to_it(typed: str, found: list[int]) -> None:
    words = words_of([paper(1, "Sycophancy."), paper(2, "Hallucinations."), paper(3, "Tasks.")])
    assert words.best([typed], 5) == found
    assert set(words.best([typed, "sycoph"], 5)) == {1, *found}


def test_a_word_that_is_there_is_not_read_as_another() -> None:
    words = words_of([paper(1, "mice"), paper(2, "dice"), paper(3, "rice")])
    assert words.best(["mice"], 5) == [1]
    assert words.like("nice") == ["dice", "mice", "rice"]


def test_only_a_few_near_words_are_looked_for() -> None:
    words = words_of(paper(number, f"cart{letter}") for number, letter in enumerate("bcdfghjklmnp"))
    assert len(words.like("cartq")) == MAX_LIKE
    assert words.best(["zzzzz"] * 10_000, 3) == []


def test_words_of_a_paper_are_counted() -> None:
    assert WordsWriter(None).add(DOCUMENTS) == sum(
        len(stems(paper_document(each.paper, each.questions))) for each in DOCUMENTS
    )


TEXTS = st.text(max_size=40) | st.text(alphabet="aB1.5%,模 :?!—İŉ\x00\ud800\n", max_size=20)
PAPERS = st.builds(
    Paper,
    id=TEXTS,
    title=st.none() | TEXTS,
    abstract=TEXTS,
    language=st.sampled_from(["en", "zh"]),
    authors=st.lists(TEXTS, max_size=2).map(tuple),
    organisation=st.none() | TEXTS,
    category=st.none() | TEXTS,
    summary=TEXTS,
    translations=st.dictionaries(st.just("en"), TEXTS),
)


@settings(max_examples=40, deadline=None)
@given(PAPERS, st.lists(TEXTS, max_size=2))
def test_every_term_of_any_paper_finds_it(odd: Paper, questions: list[str]) -> None:
    document = Document(7, odd, questions)
    terms = terms_of(document)
    assert terms["words"] == stems(paper_document(odd, questions))
    words = words_of([document])
    for field in get_args(Field):
        for term in terms[field]:
            assert words.having(field, [term]) == [7], (field, term)


def test_long_terms_are_cut_on_both_sides() -> None:
    long = "x" * 70_000
    words = words_of([Document(1, Paper(long, long, f"{long} {'b' * MAX_TERM_CHARS}", "en", authors=(long,)))])
    for field in get_args(Field):
        assert words.having(field, [long]) == [1], field
        assert words.beginning(field, long, 3) == ["x" * MAX_TERM_CHARS]


def test_nothing_is_seen_before_it_is_committed(tmp_path: Path) -> None:
    writer = written(tmp_path, paper(1, "owls"))
    writer.add([paper(2, "owls")])
    writer.forget([1])
    assert writer.words().having("words", ["owl"]) == open_words(tmp_path).having("words", ["owl"]) == [1]
    writer.commit()
    assert writer.words().having("words", ["owl"]) == open_words(tmp_path).having("words", ["owl"]) == [2]


def test_of_a_writer_that_did_not_commit_nothing_is_left(tmp_path: Path) -> None:
    writer = written(tmp_path, paper(1, "owls"))
    writer.add([paper(2, "owls")])
    del writer
    gc.collect()
    again = written(tmp_path, paper(3, "owls"))
    assert again.words().having("words", ["owl"]) == [1, 3]


def test_what_a_killed_run_left_is_forgotten(tmp_path: Path) -> None:
    written(tmp_path, paper(1, "owls"), paper(2, "owls"), paper(3, "owls"))
    writer = WordsWriter(tmp_path)
    writer.forget_after(1)
    writer.add([paper(2, "owls and cats")])
    writer.commit()
    words = open_words(tmp_path)
    assert words.having("words", ["owl"]) == [1, 2] and words.having("words", ["cat"]) == [2]


def test_what_is_forgotten_is_not_counted(tmp_path: Path) -> None:
    writer = written(tmp_path, *(paper(number, "owls") for number in range(5)))
    writer.forget([1, 2, 77])
    writer.commit()
    words = writer.words()
    assert words.frequency("words", "owl") == 3 and words.having("words", ["owl"]) == [0, 3, 4]
    writer.forget_after(-1)
    writer.commit()
    assert writer.words().frequency("words", "owl") == 0 and writer.words().having("words", ["owl"]) == []
    assert words.frequency("words", "owl") == 3


def test_a_writer_with_nothing_to_do_leaves_an_empty_index(tmp_path: Path) -> None:
    WordsWriter(tmp_path / "words").commit()
    words = open_words(tmp_path / "words")
    assert words.frequency("words", "owl") == 0 and words.best(["owl"], 3) == []


def test_a_failure_of_who_gives_the_papers_stays_as_it_is(tmp_path: Path) -> None:
    def failing() -> Iterator[Document]:
        yield paper(1, "owls")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        WordsWriter(tmp_path).add(failing())
    assert open_words(tmp_path).frequency("words", "owl") == 0


WRITE_MORE = """
import sys
from pathlib import Path
from retrieval.lexical.words import Document, WordsWriter
from retrieval.types import Paper
writer = WordsWriter(Path(sys.argv[1]))
for number in range(2, 12):
    writer.forget([number - 1])
    writer.add([Document(number, Paper("p", "n", "owls and cats", "en"))])
    writer.commit()
"""


def test_a_searcher_keeps_its_moment_while_another_process_writes(tmp_path: Path) -> None:
    written(tmp_path, paper(1, "owls"))
    before = open_words(tmp_path)
    subprocess.run([sys.executable, "-c", WRITE_MORE, str(tmp_path)], check=True, timeout=60)
    assert before.having("words", ["owl"]) == [1] and before.frequency("words", "cat") == 0
    assert before.best(["owl"], 3) == [1] and before.beginning("words", "o", 3) == ["owl"]
    assert open_words(tmp_path).having("words", ["cat"]) == [11]


def test_threads_find_the_same(words: Words) -> None:
    terms = ["model", "backdoor", "know", "traning"] * 20
    alone = [words.best([term], 3) for term in terms]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda term: words.best([term], 3), terms)) == alone


READ_ONLY = """
import os, sys
from pathlib import Path
from retrieval.lexical.words import open_words
folder = Path(sys.argv[1])
open_words(folder)
if os.getuid() == 0:
    os.setuid(65534)
try:
    (folder / "new").touch()
except PermissionError:
    words = open_words(folder)
    print(words.having("words", ["owl"]), words.best(["owls"], 3), words.beginning("words", "o", 2))
"""


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="folders are made read-only in another way there")
def test_a_folder_that_cannot_be_written_is_read() -> None:
    # Not in pytest's own folder, into which no other user may look.
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "words"
        written(folder, paper(1, "owls"), paper(2, "owls"))
        Path(parent).chmod(0o755)
        for file in folder.iterdir():
            file.chmod(file.stat().st_mode & 0o444)
        folder.chmod(0o555)
        said = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(folder)], capture_output=True, text=True, timeout=60
        )
        folder.chmod(0o755)
    assert said.stdout == "[1, 2] [1, 2] ['owl']\n", said.stderr


def test_a_folder_without_words_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(IndexStoreError, match=r"There are no words in .*: ingest the papers again"):
            open_words(folder)


@pytest.mark.parametrize("kind", ["meta.json", ".term", ".idx", ".fast", ".fieldnorm"])
@pytest.mark.parametrize("how", ["cut", "gone", "garbage"])
def test_damage_is_said_in_one_sentence(tmp_path: Path, kind: str, how: str) -> None:
    written(tmp_path, paper(1, "owls"))
    (file,) = (file for file in tmp_path.iterdir() if file.name.endswith(kind) and not file.name.startswith("."))
    content = file.read_bytes()
    file.unlink()
    if how != "gone":
        file.write_bytes(content[: len(content) // 2] if how == "cut" else b"garbage" * 40)
    with pytest.raises(IndexStoreError, match=r"^(The|There are no) words in .*: ingest the papers again\.$"):
        open_words(tmp_path).best(["owl"], 3)


def test_words_of_another_version_are_not_read(tmp_path: Path) -> None:
    from tantivy import Index, SchemaBuilder

    Index(SchemaBuilder().add_text_field("words").build(), path=str(tmp_path))
    with pytest.raises(IndexStoreError, match="of another version"):
        open_words(tmp_path)
    with pytest.raises(IndexStoreError, match="ingest the papers again"):
        WordsWriter(tmp_path)


def test_two_cannot_write_at_once(tmp_path: Path) -> None:
    first, second = WordsWriter(tmp_path), WordsWriter(tmp_path)
    first.add([paper(1, "owls")])
    with pytest.raises(IndexStoreError, match="written by another process: wait"):
        second.add([paper(2, "owls")])
    first.commit()
    assert second.add([paper(2, "owls")]) == 2


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(IndexStoreError, match="cannot be used"):
        WordsWriter(tmp_path / "file" / "words")


def test_an_error_of_ours_passes_through_the_writer(tmp_path: Path) -> None:
    def failing() -> Iterator[Document]:
        raise CorpusError("line 3")
        yield

    with pytest.raises(CorpusError, match="line 3"):
        WordsWriter(tmp_path).add(failing())
