# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Matrix products, panels of 16 columns, and elimination."""

import numpy as np

PANEL_WIDTH = 16


def matmul(lhs, rhs):
    shape = lhs.shape[:-1] + rhs.shape[-1:]
    result = np.zeros(shape, lhs.dtype)
    for k in range(lhs.shape[-1]):
        result += lhs[..., :, k:k + 1] * rhs[..., k:k + 1, :]
    return result


def pack_panels(x):
    depth, columns = x.shape
    result = np.zeros((-(-columns // PANEL_WIDTH), depth, PANEL_WIDTH),
                      x.dtype)
    for column in range(columns):
        result[column // PANEL_WIDTH, :, column % PANEL_WIDTH] = x[:, column]
    return result


def unpack_panels(panels, columns):
    return np.concatenate(list(panels), axis=1)[:, :columns]


def packed_matmul(lhs, panels, columns):
    """`columns` is the size of the result's last axis."""
    return matmul(lhs, unpack_panels(panels, columns))


def triangularize(x):
    result = x.copy()
    for batch in np.ndindex(x.shape[:-2]):
        matrix = result[batch]
        for k in range(x.shape[-1]):
            pivot = k + np.argmax(np.abs(matrix[k:, k]))
            if pivot != k:
                matrix[[k, pivot]] = matrix[pivot], -matrix[k]
            if matrix[k, k] == 0:
                continue
            for row in range(k + 1, x.shape[-1]):
                factor = matrix[row, k] / matrix[k, k]
                matrix[row, k] = 0
                matrix[row, k + 1:] -= factor * matrix[k, k + 1:]
    return result


OPS = {
    "matmul": matmul,
    "pack_panels": pack_panels,
    "packed_matmul": packed_matmul,
    "triangularize": triangularize,
}
