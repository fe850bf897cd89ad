# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Softmax and standardizations over the last axis."""

import numpy as np


def softmax(x):
    shifted = np.exp(x - x.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)


def log_softmax(x):
    shifted = x - x.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def standardize(x, epsilon):
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred * centred).mean(-1, keepdims=True)
    return centred / np.sqrt(variance + epsilon)


def rms_standardize(x, epsilon):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon)


OPS = {
    "softmax": softmax,
    "log_softmax": log_softmax,
    "standardize": standardize,
    "rms_standardize": rms_standardize,
}
