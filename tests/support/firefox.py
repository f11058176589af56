"""Opens Firefox as Debian has it in Playwright, whose own build of it no registry has."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright

# Without a window it finds no pointer, and says that nothing can be hovered over. 6: fine, and hovers.
_WITH_A_MOUSE: dict[str, str | float | bool] = {"ui.primaryPointerCapabilities": 6, "ui.allPointerCapabilities": 6}
_BRIDGE = Path(__file__).with_name("firefox_bridge.py")


def open_firefox(driver: Playwright, home: Path) -> Browser:
    """A Firefox without a window, with `home` as its home folder.

    Raises `RuntimeError` where none is installed.
    """
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        raise RuntimeError("Firefox is needed: apt-get install firefox-esr.")
    start = home / "firefox"
    words = shlex.join([sys.executable, str(_BRIDGE), program])
    start.write_text(f'#!/bin/sh\nHOME={shlex.quote(str(home))} exec {words} "$@"\n', encoding="utf-8")
    start.chmod(0o755)
    # A channel of this name is what makes Playwright speak WebDriver BiDi, which every Firefox understands.
    return driver.firefox.launch(channel="moz-firefox", executable_path=start, firefox_user_prefs=_WITH_A_MOUSE)
