"""What a hostile model or model server may cost: time, memory and a reader's patience all have bounds."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from app.answering.checking.support import MODEL_FILE, SupportCheck, read_support
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.citation import Citation
from app.answering.citations.stream import MarkerStream, cited_sentences, marked, without_markers
from app.answering.events import Done, Status, Token
from app.answering.models.language_model import LanguageModel
from app.answering.models.opening import open_llm
from app.answering.models.relay import MOST_WAITING, relayed
from app.answering.models.served_http import first_model_at
from app.answering.models.text_stream import ThinkBlock
from app.answering.query.rewriting import rewritten_question
from app.answering.question import Turn, checked_question
from app.answering.writing.prose import answer_at_once
from app.answering.writing.stream import MAX_TEXT_CHARS, whole_sentences, written
from app.build import LocalAnswerer
from retrieval.errors import ModelError
from retrieval.shipped import shipped_file
from tests.support.own_time import own_seconds

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]
QUESTION = "Do safety techniques remove a backdoor that was trained in?"
HOSTILE = {
    "brackets": "[",
    "numbers in round brackets": "(1",
    "markers in round brackets": "(1)",
    "markers": "[1]",
    "markers in markers": "[1 ",
    "sources in sources": "[source ",
    "nested brackets": f"{'[' * 100}1{']' * 100}",
    "nested round brackets": f"{'(' * 100}1{')' * 100}",
    "half a marker": f"x [{',' * 150}",
    "a citation and space": f"x (1){' ' * 150}",
    "small sentences": "a. ",
    "initials": "U.S. ",
    "sentences": "Ab cd. [1] ",
    "figures": "1. ",
    "chinese sentences": "模型。",
    "prices": "a $1. ",
    "dots": ".",
    "closers": "”",
    "stops and closers": "x.)",
    "white space": " ",
    "lines": "\n",
    "digits": "1",
    "letters": "a",
    "formulas": "$x. Y$ ",
    "addresses": "a@",
    "invisible signs": "\u200b\u202e",
}


def cut(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


class Chat:
    """A model whose pieces cost nothing to make, so that what is measured is ours."""

    def __init__(self, pieces: list[str]) -> None:
        self._chunks = [SimpleNamespace(text=piece, response_metadata={}) for piece in pieces]

    def stream(self, messages: object, **options: object) -> Iterator[Any]:
        yield from self._chunks


def drained(telling: Any) -> Any:
    """What a generator gives in the end."""
    while True:
        try:
            next(telling)
        except StopIteration as end:
            return end.value


@pytest.fixture
def seconds() -> Iterator[Callable[[], float]]:
    yield own_seconds()
    gc.unfreeze()


@pytest.mark.parametrize("piece", [1, 64, MAX_TEXT_CHARS])
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_text_takes_more_than_half_a_second(kind: str, piece: int, seconds: Callable[[], float]) -> None:
    """From the model's pieces to the sentences that are checked, at the greatest length that a text has."""
    text = (HOSTILE[kind] * MAX_TEXT_CHARS)[:MAX_TEXT_CHARS]
    stream = MarkerStream((1, 2, 3))
    clean = "".join([*(stream.feed(one) for one in cut(text, piece)), stream.finish()])
    sentences = whole_sentences(cited_sentences(clean), True)
    assert len(sentences) <= 4
    assert seconds() < 0.5


@pytest.mark.parametrize("piece", [1, 64, MAX_TEXT_CHARS])
@pytest.mark.parametrize("kind", HOSTILE)
def test_nor_does_its_reading(kind: str, piece: int, seconds: Callable[[], float]) -> None:
    text = HOSTILE[kind] * MAX_TEXT_CHARS
    model = LanguageModel(Chat(cut(text[: 2 * MAX_TEXT_CHARS], piece)), "hostile")  # type: ignore[arg-type]
    said, before = [], seconds()
    try:
        said = [one for one in written(model, [("human", "q?")]) if isinstance(one, str)]
    except ModelError:
        assert not text[0].strip() or not text[0].isprintable()
    assert len("".join(said)) <= MAX_TEXT_CHARS
    without_markers("".join(said))
    marked("".join(said), "[1]")
    assert seconds() - before < 0.5


@pytest.mark.parametrize("kind", HOSTILE)
def test_nor_does_a_whole_answer(
    kind: str, answerer: LocalAnswerer, cite: Callable[..., Citation], seconds: Callable[[], float]
) -> None:
    """Twenty times as much text as is read, in pieces of a word, with the check that ships."""
    model = LanguageModel(Chat(cut(HOSTILE[kind] * 20 * MAX_TEXT_CHARS, 5)[: 4 * MAX_TEXT_CHARS]), "hostile")  # type: ignore[arg-type]
    vocabulary = vocabulary_of(answerer.papers)
    support = SupportCheck(read_support(shipped_file(MODEL_FILE)), vocabulary, answerer.retriever.embedder)
    quotes = [cite(1, "Models lie often.", title="On lies"), cite(2, "模型会说谎。", gloss="They lie.")]
    question = checked_question("And in larger models?", (Turn("user", QUESTION), Turn("assistant", "No.")))
    support.checked([("Models lie.", (1,))], quotes)  # what is read once is read
    before = seconds()
    for telling in (
        answer_at_once(model, QUESTION, quotes, support, drop_unsupported=False),
        rewritten_question(question, QUESTION, model),
    ):
        with suppress(ModelError):
            drained(telling)
    assert seconds() - before < 1.5


