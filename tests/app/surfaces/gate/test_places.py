"""Three answers at once for an address, its others in a line, and nobody else held up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app.notices.notice import code_of, said
from app.surfaces.gate.cors import CorsPolicy
from app.surfaces.gate.gate import Gate
from app.surfaces.gate.places import AT_ONCE, AnswerPlaces, Place
from app.surfaces.gate.rate_limits import LimitError
from app.surfaces.gate.request_limits import Limits, limits_for

ASK = "/api/v1/ask"


def test_the_fourth_waits_until_one_has_left_in_the_order_of_coming() -> None:
    places, called = AnswerPlaces(5), []
    inside = [places.enter("a") for _ in range(AT_ONCE)]
    waiting = [places.enter("a", partial(called.append, n)) for n in range(3)]
    assert all(place.ready for place in inside) and not any(place.ready for place in waiting)
    assert places.enter("b").ready
    inside[1].leave()
    inside[1].leave()  # twice is once
    assert called == [0] and [place.ready for place in waiting] == [True, False, False]
    waiting[1].leave()  # tired of waiting
    inside[0].leave()
    assert called == [0, 2]


def test_a_line_has_an_end_and_zero_is_no_limit() -> None:
    places = AnswerPlaces(1)
    for _ in range(AT_ONCE + 1):
        places.enter("a")
    with pytest.raises(LimitError, match="try again in 5 seconds") as refused:
        places.enter("a")
    assert code_of(refused.value.message) == {"code": "line_full", "params": {"count": 5}}
    assert said(refused.value.message, "zh") == "此地址有过多的问题在等待回答：请在 5 秒后再问。"
    assert all(AnswerPlaces(0).enter("a").ready for _ in range(50))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 9)), max_size=60))
def test_never_more_than_three_and_nothing_is_kept(steps: list[tuple[str, bool, int]]) -> None:
    places, held = AnswerPlaces(4), []
    for client, comes, which in steps:
        if comes or not held:
            with suppress(LimitError):
                held.append(places.enter(client))
        else:
            held.pop(which % len(held)).leave()
        for name in "abc":
            own = [place for place in held if place.client == name]
            assert sum(place.ready for place in own) == min(AT_ONCE, len(own))
    for place in held:
        place.leave()
    assert places.clients == 0


def test_threads_let_each_other_in() -> None:
    places, most, now, lock = AnswerPlaces(100), [0], [0], threading.Lock()

    def answer() -> None:
        come = threading.Event()
        place: Place = places.enter("a", come.set)
        assert place.ready or come.wait(10)
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        with lock:
            now[0] -= 1
        place.leave()

    workers = [threading.Thread(target=answer) for _ in range(60)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert places.clients == 0 and 1 <= most[0] <= AT_ONCE


class Slow:
    """An application that answers once it is let go, and tells who is inside."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.let_go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside.append(scope["client"][0])
        body = (await receive())["body"]
        await self.let_go.wait()
        await JSONResponse({"size": len(body)})(scope, receive, send)


async def settled(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.001)


def client_of(gate: Any, address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(gate, client=(address, 1)), base_url="http://testserver")


def test_programs_wait_at_the_gate_and_others_walk_past() -> None:
    async def story() -> None:
        slow, rules = Slow(), limits_for(10, 0)
        gate = Gate(slow, CorsPolicy(), rules)
        async with client_of(gate, "192.0.2.1") as greedy, client_of(gate, "192.0.2.2") as other:
            asked = [asyncio.ensure_future(greedy.post(ASK, json={"n": 1})) for _ in range(5)]
            await settled(lambda: len(slow.inside) == AT_ONCE)
            another = asyncio.ensure_future(other.post(ASK, json={}))
            await settled(lambda: "192.0.2.2" in slow.inside)
            assert slow.inside.count("192.0.2.1") == AT_ONCE
            slow.let_go.set()
            for response in [*[await one for one in asked], await another]:
                assert response.status_code == 200 and response.json()["size"] > 0
        assert rules.places.clients == 0

    asyncio.run(story())


async def call(gate: Gate, messages: asyncio.Queue[Any]) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": ASK, "headers": [], "client": ("192.0.2.1", 1)}
    await gate(scope, messages.get, send)
    return sent


def test_a_full_line_is_told_to_programs_with_its_code() -> None:
    async def story() -> None:
        rules = limits_for(1, 0)
        held = [rules.places.enter("192.0.2.1") for _ in range(AT_ONCE + 1)]
        async with client_of(Gate(Slow(), CorsPolicy(), rules), "192.0.2.1") as client:
            refused = await client.post(ASK, json={})
        told = refused.json()
        assert (refused.status_code, told["code"], told["params"]) == (429, "line_full", {"count": 5})
        assert told["detail"].startswith("Too many questions of this address")
        for place in held:
            place.leave()

    asyncio.run(story())


def test_who_hangs_up_in_the_line_makes_room_and_asks_nothing() -> None:
    async def story() -> None:
        slow, rules = Slow(), limits_for(10, 0)
        gate = Gate(slow, CorsPolicy(), rules)
        held = [rules.enter("192.0.2.1") for _ in range(AT_ONCE)]
        messages: asyncio.Queue[Any] = asyncio.Queue()
        messages.put_nowait({"type": "http.request", "body": b"{}"})
        waiting = asyncio.ensure_future(call(gate, messages))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        messages.put_nowait({"type": "http.disconnect"})
        assert await asyncio.wait_for(waiting, 5) == [] and slow.inside == []
        for place in held:
            place.leave()
        assert rules.places.clients == 0

    asyncio.run(story())


def test_a_place_is_left_where_the_answer_breaks() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("inside")

    rules: Limits = limits_for(10, 0)
    messages: asyncio.Queue[Any] = asyncio.Queue()
    messages.put_nowait({"type": "http.request", "body": b"{}"})
    with pytest.raises(ValueError, match="inside"):
        asyncio.run(call(Gate(broken, CorsPolicy(), rules), messages))
    assert rules.places.clients == 0
