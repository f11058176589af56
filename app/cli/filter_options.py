"""The options that narrow a command to some papers: one for each facet, and the first and last day."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from retrieval.facets import FACETS

PLACE = "narrowed"
"""The parameter in whose place the options stand."""
_DAY = "YYYY[-MM[-DD]]"
_OPTIONS: dict[str, Any] = {
    **{facet.name: Annotated[list[str] | None, typer.Option(facet.option, help=facet.help)] for facet in FACETS},
    "since": Annotated[str | None, typer.Option(metavar=_DAY, help="Only papers from then on.")],
    "until": Annotated[str | None, typer.Option(metavar=_DAY, help="Only papers up to then.")],
}


def narrowable(command: Callable[..., None]) -> Callable[..., None]:
    """The command with these options in place of its parameter `narrowed`, which gets their values by name."""

    @wraps(command)
    def run(**values: Any) -> None:
        narrowed = {name: values.pop(name) for name in _OPTIONS}
        command(**values, **{PLACE: narrowed})

    signature = inspect.signature(command, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        if parameter.name == PLACE:
            parameters += [parameter.replace(name=name, default=None, annotation=_OPTIONS[name]) for name in _OPTIONS]
        else:
            parameters.append(parameter)
    # What Typer reads the options from.
    setattr(run, "__signature__", signature.replace(parameters=parameters))  # noqa: B010
    return run
