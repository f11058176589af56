"""The reader's model card, in the hub's format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isnan

from app.training.reader.examples import ReadingExample, SupportExample
from app.training.reader.recipe import ReaderRecipe

SETS: Mapping[str, str] = {
    "squad2": "SQuAD 2.0 (CC BY-SA 4.0)",
    "qnli": "QNLI, from SQuAD (CC BY-SA 4.0)",
    "tydiqa_en": "TyDi QA, English (Apache-2.0; text of Wikipedia, CC BY-SA)",
    "qed_nq": "QED over Natural Questions (CC BY-SA 3.0, GFDL)",
    "selqa": "SelQA (Apache-2.0)",
    "covidqa": "COVID-QA (Apache-2.0; papers CC BY)",
    "qasper": "QASPER (CC BY 4.0)",
    "evidence_inference": "Evidence Inference (MIT; PMC open-access subset)",
    "condaqa": "CondaQA (Apache-2.0; text of Wikipedia, CC BY-SA)",
    "hotpotqa": "HotpotQA (CC BY-SA 4.0)",
    "qamr": "QAMR (MIT)",
    "scifact": "SciFact (claims CC BY 4.0, abstracts ODC-By 1.0)",
    "check_covid": "Check-COVID (MIT)",
    "fm2": "Fool Me Twice (Apache-2.0; text of Wikipedia, CC BY-SA)",
    "fever_symmetric": "FEVER symmetric (CC BY-SA 3.0)",
    "wice": "WiCE (ODC-By; Wikipedia, CC BY-SA; Common Crawl)",
    "negation_nli": "negation in MNLI and SNLI (MIT)",
    "breaking_nli": "Breaking NLI (CC BY-SA 4.0)",
    "factcheck_gpt": "Factcheck-GPT (Apache-2.0)",
    "papers": "the questions of data/questions (Apache-2.0), with near abstracts that do not answer",
    "premises": "what those twins take for granted, with sentences that bear it out or deny it (Apache-2.0)",
    "twins": "the near-miss twins of data/reading (Apache-2.0)",
}
_CARD = """---
license: apache-2.0
language: en
base_model: sentence-transformers/all-MiniLM-L6-v2
pipeline_tag: question-answering
---

# {name}

Reads a question and a passage of a research paper together, and says of each sentence
how surely it answers, against "none of these"; and of a claim and its evidence, whether
the evidence supports it, contradicts it, or does neither. Six layers of 384, the layers
of all-MiniLM-L6-v2 as they were tuned for paperbacked, with a head for sentences and one
for claims; one ONNX file with 8-bit weights.

Input: `ids`, `kinds`, `mask` [rows, tokens], `[CLS] question [SEP] title [SEP] sentence
sentence … [SEP]` of at most 384 tokens, and `pool` [rows, sentences, tokens], the weights
with which a sentence's tokens are averaged. Output: `sentences` [rows, sentences] and
`none` [rows], whose difference is a log odds; `claims` [rows, 3] for supported,
contradicted, not enough.

## Training data

| set | examples |
|---|---|
{data}

## Recipe

| | |
|---|---|
{recipe}

## On the development parts

| | |
|---|---|
{figures}

## Limits

It reads English and what stands in the passage, and knows nothing else. It is small: a
negation far from its verb, arithmetic and what follows from two sentences together
escape it. Its log odds are to be calibrated before they are read as chances.
"""


def model_card(
    name: str,
    recipe: ReaderRecipe,
    questions: Sequence[ReadingExample],
    claims: Sequence[SupportExample],
    figures: Mapping[str, float],
) -> str:
    """The card's text: what was learned, how, and the `figures` on the development parts."""
    counts = Counter(example.source.partition(" ")[0] for example in questions)
    claimed = Counter(example.source for example in claims)
    rows = [f"| {SETS.get(source, source)} | {count:,} questions |" for source, count in counts.items()]
    rows += [f"| {SETS.get(source, source)} | {count:,} claims |" for source, count in claimed.items()]
    return _CARD.format(
        name=name,
        data="\n".join(rows),
        recipe="\n".join(f"| {key.replace('_', ' ')} | {value} |" for key, value in asdict(recipe).items()),
        # A set of one kind alone has no figure of how well it is told from the other.
        figures="\n".join(f"| {key} | {value:.3f} |" for key, value in figures.items() if not isnan(value)),
    )
