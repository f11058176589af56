"""The shelf of language models: what is at work, what could be fetched, and how far that has come."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.models.language_models import Offer, Underway
from app.surfaces.markup import text_html


def shelf_html(offers: Sequence[Offer], underway: Underway | None, failure: str | None) -> str:
    """The models to choose from, folded away unless one is underway or has failed; nothing where none is offered."""
    if not offers:
        return ""
    rows = "".join(_row(offer, underway) for offer in offers)
    failed = f'<p class="note">{text_html(failure)}</p>' if failure else ""
    opened = " open" if underway or failure else ""
    heading = "<summary>Write it in prose</summary>"
    return f'<details class="shelf"{opened}>{heading}<ul>{rows}</ul>{failed}</details>'


def _row(offer: Offer, underway: Underway | None) -> str:
    model = offer.model
    about = f"<b>{text_html(model.name)}</b> · {text_html(model.remark)} · {text_html(model.needs)}"
    return f"<li>{about}<br>{_state(offer, underway)}</li>"


def _state(offer: Offer, underway: Underway | None) -> str:
    name = text_html(offer.model.name)
    if underway and underway.name == offer.model.name:
        done, total = underway.done, underway.total
        far = f" {done:,} of {total:,}" if total > 1 else ""
        words = f'<span role="status">{text_html(underway.label)} …{far}</span>'
        return f'{words}<progress value="{done}" max="{total}"></progress>'
    if offer.at_work:
        return 'at work <button type="button" data-get="none">Back to quotes</button>'
    if underway:
        return "here" if offer.here else "can be fetched"
    words = "Use it" if offer.here else "Fetch it"
    return f'<button type="button" data-get="{name}" aria-label="{words}: {name}">{words}</button>'
