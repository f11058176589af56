"""Claims and what is said for them: where the reader sees contradiction, and from which chance on it may say so."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.answering.reading.reader import Reader
from app.training.reader.sets import read_claim_set
from benchmarks.support_examples import own_examples
from benchmarks.support_fitting import TRUE
from retrieval.evaluation.metrics import auroc
from retrieval.models.embedder import Embedder
from retrieval.types import Paper

FALSELY_CONTRADICTED = 0.002
"""The share of true sentences about the papers that may be called contradicted; sets `contradicts_from`."""
TRUE_ONES = 800
"""True sentences that are read for that."""
MOST = 400
"""Claims of each set that are read."""


def contradicts_from(reader: Reader, papers: Sequence[Paper], embedder: Embedder) -> float:
    """The chance above which no more than `FALSELY_CONTRADICTED` of true sentences about the papers lie."""
    true = [example for example in own_examples(papers, embedder.embed) if example.kind in TRUE]
    some = random.Random(14).sample(true, min(TRUE_ONES, len(true)))
    said = reader.agreement([(example.claim, " ".join(example.evidence)) for example in some])
    return round(float(np.quantile([one.contradicted for one in said], 1 - FALSELY_CONTRADICTED)), 4)


def claims_table(reader: Reader, folder: Path, surely: float) -> str:
    """Of each set of the folder's claims, how well contradiction is told from support, and support from neither."""
    lines = [
        "| test claims of | claims | contradiction against support, AUROC | support against neither, AUROC "
        "| contradicted: called so | supported: called contradicted |",
        "|---" * 6 + "|",
    ]
    claims = read_claim_set(folder, "test")
    for name in sorted({claim.source for claim in claims}):
        own = [claim for claim in claims if claim.source == name]
        own = random.Random(14).sample(own, min(MOST, len(own)))
        said = reader.agreement([(claim.claim, claim.evidence) for claim in own])
        odds = [float(np.log(one.contradicted + 1e-9) - np.log(one.supported + 1e-9)) for one in said]
        by = {
            label: [place for place, claim in enumerate(own) if claim.label == label]
            for label in ("supported", "contradicted", "not_enough")
        }
        cells = [
            f"{len(own)}",
            _auroc([odds[place] for place in by["contradicted"]], [odds[place] for place in by["supported"]]),
            _auroc(*([said[place].supported for place in by[label]] for label in ("supported", "not_enough"))),
            *(
                f"{np.mean([said[place].contradicted >= surely for place in by[label]]):.1%}" if by[label] else ""
                for label in ("contradicted", "supported")
            ),
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _auroc(positives: Sequence[float], negatives: Sequence[float]) -> str:
    return f"{auroc(positives, negatives):.3f}" if positives and negatives else ""
