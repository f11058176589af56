"""Ask the API in long chains whatever its document allows: `python -m benchmarks.fuzz_api [--minutes N] [--seed N]`.

Collections are made, filled, asked, renamed, emptied, removed and had back in any order, also those that are not there
any more; every answer must be one that the OpenAPI document tells of, and the collections those that a model of them
has. Needs the `dev` extra. The exit code is 1 where something was found, and the chain that led there is printed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

Ask = Callable[..., Any]
"""Asks an operation by its name here, with its parameters and its body; gives the answer, held against the document."""
JOB_SECONDS = 30.0
COLLECTIONS = "/api/v1/collections"
_OF = f"{COLLECTIONS}/{{name}}"
OPERATIONS = {
    "collections": (COLLECTIONS, "GET"),
    "new": (COLLECTIONS, "POST"),
    "rename": (_OF, "PATCH"),
    "remove": (_OF, "DELETE"),
    "restore": (f"{_OF}/restore", "POST"),
    "add": (f"{_OF}/papers", "POST"),
    "job": (f"{_OF}/jobs/{{job}}", "GET"),
    "reports": (f"{_OF}/reports", "GET"),
    "remove_paper": (f"{_OF}/papers/{{paper_id}}", "DELETE"),
    "papers": ("/api/v1/papers", "GET"),
    "paper": ("/api/v1/papers/{paper_id}", "GET"),
    "search": ("/api/v1/search", "GET"),
    "ask": ("/api/v1/ask", "POST"),
}
TITLES = st.text(min_size=1, max_size=80)
TEXTS = st.text(max_size=200)
# The client makes one of two slashes and leaves out "/./", as some proxies do.
IDS = st.sampled_from(("a", "b", "c/d", "e.f", "0")) | st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9._:-]{0,9}(/[A-Za-z0-9][A-Za-z0-9._:-]{0,9})?", fullmatch=True
)
PAPERS = st.fixed_dictionaries({"id": IDS, "title": st.text(min_size=1, max_size=60), "abstract": TEXTS})


def open_document(folder: Path) -> Any:
    """The OpenAPI document of a whole application that takes papers, over a home in the folder, which is there."""
    import schemathesis

    from app.build import build_answerer, open_shared
    from app.collections.home import HomeCollections
    from app.server import create_app
    from app.settings import Settings
    from app.surfaces.options import ServingOptions

    papers = folder / "papers.jsonl"
    papers.write_text(json.dumps({"id": "whales", "title": "On whales", "abstract": "Whales sing.", "language": "en"}))
    made = Settings(home=folder / "home", papers=papers, embedding="hash", llm="none", reader="none", adding="on")
    shared = open_shared(made)
    answerer = build_answerer(made, shared=shared, note=lambda sentence: None)
    collections = HomeCollections(made, answerer, shared, note=lambda sentence: None)
    app = create_app(answerer, options=ServingOptions(), collections=collections)
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


def asking(document: Any) -> Ask:
    """An `Ask` of that document's application."""

    def ask(operation: str, *, body: Any = None, query: dict[str, Any] | None = None, **path: str) -> Any:
        address, method = OPERATIONS[operation]
        more = {} if body is None else {"body": body, "media_type": "application/json"}
        case = document[address][method].Case(path_parameters=path, query=query or {}, **more)
        answer = case.call()
        checked_against_the_document(case, answer)
        return answer

    return ask


def checked_against_the_document(case: Any, answer: Any) -> None:
    """Raises where the answer is none that the document tells of: its status, its kind of content, its shape."""
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    case.validate_response(
        answer, checks=[status_code_conformance, content_type_conformance, response_schema_conformance]
    )


