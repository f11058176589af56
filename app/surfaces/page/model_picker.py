"""The language models: what is at work, what could be fetched, and how far that has come."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.models.language_models import Offer, Underway
from app.notices.notice import said
from app.surfaces.markup import text_html
from app.surfaces.ui_strings import UiStrings


def model_picker_html(offers: Sequence[Offer], underway: Underway | None, failure: str | None, words: UiStrings) -> str:
    """The models to choose from, folded away unless one is underway or has failed; nothing where none is offered."""
    if not offers:
        return ""
    rows = "".join(_row(offer, underway, words) for offer in offers)
    failed = f'<p class="note">{text_html(said(failure, words.language))}</p>' if failure else ""
    opened = " open" if underway or failure else ""
    heading = f"<summary>{text_html(words('models_heading'))}</summary>"
    return f'<details class="models"{opened}>{heading}<ul>{rows}</ul>{failed}</details>'


def _row(offer: Offer, underway: Underway | None, words: UiStrings) -> str:
    model = offer.model
    about = f"<b>{text_html(model.name)}</b> · {text_html(said(model.remark, words.language))} · "
    return f"<li>{about}{text_html(said(model.needs, words.language))}<br>{_state(offer, underway, words)}</li>"


def _state(offer: Offer, underway: Underway | None, words: UiStrings) -> str:
    name = text_html(offer.model.name)
    if underway and underway.name == offer.model.name:
        return _progress(underway, words)
    if offer.at_work:
        back = text_html(words("models_back"))
        return f'{text_html(words("models_at_work"))} <button type="button" data-get="none">{back}</button>'
    if underway:
        return text_html(words("models_here" if offer.here else "models_fetchable"))
    action = words("models_use" if offer.here else "models_fetch")
    label = text_html(words("models_label", action=action, name=offer.model.name))
    return f'<button type="button" data-get="{name}" aria-label="{label}">{text_html(action)}</button>'


def _progress(underway: Underway, words: UiStrings) -> str:
    done, total, label = underway.done, underway.total, said(underway.label, words.language)
    if total > 1:
        far = words("models_far", label=label, done=f"{done:,}", total=f"{total:,}")
    else:
        far = words("models_underway", label=label)
    bar = f'<progress value="{done}" max="{total}" aria-label="{text_html(label)}"></progress>'
    return f'<span role="status">{text_html(far)}</span>{bar}'
