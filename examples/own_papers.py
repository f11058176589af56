"""Send papers of yours to a running server and ask them; needs nothing but Python.

    paperbacked serve
    python examples/own_papers.py "Does sleep help memory?" library.bib paper.pdf

PDF, BibTeX, RIS, CSL-JSON, CSV, Markdown and text are read. docs/api.md describes every address.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen
from uuid import uuid4

SERVER = "http://127.0.0.1:7860"


def asked(path: str, body: bytes | None = None, kind: str = "application/json") -> Any:
    """What the server says to a request."""
    with urlopen(Request(f"{SERVER}/api/v1/{path}", body, {"Content-Type": kind}), timeout=120) as answer:
        return json.load(answer)


def form_of(files: list[Path]) -> tuple[bytes, str]:
    """The files as a form, and its type."""
    boundary, form = uuid4().hex, b""
    for file in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{quote(file.name)}"\r\n\r\n'
        form += head.encode() + file.read_bytes() + b"\r\n"
    return form + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def main() -> None:
    question, *files = sys.argv[1:]
    try:
        name = asked("collections", json.dumps({"title": "My papers"}).encode())["name"]
        job = asked(f"collections/{name}/papers", *form_of([Path(file) for file in files]))["job"]
        while (now := asked(f"collections/{name}/jobs/{job}"))["state"] == "running":
            time.sleep(0.5)
        for one in now["became"]:
            print(f"{one['place']}: {one['outcome']} {one['reason']}".rstrip())
        answer = asked("ask", json.dumps({"question": question, "collection": name}).encode())
        print(f"\n{answer['answer']}")
    except HTTPError as error:
        sys.exit(json.load(error)["detail"])
    except URLError as error:
        sys.exit(f"{SERVER} does not answer ({error.reason}): start it with `paperbacked serve`.")


if __name__ == "__main__":
    main()
