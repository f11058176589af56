"""What training changed, laid over the base model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from retrieval.errors import ModelError
from retrieval.models.weight_delta import apply_weight_delta, write_weight_delta


def model() -> Any:
    """As much of a sentence-transformers model as an overlay touches: two layers."""
    import torch

    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 2))
    return [SimpleNamespace(model=network)]


def saved(folder: Path, tensors: dict[str, Any]) -> Path:
    from safetensors.torch import save_file

    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "model.safetensors")
    return folder


def state(given: Any) -> dict[str, Any]:
    return {name: tensor.clone() for name, tensor in given[0].model.state_dict().items()}


def test_only_what_changed_is_kept_and_comes_back_in_half_precision(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    before = state(model())
    after = {**before, "1.weight": torch.tensor([[0.1, 2.0], [-3.0, 0.0]])}
    overlay = tmp_path / "tuned.safetensors"
    size = write_weight_delta(saved(tmp_path / "tuned", after), saved(tmp_path / "base", before), overlay)
    assert size == overlay.stat().st_size
    assert list(load_file(overlay)) == ["1.weight"]
    given = model()
    apply_weight_delta(given, overlay)
    laid = state(given)
    assert torch.allclose(laid["1.weight"], after["1.weight"], atol=1e-3)
    assert all(torch.equal(laid[name], before[name]) for name in ("0.weight", "0.bias", "1.bias"))


def garbage(path: Path) -> None:
    path.write_bytes(b"these are no tensors")


def cut_short(path: Path) -> None:
    import torch

    saved(path.parent, {"1.weight": torch.zeros(2, 2)})
    path.write_bytes((path.parent / "model.safetensors").read_bytes()[:-5])


def other_shape(path: Path) -> None:
    import torch

    saved(path.parent, {"1.weight": torch.zeros(4, 4)}).joinpath("model.safetensors").replace(path)


def other_name(path: Path) -> None:
    import torch

    saved(path.parent, {"encoder.weight": torch.zeros(2, 2)}).joinpath("model.safetensors").replace(path)


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (garbage, "cannot be read"),
        (cut_short, "cannot be read"),
        (other_shape, "do not fit"),
        (other_name, "do not fit"),
    ],
)
def test_a_broken_overlay_is_told_in_a_sentence(tmp_path: Path, break_it: Callable[[Path], None], said: str) -> None:
    overlay = tmp_path / "tuned.safetensors"
    break_it(overlay)
    with pytest.raises(ModelError) as caught:
        apply_weight_delta(model(), overlay)
    assert str(caught.value).startswith(f"The tuned weights tuned.safetensors {said}")
    assert "\n" not in str(caught.value)
