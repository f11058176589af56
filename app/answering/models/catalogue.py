"""The language models that can be fetched: three sizes, what each needs and what it gives."""

from __future__ import annotations

import os
from dataclasses import dataclass

from app.notices.notice import Notice
from retrieval.errors import InputError


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A model of the hub. Sizes in GB; speed in tokens a second on two cores in bf16, plain greedy.

    `python -m benchmarks.generation --shapes Qwen3-0.6B Qwen3-1.7B Qwen3-4B` measures it with random weights
    (docs/results.md).
    """

    name: str
    download_gb: float
    memory_gb: float
    tokens_per_second: float
    licence: str
    remark_code: str

    @property
    def remark(self) -> Notice:
        """What it is good for, in words."""
        return Notice(self.remark_code)

    @property
    def needs(self) -> Notice:
        """Its needs in words."""
        code = "needs_fetched" if self.download_gb else "needs_nothing"
        return Notice(code, size=self.download_gb, memory=self.memory_gb, speed=self.tokens_per_second)


CATALOGUE = (
    CatalogueModel("Qwen/Qwen3-0.6B", 1.5, 1.5, 7, "Apache-2.0", "model_small"),
    CatalogueModel("Qwen/Qwen3-1.7B", 4.1, 4, 4, "Apache-2.0", "model_middle"),
    CatalogueModel("Qwen/Qwen3-4B-Instruct-2507", 8.1, 9, 1.5, "Apache-2.0", "model_large"),
)
"""Those of the hub, the smallest first."""
SHIPPED = CatalogueModel("smollm2", 0, 0.5, 33, "Apache-2.0", "model_shipped")
"""Never chosen unasked: readers prefer the quotes (docs/prose.md)."""
OFFERED = (SHIPPED, *CATALOGUE)


def catalogue_model(name: str) -> CatalogueModel:
    """The model of that name, whose owner may be left out. Raises `InputError` where there is none."""
    for model in OFFERED:
        if name.casefold() in (model.name.casefold(), model.name.partition("/")[2].casefold()):
            return model
    raise InputError(
        f"The catalogue has no model {name[:80]!r}: choose from {', '.join(model.name for model in OFFERED)}."
    )


def machine_memory_gb() -> float:
    """The memory of this machine in GB; infinite where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    except (AttributeError, ValueError, OSError):
        return float("inf")
