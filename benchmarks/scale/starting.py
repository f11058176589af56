"""From the start of a process to its first answer, of the retriever alone or of the whole program, and its memory."""

from __future__ import annotations

import time
from functools import partial

from app.quiet import silence_libraries
from benchmarks.scale.clocks import milliseconds, peak_gigabytes, percentiles
from benchmarks.scale.places import Measured, Place, place_arguments, place_of

RETRIEVER, PROGRAM = "retriever", "program"
ASKED = 40


def started(place: Place, questions: tuple[str, ...], began: float, whole: bool) -> Measured:
    """Seconds from `began`, when the process was, to the first answer; and the most memory after some more."""
    if not whole:
        from app.build import build_retriever

        retriever = build_retriever(place.settings)
        retriever.passages(questions[0])
        return {"start, retriever": time.time() - began}
    from app.build import build_answerer

    answerer = build_answerer(place.settings)
    answerer.ask(questions[0])
    start = time.time() - began
    took = [milliseconds(partial(answerer.ask, question)) for question in questions[1:ASKED]]
    return {"start, program": start, "program, memory": peak_gigabytes()} | percentiles("answer", took)


def main() -> None:
    """Start as the options say, and write down what was measured."""
    silence_libraries()
    arguments = place_arguments(__doc__)
    arguments.add_argument("--began", type=float, required=True, help="when the process was started")
    arguments.add_argument("--whole", action="store_true", help="the whole program")
    arguments.add_argument("questions", nargs="+")
    given = arguments.parse_args()
    place = place_of(given)
    part = PROGRAM if given.whole else RETRIEVER
    place.keep(part, started(place, tuple(given.questions), given.began, given.whole))


if __name__ == "__main__":
    main()
