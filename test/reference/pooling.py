# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Pools: windows cut to the taps inside the input."""

import numpy as np

from reference.reduction import COMBINE, neutral
from reference.windows import (from_channels_first, is_inside, taps,
                                    to_channels_first)


def pool(x, kind, window, strides, pads, dilations, spatial,
         count_include_pad=False, layout="channels_first"):
    """`spatial` are the result's spatial sizes."""
    x = to_channels_first(x, layout)
    combine = "max" if kind == "max" else "sum"
    result = np.full(x.shape[:2] + tuple(spatial),
                     neutral(combine, x.dtype), x.dtype)
    count = len(window)
    sizes, zeros = x.shape[2:], (0,) * count
    low = [-pad for pad in pads[:count]]
    high = [size + pad for size, pad in zip(sizes, pads[count:])]
    for place in np.ndindex(tuple(spatial)):
        divisor = 0
        target = (slice(None), slice(None)) + place
        for _, position in taps(place, window, strides, pads, dilations):
            inside = is_inside(position, zeros, sizes)
            padded = is_inside(position, low, high)
            divisor += padded if count_include_pad else inside
            if inside:
                source = (slice(None), slice(None)) + position
                result[target] = COMBINE[combine](result[target], x[source])
        if kind == "average":
            result[target] = result[target] / x.dtype.type(divisor)
    return from_channels_first(result, layout)


def pool_argmax(x, window, strides, pads, dilations, spatial):
    """`spatial` are the result's spatial sizes."""
    sizes = x.shape[2:]
    result = np.full(x.shape[:2] + tuple(spatial), -1, np.int64)
    for image in np.ndindex(x.shape[:2]):
        for place in np.ndindex(tuple(spatial)):
            inside = [position for _, position in taps(place, window, strides, pads, dilations)
                      if is_inside(position, (0,) * len(sizes), sizes)]
            if inside:
                values = np.array([x[image + position] for position in inside])
                chosen = inside[np.argmax(values)]
                result[image + place] = np.ravel_multi_index(chosen, sizes)
    return result


OPS = {"pool": pool, "pool_argmax": pool_argmax}
