"""PDFs made for tests: a title, authors, an abstract and sections, as papers have them."""

from __future__ import annotations

from pathlib import Path

WHALES = "On the migration of whales"
WHALES_ABSTRACT = "Whales migrate towards warmer oceans. They sing on their way."
WHALES_BODY = "Each year humpback whales travel eight thousand kilometres. The herd rested near Maui for twelve days."


def made_pdf(
    path: Path,
    title: str = WHALES,
    authors: str = "Ada Smith, Bo Lee",
    abstract: str = WHALES_ABSTRACT,
    body: str = WHALES_BODY,
    below: str = "",
) -> Path:
    """A PDF of one page; `below` stands under the authors, such as a DOI."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

    styles = getSampleStyleSheet()
    flow: list[Flowable] = [Paragraph(title, styles["Title"]), Paragraph(authors, styles["Normal"])]
    if below:
        flow.append(Paragraph(below, styles["Normal"]))
    flow += [Spacer(1, 12), Paragraph("Abstract", styles["Heading2"]), Paragraph(abstract, styles["Normal"])]
    flow += [Paragraph("1 Introduction", styles["Heading2"]), Paragraph(body, styles["Normal"])]
    path.parent.mkdir(parents=True, exist_ok=True)
    SimpleDocTemplate(str(path), title=title, invariant=1).build(flow)
    return path
