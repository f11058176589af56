"""A small paper on owls as a PDF, set by reportlab: three pages, with sections, and references that nothing quotes."""

from __future__ import annotations

from io import BytesIO

TITLE = "Naps and lists of calls in barn owls"
QUESTION = "How many days after the nap was its advantage gone?"
QUOTED = "The advantage of the nap was gone after seven days, when both groups remembered five calls."
"""On the second page, under "3 Results", in two lines."""
_FILL = "The owls were kept in an aviary of oak, with perches at three heights and a box for each pair. "
_ABSTRACT = (
    "We ask whether a nap helps barn owls to remember lists of calls. Forty owls heard twelve calls and slept for one "
    "hour or stayed awake. Owls that napped remembered two calls more than owls that stayed awake."
)
_PAGES = (
    (
        ("Abstract", _ABSTRACT),
        ("1 Introduction", "Sleep is said to strengthen memory in many animals. " + 9 * _FILL),
        ("2 Methods", "Forty owls of both sexes took part. " + 8 * _FILL),
    ),
    (
        ("3 Results", f"Every owl heard the calls once more. {QUOTED} {4 * _FILL}"),
        ("4 Discussion", "We did not measure brain waves. " + 6 * _FILL),
    ),
    (("References", "[1] Strix, A. (2020). Owls at night. Journal of Owls, 3, 1-9."),),
)


def owl_pdf(title: str = TITLE) -> bytes:
    """The PDF, the same each time."""
    from reportlab.lib.pagesizes import letter
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate

    styles, out = getSampleStyleSheet(), BytesIO()
    story: list[Flowable] = [Paragraph(title, styles["Title"]), Paragraph("Ada Strix, Bela Tyto", styles["BodyText"])]
    for page in _PAGES:
        for heading, text in page:
            story += [Paragraph(heading, styles["Heading2"]), Paragraph(text, styles["BodyText"])]
        story.append(PageBreak())
    SimpleDocTemplate(out, pagesize=letter, title=title, author="Ada Strix", invariant=1).build(story[:-1])
    return out.getvalue()
