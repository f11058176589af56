"""`paperbacked models`: the language models that can be fetched, and those that are here."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.output import Json, note, print_json, progress_shown, results

models = typer.Typer(
    name="models", help="Language models: what is here, what could be, what it needs.", no_args_is_help=True
)


@models.command("list")
def list_models(json_: Json = False) -> None:
    """List the models of the catalogue, and which of them are on this machine."""
    from app.answering.models.catalogue import CATALOGUE
    from retrieval.models.hub import cached_model

    found = [(model, cached_model(model.name)) for model in CATALOGUE]
    with results():
        for model, folder in found:
            # A folder of the hub's cache is named after the revision.
            revision = folder.name if folder else None
            if json_:
                print_json(
                    {
                        "name": model.name,
                        "here": folder is not None,
                        "revision": revision,
                        "download_gb": model.download_gb,
                        "memory_gb": model.memory_gb,
                        "tokens_per_second": model.tokens_per_second,
                        "licence": model.licence,
                        "remark": model.remark,
                    }
                )
            else:
                here = f"here, revision {revision[:8]}" if revision else f"paperbacked models get {model.name}"
                typer.echo(f"{model.name}\n  {model.remark}; {model.licence}\n  {model.needs}\n  {here}")


@models.command("get")
def get_model(name: Annotated[str, typer.Argument(help="A model of the list.")]) -> None:
    """Fetch a model, or the rest of one; `--llm auto` then uses it."""
    from app.answering.models.catalogue import SHIPPED, catalogue_model
    from retrieval.models.hub import cached_model, fetch_model

    model = catalogue_model(name)
    if model == SHIPPED:
        note(f"{model.name} ships with paperbacked: --llm {model.name} uses it.")
        return
    with progress_shown() as progress:
        folder = cached_model(model.name) or fetch_model(model.name, progress)
    note(f"{model.name} is here, revision {folder.name}.")
