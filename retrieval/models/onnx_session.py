"""A small network in ONNX Runtime: no work of the heavy libraries, and one thread a call."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# Neither onnxruntime nor tokenizers has whole types.

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import ModelError
from retrieval.models.heavy_imports import heavy_imports
from retrieval.shipped import shipped_file

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Arrays = Mapping[str, np.ndarray]


class OnnxSession:
    """Runs a network of a file; it is loaded at the first call or by `load`. Safe from any thread.

    A call stays on one thread, so that it never waits for a core that other work holds;
    several batches go side by side instead. `weights` gives, when it is loaded, the
    tensors that the file leaves open, by their names in it.
    """

    def __init__(self, file: Path, inputs: Sequence[str], weights: Callable[[], Arrays] = dict) -> None:
        self._file = file
        self._inputs = tuple(inputs)
        self._session: InferenceSession | None = None
        self._loading = threading.Lock()
        self._side_by_side: ThreadPoolExecutor | None = None
        self._weights = weights

    def load(self) -> None:
        """Load the network. Raises `ModelError` where the file is none, or one of other inputs."""
        with self._loading:
            if self._session is None:
                self._session = _session(self._file, self._weights())
                if tuple(one.name for one in self._session.get_inputs()) != self._inputs:
                    self._session = None
                    raise ModelError(f"The model {self._file.name} is of another form: {_advice(self._file)}.")
                self._side_by_side = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="paperbacked-onnx")

    def run(self, batches: Sequence[Arrays]) -> list[list[np.ndarray]]:
        """The network's outputs for each batch."""
        self.load()
        assert self._session is not None and self._side_by_side is not None, "it has just been loaded"
        if len(batches) == 1:
            return [self._outputs(batches[0])]
        return list(self._side_by_side.map(self._outputs, batches))

    def _outputs(self, batch: Arrays) -> list[np.ndarray]:
        assert self._session is not None, "it is loaded before anything runs"
        return [np.asarray(output) for output in self._session.run(None, dict(batch))]


def _session(file: Path, weights: Arrays) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    values = {name: onnxruntime.OrtValue.ortvalue_from_numpy(array) for name, array in weights.items()}
    if values:
        options.add_external_initializers(list(values), list(values.values()))
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    # The library raises classes of its own for a file that is no model.
    except Exception as error:
        raise ModelError(f"The model {file.name} cannot be used: {_advice(file)}.") from error


def _advice(file: Path) -> str:
    """What to do about a file that cannot be used: not all of them came with the program."""
    shipped = file.is_relative_to(shipped_file(""))
    return "reinstall the program" if shipped else f"make what is in {file.parent} anew, or name another"


def read_tokenizer(file: Path, longest: int | None = None) -> Tokenizer:
    """The tokenizer of a tokenizer.json, which cuts texts at `longest` tokens. Raises `ModelError`."""
    with heavy_imports():
        from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:
        raise ModelError(f"The tokenizer {file.name} cannot be used: reinstall the program.") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if longest is not None:
        tokenizer.enable_truncation(longest)
    return tokenizer
