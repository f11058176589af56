"""Lay a LoRA adapter into a GGUF file, at 8 bits a weight: what is shipped needs neither torch nor peft to be used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from app.answering.models.adapter import CONFIG, WEIGHTS
from app.answering.models.gguf_file import PROMPT_KEY
from retrieval.errors import ModelError
from retrieval.models.heavy_imports import heavy_imports

if TYPE_CHECKING:
    import numpy as np
    from gguf import GGUFReader, GGUFWriter

_PREFIX = "base_model.model."
_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"
_TURNED = ("q_proj", "k_proj")
"""Their rows are in another order in a GGUF file: rotary dimensions in pairs, not first halves before second."""


def merge_into_gguf(base: Path, adapter: Path, out: Path, prompt: str) -> None:
    """Write to `out` what `base` becomes with the adapter that was trained beside it, for the prompt of that name.

    `adapter` is a folder as peft saves it. W becomes W + (alpha / rank) B A (Hu et al. 2021); matrices that it does
    not change are copied as they are. Raises `ModelError` where the adapter is not one of this model's, and `OSError`
    where the file cannot be written.
    """
    from gguf import GGUFReader, GGUFWriter

    try:
        reader = GGUFReader(base)
        architecture = str(_value(reader, "general.architecture"))
        changes = _changes(reader, adapter, architecture)
        with closing(GGUFWriter(out, architecture)) as writer:
            _copy_fields(reader, writer)
            writer.add_string(PROMPT_KEY, prompt)
            _add_tensors(reader, writer, changes)
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_tensors_to_file()
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The adapter in {adapter.name} does not fit the model: train it anew on this base."
        ) from error


def _changes(reader: GGUFReader, adapter: Path, architecture: str) -> dict[str, np.ndarray[Any, Any]]:
    """What is added to each matrix, by its name in the file."""
    with heavy_imports():
        import safetensors.numpy
    from gguf import MODEL_ARCH, get_tensor_name_map

    alpha = float(json.loads((adapter / CONFIG).read_text(encoding="utf-8"))["lora_alpha"])
    # Its annotations leave parts open.
    weights: Mapping[str, Any] = cast("Any", safetensors.numpy).load_file(adapter / WEIGHTS)
    names = get_tensor_name_map(MODEL_ARCH.LLAMA, int(str(_value(reader, f"{architecture}.block_count"))))
    heads = {
        "q_proj": int(str(_value(reader, f"{architecture}.attention.head_count"))),
        "k_proj": int(str(_value(reader, f"{architecture}.attention.head_count_kv"))),
    }
    changes: dict[str, np.ndarray[Any, Any]] = {}
    change: np.ndarray[Any, Any]
    for name in weights:
        if not name.endswith(_DOWN):
            continue
        own = name.removeprefix(_PREFIX).removesuffix(_DOWN)
        down, up = weights[name].astype("float32"), weights[name.replace(_DOWN, _UP)].astype("float32")
        change = (alpha / len(down)) * (up @ down)
        kind = own.rpartition(".")[2]
        if kind in _TURNED:
            change = _in_pairs(change, heads[kind])
        stored = names.get_name(own)
        if stored is None:
            raise KeyError(own)
        changes[f"{stored}.weight"] = change
    return changes


def _in_pairs(weights: np.ndarray[Any, Any], heads: int) -> np.ndarray[Any, Any]:
    """Each head's rows in pairs; of shape (rows, columns) as before."""
    rows, columns = weights.shape
    return weights.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def _add_tensors(reader: GGUFReader, writer: GGUFWriter, changes: dict[str, np.ndarray[Any, Any]]) -> None:
    from gguf import GGMLQuantizationType, dequantize, quantize

    eight_bits = GGMLQuantizationType.Q8_0
    for tensor in reader.tensors:
        if (change := changes.pop(tensor.name, None)) is None:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
            continue
        values = dequantize(tensor.data, tensor.tensor_type)
        if values.shape != change.shape:
            raise ValueError(f"{tensor.name} has another shape")
        writer.add_tensor(tensor.name, quantize(values + change, eight_bits), raw_dtype=eight_bits)
    if changes:
        raise KeyError(next(iter(changes)))


def _copy_fields(reader: GGUFReader, writer: GGUFWriter) -> None:
    from gguf import GGUFValueType

    for field in reader.fields.values():
        # The writer counts its own, and has said the architecture.
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        inner = field.types[-1] if field.types[0] == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), field.types[0], inner)


def _value(reader: GGUFReader, name: str) -> object:
    field = reader.get_field(name)
    if field is None:
        raise KeyError(name)
    return field.contents()
