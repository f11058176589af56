"""Settings come from the environment, are checked once, and never change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app.answering.evidence.calibration import MODEL_FILE
from app.settings import Settings, read_settings
from retrieval.errors import InputError
from retrieval.shipped import default_papers_file, shipped_file


def test_defaults(home: Path) -> None:
    settings = read_settings()
    assert settings.home == home
    assert settings.papers == default_papers_file().absolute()
    assert (settings.collection, settings.embedding, settings.llm) == ("default", "minilm-papers", "auto")
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.chroma == home / "chroma"
    assert settings.collection_folder == home / "collections" / "default"


def test_what_answer_from_says_of_the_fitted_thresholds_is_what_was_fitted() -> None:
    fitted = json.loads(shipped_file(MODEL_FILE).read_text(encoding="utf-8"))
    said = f"({fitted['answered_from']:.2f})"
    assert said in (Settings.model_fields["answer_from"].description or "")


SPECIAL: dict[str, tuple[str, object]] = {
    "home": ("/x/y", Path("/x/y")),
    "papers": ("/x/y", Path("/x/y")),
    "collection": ("mine", "mine"),
    "llm_prompt": ("small", "small"),
    "unsupported": ("drop", "drop"),
    "answer_from": ("0.7", 0.7),
    "port": ("1234", 1234),
    "client_limit": ("7", 7),
    "server_limit": ("0", 0),
    "login": ("hub", "hub"),
    "log_questions": ("true", True),
    "widget_origins": ("https://a.example, http://b.example:8080", ("https://a.example", "http://b.example:8080")),
    "frame_ancestors": ("https://a.example", ("https://a.example",)),
    "hosts": ("papers.example.org, *.example.com", ("papers.example.org", "*.example.com")),
    "adding": ("visitors", "visitors"),
    "collections": ("mine, ours", ("mine", "ours")),
    "upload_limit_mb": ("7", 7),
    "visitor_papers": ("7", 7),
    "visitor_mb": ("7", 7),
    "visitor_days": ("7", 7),
    "online": ("true", True),
    "contact": ("me@example.org", "me@example.org"),
}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    text, value = SPECIAL.get(name, ("something", "something"))
    monkeypatch.setenv(f"PAPERBACKED_{name.upper()}", text)
    read = getattr(read_settings(), name)
    assert (read.get_secret_value() if isinstance(read, SecretStr) else read) == value


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    assert (Settings.model_fields[name].description or "").endswith(".")


def test_what_the_command_says_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBACKED_PORT", "1234")
    assert read_settings(port=5678, host=None).port == 5678
    assert read_settings(port=None).port == 1234


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read_settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("name", ["PAPERBACKED_LLMM", "PAPERBACKED_", "PAPERBACKED_collection_folder"])
def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(
        InputError, match=rf"^There is no setting {name}: choose from PAPERBACKED_ADDING, PAPERBACKED_ANSWER_FROM, "
    ):
        read_settings()


def test_other_programs_variables_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBACK_PORT", "1")
    monkeypatch.setenv("PORT", "1")
    assert read_settings().port == 7860


def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(InputError, match="The setting prot is wrong"):
        read_settings(prot=1)


@pytest.mark.parametrize("port", ["99999", "-1", "http", "", "7860.5"])
def test_a_wrong_port(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PAPERBACKED_PORT", port)
    with pytest.raises(InputError, match=r"^The setting port is wrong \(.+\)\.$"):
        read_settings()


@pytest.mark.parametrize("name", ["Mine", "my papers", "../mine", "", "-a", "a-", "a.b", "x" * 41, "论文", "a\n"])
def test_a_wrong_collection(name: str) -> None:
    with pytest.raises(
        InputError, match=r"The setting collection is wrong .a collection's name is 1 to 40 small letters"
    ):
        read_settings(collection=name)


@pytest.mark.parametrize("name", ["a", "7", "ml", "my-papers", "x" * 40])
def test_a_collection(name: str) -> None:
    assert read_settings(collection=name).collection == name


def test_folders_are_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert read_settings(home="~/a").home == tmp_path / "a"
    assert read_settings(home="b", papers="c.jsonl").papers == tmp_path / "c.jsonl"


def test_a_home_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBACKED_HOME", "~nobody-of-that-name/papers")
    with pytest.raises(InputError, match="The setting home is wrong"):
        read_settings()


def test_a_chroma_server_takes_the_place_of_the_folder() -> None:
    assert read_settings(chroma_url="http://127.0.0.1:8000").chroma == ("http://127.0.0.1:8000",)


def test_several_chroma_servers_keep_their_order() -> None:
    named = "https://b.example, http://a.example:8000,http://127.0.0.1:1 ,https://b.example,"
    expected = ("https://b.example", "http://a.example:8000", "http://127.0.0.1:1")
    assert read_settings(chroma_url=named).chroma == expected


@pytest.mark.parametrize("nothing", ["", " , "])
def test_no_chroma_server_is_the_folder(home: Path, nothing: str) -> None:
    assert read_settings(chroma_url=nothing).chroma == home / "chroma"


@pytest.mark.parametrize("name", ["LLM_KEY", "API_KEY", "CHROMA_TOKEN"])
def test_a_key_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"PAPERBACKED_{name}", "sk-very-secret")
    assert "very-secret" not in repr(read_settings()) + str(read_settings())


@pytest.mark.parametrize("key", ["two words", "schlüssel", "line\n", " "])
@pytest.mark.parametrize("setting", ["api_key", "chroma_token"])
def test_a_key_that_no_header_can_bring_is_refused_and_not_shown(setting: str, key: str) -> None:
    with pytest.raises(InputError, match=rf"^The setting {setting} is wrong \(a key consists of") as caught:
        read_settings(**{setting: key})
    assert key not in str(caught.value).replace(f"The setting {setting}", "") or key == " "


def test_nobody_else_may_ask_and_there_are_limits_unless_somebody_says_so() -> None:
    settings = read_settings()
    assert (settings.widget_origins, settings.frame_ancestors, settings.api_key) == ((), (), None)
    assert settings.hosts == ()
    assert 0 < settings.client_limit < settings.server_limit
    assert settings.trusted_proxies == "127.0.0.1"
    assert not settings.log_questions


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("HTTPS://Example.ORG:443", "https://example.org"),
        ("http://example.org:80", "http://example.org"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(written: str, origin: str) -> None:
    assert read_settings(widget_origins=written).widget_origins == (origin,)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "*",
            "https://*.example.org",
            "null",
            "example.org",
            "https://",
            "ftp://example.org",
            "https://a.example/path",
        ),
        *("https://me@a.example", "https://a.example?x", "https://a.example#x", "https://a.example:port"),
    ],
)
@pytest.mark.parametrize("name", ["widget_origins", "frame_ancestors"])
def test_what_is_no_origin_is_refused(name: str, written: str) -> None:
    with pytest.raises(InputError, match=rf"^The setting {name} is wrong \(.* is no origin such as https"):
        read_settings(**{name: written})


@pytest.mark.parametrize(
    ("written", "hosts"),
    [
        ("", ()),
        ("localhost", ("localhost",)),
        ("Papers.Example.ORG", ("papers.example.org",)),
        ("papers.example.org.", ("papers.example.org",)),
        ("*.Example.org", ("*.example.org",)),
        ("my_box xn--4gbwdl.xn--wgbh1c", ("my_box", "xn--4gbwdl.xn--wgbh1c")),
        ("192.0.2.1,2001:DB8:0::1,[::1]", ("192.0.2.1", "2001:db8::1", "::1")),
    ],
)
def test_a_host_is_kept_as_browsers_write_it(written: str, hosts: tuple[str, ...]) -> None:
    assert read_settings(hosts=written).hosts == hosts


@pytest.mark.parametrize(
    "written",
    [
        *("*", "*.", "*.*.example.org", "a.*.example.org", "*example.org", ".example.org", "a..example.org"),
        *("https://example.org", "example.org:7860", "example.org/path", "me@example.org", "[example.org]"),
        *("-a.example", "a-.example", "a" * 64 + ".example", "a." * 127 + "a", "bücher.example"),
        *("192.0.2", "1.2.3.999", "*.192.0.2.1", "[2001:db8::1]:7860", "fe80::1%eth0"),
    ],
)
def test_what_is_no_host_is_refused(written: str) -> None:
    with pytest.raises(InputError, match=r"^The setting hosts is wrong \(.* is no host such as example\.org"):
        read_settings(hosts=written)


@pytest.mark.parametrize("limit", ["-1", "many", "1.5", ""])
@pytest.mark.parametrize("name", ["client_limit", "server_limit"])
def test_a_wrong_limit(monkeypatch: pytest.MonkeyPatch, name: str, limit: str) -> None:
    monkeypatch.setenv(f"PAPERBACKED_{name.upper()}", limit)
    with pytest.raises(InputError, match=rf"^The setting {name} is wrong \(.+\)\.$"):
        read_settings()


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("box", False)],
)
def test_a_server_is_local_where_only_this_machine_reaches_it(host: str, local: bool) -> None:
    assert read_settings(host=host).is_local is local


@pytest.mark.parametrize(
    ("host", "hosts", "adds"),
    [
        ("127.0.0.1", (), "on"),
        ("localhost", ("localhost", "127.0.0.1"), "on"),
        ("127.0.0.1", ("papers.example.org",), "off"),  # a proxy is in front, through which others come
        ("127.0.0.1", ("localhost", "*.example.org"), "off"),
        ("0.0.0.0", (), "off"),
        ("::1", (), "on"),
    ],
)
def test_papers_are_taken_by_themselves_only_where_nobody_else_comes(
    host: str, hosts: tuple[str, ...], adds: str
) -> None:
    assert Settings(host=host, hosts=hosts).adds == adds
    assert Settings(host=host, hosts=hosts, adding="visitors").adds == "visitors"


@pytest.mark.parametrize("contact", ["me@example.org\r\nHost: b", "me", "a b@c.example", "ä@example.org"])
def test_a_contact_that_could_not_stand_in_a_header_is_refused(contact: str) -> None:
    with pytest.raises(InputError, match="contact"):
        read_settings(contact=contact)


@pytest.mark.parametrize("names", ["../x", "mine,*", "Mine"])
def test_collections_are_names_or_all(names: str) -> None:
    with pytest.raises(InputError, match="collections"):
        read_settings(collections=names)
