"""Collections of which every answer is counted and logged, whichever of them it is made from."""

from __future__ import annotations

from app.answering.answerer import Answerer
from app.surfaces.collections import Collections
from app.surfaces.gate.metrics import Metrics
from app.surfaces.gate.observed import ObservedAnswerer


class ObservedCollections:
    """The `Collections` of one surface; all but its answerers is that of `collections`."""

    def __init__(self, collections: Collections, surface: str, metrics: Metrics, log_questions: bool = False) -> None:
        self._collections = collections
        self._surface = surface
        self._metrics = metrics
        self._log_questions = log_questions
        # What a server takes does not change while it runs.
        self.adding = collections.adding
        self.online = collections.online
        self.for_visitors = collections.for_visitors
        self.default_grows = collections.default_grows
        self.listed = collections.listed
        self.create = collections.create
        self.rename = collections.rename
        self.delete = collections.delete
        self.restore = collections.restore
        self.room = collections.room
        self.add = collections.add
        self.job = collections.job
        self.reports = collections.reports
        self.remove = collections.remove
        self.document = collections.document

    def answerer(self, name: str | None, visitor: str | None = None) -> Answerer:
        """What answers over the collection, observed."""
        found = self._collections.answerer(name, visitor)
        return ObservedAnswerer(found, self._surface, self._metrics, self._log_questions)
