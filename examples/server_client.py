"""Ask a running server over HTTP and print the answer as it comes; needs nothing but Python.

    paperbacked serve
    python examples/server_client.py "Do safety techniques remove a backdoor?" http://127.0.0.1:7860

A server that wants a key takes it from PAPERBACKED_API_KEY. docs/api.md describes every event.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

QUESTION = "Do safety techniques remove a backdoor that was trained in?"
SERVER = "http://127.0.0.1:7860"


def events(server: str, question: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and data of each server-sent event."""
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    if key := os.environ.get("PAPERBACKED_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    body = json.dumps({"question": question}).encode()
    with urlopen(Request(f"{server}/api/v1/ask", body, headers), timeout=60) as answer:
        name = ""
        for line in answer:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


def main() -> None:
    question = sys.argv[1] if len(sys.argv) > 1 else QUESTION
    server = sys.argv[2].rstrip("/") if len(sys.argv) > 2 else SERVER
    try:
        for name, data in events(server, question):
            if name == "token":
                print(data["text"], end="", flush=True)
            elif name == "done":
                for citation in data["citations"]:
                    print(f"\n[{citation['number']}] “{citation['quote']}” {citation['paper']['url'] or ''}", end="")
                print()
            elif name == "error":
                sys.exit(data["message"])
    except HTTPError as error:
        plain = error.headers.get_content_type() == "application/problem+json"  # RFC 9457; a proxy's page is none
        sys.exit(json.load(error)["detail"] if plain else f"{server} answered {error.code}.")
    except URLError as error:
        sys.exit(f"{server} does not answer ({error.reason}): start it with `paperbacked serve`.")


if __name__ == "__main__":
    main()
