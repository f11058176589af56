"""Ask one question and print the answer with the quotes behind it.

    python examples/ask.py "Do safety techniques remove a backdoor that was trained in?"

The first run builds the index, which takes some seconds. docs/settings.md says what the environment can set.
"""

from __future__ import annotations

import sys

import paperbacked

QUESTION = "Do safety techniques remove a backdoor that was trained in?"


def main() -> None:
    question = " ".join(sys.argv[1:]) or QUESTION
    try:
        answer = paperbacked.open_answerer().ask(question)
    except paperbacked.PaperbackedError as error:
        sys.exit(str(error))
    print(answer.answer)
    for citation in answer.citations:
        paper = citation.paper
        # A quote is cut from the abstract, never written anew.
        assert citation.quote == paper.abstract[citation.start : citation.end]
        print(f"\n[{citation.number}] {paper.name}, characters {citation.start} to {citation.end}")
        print(f"    “{citation.quote}”")
        print(f"    {paper.url or 'no link'}")


if __name__ == "__main__":
    main()
