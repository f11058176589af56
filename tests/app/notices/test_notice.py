"""Notices: every one in every language, known by its code wherever a reader is told one."""

from __future__ import annotations

import ast
import copy
import json
import pickle
from pathlib import Path
from string import Formatter

import pytest

import app
from app.answering.events import Failed, Status, as_json
from app.answering.models.catalogue import OFFERED
from app.answering.question import MAX_QUESTION_CHARS, checked_question
from app.notices.notice import Notice, code_of, languages, notices_as_json, said, templates, together
from app.surfaces.gate.rate_limits import LimitError, RateLimit
from app.surfaces.page.chosen_filters import Chosen, chosen_filters
from retrieval.errors import InputError, PaperbackedError

SOURCES = sorted(Path(app.__path__[0]).rglob("*.py"))


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_language_has_the_same_codes_and_asks_for_no_other_parameter() -> None:
    assert "en" in languages()
    for language in languages():
        assert set(templates(language)) == set(templates("en"))
        for code, template in templates(language).items():
            english = templates("en")[code]
            assert isinstance(template, str) == isinstance(english, str), code
            for form in ("one", "other"):
                told = template if isinstance(template, str) else template[form]
                # By their count one form is chosen, so it is always there.
                given = places(english) if isinstance(english, str) else places(" ".join(english.values())) | {"count"}
                assert told.strip() and places(told) <= given, (language, code)


def codes_used() -> set[str]:
    """The codes of all `Notice("…")` in the program, also of those that choose between two."""
    used: set[str] = set()
    for source in SOURCES:
        for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", None) != "Notice" or not call.args:
                continue
            first = call.args[0]
            codes = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            used |= {str(code.value) for code in codes if isinstance(code, ast.Constant)}
    return used


def test_every_notice_that_is_told_is_written_and_every_one_that_is_written_is_told() -> None:
    chosen = {"needs_fetched", "needs_nothing", "client_limit", "server_limit"}  # by a variable
    chosen |= {model.remark_code for model in OFFERED}
    assert codes_used() | chosen == set(templates("en"))


def test_it_is_its_english_text_and_knows_the_others() -> None:
    notice = Notice("left_out", count=1234)
    assert notice.startswith("1,234 passages of the index are not what their papers say and were left out:")
    assert notice.said("zh").startswith("索引中有 1,234 个段落") and notice.said("fr") == notice
    assert Notice("left_out", count=1).startswith("One passage") and "1 个段落" in Notice("left_out", count=1).said(
        "zh"
    )
    assert said("A <b>new</b> sentence.", "zh") == "A <b>new</b> sentence."
    assert json.loads(json.dumps(notice)) == str(notice)
    with pytest.raises(KeyError):
        Notice("nothing_of_that_name")
    with pytest.raises(KeyError):
        Notice("writing")


def test_notices_told_together_keep_their_codes() -> None:
    both = together(Notice("unsupported", name="x"), None, Notice("left_out", count=2))
    assert both == f"{Notice('unsupported', name='x')} {Notice('left_out', count=2)}"
    assert [one["code"] for one in notices_as_json(both)] == ["unsupported", "left_out"]
    assert "不支持 x" in said(both or "", "zh") and "2 个段落" in said(both or "", "zh")
    mixed = together("Of a server.", Notice("left_out", count=2))
    assert [one["code"] for one in notices_as_json(mixed)] == [None, "left_out"]
    assert said(mixed or "", "zh") == f"Of a server. {Notice('left_out', count=2).said('zh')}"
    assert together(None, None) is None and notices_as_json(None) == []
    three = together(both, Notice("papers_gone", count=1))
    assert [one["code"] for one in notices_as_json(three)] == ["unsupported", "left_out", "papers_gone"]


def test_a_copy_knows_as_much() -> None:
    one, other = Notice("unsupported", name="x"), Notice("left_out", count=2)
    for notice in (one, together(one, "Of a server.", other)):
        for copied in (copy.copy(notice), copy.deepcopy(notice), pickle.loads(pickle.dumps(notice))):
            assert copied == notice and notices_as_json(copied) == notices_as_json(notice)


def test_no_name_of_a_parameter_is_taken() -> None:
    assert Notice("writing", name="x", code="y", cls="z") == "Writing with x"


def test_events_bear_code_and_parameters_beside_their_text() -> None:
    writing = Notice("writing", name="smollm2")
    assert as_json(Status(writing)) == {
        "text": "Writing with smollm2",
        "code": "writing",
        "params": {"name": "smollm2"},
    }
    assert as_json(Failed("Of a server.")) == {"message": "Of a server.", "code": None, "params": {}}


def refusal(asks: int) -> PaperbackedError:
    limits = RateLimit(client_limit=0 if asks == 2 else 1, server_limit=0 if asks == 1 else 1)
    limits.admit("192.0.2.1")
    with pytest.raises(LimitError) as refused:
        limits.admit("192.0.2.1")
    return refused.value


def complaint(asked: str | Chosen) -> PaperbackedError:
    with pytest.raises(InputError) as refused:
        chosen_filters(asked) if isinstance(asked, Chosen) else checked_question(asked)
    return refused.value


def test_complaints_know_their_codes_too() -> None:
    complaints = (complaint(""), complaint("x" * (MAX_QUESTION_CHARS + 1)), complaint(Chosen(since=2024, until=2022)))
    told = [*complaints, refusal(1), refusal(2)]
    codes = ["question_empty", "question_long", "years_swapped", "client_limit", "server_limit"]
    assert [code_of(error.message)["code"] for error in told] == codes
    assert all(not any("a" <= sign <= "z" for sign in said(error.message, "zh")) for error in told)


def test_what_a_model_needs_is_said_in_every_language() -> None:
    for model in OFFERED:
        assert model.needs.said("zh") != model.needs and model.remark.said("zh") != model.remark
