"""Logistic regressions fitted on features as they are, whatever their sizes: what `app.answering.logistic` reads."""

# pyright: reportUnknownMemberType=false
# scikit-learn's own types leave some of its arguments open.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights by column, the bias, and the chance that they give each row."""

    weights: np.ndarray
    bias: float
    chance: np.ndarray


def fit_logistic(rows: np.ndarray, right: np.ndarray, weight: np.ndarray, strength: float) -> Fitted:
    """What tells the rows that are `right` from the others; each row counts by its `weight`.

    `strength` is how freely the weights may grow: scikit-learn's C, for features of one spread.
    """
    from sklearn.linear_model import LogisticRegression

    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    model = LogisticRegression(C=strength, max_iter=5_000)
    model.fit((rows - mean) / spread, right, sample_weight=weight / weight.mean())
    weights = np.asarray(model.coef_)[0] / spread
    bias = float(np.asarray(model.intercept_)[0] - (weights * mean).sum())
    return Fitted(weights, bias, 1 / (1 + np.exp(-(rows @ weights + bias))))
