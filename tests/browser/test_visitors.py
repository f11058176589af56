"""Where each visitor has collections of their own, another visitor sees nothing of them, whatever they try."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_own_papers import LIT, PLACE, QUESTION, TITLE, ZONE, added, drop, page_address, to_library
from tests.support.owl_pdf import owl_pdf

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def server(
    serving: Callable[..., AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("visitors"), PAPERBACKED_ADDING="visitors") as address:
        yield address


def test_a_second_visitor_does_not_see_what_the_first_has_added(visit: Any, shoot: Any) -> None:
    page = (seen := visit()).page
    to_library(page)
    drop(page, owls_pdf=owl_pdf())
    added(page)
    expect(page.locator("#library .shelf")).to_contain_text("It is kept until")
    shoot(seen, "visitor-library")
    address = page_address(page)
    page.get_by_role("button", name="Ask them").click()
    seen.ask(QUESTION)
    page.locator(PLACE).first.click()
    expect(page.locator(LIT).first).to_be_visible()
    picture = page.locator("#pages .leaf img").first.get_attribute("src")
    shared = page.url

    other = (stranger := visit()).page
    for place in (address, f"{address}#library", shared):
        other.goto(stranger.server)
        other.goto(place)
        expect(other.locator(".masthead[data-ready]")).to_be_attached()
        expect(other.locator(".intro")).to_contain_text("There is no collection")
        expect(other.locator("body")).not_to_contain_text(TITLE)
    for path in (picture, picture and picture.replace(".png", ""), f"/api/v1/papers{re.sub('.*[?]', '?', address)}"):
        answer = other.request.get(f"{stranger.server}{re.sub('^https?://[^/]+', '', str(path))}")
        assert answer.status == 404 and TITLE not in answer.text()
    other.goto(f"{stranger.server}/#library")
    other.evaluate("sessionStorage.clear()")
    other.goto(stranger.server)
    to_library(other)
    expect(other.locator("#library .shelf")).not_to_contain_text("My papers")
    expect(other.locator(ZONE)).to_contain_text("becomes a collection of your own")
    assert stranger.errors and all("404" in error for error in stranger.errors)
    stranger.errors.clear()
