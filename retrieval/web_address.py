"""Where on the web a paper can be read."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from retrieval.types import Paper


def web_address(address: str | None) -> str | None:
    """The address where it leads to the web by http or https, otherwise None."""
    try:
        parts = urlsplit((address or "").strip())
        host = parts.hostname
    except ValueError:
        return None
    return (address or "").strip() if parts.scheme in {"http", "https"} and host else None


def paper_address(paper: Paper) -> str | None:
    """Where the paper can be read: its own link, else arXiv, else the DOI resolver."""
    if paper.url and (address := web_address(paper.url)):
        return address
    if paper.arxiv_id:
        return f"https://arxiv.org/abs/{quote(paper.arxiv_id)}"
    return f"https://doi.org/{quote(paper.doi)}" if paper.doi else None
