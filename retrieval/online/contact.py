"""How the program names itself to servers of papers."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from retrieval.errors import InputError

MOST_CONTACT_CHARS = 200
_NOT_IN_AN_ADDRESS = frozenset(' <>()",;:\\[]')


def agent(contact: str | None) -> str:
    """The User-Agent, with the e-mail address of whoever asks. Raises `InputError` for a contact that is none."""
    try:
        name = f"paperbacked/{version('paperbacked')}"
    except PackageNotFoundError:
        name = "paperbacked"
    if not contact:
        return name
    local, _, host = contact.partition("@")
    plain = contact.isascii() and contact.isprintable() and not _NOT_IN_AN_ADDRESS & set(contact)
    if not (local and "." in host and "@" not in host and plain and len(contact) <= MOST_CONTACT_CHARS):
        raise InputError(f"The contact {contact[:80]!r} is no e-mail address: give one such as name@example.org.")
    return f"{name} (mailto:{contact})"
