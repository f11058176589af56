"""PDFs that do harm, or cannot be read: each made by a function that gives its bytes."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from io import BytesIO

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf_of(objects: Sequence[bytes]) -> bytes:
    """A PDF of its objects, of which the first is the catalogue."""
    out = b"%PDF-1.7\n"
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def one_page(content: bytes, box: bytes = b"0 0 612 792", entries: bytes = b"", *more: bytes) -> bytes:
    """A page with that content object and those further entries of its resources; `more` are objects from 6 on."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>>>" % (box, entries)
    return pdf_of(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content, _FONT, *more]
    )


def saying(lines: Sequence[str], size: int = 10) -> bytes:
    """Content that shows the lines below one another."""
    shown = b" ".join(
        b"(%s) Tj T*" % line.encode("latin-1").replace(b"(", b"\\(").replace(b")", b"\\)") for line in lines
    )
    return b"BT /F %d Tf %d TL 50 740 Td %s ET" % (size, size + 2, shown)


SAID = [f"Line {number} says what a reader would read on a page of text." for number in range(12)]


def encrypted() -> bytes:
    out = BytesIO()
    canvas = Canvas(out, encrypt="secret")
    canvas.drawString(72, 700, "You cannot read this without the word.")
    canvas.save()
    return out.getvalue()


def scanned() -> bytes:
    """Two pages that are pictures."""
    from PIL import Image

    out, picture = BytesIO(), BytesIO()
    Image.new("L", (200, 260), 200).save(picture, "PNG")
    picture.seek(0)
    canvas = Canvas(out)
    for _ in range(2):
        canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def many_pages(count: int) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pageCompression=0)
    for number in range(count):
        canvas.drawString(72, 700, f"This is what page {number + 1} of the long report has to say about its matter.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def vast_page() -> bytes:
    """A page of 10,000 by 10,000 points."""
    return one_page(stream(saying(SAID)), b"0 0 10000 10000")


def long_strip() -> bytes:
    """A page that is far higher than wide."""
    return one_page(stream(saying(SAID)), b"0 0 20 14000")


def nested_arrays(depth: int = 200_000) -> bytes:
    return one_page(stream(saying(SAID)), entries=b"/X " + b"[" * depth + b"]" * depth)


def nested_pages(depth: int = 5_000) -> bytes:
    """A tree of pages in which each node has one child."""
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (n + 1, n - 1) for n in range(3, 3 + depth)]
    last = b"<</Type/Page/MediaBox[0 0 612 792]/Parent %d 0 R>>" % (2 + depth)
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", *nodes, last])


def form_in_itself() -> bytes:
    form = stream(b"/Y Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</Y 6 0 R>>>>")
    return one_page(stream(saying(SAID) + b" /Y Do"), b"0 0 612 792", b"/XObject<</Y 6 0 R>>", form)


def huge_picture(side: int = 60_000) -> bytes:
    """A picture that says it has 3.6 thousand million points."""
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceRGB" % (side, side)
    data = zlib.compress(b"\0" * 1_000_000, 9)
    picture = stream(data, entries + b"/Filter/FlateDecode")
    return one_page(
        stream(saying(SAID) + b" q 500 0 0 500 50 50 cm /Y Do Q"), b"0 0 612 792", b"/XObject<</Y 6 0 R>>", picture
    )


def bomb(megabytes: int = 3_000) -> bytes:
    """Content that is packed twice, and a thousand times as large each time."""
    packer = zlib.compressobj(9)
    head = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers back, so the same bytes say the same again.
    again = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    once = head + again * (megabytes - 1)
    return one_page(stream(zlib.compress(once, 9), b"/Filter[/FlateDecode/FlateDecode]"))


def endless(count: int = 3_000_000) -> bytes:
    """Content that draws a letter millions of times."""
    return one_page(
        stream(zlib.compress(b"BT /F 8 Tf " + b"1 1 Td (ab) Tj " * count + b"ET", 9), b"/Filter/FlateDecode")
    )


def text_drawn(lines: Sequence[str], before: bytes) -> bytes:
    """The usual lines, then others after operators such as those of a colour or of invisible letters."""
    hidden = (
        b"BT %s /F 10 Tf 12 TL 50 400 Td " % before
        + b" ".join(b"(%s) Tj T*" % line.encode() for line in lines)
        + b" ET"
    )
    return one_page(stream(saying(SAID) + b" " + hidden))


BROKEN: dict[str, Callable[[], bytes]] = {
    "letters": lambda: b"%PDF-1.7 but nothing of one follows" * 20,
    "half": lambda: many_pages(3)[:700],
    "no pages": lambda: pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]),
}
