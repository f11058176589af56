"""The PDFs of tests/data/documents, documents of one's own: `python -m tests.support.example_documents`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.support.typesetting import Shape, Typesetter

FOLDER = Path(__file__).parents[1] / "data" / "documents"
Sections = Sequence[tuple[str, Sequence[str]]]

CHECKS = (
    "Asking Twice: How Often Reviewers Catch an Error That Was Put There",
    "We put one error into each of 120 short reports and asked reviewers to find it. Working alone, a reviewer caught "
    "54 of them. Two reviewers who first worked apart and then compared their notes caught 91. Telling a reviewer that "
    "an error was there raised false alarms from 6 to 29, and found only four errors more.",
    (
        ("1 Introduction", (
            "Whoever relies on a check should know how often it fails. Reports about models are read by people before "
            "they are believed, and little is known of what those people overlook. We measured it with errors whose "
            "place we knew, because we had put them there ourselves.",
        )),
        ("2 Method", (
            "Each report had about 900 words and one figure. An error was a wrong number, a reversed comparison or a "
            "conclusion that the figure did not bear out, forty of each. Twelve reviewers read ten reports each, and "
            "had twenty minutes for one.",
            "Pairs were drawn by lot. The two read apart, wrote down what they doubted, and only then talked for five "
            "minutes. What both agreed on counted as their finding.",
        )),
        ("3 Results", (
            "Wrong numbers were caught most often, in 31 of 40 reports by pairs and in 22 by single reviewers. "
            "Reversed comparisons were caught least often by single reviewers, in 13 of 40. Comparing notes helped "
            "there most: pairs caught 29.",
            "Reviewers were no surer of the errors that they caught than of the false alarms that they raised. Their "
            "stated confidence therefore tells nothing about whether a finding is right.",
        )),
        ("4 Limitations", (
            "All reports were short, and all errors were ours. Errors that authors make by themselves may be harder to "
            "see, as they fit what the authors believe.",
        )),
    ),
)  # fmt: skip
QUIET = (
    "Quiet Failures: Why a Model That Is Unsure Seldom Says So",
    "A model can be unsure and sound sure. We compared what 8 models say of their confidence with how often they are "
    "right on 2,400 questions. Asked for a number, they named 90 or more in three of four answers, and 58 of 100 of "
    "those were right. Letting a model answer five times and counting how often it agrees with itself told more.",
    (
        ("1 Introduction", (
            "A reader who is told how sure an answer is will weigh it. That helps only if the number means something. "
            "We ask what it means when a model gives it about itself.",
        )),
        ("2 What We Measured", (
            "Every question was asked in three ways: for the answer alone, for the answer with a number from 0 to 100, "
            "and five times over with the order of the choices changed. We call the share of equal answers agreement.",
        )),
        ("3 Findings", (
            "Agreement separated right from wrong answers with an AUROC of 0.81, and the stated number with one of "
            "0.62. Larger models were right more often, but their stated numbers were no better calibrated.",
            "Asking a model to explain itself before it gives the number made the number higher and not truer: the "
            "mean rose from 88 to 93, while the share of right answers stayed the same.",
        )),
        ("4 Advice", (
            "We advise to show agreement rather than a stated number, and to say nothing where neither is known.",
        )),
    ),
)  # fmt: skip
WORKS = {"asking-twice.pdf": CHECKS, "quiet-failures.pdf": QUIET}


def document(title: str, abstract: str, sections: Sections) -> bytes:
    """One of them, in two columns under a title."""
    page = Typesetter(Shape(), footer="Written for the tests of paperbacked; Apache-2.0.")
    page.about(title, "The paperbacked project")
    page.centred(title, 15, bold=True, full=True)
    page.gap(8)
    page.centred("The paperbacked project, 2026", 10, full=True)
    page.gap(14)
    page.below()
    page.heading("Abstract", 11, centred=True)
    page.paragraph(abstract)
    for heading, paragraphs in sections:
        page.heading(heading, 11)
        for number, paragraph in enumerate(paragraphs):
            page.paragraph(paragraph, indent=12 if number else 0)
    page.heading("References", 11)
    page.paragraph("[1] The paperbacked project. What is verified. 2026.", hanging=14)
    return page.finished()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, work in WORKS.items():
        (FOLDER / name).write_bytes(document(*work))
