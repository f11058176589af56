"""A reader's own papers: dropped on the page, told what became of each, asked, and every quote lit on its page."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.owl_pdf import QUESTION, QUOTED, TITLE, owl_pdf

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ZONE = "#library .adding-zone"
SAID = "#library .adding-said"
ROWS = "#library .became"
PLACE = "#sources a.place"
LIT = "#pages .leaf-lit"
PICTURES = "#pages .leaf img"
# What is dropped: files as {name, data}, data in base64.
_DROP = """([files, selector]) => {
  const transfer = new DataTransfer();
  for (const { name, data } of files)
    transfer.items.add(new File([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], name));
  const target = document.querySelector(selector);
  for (const type of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
}"""
# The words of a page that lie within boxes, as the server tells them.
_WITHIN = """async ([words, boxes]) => {
  const page = await (await fetch(words)).json();
  const inside = ({ x0, y0, x1, y1 }) => boxes.some((box) =>
    (x0 + x1) / 2 > box[0] && (x0 + x1) / 2 < box[2] && (y0 + y1) / 2 > box[1] && (y0 + y1) / 2 < box[3]);
  return page.words.filter(inside).map((word) => word.text).join(" ");
}"""


@pytest.fixture(scope="module")
def server(
    serving: Callable[..., AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("own")) as address:
        yield address


def to_library(page: Page) -> None:
    page.click(".sections a[href='#library']")
    expect(page.locator(ZONE)).to_be_visible()


def drop(page: Page, **files: bytes) -> None:
    """Drops files, called by their names with `_` for the point, on the library."""
    sent = [{"name": name.replace("_", "."), "data": base64.b64encode(file).decode()} for name, file in files.items()]
    page.evaluate(_DROP, [sent, "#library .library"])


def added(page: Page) -> None:
    expect(page.locator("#library .adding-foot button").first).to_be_visible(timeout=120_000)


@pytest.fixture(scope="module")
def owls(server: str, browser: Any) -> str:
    """The address of a collection that a reader has made by dropping the paper on owls."""
    page = browser.new_page()
    page.goto(f"{server}/#library")
    expect(page.locator(ZONE)).to_be_visible(timeout=60_000)
    drop(page, owls_pdf=owl_pdf())
    added(page)
    page.context.close()
    return page_address(page)


def page_address(page: Page) -> str:
    return page.url.partition("#")[0]


def asked(visit: Any, address: str, width: int = 1280, **options: Any) -> Any:
    """The page over that collection, with the answer to the question that its second page answers."""
    seen = visit(width, 860, **options)
    seen.page.goto(address)
    expect(seen.page.locator(".intro")).to_contain_text(re.compile(r"“My papers( \d+)?”"))
    seen.ask(QUESTION)
    return seen


def test_what_is_dropped_is_told_of_and_then_asked(visit: Any, shoot: Any) -> None:
    page = (seen := visit()).page
    to_library(page)
    expect(page.locator(ZONE)).to_contain_text("becomes a collection of your own")
    shoot(seen, "own-library")
    drop(page, owls_pdf=owl_pdf(), notes_pdf=b"%PDF-1.4 this is none", README_xyz=b"\x00\x01\x02")
    added(page)
    assert re.search(r"\?collection=my-papers-\w+#library$", page.url)
    expect(page.locator(SAID)).to_contain_text("1 added")
    rows = page.locator(ROWS)
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text=TITLE)).to_contain_text("added")
    expect(rows.filter(has_text="notes.pdf")).to_contain_text("could not be read:")
    expect(rows.filter(has_text="README.xyz")).to_contain_text("could not be read:")
    expect(page.locator("#library .entry")).to_have_count(1)
    expect(page.locator("#library .lead")).to_contain_text("1 paper")
    shoot(seen, "own-report")

    drop(page, again_pdf=owl_pdf())
    expect(page.locator(SAID)).to_contain_text("1 there already", timeout=60_000)
    drop(page, other_pdf=owl_pdf() + b"% another file")
    expect(page.locator(ROWS)).to_have_text(f"{TITLE} the same work as {TITLE} other.pdf", timeout=60_000)
    page.locator(".adding-earlier summary").first.click()
    expect(page.locator(".adding-earlier details")).to_have_count(3)
    page.locator(".adding-earlier details summary").last.click()
    expect(page.locator(".adding-earlier .became").filter(has_text=TITLE)).to_be_visible()
    page.get_by_role("button", name="Ask them").click()
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator(".intro > p")).to_contain_text("“My papers”: 1 paper")
    assert page.locator(".intro [data-ask]").all_inner_texts() == [f"What does “{TITLE}” find?"]
    seen.ask(QUESTION)
    expect(page.locator(".answer .quoted").first).to_contain_text(QUOTED)
    link = page.locator("[data-permalink]").get_attribute("href") or ""
    assert link.startswith("?collection=my-papers-")


def test_of_a_folder_what_is_not_read_is_named(visit: Any, tmp_path: Path) -> None:
    page = visit().page
    to_library(page)
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in (*(f"thesis{number}.docx" for number in range(6)), "talk.pptx", "picture.png", "code.py"):
        (folder / name).write_bytes(b"PK")
    (folder / "owl.bib").write_text("@article{tyto, title={Owls by night}, abstract={Owls wake by night.}}")
    page.locator("#library .adding-acts input[type=file]").nth(1).set_input_files(folder)
    added(page)
    expect(page.locator(SAID)).to_contain_text("1 added")
    notes = page.locator("#library .adding-note")
    expect(notes.first).to_contain_text(
        re.compile(r"^Not read: .*\.docx.* … and 2 more. Save them as PDF and add that\.$")
    )
    expect(notes.nth(1)).to_have_text("2 files of other kinds were left out.")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_a_quote_opens_its_page_with_exactly_its_words_lit(
    visit: Any, owls: str, shoot: Any, width: int, scheme: str
) -> None:
    page = (seen := asked(visit, owls, width, color_scheme=scheme)).page
    place = page.locator(PLACE).first
    expect(place).to_have_text(re.compile(r"^(\d )?p\. 2 · 3 Results$"))
    expect(page.locator("#sources .excerpt mark").first).to_contain_text(QUOTED)
    place.click()
    expect(page.locator(LIT).first).to_be_visible()
    page.wait_for_function("() => document.querySelector('#pages .leaf img')?.naturalWidth > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".pages-at")).to_have_text("Page 2 of 3")

    # The boxes of the address are those that are drawn, and hold the quote's words and no others.
    sides = re.findall(r"2:([\d.]+),([\d.]+),([\d.]+),([\d.]+)", page.url)
    boxes = [[float(side) for side in one] for one in sides]
    expect(page.locator(LIT)).to_have_count(len(boxes))
    paper = page.locator("#sources .card").first.get_attribute("data-paper")
    collection = page.url.partition("collection=")[2].partition("#")[0]
    words = f"{seen.server}/api/v1/papers/{paper}/pages/2?collection={collection}"
    quote = " ".join(page.locator("#sources .excerpt mark").first.inner_text().split())
    assert page.evaluate(_WITHIN, [words, boxes]) == quote
    drawn = page.locator(".leaf:has(.leaf-lit)").evaluate(
        "leaf => [...leaf.querySelectorAll('.leaf-lit')].map(box => box.offsetLeft / leaf.clientWidth)"
    )
    assert drawn == pytest.approx([box[0] / 612 for box in boxes], abs=0.003)
    lit = page.locator(LIT).first.bounding_box()
    assert lit and 0 < lit["y"] < 860 and lit["x"] >= 0 and lit["x"] + lit["width"] <= width
    shoot(seen, f"own-page-{width}-{scheme}")
    found = Axe().run(page).response["violations"]
    assert not [one["id"] for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_the_quote_fills_the_width_and_can_be_read(visit: Any, owls: str, shoot: Any, width: int) -> None:
    page = (seen := asked(visit, owls, width, has_touch=True, is_mobile=True, device_scale_factor=2)).page
    page.locator(PLACE).first.tap()
    expect(page.locator(LIT).first).to_be_visible()
    page.wait_for_function("() => document.querySelector('#pages .leaf img')?.naturalWidth > 0")
    boxes = [box for box in (one.bounding_box() for one in page.locator(LIT).all()) if box]
    left, right = min(box["x"] for box in boxes), max(box["x"] + box["width"] for box in boxes)
    assert left >= 0 and right <= width
    assert right - left >= 0.85 * width or max(box["height"] for box in boxes) >= 20
    assert all(0 <= box["y"] <= 860 for box in boxes)
    shoot(seen, f"own-page-phone-{width}")
    # From there it goes on by steps, and back to the whole page.
    before = page.locator(".leaf").first.bounding_box()
    page.get_by_role("button", name="Larger").tap()
    larger = page.locator(".leaf").first.bounding_box()
    for _ in range(8):
        if page.get_by_role("button", name="Smaller").is_enabled():
            page.get_by_role("button", name="Smaller").tap()
    smallest = page.locator(".leaf").first.bounding_box()
    assert before and larger and smallest and smallest["width"] < width < before["width"] < larger["width"]
    assert before["width"] > 1.2 * (width - 16), "as small as where the page fits the width"


def test_the_popover_of_a_quote_says_where_it_stands(visit: Any, owls: str) -> None:
    page = asked(visit, owls).page
    page.locator(".answer .marker").first.hover()
    expect(page.locator("#popover .popover-quote")).to_contain_text(QUOTED)
    expect(page.locator("#popover .popover-place")).to_have_text("p. 2 · 3 Results")
    phone = asked(visit, owls, 390, has_touch=True, is_mobile=True).page
    phone.locator(".answer .marker").first.tap()
    phone.locator("#popover a").tap()
    expect(phone.locator(LIT).first).to_be_visible()


def test_another_collection_of_ones_own_has_a_title_of_its_own(visit: Any, owls: str) -> None:
    page = visit().page
    to_library(page)
    drop(page, owls_pdf=owl_pdf())
    added(page)
    titles = [text.partition(" · ")[0] for text in page.locator("#library .shelf option").all_inner_texts()]
    assert len(titles) == len(set(titles)) and "My papers 2" in titles


def test_a_kept_conversation_is_opened_where_it_was_had(visit: Any, owls: str) -> None:
    page = (seen := asked(visit, owls)).page
    page.click(".sections a[href='#library']")
    page.get_by_role("combobox", name="Collection").select_option("")
    expect(page.locator("#library .lead")).to_contain_text("94 papers")
    page.click("[data-history]")
    page.locator("#history .history-open").first.click()
    expect(page.locator(".turn .question")).to_have_text(QUESTION)
    expect(page.locator("#sources .excerpt mark").first).to_contain_text(QUOTED)
    assert page_address(page) == owls
    page.reload()
    expect(page.locator(".turn .question")).to_have_text(QUESTION)
    assert re.fullmatch(r"paperbacked: My papers( \d+)?", seen.page.title())


def test_pages_are_turned_enlarged_read_and_left_by_the_keyboard(visit: Any, owls: str) -> None:
    page = asked(visit, owls).page
    place = page.locator(PLACE).first
    place.focus()
    page.keyboard.press("Enter")
    told = page.locator(".pages-at")
    expect(told).to_have_text("Page 2 of 3")
    page.keyboard.press("ArrowRight")
    expect(told).to_have_text("Page 3 of 3")
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    assert re.search(r"#page=[^/]+/3/", page.url)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(told).to_have_text("Page 1 of 3")
    expect(page.locator(".leaf[data-page='1'] .leaf-words")).to_contain_text(TITLE)
    before = page.locator(".leaf").first.bounding_box()
    page.keyboard.press("Control+=")
    after = page.locator(".leaf").first.bounding_box()
    assert before and after and after["width"] > before["width"]
    page.keyboard.press("Control+0")
    assert page.locator(".leaf").first.bounding_box()["width"] == before["width"]  # type: ignore[index]
    page.locator(".leaf[data-page='1'] .leaf-line").first.click(click_count=3)
    assert TITLE in page.evaluate("getSelection().toString()")
    page.keyboard.press("Escape")
    expect(page.locator("#pages")).to_have_count(0)
    expect(place).to_be_focused()
    assert "#page" not in page.url
    page.go_forward()
    expect(told).to_have_text("Page 1 of 3")


def test_the_address_of_a_page_can_be_shared(visit: Any, owls: str) -> None:
    page = asked(visit, owls).page
    page.locator(PLACE).first.click()
    expect(page.locator(LIT).first).to_be_visible()
    address, boxes = page.url, page.locator(LIT).count()
    other = (shared := visit()).page
    other.goto(address)
    expect(other.locator(LIT)).to_have_count(boxes)
    other.get_by_role("button", name="Close").click()
    expect(other.locator("#pages")).to_have_count(0)
    expect(other.locator(".intro")).to_be_visible()
    other.goto(f"{owls}#page=nobodys/4")
    expect(other.locator(".pages-gone")).to_contain_text("cannot be shown")
    assert shared.errors and all("404" in error for error in shared.errors)
    shared.errors.clear()


def test_a_collection_is_made_named_anew_shared_deleted_and_had_back(visit: Any) -> None:
    page = (seen := visit(permissions=["clipboard-read", "clipboard-write"])).page
    to_library(page)
    page.get_by_role("button", name="New collection").click()
    page.get_by_label("What shall it be called?").fill("Owls & <b>naps</b>")
    page.keyboard.press("Enter")
    chooser = page.get_by_role("combobox", name="Collection")
    expect(chooser.locator("option:checked")).to_have_text("Owls & <b>naps</b> · 0 papers")
    expect(page.locator("#library .lead")).to_have_text("No papers yet.")
    address = page_address(page)
    page.get_by_role("button", name="Copy its address").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("What shall it be called?").fill("Night birds")
    page.get_by_role("button", name="Save").click()
    expect(chooser.locator("option:checked")).to_have_text("Night birds · 0 papers")
    page.click(".sections a[href='#ask']")
    expect(page.locator(".intro")).to_contain_text("“Night birds” has no papers yet.")
    # This tab remembers where it was.
    page.goto(seen.server)
    expect(page.locator(".intro")).to_contain_text("“Night birds” has no papers yet.")
    assert page_address(page) == address
    to_library(page)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.locator("#library .lead")).to_contain_text("94 papers")
    expect(page.locator(".shelf-deleted")).to_contain_text("“Night birds” is deleted.")
    page.get_by_role("button", name="Undo").click()
    expect(chooser.locator("option:checked")).to_have_text("Night birds · 0 papers")
    chooser.select_option("")
    expect(page.locator("#library .lead")).to_contain_text("94 papers")


def test_a_paper_is_removed_after_it_was_asked_twice(visit: Any) -> None:
    page = visit().page
    to_library(page)
    drop(page, owls_pdf=owl_pdf("Owls to be removed"))
    added(page)
    page.locator("#library .entry th button").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.locator(".removal").get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#library .entry")).to_have_count(0)
    expect(page.locator("#library .lead")).to_have_text("No papers yet.")


def test_chosen_papers_are_asked_together_and_one_alone(visit: Any) -> None:
    page = (seen := visit()).page
    page.click(".sections a[href='#library']")
    for name in ("sleeper", "sycophancy"):
        page.fill("#library [type=search]", name)
        page.locator("#library .entry:not([hidden]) .pick").first.check()
    expect(page.locator(".picked")).to_contain_text("2 papers chosen")
    page.get_by_role("button", name="Ask only these 2").click()
    expect(page.locator("#chosen li")).to_have_count(2)
    expect(page.locator("#question textarea")).to_be_focused()
    seen.ask("Do models tell people what they want to hear?")
    papers = {card.get_attribute("data-paper") for card in page.locator(".evidence .card").all()}
    assert len(papers) <= 2
    only = page.locator("#sources .card").first
    name = only.locator(".card-title").inner_text()
    only.locator("[data-only]").click()
    expect(page.locator("#chosen li")).to_have_text([name])


def test_what_is_pasted_is_added(visit: Any) -> None:
    page = visit().page
    to_library(page)
    page.locator(".adding-paste summary").click()
    entry = "@article{tyto, title={Owls by day}, author={Tyto, Bela}, year={2021}, abstract={Owls sleep by day.}}"
    page.locator(".adding-paste textarea").fill(entry)
    page.get_by_role("button", name="Add these").click()
    added(page)
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(ROWS)).to_contain_text("Owls by day")
    expect(page.locator(SAID)).to_contain_text("1 added")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_library_with_its_report_has_no_serious_fault(
    visit: Any, owls: str, shoot: Any, width: int, scheme: str
) -> None:
    page = (seen := visit(width, 860, color_scheme=scheme)).page
    page.goto(f"{owls}#library")
    expect(page.locator(ZONE)).to_be_visible()
    drop(page, owls_pdf=owl_pdf(), broken_pdf=b"%PDF-1.7 nothing")
    added(page)
    page.locator(".adding-paste summary").click()
    page.locator("#library .pick").first.check()
    shoot(seen, f"own-library-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in serious]
