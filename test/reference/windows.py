# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Windows of pools and convolutions, and both orders of an image's axes."""

import itertools

import numpy as np


def to_channels_first(x, layout):
    return np.moveaxis(x, -1, 1) if layout == "channels_last" else x


def from_channels_first(x, layout):
    return np.moveaxis(x, 1, -1) if layout == "channels_last" else x


def taps(place, window, strides, pads, dilations):
    """Yields (tap, input position) of one output position, taps in order."""
    for tap in itertools.product(*(range(size) for size in window)):
        yield tap, tuple(
            place[i] * strides[i] - pads[i] + tap[i] * dilations[i]
            for i in range(len(window)))


def is_inside(position, low, high):
    return all(l <= p < h for l, p, h in zip(low, position, high))
