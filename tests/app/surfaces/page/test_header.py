"""The masthead says in each language what its buttons do."""

from __future__ import annotations

import pytest

from app.surfaces.markup import text_html
from app.surfaces.page.header import header_html
from app.surfaces.ui_strings import LANGUAGES, ui_strings


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_theme_button_has_words_for_both_ways(language: str) -> None:
    words = ui_strings(language)
    html = header_html(words)
    assert f'data-to-dark="{text_html(words("page_to_dark"))}"' in html
    assert f'data-to-light="{text_html(words("page_to_light"))}"' in html
    assert words("page_to_dark") != words("page_to_light")
