"""The training loop, on a network small enough to train in a second."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from retrieval.errors import ModelError
from retrieval.finetune.pairs import TrainingPair
from retrieval.finetune.recipes import DEFAULT
from retrieval.finetune.train import train
from retrieval.models.weight_delta import apply_weight_delta, write_weight_delta

pytestmark = pytest.mark.model
WORDS = ["apple", "bridge", "candle", "dragon", "engine", "forest", "garden", "hammer", "island", "jungle"]
EXAMPLES = [TrainingPair(f"where is {word}", frozenset({word}), (f"the {word}", f"a {word}")) for word in WORDS]
PASSAGES = [(word, f"the {word}") for word in WORDS]
RECIPE = replace(DEFAULT, epochs=3, batch=4, learning_rate=1e-2)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    raw, folder = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("base")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "where", "is", "the", "a", *WORDS]
    (raw / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    cast("Any", transformers).BertTokenizerFast(vocab=str(raw / "vocab.txt")).save_pretrained(raw)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(raw)
    transformer = Transformer(str(raw), max_seq_length=16)
    SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu").save(str(folder))
    return folder


def vectors(folder: Path) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    return np.asarray(SentenceTransformer(str(folder), device="cpu").encode([f"the {word}" for word in WORDS]))


def right(model: Any) -> float:
    asked = np.asarray(model.encode([example.question for example in EXAMPLES], normalize_embeddings=True))
    texts = np.asarray(model.encode([text for _, text in PASSAGES], normalize_embeddings=True))
    return float((np.argmax(asked @ texts.T, axis=1) == np.arange(len(WORDS))).mean())


def test_training_lowers_the_loss_and_leaves_a_model(base: Path, tmp_path: Path) -> None:
    history = train(base, EXAMPLES, PASSAGES, RECIPE, tmp_path, right)
    assert len(history.dev) == 4
    assert np.mean(history.losses[-2:]) < np.mean(history.losses[:2])
    assert vectors(tmp_path).shape == (10, 16)
    assert json.loads((tmp_path / "history.json").read_text())["dev"] == history.dev
    assert not (tmp_path / "unfinished").exists()


def test_the_same_seed_gives_the_same_weights_and_another_one_others(base: Path, tmp_path: Path) -> None:
    for name, recipe in (("one", RECIPE), ("same", RECIPE), ("other", replace(RECIPE, seed=7))):
        train(base, EXAMPLES, PASSAGES, recipe, tmp_path / name, right)
    assert np.array_equal(vectors(tmp_path / "one"), vectors(tmp_path / "same"))
    assert not np.array_equal(vectors(tmp_path / "one"), vectors(tmp_path / "other"))


def test_a_run_that_is_killed_goes_on_and_ends_the_same(base: Path, tmp_path: Path) -> None:
    calls = 0

    def killed(model: Any) -> float:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return right(model)

    whole = train(base, EXAMPLES, PASSAGES, RECIPE, tmp_path / "whole", right)
    with pytest.raises(KeyboardInterrupt):
        train(base, EXAMPLES, PASSAGES, RECIPE, tmp_path / "cut", killed)
    taken_up = train(base, EXAMPLES, PASSAGES, RECIPE, tmp_path / "cut", right)
    assert taken_up.losses == whole.losses
    assert np.array_equal(vectors(tmp_path / "whole"), vectors(tmp_path / "cut"))


def test_an_unfinished_run_of_another_recipe_is_refused(base: Path, tmp_path: Path) -> None:
    def stopped(model: Any) -> float:
        if (tmp_path / "unfinished" / "state.pt").exists():
            raise KeyboardInterrupt
        return right(model)

    with pytest.raises(KeyboardInterrupt):
        train(base, EXAMPLES, PASSAGES, RECIPE, tmp_path, stopped)
    with pytest.raises(ModelError, match="holds an unfinished run of something else"):
        train(base, EXAMPLES, PASSAGES, replace(RECIPE, seed=7), tmp_path, right)


def test_the_overlay_holds_what_changed_and_nothing_of_the_word_embeddings(base: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file
    from sentence_transformers import SentenceTransformer

    train(base, EXAMPLES, PASSAGES, RECIPE, tmp_path, right)
    overlay = tmp_path / "tuned.safetensors"
    write_weight_delta(tmp_path, base, overlay)
    names = set(load_file(overlay))
    assert names and not any("word_embeddings" in name for name in names)
    model = SentenceTransformer(str(base), device="cpu")
    apply_weight_delta(model, overlay)
    laid = np.asarray(model.encode([f"the {word}" for word in WORDS]))
    assert np.allclose(laid, vectors(tmp_path), atol=1e-2)
    assert not np.allclose(laid, vectors(base), atol=1e-2)


def test_an_overlay_that_does_not_fit_is_refused(base: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(base), device="cpu")
    save_file({"nothing.weight": torch.zeros(2)}, tmp_path / "tuned.safetensors")
    with pytest.raises(ModelError, match="do not fit the base model"):
        apply_weight_delta(model, tmp_path / "tuned.safetensors")
    (tmp_path / "tuned.safetensors").write_bytes(b"none")
    with pytest.raises(ModelError, match="cannot be read"):
        apply_weight_delta(model, tmp_path / "tuned.safetensors")


def test_the_weights_go_back_to_the_base_by_the_share_of_the_recipe(base: Path, tmp_path: Path) -> None:
    for share in (0.0, 0.5, 1.0):
        train(base, EXAMPLES, PASSAGES, replace(RECIPE, base_share=share), tmp_path / str(share), right)
    half, whole = (vectors(tmp_path / str(share)) for share in (0.5, 1.0))
    assert np.allclose(whole, vectors(base), atol=1e-6)
    assert not np.allclose(half, vectors(base), atol=1e-3)
    assert not np.allclose(half, vectors(tmp_path / "0.0"), atol=1e-3)


def test_the_figure_of_what_was_written_is_measured_on_what_was_written(base: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    history = train(base, EXAMPLES, PASSAGES, replace(RECIPE, base_share=0.5), tmp_path, right)
    assert history.final == right(SentenceTransformer(str(tmp_path), device="cpu"))
    assert json.loads((tmp_path / "history.json").read_text())["final"] == history.final
