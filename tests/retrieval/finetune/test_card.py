"""The model card, as the hub reads it."""

from __future__ import annotations

from retrieval.finetune.card import model_card
from retrieval.finetune.history import TrainingHistory
from retrieval.finetune.recipes import MODEL_CARD


def test_the_hub_reads_the_metadata_and_the_card_says_what_was_done() -> None:
    from huggingface_hub import ModelCard

    history = TrainingHistory([2.0, 1.0], [0.25, 0.5, 0.75], 0.625)
    card = ModelCard(model_card("someone/model", MODEL_CARD, history, ["600 pairs.", "Nothing of x."]))
    told = card.data.to_dict()
    assert told["license"] == "apache-2.0"
    assert told["base_model"] == "sentence-transformers/all-MiniLM-L6-v2"
    assert told["pipeline_tag"] == "sentence-similarity"
    lines = card.text.splitlines()
    for line in ("- 600 pairs.", "- Nothing of x.", "| learning rate | 5e-05 |", "| seed | 42 |"):
        assert line in lines
    at = lines.index("| before training | 0.250 |")
    assert lines[at + 1 : at + 4] == ["| epoch 1 | 0.500 |", "| epoch 2 | 0.750 |", "| **as written** | 0.625 |"]
