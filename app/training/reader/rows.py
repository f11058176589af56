"""Examples as rows of tokens, put together to batches of like length."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Torch's own types leave some of its arguments open.

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.answering.reading.packing import PackedRow, SpecialTokens, packed
from app.training.reader.examples import LABELS, ReadingExample, SupportExample
from retrieval.models.heavy_imports import heavy_imports

with heavy_imports():
    import torch

SORTED_TOGETHER = 4096
"""Rows among which those of like length are put together."""


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """`answers` are the numbers of the sentences that answer; `label` is the claim's, None for a question."""

    row: PackedRow
    answers: tuple[int, ...]
    label: int | None
    weight: float


def question_rows(examples: Sequence[ReadingExample], tokenizer: Any) -> list[TrainingRow]:
    """The examples as rows; one whose answering sentences did not fit is left out."""
    rows: list[TrainingRow] = []
    ids, special = _ids(tokenizer), special_tokens(tokenizer)
    questions = ids([example.question for example in examples])
    titles = ids([example.title for example in examples])
    flat = iter(ids([sentence for example in examples for sentence in example.sentences]))
    for example, question, title in zip(examples, questions, titles, strict=True):
        row = packed(question, title, [next(flat) for _ in example.sentences], special)
        answers = tuple(number for number in example.answers if number < len(row.spans))
        if row.spans and bool(answers) == bool(example.answers):
            rows.append(TrainingRow(row, answers, None, example.weight))
    return rows


def claim_rows(examples: Sequence[SupportExample], tokenizer: Any) -> list[TrainingRow]:
    """The claims as rows: what is said for a claim stands where a passage would, as one sentence."""
    ids, special = _ids(tokenizer), special_tokens(tokenizer)
    claims, said = ids([example.claim for example in examples]), ids([example.evidence for example in examples])
    return [
        TrainingRow(packed(claim, (), [evidence], special), (), LABELS.index(example.label), example.weight)
        for example, claim, evidence in zip(examples, claims, said, strict=True)
        if evidence
    ]


def special_tokens(tokenizer: Any) -> SpecialTokens:
    return SpecialTokens(tokenizer.cls_token_id, tokenizer.sep_token_id)


def _ids(tokenizer: Any) -> Any:
    return lambda texts: tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"] if texts else []


def batches_of(rows: Sequence[TrainingRow], tokens: int, seed: str) -> list[list[int]]:
    """The places of the rows of each batch, in an order that the seed decides: claims apart from questions."""
    draw = random.Random(seed)
    order = draw.sample(range(len(rows)), len(rows))
    batches: list[list[int]] = []
    for claims in (False, True):
        kind = [place for place in order if (rows[place].label is not None) == claims]
        for at in range(0, len(kind), SORTED_TOGETHER):
            alike = sorted(kind[at : at + SORTED_TOGETHER], key=lambda place: len(rows[place].row.ids))
            batches += _filled(alike, rows, tokens)
    draw.shuffle(batches)
    return batches


def _filled(alike: Sequence[int], rows: Sequence[TrainingRow], tokens: int) -> list[list[int]]:
    batches: list[list[int]] = [[]]
    for place in alike:
        # They come by length, so that the latest is as long as any.
        if batches[-1] and (len(batches[-1]) + 1) * len(rows[place].row.ids) > tokens:
            batches.append([])
        batches[-1].append(place)
    return [batch for batch in batches if batch]


@dataclass(frozen=True, slots=True)
class Batch:
    """What `ReaderNetwork.forward` takes, and what should come of it.

    `answers` [batch, sentences] is 1.0 where a sentence answers, `there` where there is one;
    `labels` are the claims' (-1 for questions), `weights` how much each row counts.
    """

    ids: torch.Tensor
    kinds: torch.Tensor
    mask: torch.Tensor
    pool: torch.Tensor
    answers: torch.Tensor
    there: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor


def batch_of(rows: Sequence[TrainingRow], device: str = "cpu") -> Batch:
    """The rows as tensors, padded to the longest."""
    count, width = len(rows), max(len(row.row.ids) for row in rows)
    most = max(1, max(len(row.row.spans) for row in rows))
    ids, kinds, mask = (torch.zeros((count, width), dtype=torch.long) for _ in range(3))
    pool = torch.zeros((count, most, width))
    answers, there = torch.zeros((count, most)), torch.zeros((count, most))
    for at, row in enumerate(rows):
        length = len(row.row.ids)
        ids[at, :length] = torch.tensor(row.row.ids)
        kinds[at, row.row.second : length] = 1
        mask[at, :length] = 1
        for number, (start, end) in enumerate(row.row.spans):
            pool[at, number, start:end] = 1.0 / (end - start)
            there[at, number] = 1.0
        for number in row.answers:
            answers[at, number] = 1.0
    labels = torch.tensor([-1 if row.label is None else row.label for row in rows])
    weights = torch.tensor([row.weight for row in rows])
    return Batch(*(tensor.to(device) for tensor in (ids, kinds, mask, pool, answers, there, labels, weights)))
