"""`paperbacked feedback`: what readers thought of the answers, as it is kept on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import note, print_json, results, settings_with

feedback = typer.Typer(name="feedback", help="Readers' thumbs, as they are kept on this machine.", no_args_is_help=True)

Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write them there and not to stdout.")]


@feedback.command("export")
def export_feedback(out: Out = None) -> None:
    """Give all feedback as JSON lines, oldest first."""
    from app.feedback import FeedbackLog, write_records

    log = FeedbackLog(settings_with().feedback)
    if out is not None:
        count = write_records(log.read(), out)
    else:
        count = 0
        with results():
            for record in log.read():
                print_json(record)
                count += 1
    note(f"{count:,} {'answer has' if count == 1 else 'answers have'} feedback." if count else "There is no feedback.")
