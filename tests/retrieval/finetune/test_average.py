"""Weights between two models, and the card of a run."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.parametrize(("share", "expected"), [(0.0, [8.0, 2.0]), (0.25, [6.0, 3.0]), (1.0, [0.0, 6.0])])
def test_weights_lie_that_share_of_the_way_back_to_the_base(
    tmp_path: Path, share: float, expected: list[float]
) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    from retrieval.finetune.average import write_average

    for name, values in (("base", [0.0, 6.0]), ("tuned", [8.0, 2.0])):
        (tmp_path / name).mkdir()
        ids = torch.arange(2) + (name == "tuned")
        save_file({"w": torch.tensor(values), "ids": ids}, tmp_path / name / "model.safetensors")
    for _ in range(2):  # Doing it again, as a run does that was killed, changes nothing.
        write_average(tmp_path / "tuned", tmp_path / "base", share, tmp_path)
        written = load_file(tmp_path / "model.safetensors")
        assert written["w"].tolist() == expected
        assert written["ids"].tolist() == [1, 2]
