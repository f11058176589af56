"""The widget as it is sent: one small script, a frame with a strict policy, and documentation that is true."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.surfaces.gate.page_security import LocalOnly
from app.surfaces.options import ServingOptions
from app.surfaces.page import cards
from app.surfaces.ui_strings import LANGUAGES, ui_strings
from app.surfaces.widget.routes import FRAME_ATTRIBUTES, widget_router
from app.surfaces.widget.script import ATTRIBUTES, PARTS, STYLES, constants, squeezed_script, widget_script

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "app" / "surfaces" / "widget"
PAGE = (ROOT / "docs" / "widget.md").read_text(encoding="utf-8")
SOURCES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((FOLDER / "script").glob("*.js"))}
SCRIPT = "\n".join(squeezed_script(text) for text in SOURCES.values())
ALLOWED = "https://site.example"
CONSTANTS = constants()
MOST_BYTES = 20_000


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    app.include_router(widget_router(ServingOptions(widget_origins=(ALLOWED,))))
    app.add_middleware(LocalOnly)
    return TestClient(app)


def test_the_script_is_small(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    answer = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    size = int(answer.headers["content-length"])
    with capsys.disabled():
        print(f"\nwidget.js: {size:,} bytes gzipped, {len(answer.content):,} plain")
    assert size == len(widget_script().gzipped) < MOST_BYTES


def test_the_script_is_the_same_zipped_or_not(client: TestClient) -> None:
    plain = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == widget_script().plain == gzip.decompress(widget_script().gzipped)
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert plain.headers["vary"] == "Accept-Encoding"


def test_the_script_may_be_loaded_from_anywhere_and_is_cached(client: TestClient) -> None:
    answer = client.get("/widget.js", headers={"Origin": "https://anywhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert re.match(r"public, max-age=\d{3},", answer.headers["cache-control"])
    for known in (answer.headers["etag"], f'"other", W/{answer.headers["etag"]}'):
        again = client.get("/widget.js", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == answer.headers["etag"]
    assert client.get("/widget.js", headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head("/widget.js")
    assert head.status_code == 200 and head.headers["etag"] == answer.headers["etag"]


def test_every_part_is_in_the_script() -> None:
    assert sorted(PARTS) == sorted(SOURCES)
    assert sorted(STYLES) == sorted(path.stem for path in (FOLDER / "style").glob("*.css"))
    lines = [line for text in SOURCES.values() for line in text.splitlines()]
    assert not any(line.count("`") % 2 for line in lines), "squeezing would change a literal over lines"


def test_one_scope_takes_all_parts() -> None:
    given: dict[str, str] = {}
    for name in PARTS:
        text = SOURCES[name]
        for names, source in re.findall(r"^import \{([^}]+)\} from \"\./(\w+)\.js\";", text, re.MULTILINE):
            for imported in re.findall(r"\w+", names):
                assert given.get(imported) == source, f"{name}: {imported} of {source} does not come before it"
        declared = re.findall(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", text, re.MULTILINE)
        assert not given.keys() & set(declared), f"{name} gives a name a second time"
        given |= dict.fromkeys(declared, name)
    sent = widget_script().plain.decode()
    assert not re.search(r"^(?:import|export)\b|(?:^|\s)//", sent, re.MULTILINE)


def test_the_linter_knows_what_the_script_is_given() -> None:
    overrides = json.loads((ROOT / "biome.json").read_text(encoding="utf-8"))["overrides"]
    [known] = [one["javascript"]["globals"] for one in overrides if "widget" in one["includes"][0]]
    assert known == list(CONSTANTS)


def test_text_can_only_become_text() -> None:
    """No way from a string to markup, code or a style attribute, and no other host."""
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|DOMParser|document\.write|\beval\b"
        r"|new Function"
        r"|setTimeout\(['\"`]|cssText|setAttribute\(['\"]style|srcdoc|localStorage|sessionStorage|document\.cookie"
    )
    assert not re.findall(forbidden, SCRIPT)
    addresses = set(re.findall(r"https?://[\w./-]*", widget_script().plain.decode()))
    assert addresses == {"http://www.w3.org/2000/svg", "https://arxiv.org/abs/", "https://doi.org/"}
    assert "url(" not in CONSTANTS["STYLE"]


def test_a_page_chooses_neither_model_nor_prompt() -> None:
    assert not {"model", "prompt", "llm", "system", "temperature"} & set(ATTRIBUTES)
    [body] = re.findall(r"exchange\.body = JSON\.stringify\((.*?)\);", SCRIPT)
    assert body == "{ question, history: exchange.history, filters, collection }"


def test_a_match_is_called_what_the_page_calls_it() -> None:
    assert {"STRONG": cards.STRONG, "FAIR": cards.FAIR}.items() <= CONSTANTS.items()
    assert not re.search(r"const (?:STRONG|FAIR)\b", SCRIPT)
    for language in LANGUAGES:
        called = {name: CONSTANTS["WORDS"][language][f"match_{name}"] for name in cards.MATCHES}
        assert called == {name: ui_strings(language)(f"card_match_{name}") for name in cards.MATCHES}


def test_what_the_script_is_given_is_used_and_given_once() -> None:
    for name in CONSTANTS:
        assert re.search(rf"\b{name}\b", SCRIPT), f"{name} is sent for nothing"
        assert not re.search(rf"^(?:const|let|function|class) {name}\b", SCRIPT, re.MULTILINE)


def test_the_words_are_complete_in_every_language() -> None:
    spoken: dict[str, dict[str, str]] = CONSTANTS["WORDS"]
    assert tuple(spoken) == LANGUAGES
    places = {
        language: {key: set(re.findall(r"\{\w+\}", text)) for key, text in texts.items()}
        for language, texts in spoken.items()
    }
    assert places["en"] == places["zh"]
    assert all(text.strip() for texts in spoken.values() for text in texts.values())
    used = set(re.findall(r'\bsay\("(\w+)"', SCRIPT)) | {"up", "down", "uncited", "unsupported"}
    assert used <= set(spoken["en"]), "a word that is used and not there"
    unused = {key for key in spoken["en"] if f'"{key}"' not in SCRIPT} - {"up", "down", "uncited", "unsupported"}
    assert not {key for key in unused if not re.search(rf"\b{key}\b", SCRIPT)}, "a word that nothing says"


def test_the_page_names_every_attribute_and_no_other() -> None:
    [table] = re.findall(r"## Attributes\n(.+?)\n## ", PAGE, re.DOTALL)
    assert tuple(re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE)) == ATTRIBUTES
    read = set(re.findall(r'\btext\("(\w+)"', SCRIPT)) | {"organisation", "category", "paper", "since", "until"}
    assert read | {"launcher"} == set(ATTRIBUTES)


def test_the_page_names_every_event_and_method() -> None:
    events = set(re.findall(r"^\| `paperbacked:(\w+)` \|", PAGE, re.MULTILINE))
    assert events == set(re.findall(r'(?:#tell|told)\("(\w+)"', SCRIPT))
    methods = set(re.findall(r"^\| `(\w+)\(\w*\)` \|", PAGE, re.MULTILINE))
    public = set(re.findall(r"^  (?:async )?([a-z]+)\(\w*\) \{", SOURCES["element"], re.MULTILINE))
    assert methods == public - {"constructor"} == {"open", "close", "ask", "stop"}


def test_the_page_says_which_directives_a_site_needs() -> None:
    assert "script-src https://papers.example.org; connect-src https://papers.example.org" in PAGE
    assert "PAPERBACKED_WIDGET_ORIGINS=" in PAGE


class _Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_frame_takes_its_wishes_from_the_address(client: TestClient) -> None:
    wishes = {"title": "Ask", "accent": "#a00", "examples": json.dumps(["Why?"]), "language": "zh"}
    answer = client.get("/widget/frame", params=wishes)
    elements = _Elements(answer.text).found
    [widget] = [attributes for tag, attributes in elements if tag == "paperbacked-answer"]
    assert widget == {**wishes, "fill": None}
    assert dict(elements)["html"] == {"lang": "zh"}


@pytest.mark.parametrize("name", FRAME_ATTRIBUTES)
def test_nothing_breaks_out_of_the_frames_attributes(client: TestClient, name: str) -> None:
    hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(1)> {attributes} {language}"
    elements = _Elements(client.get("/widget/frame", params={name: hostile}).text).found
    [widget] = [attributes for tag, attributes in elements if tag == "paperbacked-answer"]
    assert widget[name] == hostile
    assert [tag for tag, _ in elements] == [
        "html",
        "head",
        "meta",
        "meta",
        "title",
        "script",
        "body",
        "main",
        "paperbacked-answer",
    ]


def test_the_frames_address_does_not_say_where_questions_go(client: TestClient) -> None:
    page = client.get(
        "/widget/frame", params={"server": "https://elsewhere.example", "onclick": "x", "launcher": "on"}
    ).text
    assert "elsewhere" not in page and "onclick" not in page
    assert len(client.get("/widget/frame", params={"title": "a" * 30_000}).content) < 6_000


@pytest.mark.parametrize(("path", "framers"), [("/widget/frame", f"'self' {ALLOWED}"), ("/demo", "'self'")])
def test_the_pages_bring_a_policy_of_their_own(client: TestClient, path: str, framers: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    policy = dict(directive.split(" ", 1) for directive in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == framers
    assert "unsafe" not in str(policy) and "nonce" not in str(policy) and "*" not in str(policy)
    assert all(
        sources == "'self'" for name, sources in policy.items() if name in ("script-src", "style-src", "connect-src")
    )
    # What the chat page needs for its first paint would be refused here.
    assert "<style" not in answer.text and "nonce" not in answer.text
    assert not [attributes for tag, attributes in _Elements(answer.text).found if "style" in attributes]


def test_nobody_frames_it_unless_allowed() -> None:
    app = FastAPI()
    app.include_router(widget_router())
    assert TestClient(app).get("/widget/frame").headers["content-security-policy"].endswith("frame-ancestors 'self'")


def test_the_demo_has_both_and_its_styles(client: TestClient) -> None:
    elements = _Elements(client.get("/demo").text).found
    assert [attributes for tag, attributes in elements if tag == "script" and attributes["data-launcher"] == "on"]
    assert [tag for tag, _ in elements].count("paperbacked-answer") == 1
    style = client.get("/demo.css")
    assert style.headers["content-type"].startswith("text/css")
    # Its colours are those of the tokens, by day and by night.
    assert style.text.count("--paper: #") == 2 and "var(--paper)" in style.text
