# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Constants."""

import numpy as np


def splat(value, shape, dtype):
    return np.full(shape, value, dtype)


OPS = {"constant": splat}
