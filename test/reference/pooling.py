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


def bilinear_taps(place, size):
    """The two elements around a place of an axis, with their weights."""
    place = min(max(place, 0), size - 1)
    low = int(place)
    high = min(low + 1, size - 1)
    return [(low, 1 - (place - low)), (high, place - low)]


def roi_align(x, boxes, images, kind, samples, bins):
    """`x` is channels last, a box first row and column, height and width."""
    result = np.zeros((len(boxes), *bins, x.shape[3]), x.dtype)
    for place in np.ndindex(result.shape[:3]):
        box, image = boxes[place[0]], x[images[place[0]]]
        lengths = [box[axis + 2] / bins[axis] for axis in (0, 1)]
        counts = [samples or max(int(np.ceil(length)), 0) for length in lengths]
        values = []
        for sample in np.ndindex(*counts):
            y, x_place = (box[axis] + (place[axis + 1] + (sample[axis] + 0.5) / counts[axis])
                          * lengths[axis] for axis in (0, 1))
            if not (-1 <= y <= image.shape[0] and -1 <= x_place <= image.shape[1]):
                values.append([np.zeros(x.shape[3], x.dtype)])
                continue
            values.append([image[row, column] * x.dtype.type(down * right)
                           for row, down in bilinear_taps(y, image.shape[0])
                           for column, right in bilinear_taps(x_place, image.shape[1])])
        if values and kind == "max":
            result[place] = np.max([np.max(taps, 0) for taps in values], 0)
        elif values:
            result[place] = np.mean([np.sum(taps, 0) for taps in values], 0)
    return result


OPS = {"pool": pool, "pool_argmax": pool_argmax, "roi_align": roi_align}
