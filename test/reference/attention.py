# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Attention, with the matrix of all scores."""

import numpy as np


def attention(query, key, value, mask=None, scale=1.0, causal=None, fill=-np.inf,
              masked_rows="nan"):
    scores = np.asarray(scale, query.dtype) * query @ key.swapaxes(-1, -2)
    rows, columns = scores.shape[-2:]
    counts = np.ones(scores.shape, bool)
    if causal is not None:
        counts &= np.arange(columns) <= np.arange(rows)[:, None] + causal
    if mask is not None and mask.dtype == np.bool_:
        counts &= mask
    elif mask is not None:
        scores = scores + mask
    scores = np.where(counts, scores, np.asarray(fill, query.dtype))
    if columns == 0:
        return np.zeros(query.shape[:-1] + value.shape[-1:], query.dtype)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    if masked_rows == "zero":
        weights[(scores == -np.inf).all(-1)] = 0
    elif masked_rows == "zero_nan":
        weights[np.isnan(weights)] = 0
    return weights @ value


OPS = {
    "attention": attention,
}
