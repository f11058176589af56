"""Questions a minute: per client and for all, whole under threads, and never a growing memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from app.surfaces.gate import limits
from app.surfaces.gate.limits import LimitError, QuestionLimits, client_name
from retrieval.errors import PaperbackedError

Pass = Callable[[float], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """`later(s)`: from now on all clocks are so many seconds further."""
    ahead = [0.0]
    real_time, real_monotonic = time.time, time.monotonic
    monkeypatch.setattr(time, "time", lambda: real_time() + ahead[0])
    monkeypatch.setattr(time, "monotonic", lambda: real_monotonic() + ahead[0])

    def pass_by(seconds: float) -> None:
        ahead[0] += seconds

    return pass_by


def admitted(counted: QuestionLimits, client: str, times: int) -> int:
    """How many of so many questions are let through."""
    through = 0
    for _ in range(times):
        try:
            counted.admit(client)
        except LimitError:
            continue
        through += 1
    return through


def test_a_client_has_its_limit_and_another_its_own() -> None:
    counted = QuestionLimits(3, 0)
    assert admitted(counted, "192.0.2.1", 5) == 3
    assert admitted(counted, "192.0.2.2", 5) == 3


def test_all_together_have_one_too() -> None:
    counted = QuestionLimits(3, 5)
    assert [admitted(counted, f"192.0.2.{n}", 3) for n in range(4)] == [3, 2, 0, 0]


def test_what_the_server_refuses_is_not_held_against_the_client(later: Pass) -> None:
    counted = QuestionLimits(2, 2)
    assert admitted(counted, "192.0.2.1", 2) == 2
    assert admitted(counted, "192.0.2.2", 9) == 0
    later(61)
    assert admitted(counted, "192.0.2.2", 9) == 2


def test_what_a_client_is_refused_is_not_held_against_the_server() -> None:
    counted = QuestionLimits(1, 3)
    assert admitted(counted, "192.0.2.1", 9) == 1
    assert [admitted(counted, f"192.0.2.{n}", 1) for n in (2, 3, 4)] == [1, 1, 0]


def test_zero_is_no_limit() -> None:
    assert admitted(QuestionLimits(0, 0), "192.0.2.1", 2000) == 2000
    assert admitted(QuestionLimits(0, 4), "192.0.2.1", 9) == 4
    assert admitted(QuestionLimits(4, 0), "192.0.2.1", 9) == 4


def test_the_window_moves_with_the_clock(later: Pass) -> None:
    counted = QuestionLimits(2, 0)
    counted.admit("a")
    later(40)
    counted.admit("a")
    later(21)  # the first is over a minute ago, the second is not
    assert admitted(counted, "a", 5) == 1


@pytest.mark.parametrize("figures", [(1, 0), (0, 1)], ids=["client", "server"])
def test_a_refusal_says_when_to_come_back(later: Pass, figures: tuple[int, int]) -> None:
    counted = QuestionLimits(*figures)
    counted.admit("a")
    later(20)
    with pytest.raises(LimitError, match=r"try again in 40 seconds\.$") as caught:
        counted.admit("a")
    assert isinstance(caught.value, PaperbackedError) and caught.value.retry_after == 40
    later(39.9)
    with pytest.raises(LimitError, match=r"try again in 1 second\.$"):
        counted.admit("a")
    later(0.2)
    counted.admit("a")


def test_threads_do_not_slip_through_together(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = QuestionLimits(10, 24)
    look = counted._windows.test

    def look_and_dawdle(*asked: Any) -> bool:
        room = look(*asked)
        time.sleep(0.001)  # in which another thread would be let through on the same count
        return room

    monkeypatch.setattr(counted._windows, "test", look_and_dawdle)
    through = [0] * 16
    together = threading.Barrier(len(through))

    def ask(worker: int) -> None:
        together.wait()
        through[worker] = admitted(counted, f"192.0.2.{worker % 4}", 10)

    workers = [threading.Thread(target=ask, args=(worker,)) for worker in range(len(through))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(through) == 24
    assert all(sum(through[client::4]) <= 10 for client in range(4))


def test_silent_clients_are_forgotten(later: Pass) -> None:
    counted = QuestionLimits(1, 0)
    for n in range(50):
        counted.admit(f"192.0.2.{n}")
    assert counted.clients == 50
    later(61)
    counted.admit("192.0.2.99")
    assert counted.clients == 1
    assert [key for key in counted._storage.events if "192.0.2.1/" in key] == []


def test_a_flood_of_addresses_takes_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CLIENTS", 20)
    counted = QuestionLimits(1, 0)
    for n in range(200):
        assert admitted(counted, f"10.0.0.{n}", 2) == 1
    assert counted.clients == 20
    assert len(counted._storage.events) == 20
    assert admitted(counted, "10.0.0.199", 1) == 0  # the latest are still known


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("x" * 5000, "x" * 100),
        ("", ""),
    ],
)
def test_what_a_client_is_counted_as(address: str, name: str) -> None:
    assert client_name(address) == name