@pytest.mark.parametrize("piece", ["<think>hm</think>", "<think>", " ", "<think></think>" * 20_000])
def test_thoughts_are_read_once(piece: str, seconds: Callable[[], float]) -> None:
    thoughts = ThinkBlock()
    for _ in range(4_000_000 // max(100, len(piece))):
        thoughts.feed(piece)
    assert seconds() < 0.5


def test_a_stream_waits_for_a_slow_reader() -> None:
    made = 0

    async def endless() -> AsyncGenerator[int, None]:
        nonlocal made
        while True:
            made += 1
            yield made

    stream = relayed(endless, 0.1)
    taken = [next(stream) for _ in range(5)]
    time.sleep(0.3)
    assert taken == [1, 2, 3, 4, 5] and made <= MOST_WAITING + 10
    assert [next(stream) for _ in range(2 * MOST_WAITING)][-1] == 5 + 2 * MOST_WAITING
    assert isinstance(stream, Generator)
    stream.close()
    time.sleep(0.1)
    ended = made
    time.sleep(0.2)
    assert made == ended


ENDLESS = {
    "sentences": ["So it is [1]. "],
    "brackets": ["["],
    "figures": ["1. "],
    "white space": [" \n"],
    "thoughts": ["<think>hm"],
    "thought upon thought": ["<think>hm</think>"],
    "nothing": [""],
}


@pytest.fixture
def served(built_full: Any, model_server: Any) -> Callable[..., LocalAnswerer]:
    """An answerer over a model server that sends the same for ever."""

    def made(pieces: list[str], timeout_s: float) -> LocalAnswerer:
        model_server.pieces, model_server.ending = pieces, "endless"
        chat = open_llm("openai:m", url=model_server.url, home=built_full.home, timeout_s=timeout_s)
        return LocalAnswerer(built_full.retriever, lambda: LanguageModel(chat, "served"))

    return made


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_server_that_never_ends_is_ended(served: Callable[..., LocalAnswerer], model_server: Any, kind: str) -> None:
    answerer = served(ENDLESS[kind], timeout_s=3)
    list(answerer.stream(checked_question(QUESTION)))  # what is loaded once is loaded
    memory = psutil.Process().memory_info().rss
    began = time.monotonic()
    events = list(answerer.stream(checked_question(QUESTION)))
    assert time.monotonic() - began < 20
    assert isinstance(events[-1], Done) and events[-1].answer.status == "answered"
    assert len("".join(event.text for event in events if isinstance(event, Token))) < 2 * MAX_TEXT_CHARS
    assert psutil.Process().memory_info().rss - memory < 100_000_000
    assert model_server.reader_left.wait(5)


@pytest.mark.parametrize("kind", sorted(ENDLESS.keys() - {"sentences"}))
def test_its_reader_can_leave_at_any_time(served: Callable[..., LocalAnswerer], model_server: Any, kind: str) -> None:
    answerer = served(ENDLESS[kind], timeout_s=30)
    stream = answerer.stream(checked_question(QUESTION))
    until, told, longest = time.monotonic() + 3, time.monotonic(), 0.0
    for event in stream:
        now = time.monotonic()
        if isinstance(event, Status) and event.text.startswith("Writing"):
            longest, told = max(longest, now - told), now
        else:
            told = now
        if now > until:
            break
    began = time.monotonic()
    stream.close()
    assert time.monotonic() - began < 1 and model_server.reader_left.wait(2)
    assert longest < 1, "nobody could leave"


@pytest.fixture
def raw_server() -> Iterator[Callable[[bytes, float], str]]:
    """`raw_server(head, part, pause_s)`: the address of a server that sends a head, and then a part for ever."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    told: list[tuple[bytes, bytes, float]] = []

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=send, args=(connection, *told[0]), daemon=True).start()

    def send(connection: socket.socket, head: bytes, part: bytes, pause_s: float) -> None:
        with connection:
            try:
                connection.recv(65_536)
                connection.sendall(head)
                while not ended.wait(pause_s):
                    connection.sendall(part)
            except OSError:
                pass

    def started(head: bytes, part: bytes, pause_s: float = 0.0) -> str:
        told.append((head, part, pause_s))
        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/v1"

    yield started  # type: ignore[misc]
    ended.set()
    listening.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "part", "pause_s"),
    [
        (b"", b"", 0.1),
        (b"", b"H", 0.1),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.1),
        (HEAD, b" ", 0.1),
        (HEAD, b" " * 65_536, 0.0),
        (HEAD, b"[" * 65_536, 0.0),
    ],
    ids=["mute", "drips its first line", "drips its head", "drips its list", "floods", "nests"],
)
def test_a_list_of_models_is_had_within_three_seconds_or_not_at_all(
    raw_server: Any, head: bytes, part: bytes, pause_s: float
) -> None:
    url = raw_server(head, part, pause_s)
    memory, began = psutil.Process().memory_info().rss, time.monotonic()
    with pytest.raises(ModelError):
        first_model_at(url, "sk-secret")
    assert time.monotonic() - began < 3
    assert psutil.Process().memory_info().rss - memory < 50_000_000


@pytest.mark.parametrize("part", [b"x" * 65_536, b": hi\n\n" * 5_000, b"data: " + b"[" * 65_536 + b"\n\n"])
def test_an_answer_has_a_greatest_size(raw_server: Any, tmp_path: Any, part: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    chat = open_llm("openai:m", url=raw_server(head, part), home=tmp_path, timeout_s=20)
    memory, began = psutil.Process().memory_info().rss, time.monotonic()
    with pytest.raises(ModelError, match=r"sent more than 4 MB|gave no proper answer"):
        for _ in chat.stream("q"):
            assert psutil.Process().memory_info().rss - memory < 100_000_000
    assert time.monotonic() - began < 15
