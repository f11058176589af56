"""Show an answer while it is being made, event by event.

    python examples/stream.py "How can models be made easier to check?"

Sources and quotes come before the first word; what `Done` brings is final.
"""

from __future__ import annotations

import sys

import paperbacked
from paperbacked import Done, Failed, Followups, Quotes, SentenceChecked, Sources, Status, Token

QUESTION = "How can models be made easier to check?"


def show(event: paperbacked.Event) -> None:
    """One event as a line or, for the answer's own words, as a piece of one."""
    match event:
        case Status(text):
            print(f"… {text}")
        case Sources(passages):
            print(f"… papers found: {len({passage.paper.id for passage in passages})}")
        case Quotes(citations):
            print(f"… quotes chosen: {len(citations)}\n")
        case Token(text):
            print(text, end="", flush=True)
        case SentenceChecked(sentence):
            if sentence.support != "supported":
                print(f" ({sentence.support})", end="")
        case Followups(questions) if questions:
            print("\n\nAsk next:", *questions, sep="\n- ")
        case Done(answer):
            said = {"answered": "Answered from", "partly": "Answered in part from"}
            how = said.get(answer.status, "Not answered by")
            print(f"\n{how} {answer.models.corpus}, confidence {answer.confidence:.2f}.")
        case Failed(message):
            sys.exit(f"\n{message}")  # on stderr, with the exit status 1


def main() -> None:
    question = " ".join(sys.argv[1:]) or QUESTION
    try:
        for event in paperbacked.open_answerer().stream(question):
            show(event)
    except paperbacked.PaperbackedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
