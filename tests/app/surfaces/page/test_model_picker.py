"""The models on the page: what can be pressed, and how far the one underway has come."""

from __future__ import annotations

import re

from app.answering.models.catalogue import CATALOGUE
from app.answering.models.language_models import Offer, Underway
from app.notices.notice import Notice
from app.surfaces.page.model_picker import model_picker_html
from app.surfaces.ui_strings import ui_strings

EN = ui_strings("en")
SMALLEST, MIDDLE, LARGEST = CATALOGUE


def test_each_model_has_its_needs_and_the_one_thing_to_do() -> None:
    html = model_picker_html(
        [Offer(SMALLEST, True, True), Offer(MIDDLE, True, False), Offer(LARGEST, False, False)], None, None, EN
    )
    assert all(model.name in html and model.needs in html for model in CATALOGUE)
    assert "at work" in html and '<details class="models">' in html
    assert re.findall(r'data-get="([^"]+)"[^>]*>([^<]+)<', html) == [
        ("none", "Back to quotes"),
        (MIDDLE.name, "Use it"),
        (LARGEST.name, "Fetch it"),
    ]


def test_while_one_is_underway_no_other_can_be_pressed() -> None:
    underway = Underway(SMALLEST.name, Notice("fetching", name="<b>"), 1200, 1500)
    html = model_picker_html([Offer(model, False, False) for model in CATALOGUE], underway, None, EN)
    assert "data-get" not in html and '<details class="models" open>' in html
    assert "Fetching &lt;b&gt; … 1,200 of 1,500" in html and '<progress value="1200" max="1500"' in html


def test_a_failure_is_told() -> None:
    html = model_picker_html([Offer(SMALLEST, False, False)], None, "No <hub>.", EN)
    assert '<p class="note">No &lt;hub&gt;.</p>' in html and " open>" in html


def test_where_none_is_offered_nothing_is_shown() -> None:
    assert model_picker_html([], None, "x", EN) == ""
