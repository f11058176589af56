"""Questions a minute: per client and for all, whole under threads, and never a growing memory."""

from __future__ import annotations

import threading
import time

import pytest

from app.surfaces.gate import rate_limits
from app.surfaces.gate.rate_limits import LimitError, RateLimit, client_name
from retrieval.errors import PaperbackedError


class Clock:
    """A clock that goes forward when it is told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at

    def later(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def admitted(counted: RateLimit, client: str, times: int) -> int:
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
    counted = RateLimit(3, 0)
    assert admitted(counted, "192.0.2.1", 5) == 3
    assert admitted(counted, "192.0.2.2", 5) == 3


def test_all_together_have_one_too() -> None:
    counted = RateLimit(3, 5)
    assert [admitted(counted, f"192.0.2.{n}", 3) for n in range(4)] == [3, 2, 0, 0]


def test_what_the_server_refuses_is_not_held_against_the_client(clock: Clock) -> None:
    counted = RateLimit(2, 2, clock)
    assert admitted(counted, "192.0.2.1", 2) == 2
    assert admitted(counted, "192.0.2.2", 9) == 0
    clock.later(61)
    assert admitted(counted, "192.0.2.2", 9) == 2


def test_what_a_client_is_refused_is_not_held_against_the_server() -> None:
    counted = RateLimit(1, 3)
    assert admitted(counted, "192.0.2.1", 9) == 1
    assert [admitted(counted, f"192.0.2.{n}", 1) for n in (2, 3, 4)] == [1, 1, 0]


def test_zero_is_no_limit() -> None:
    assert admitted(RateLimit(0, 0), "192.0.2.1", 2000) == 2000
    assert admitted(RateLimit(0, 4), "192.0.2.1", 9) == 4
    assert admitted(RateLimit(4, 0), "192.0.2.1", 9) == 4


def test_the_window_moves_with_the_clock(clock: Clock) -> None:
    counted = RateLimit(2, 0, clock)
    counted.admit("a")
    clock.later(40)
    counted.admit("a")
    clock.later(21)  # the first is over a minute ago, the second is not
    assert admitted(counted, "a", 5) == 1


@pytest.mark.parametrize("figures", [(1, 0), (0, 1)], ids=["client", "server"])
def test_a_refusal_says_when_to_come_back(clock: Clock, figures: tuple[int, int]) -> None:
    counted = RateLimit(*figures, clock)
    counted.admit("a")
    clock.later(20)
    with pytest.raises(LimitError, match=r"try again in 40 seconds\.$") as caught:
        counted.admit("a")
    assert isinstance(caught.value, PaperbackedError) and caught.value.retry_after == 40
    clock.later(39.9)
    with pytest.raises(LimitError, match=r"try again in 1 second\.$"):
        counted.admit("a")
    clock.later(0.2)
    counted.admit("a")


def test_threads_do_not_slip_through_together() -> None:
    def slow() -> float:
        time.sleep(0.001)  # in which another thread would be let through on the same count
        return time.monotonic()

    counted = RateLimit(10, 24, slow)
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


def test_a_clock_set_back_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = RateLimit(1, 1)
    counted.admit("a")
    monkeypatch.setattr(time, "time", lambda: 0.0)
    with pytest.raises(LimitError) as caught:
        counted.admit("a")
    assert caught.value.retry_after <= 60


def test_silent_clients_are_forgotten(clock: Clock) -> None:
    counted = RateLimit(1, 0, clock)
    for n in range(50):
        counted.admit(f"192.0.2.{n}")
    assert counted.clients == 50
    clock.later(61)
    counted.admit("192.0.2.99")
    assert counted.clients == 1


def test_a_flood_of_addresses_takes_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_CLIENTS", 20)
    counted = RateLimit(1, 0)
    for n in range(200):
        assert admitted(counted, f"10.0.0.{n}", 2) == 1
    assert counted.clients == 20
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
