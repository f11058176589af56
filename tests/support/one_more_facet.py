"""The application with one facet more than it has, `kind`: prints as JSON what each part makes of it.

Its entry is put into the table's own source before anything reads it, and its words beside those of the interface:
`python one_more_facet.py FOLDER`, which may be written to.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

ROOT = Path(__file__).parents[2]
ENTRY = '    kinds: Annotated[T, Facet("kind", "Only works of this kind.", translated=True, listed=True)] = _NONE\n'
BEFORE = "\n    def of(self, facet: Facet) -> T:"
WORDS = {
    "en": {"filters_kind": "Kind", "kind_report": "Report", "library_kind": "Kind", "library_any_kind": "All kinds"},
    "zh": {"filters_kind": "类型", "kind_report": "报告", "library_kind": "类型", "library_any_kind": "所有类型"},
}


def add_the_facet(folder: Path) -> None:
    """The one entry and its words, before anything else of the application is imported."""
    file = ROOT / "retrieval" / "facets.py"
    source = file.read_text(encoding="utf-8")
    assert source.count(BEFORE) == 1, "the table ends elsewhere now"
    module = sys.modules["retrieval.facets"] = ModuleType("retrieval.facets")
    exec(compile(source.replace(BEFORE, ENTRY + BEFORE), str(file), "exec"), module.__dict__)

    from app.surfaces import ui_strings

    words = Path(shutil.copytree(ui_strings._FOLDER, folder / "words"))
    for language, texts in WORDS.items():
        (words / f"kind.{language}.json").write_text(json.dumps(texts), encoding="utf-8")
    ui_strings._FOLDER = words


def an_answerer(folder: Path) -> Any:
    """Over two papers and a report, which say the same."""
    from app.answering.models.language_model import LanguageModel
    from app.local_answerer import LocalAnswerer
    from retrieval.ingest import Reading, update_collection
    from retrieval.models.embedder import HashEmbedder
    from retrieval.passages import CollectionPassages
    from retrieval.retriever import PaperRetriever
    from retrieval.stores.chroma import ChromaStore
    from retrieval.types import Paper

    papers = tuple(
        Paper(name, f"On owls, {name}", "Owls hunt at night.", "en", kind=kind)
        for name, kind in (("first", "paper"), ("second", "paper"), ("third", "report"))
    )
    embedder, store = HashEmbedder(), ChromaStore(folder / "chroma")
    readings = [Reading("own", lambda: papers)]
    made, _ = update_collection(folder / "papers", "default", readings, embedder, store, lock_file=folder / "lock")
    retriever = PaperRetriever(store=store, embedder=embedder, collection=CollectionPassages(made))
    return LocalAnswerer(retriever, LanguageModel)


def retrieved(answerer: Any) -> dict[str, Any]:
    from retrieval.types import Filters

    wanted: Any = Filters
    reports = wanted(kinds=("report",))
    return {
        "admitted": [paper.id for paper in answerer.papers if reports.admit(paper)],
        "selected": [paper.id for paper in answerer.papers.select(reports)],
        "found": [passage.paper.id for passage in answerer.retriever.passages("owls", reports)],
        "records": [paper.id for paper in answerer.collection.chain.records.select(reports)],
    }


def programs(answerer: Any) -> dict[str, Any]:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    from typer.main import get_command

    from app.cli.commands import app as commands
    from app.surfaces.api.openapi import describe
    from app.surfaces.api.routes import BODIES, api_router
    from app.surfaces.mcp.tools import TOOLS
    from app.surfaces.problems import plain_errors
    from app.surfaces.runs.answer_runs import AnswerRuns

    app = FastAPI()
    app.include_router(api_router(answerer, AnswerRuns()))
    plain_errors(app)
    describe(app, BODIES)
    client = TestClient(app)
    ask = {"question": "Do owls hunt at night?", "filters": {"kind": "REPORT"}}
    told = client.get("/openapi.json").json()
    command: Any = get_command(commands)
    return {
        "search": [one["paper"]["id"] for one in client.get("/api/v1/search?q=owls&kind=report").json()],
        "ask": [one["paper"]["id"] for one in client.post("/api/v1/ask", json=ask).json()["sources"]],
        "refused": client.get("/api/v1/search?q=owls&kind=book").json()["detail"],
        "parameters": [one["name"] for one in told["paths"]["/api/v1/search"]["get"]["parameters"]],
        "filters": list(told["components"]["schemas"]["AskFilters"]["properties"]),
        "tool": TOOLS["ask"].description,
        "options": [option for one in command.commands["ask"].params for option in one.opts],
    }


def page(answerer: Any) -> dict[str, Any]:
    from app.surfaces.page.assets import scripts
    from app.surfaces.page.gradio_page import ChatPage, build_page
    from app.surfaces.page.kept_conversation import exchanges_from_kept, kept_conversation
    from app.surfaces.page.library import library_html
    from app.surfaces.page.permalink import permalink, question_of_link
    from app.surfaces.ui_strings import ui_strings

    chat = ChatPage(answerer)
    event: Any = SimpleNamespace(_data=None)
    *_, last = chat.ask(event, None, "Do owls hunt at night?", (), [], [], [], [], ["report"], 0, 0, "zh", 0)
    [exchange] = last[0]
    kept = json.loads(kept_conversation([exchange]).split('"')[1].replace("&quot;", '"'))
    [opened], _ = exchanges_from_kept(kept, answerer.paper)
    linked, _ = question_of_link({"q": "Why?", "kind": ["report"]}, answerer.facets)
    clicked: Any = SimpleNamespace(_data={"kinds": ["report"]})
    components = build_page(answerer).get_config_file()["components"]
    widgets = [one["props"] for one in components if one["type"] == "checkboxgroup"]
    return {
        "widgets": [(one["label"], one["choices"]) for one in widgets],
        "chosen": chat.choose(clicked, "zh")[4],
        "chips": chat.choose(clicked, "zh")[-1],
        "sources": [passage.paper.id for passage in exchange.passages],
        "scope": last[1],
        "link": permalink(exchange),
        "linked": cast("Any", linked.filters).kinds,
        "opened": cast("Any", opened.filters).kinds,
        "library": library_html(answerer.papers, answerer.facets, ui_strings()),
        "scripts": scripts().splitlines()[0],
    }


def main(folder: Path) -> None:
    add_the_facet(folder)
    from app.quiet import silence_libraries

    silence_libraries()
    answerer = an_answerer(folder)
    print(json.dumps(retrieved(answerer) | programs(answerer) | page(answerer)))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(Path(sys.argv[1]))
