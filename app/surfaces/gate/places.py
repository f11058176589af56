"""How many answers are made at once for one client address; its other questions wait for one of them to end."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from app.notices.notice import Notice
from app.surfaces.gate.rate_limits import LimitError, client_name

AT_ONCE = 3
_COME_BACK_SECONDS = 5


class Place:
    """A place among an address's answers, or in the line for it; to be left in every case."""

    def __init__(self, places: AnswerPlaces, client: str, wake: Callable[[], object]) -> None:
        self.client = client
        self.ready = False
        """Whether the answer may be made now."""
        self._places = places
        self._wake = wake

    def leave(self) -> None:
        """The answer has ended, or nobody waits for it any more."""
        self._places.leave(self)

    def let_in(self) -> None:
        """Called by the places when the line has moved up to here."""
        self.ready = True
        self._wake()


@dataclass(slots=True)
class _Line:
    inside: set[Place] = field(default_factory=set)
    waiting: deque[Place] = field(default_factory=deque)


class AnswerPlaces:
    """`AT_ONCE` places for each address; up to `line` questions more of it wait, in the order in which they came.

    So whoever asks much waits for himself, and the next reader does not. With `line` 0 nobody is held.
    """

    def __init__(self, line: int) -> None:
        self._longest = line
        self._lines: dict[str, _Line] = {}
        self._lock = threading.Lock()

    def enter(self, client: str, wake: Callable[[], object] = lambda: None) -> Place:
        """A place for the client at that address; `wake` is called, from any thread, where it becomes ready later.

        Raises `LimitError` where too many of its questions wait already.
        """
        place = Place(self, client_name(client), wake)
        with self._lock:
            line = self._lines.setdefault(place.client, _Line())
            if not self._longest or len(line.inside) < AT_ONCE:
                line.inside.add(place)
                place.ready = True
            elif len(line.waiting) < self._longest:
                line.waiting.append(place)
            else:
                raise LimitError(Notice("line_full", count=_COME_BACK_SECONDS), _COME_BACK_SECONDS)
        return place

    def leave(self, place: Place) -> None:
        """Called by the place that is left; leaving twice is leaving once."""
        following = None
        with self._lock:
            line = self._lines.get(place.client, _Line())
            if place in line.waiting:
                line.waiting.remove(place)
            elif place in line.inside:
                line.inside.remove(place)
                if line.waiting:
                    following = line.waiting.popleft()
                    line.inside.add(following)
                elif not line.inside:
                    del self._lines[place.client]
        if following:
            following.let_in()

    @property
    def clients(self) -> int:
        """How many addresses have an answer in the making now."""
        return len(self._lines)
