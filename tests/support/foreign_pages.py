"""Pages as sites have them, with the widget on them: a blog's theme, React, Vue, a strict policy, Arabic.

Their sources are in tests/support/foreign; `npm ci` and a build by vite make what is served.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

Page = tuple[str, dict[str, str]]
"""A page's text and its headers."""

_SOURCES = Path(__file__).parent / "foreign"
_BUILD_SECONDS = 300
_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}
_NONCE = "bm90LWEtcmVhbC1vbmU"
_STRICT = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'nonce-{_NONCE}' 'strict-dynamic'",
        f"style-src 'nonce-{_NONCE}'",
        "connect-src PAPERS",
        "img-src 'self'",  # the icon that a browser asks for by itself
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


def foreign_pages(papers: str, folder: Path) -> dict[str, Page]:
    """Every page by its path, for a widget from the server `papers` (an origin); built in the empty `folder`.

    Raises `RuntimeError` where npm or vite fails.
    """
    shutil.copytree(_SOURCES, folder, dirs_exist_ok=True)
    _run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    pages = {
        "/theme/": (_filled("theme.html", papers), {}),
        "/theme/style.css": _served(folder / "theme.css"),
        "/theme/theme.js": _served(folder / "theme.js"),
        "/strict/": (_filled("strict.html", papers), _strict_headers(papers)),
        "/arabic/": (_filled("arabic.html", papers), {}),
    }
    for name in ("jquery", "jquery-migrate"):
        pages[f"/theme/{name}.js"] = _served(folder / "node_modules" / name / "dist" / f"{name}.js")
    for name in ("react", "vue"):
        _run(folder, "npx", "vite", "build", "--mode=development", "--logLevel=warn", PAGE=name, VITE_PAPERS=papers)
        built = folder / "built" / name
        for path in built.rglob("*.*"):
            pages[f"/{name}/{path.relative_to(built)}"] = _served(path)
        # One page for every address of its router.
        pages[f"/{name}/"] = pages[f"/{name}/contents"] = pages[f"/{name}/index.html"]
    return pages


def _run(folder: Path, *command: str, **variables: str) -> None:
    environment = os.environ | {"NODE_ENV": "development"} | variables
    done = subprocess.run(command, cwd=folder, env=environment, timeout=_BUILD_SECONDS, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def _filled(name: str, papers: str) -> str:
    text = (_SOURCES / name).read_text(encoding="utf-8")
    return text.replace("PAPERS", papers).replace("NONCE", _NONCE)


def _served(path: Path) -> Page:
    return path.read_text(encoding="utf-8"), {"Content-Type": _TYPES[path.suffix]}


def _strict_headers(papers: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": _STRICT.replace("PAPERS", papers),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "X-Content-Type-Options": "nosniff",
    }