def collections_machine(ask: Ask) -> type[RuleBasedStateMachine]:
    """A machine whose rules ask about collections, and whose model knows which there are and what they hold."""

    class Collections(RuleBasedStateMachine):
        there = Bundle("there")
        gone = Bundle("gone")

        @initialize()
        def begin(self) -> None:
            self.titles: dict[str, str] = {}
            self.before = {one["name"] for one in ask("collections").json()["collections"]}

        @rule(target=there, title=TITLES)
        def new(self, title: str) -> Any:
            made = ask("new", body={"title": title})
            if made.status_code != 201:
                assert made.status_code in (400, 413), made.text  # nothing to be read in it, or no place
                return multiple()
            self.titles[made.json()["name"]] = made.json()["title"]
            return made.json()["name"]

        @rule(name=there, title=TITLES)
        def rename(self, name: str, title: str) -> None:
            told = ask("rename", name=name, body={"title": title})
            if told.status_code == 200:
                assert name in self.titles
                self.titles[name] = told.json()["title"]
            else:
                assert told.status_code in ((400,) if name in self.titles else (404, 400)), told.text

        @rule(name=there, papers=st.lists(PAPERS, min_size=1, max_size=4), text=TEXTS)
        def add(self, name: str, papers: list[Any], text: str) -> None:
            began = ask("add", name=name, body={"papers": papers, "text": text})
            assert began.status_code == (202 if name in self.titles else 404), began.text
            if began.status_code != 202:
                return
            until = time.monotonic() + JOB_SECONDS
            while (job := ask("job", name=name, job=began.json()["job"]).json())["state"] == "running":
                assert time.monotonic() < until, job
                time.sleep(0.01)
            assert job["state"] == "done", job
            assert job["became"]
            # Of an add where all was broken nothing is kept.
            if any(one["outcome"] != "broken" for one in job["became"]):
                assert ask("reports", name=name).json()

        @rule(name=there, question=TEXTS)
        def use(self, name: str, question: str) -> None:
            known = name in self.titles
            papers = ask("papers", query={"collection": name})
            assert papers.status_code == (200 if known else 404)
            for one in papers.json() if known else ():
                assert ask("paper", paper_id=one["id"], query={"collection": name}).json() == one
            for told in (
                ask("search", query={"q": question, "collection": name}),
                ask("ask", body={"question": question, "collection": name}),
            ):
                assert told.status_code in ((200, 400) if known else (404, 400)), told.text

        @rule(name=there, paper_id=IDS)
        def remove_paper(self, name: str, paper_id: str) -> None:
            told = ask("remove_paper", name=name, paper_id=paper_id)
            assert told.status_code in ((204, 404) if name in self.titles else (404,))
            if told.status_code == 204:
                assert ask("paper", paper_id=paper_id, query={"collection": name}).status_code == 404

        @rule(target=gone, name=consumes(there))
        def remove(self, name: str) -> str:
            told = ask("remove", name=name)
            assert told.status_code == (200 if name in self.titles else 404), told.text
            self.titles.pop(name, None)
            return name

        @rule(target=there, name=consumes(gone))
        def restore(self, name: str) -> Any:
            told = ask("restore", name=name)
            assert told.status_code in (200, 404, 413), told.text
            if told.status_code != 200:
                return multiple()
            self.titles[name] = told.json()["title"]
            return name

        @invariant()
        def they_are_those_that_were_made(self) -> None:
            if not hasattr(self, "before"):
                return
            listed = {one["name"]: one["title"] for one in ask("collections").json()["collections"]}
            assert {name: title for name, title in listed.items() if name not in self.before} == self.titles

        def teardown(self) -> None:
            for name in [*getattr(self, "titles", ())]:
                ask("remove", name=name)

    return Collections


def run(ask: Ask, examples: int, steps: int, number: int, shorten: bool = True) -> None:
    """Run so many chains of so many steps, the same for the same number.

    Raises what was found, `shorten`ed to the fewest steps that find it, which takes a while.
    """
    machine = seed(number)(collections_machine(ask))
    suppressed = cast("list[HealthCheck]", list(HealthCheck))
    bounds = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=(Phase.generate, Phase.shrink) if shorten else (Phase.generate,),
        deadline=None,
        database=None,
        suppress_health_check=suppressed,
    )
    run_machine(machine, settings=bounds)


def main() -> None:
    """Chains until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz_api", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, help="of the first chains; those after it count on from it")
    arguments = parser.parse_args()
    number = random.randrange(10**6) if arguments.seed is None else arguments.seed
    with tempfile.TemporaryDirectory() as folder:
        ask = asking(open_document(Path(folder)))
        until, chains = time.monotonic() + 60 * arguments.minutes, 0  # A short time is not over before it begins.
        while time.monotonic() < until:
            try:
                run(ask, 10, 30, number)
            except Exception as error:
                sys.exit(f"Found with --seed {number}: {type(error).__name__}: {error}")
            number, chains = number + 1, chains + 10
    print(f"{chains} chains, nothing found; the last seed was {number - 1}.")


if __name__ == "__main__":
    main()
