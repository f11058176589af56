"""Which test holds which cell: what the program does, down, and what goes wrong meanwhile, across.

A cell without a test says in a word why it has none.
"""

from __future__ import annotations

from dataclasses import dataclass

ROWS = ("first build", "rebuild", "add", "sync", "serve", "ask", "stream", "train", "migrate")
COLUMNS = {
    "kill": "killed at random moments",
    "disk": "the disk is full",
    "read-only": "the home folder may only be read",
    "clock": "the clock jumps a day",
    "page": "a page of a SQLite file is damaged",
    "weights": "a weight file is cut short",
    "vectors": "the Chroma folder is deleted",
    "chroma": "the Chroma server hangs",
    "model": "the model server hangs, never ends, sends garbage, ten megabytes at once, or closes in the middle",
    "two": "two of them on one home folder",
    "term": "SIGTERM under load",
}
HERE = "tests/faults/"


@dataclass(frozen=True, slots=True)
class Cell:
    """Tests as `FILE::FUNCTION`, or `FILE::FUNCTION[FIRST PARAMETER`; without any, the word why."""

    tests: tuple[str, ...] = ()
    why: str = ""


def _of(*tests: str) -> Cell:
    return Cell(tuple(test if test.startswith("tests/") else f"{HERE}{test}" for test in tests))


def _none(why: str) -> Cell:
    return Cell(why=why)


_COMMANDS = ("first build", "rebuild", "add", "sync", "ask", "train", "migrate")
_NOT_SERVING = "nothing is served"
_NO_MODEL = "no model server is asked"
_NO_PAPERS = "no papers are read"

CELLS: dict[tuple[str, str], Cell] = {
    **{(row, "kill"): _of(f"test_killed.py::test_commands[{row}") for row in _COMMANDS},
    ("add", "kill"): _of("test_killed.py::test_commands[add", "test_killed_builds.py::test_twenty_kills"),
    ("serve", "kill"): _of("test_serving.py::test_a_server_is_killed_while_it_begins"),
    ("stream", "kill"): _of("test_serving.py::test_a_server_is_killed_while_it_answers"),
    #
    **{(row, "disk"): _of(f"test_no_room.py::test_a_full_disk[{row}") for row in _COMMANDS},
    ("first build", "disk"): _of(
        "test_no_room.py::test_a_full_disk[first build",
        "tests/app/test_full_disk.py::test_the_first_index",
    ),
    ("add", "disk"): _of(
        "test_no_room.py::test_a_full_disk[add", "test_killed_builds.py::test_a_full_disk_and_then_room"
    ),
    ("serve", "disk"): _of("tests/app/test_full_disk.py::test_a_server_goes_on_and_its_index_is_not_taken_for_damaged"),
    ("stream", "disk"): _of("test_no_room.py::test_a_server_on_a_full_disk"),
    ("train", "disk"): _of(
        "test_no_room.py::test_a_full_disk[train", "tests/app/test_full_disk.py::test_a_models_weights"
    ),
    #
    **{(row, "read-only"): _of(f"test_no_room.py::test_a_home_that_may_only_be_read[{row}") for row in _COMMANDS},
    ("serve", "read-only"): _of("test_no_room.py::test_a_server_over_a_home_that_may_only_be_read"),
    ("stream", "read-only"): _none("the server does not begin"),
    #
    **{(row, "clock"): _of(f"test_clock.py::test_commands[{row}") for row in _COMMANDS},
    ("serve", "clock"): _of("test_clock.py::test_a_server"),
    ("stream", "clock"): _of("test_clock.py::test_a_server"),
    #
    **{
        (row, "page"): _of(f"test_damage.py::test_a_page_of_a_database[{row}")
        for row in ("rebuild", "add", "sync", "ask", "migrate")
    },
    ("first build", "page"): _none("there is no file yet"),
    ("serve", "page"): _none("as ask: it opens the same files"),
    ("stream", "page"): _none("as ask: it opens the same files"),
    ("train", "page"): _none(_NO_PAPERS),
    #
    ("first build", "weights"): _of("test_damage.py::test_an_embedding_model[first build"),
    ("ask", "weights"): _of(
        "test_damage.py::test_an_embedding_model[ask",
        "test_damage.py::test_a_reader_model",
        "test_damage.py::test_a_language_model",
    ),
    ("train", "weights"): _of("test_damage.py::test_a_model_to_teach"),
    **{
        (row, "weights"): _none("as first build: the same model embeds")
        for row in ("rebuild", "add", "sync", "migrate")
    },
    **{(row, "weights"): _none("as ask: the same models are loaded") for row in ("serve", "stream")},
    #
    **{(row, "vectors"): _none(_NOT_SERVING) for row in ("first build", "rebuild", "add", "sync", "train", "migrate")},
    ("ask", "vectors"): _none("made anew, as a rebuild"),
    ("serve", "vectors"): _of("test_damage.py::test_vectors_that_are_taken_from_a_server"),
    ("stream", "vectors"): _of("test_damage.py::test_vectors_that_are_taken_from_a_server"),
    #
    **{
        (row, "chroma"): _of(f"test_servers_behind.py::test_a_chroma_that_hangs[{row}")
        for row in ("first build", "add", "sync", "ask")
    },
    ("serve", "chroma"): _of("test_servers_behind.py::test_a_server_whose_chroma_hangs"),
    ("stream", "chroma"): _of(
        "test_servers_behind.py::test_a_server_whose_chroma_hangs",
        "tests/cluster/test_chroma_servers.py::test_a_server_that_is_killed_is_told_and_skipped",
    ),
    **{(row, "chroma"): _none("as first build: the same writing") for row in ("rebuild", "migrate")},
    ("train", "chroma"): _none(_NO_PAPERS),
    #
    **{(row, "model"): _none(_NO_MODEL) for row in ("first build", "rebuild", "add", "sync", "train", "migrate")},
    ("ask", "model"): _of("test_servers_behind.py::test_a_command"),
    ("serve", "model"): _of("test_servers_behind.py::test_a_server"),
    ("stream", "model"): _of("test_servers_behind.py::test_a_server"),
    #
    ("first build", "two"): _of("test_serving.py::test_two_build_at_once"),
    ("add", "two"): _of("test_serving.py::test_two_loaders_and_two_servers"),
    ("serve", "two"): _of("test_serving.py::test_two_loaders_and_two_servers"),
    ("stream", "two"): _of(
        "test_serving.py::test_two_loaders_and_two_servers",
        "tests/app/test_following.py::test_eight_readers_while_the_index_is_switched_again_and_again",
    ),
    **{(row, "two"): _none("as first build: the same lock") for row in ("rebuild", "sync", "migrate")},
    ("ask", "two"): _none("it only reads"),
    ("train", "two"): _none("each run has a folder of its own"),
    #
    **{
        (row, "term"): _none("ends at once, as when it is killed")
        for row in ("first build", "rebuild", "add", "sync", "ask", "train", "migrate")
    },
    ("serve", "term"): _of("test_serving.py::test_a_sigterm_under_load"),
    ("stream", "term"): _of(
        "test_serving.py::test_a_sigterm_under_load",
        "tests/app/test_server_stopping.py::test_a_signal_ends_every_answer_with_a_sentence",
    ),
}


def all_tests() -> tuple[str, ...]:
    """Each test once, in the order of the columns, without parameters."""
    found = [test for column in COLUMNS for row in ROWS for test in CELLS[row, column].tests]
    return tuple(dict.fromkeys(test.split("[")[0] for test in found))
