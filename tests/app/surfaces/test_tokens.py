"""Colours stand in tokens.css and nowhere else, and whoever draws has those that it uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from matplotlib.colors import CSS4_COLORS

from app.surfaces import tokens
from app.surfaces.gate.page_security import local_page
from app.surfaces.login.key_login import KeyLogin
from app.surfaces.page.assets import styles
from app.surfaces.page.gradio_page import page_options
from app.surfaces.tokens import declarations, token
from app.surfaces.widget.script import constants

FOLDER = Path(tokens.__file__).parent
# Somebody else's page, whose colours are against ours on purpose.
NOT_OURS = Path(__file__).parents[2] / "support" / "hostile.css"
DRAWING = {".css", ".html", ".js", ".py"}
_NAME = "|".join(CSS4_COLORS)
LITERAL = re.compile(
    r"(?<![\w&])#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b"
    r"|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(\s*(?:from\b|[\d.+-])"
    rf"|[\"'](?:{_NAME})[\"']",
    re.IGNORECASE,
)
NAMED_IN_CSS = re.compile(rf"(?<![\w#.-])(?:{_NAME})(?![\w(-])", re.IGNORECASE)


def colours_in(text: str, style: bool) -> list[str]:
    """The literal colours of a file; a style sheet's names count too, but for those in strings and comments."""
    found = [match.group() for match in LITERAL.finditer(text)]
    if style:
        bare = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", text, flags=re.DOTALL)
        found += [name for value in re.findall(r":([^:;{}]*)[;}]", bare) for name in NAMED_IN_CSS.findall(value)]
    return found


def test_no_colour_stands_outside_the_tokens() -> None:
    files = [path for path in sorted(FOLDER.rglob("*")) if path.suffix in DRAWING and path.name != "tokens.css"]
    assert len(files) > 100
    found = {}
    for path in files:
        text = path.read_text(encoding="utf-8")
        styles = "".join(re.findall(r"<style.*?</style>", text, re.DOTALL)) if path.suffix == ".html" else ""
        colours = colours_in(text, path.suffix == ".css") + colours_in(styles, True)
        if colours:
            found[path.relative_to(FOLDER).as_posix()] = colours
    assert not found
    assert colours_in(NOT_OURS.read_text(encoding="utf-8"), True)


@pytest.mark.parametrize(
    "literal",
    ["#fff", "#FCFBF8", "#0d617080", "rgb(0 0 0 / 14%)", "hsl(120deg 1% 2%)", "oklch(0.7 0.1 80)", "white", "RED"],
)
def test_a_colour_is_known_in_every_form(literal: str) -> None:
    assert colours_in(f"a {{ border: 1px solid {literal}; }}", True)
    assert colours_in(f'node.style.color = "{literal}";', False)


def test_what_is_no_colour_is_not_taken_for_one() -> None:
    for text in ('href="#about"', "&#39;", "#draw() {}", "url.hash === `#${section}`", "/^#[0-9a-f]{6}$/"):
        assert not colours_in(text, False)
    for value in ("var(--red)", "color-mix(in srgb, var(--accent) 62%, var(--paper))", "currentColor", "transparent"):
        assert not colours_in(f"a {{ color: {value}; white-space: nowrap; }} .red:hover {{ margin: 0; }}", True)


# What is set elsewhere than in tokens.css: sizes of the page, and what the widget's script works out.
OWN = {"masthead", "composer", "view", "view-top", "view-height", "accent", "on-accent", "tint", "tint-strong"}


def test_every_style_sheet_has_the_tokens_that_it_uses() -> None:
    login = KeyLogin("key")
    app = FastAPI()
    login.attach(app)
    for style in (styles(), constants()["STYLE"], TestClient(app).get("/login").text):
        used = set(re.findall(r"var\(--([\w-]+)", style))
        assert used - OWN <= set(re.findall(r"--([\w-]+):", style)), "a token that nobody gives"


def test_no_token_is_there_for_nothing() -> None:
    drawn = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*") if path.suffix in DRAWING - {".py"})
    python = (FOLDER / "widget" / "script.py").read_text(encoding="utf-8")
    for name in re.findall(r"--([\w-]+):", (FOLDER / "tokens.css").read_text(encoding="utf-8")):
        assert f"var(--{name})" in drawn or f'token("{name}")' in python, name


def test_a_colour_of_the_tokens_is_that_of_everything_that_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {"light": {"paper": "#010203", "ink": "#040506", "accent": "#070809"}, "dark": {"paper": "#111213"}}
    changed = {theme: {**block, **ours[theme]} for theme, block in tokens._tokens().items()}
    monkeypatch.setattr(tokens, "_tokens", lambda: changed)
    assert "--paper: #010203;" in styles() and "--paper: #111213;" in styles()
    assert page_options()["theme"].body_background_fill == "#010203"
    assert page_options()["theme"].body_background_fill_dark == "#111213"
    assert b'dark ? "#111213" : "#010203"' in local_page(b"<head></head>", "nonce")
    given = constants()
    assert given["THEMES"]["light"]["accent"] == "#070809" and given["THEMES"]["dark"]["paper"] == "#111213"
    assert "--paper: #010203;" in given["STYLE"] and "--ink: #040506;" in given["STYLE"]


def test_a_dark_token_that_is_not_given_is_the_light_one() -> None:
    assert token("veil", "dark") == token("veil")
    assert declarations("a { color: var(--ink); }", "dark") == f"  --ink: {token('ink', 'dark')};\n"
    with pytest.raises(KeyError):
        token("no-such-token")
