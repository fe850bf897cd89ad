# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Convolutions (cross-correlations), grouped and dilated."""

import numpy as np

from reference.linear import unpack_panels
from reference.windows import (from_channels_first, is_inside, taps,
                                    to_channels_first)


def conv(x, filter, strides, pads, dilations, groups,
         layout="channels_first"):
    """`filter` is [O, C/groups, kernel...] or [kernel..., C/groups, O]."""
    x = to_channels_first(x, layout)
    if layout == "channels_last":
        filter = np.moveaxis(np.moveaxis(filter, -1, 0), -1, 1)
    kernel, count = filter.shape[2:], len(strides)
    sizes, zeros = x.shape[2:], (0,) * count
    spatial = tuple(
        (sizes[i] + pads[i] + pads[count + i] -
         dilations[i] * (kernel[i] - 1) - 1) // strides[i] + 1
        for i in range(count))
    outputs, group_inputs = filter.shape[:2]
    group_outputs = outputs // groups
    result = np.zeros((x.shape[0], outputs) + spatial, x.dtype)
    for place in np.ndindex(spatial):
        for tap, position in taps(place, kernel, strides, pads, dilations):
            if not is_inside(position, zeros, sizes):
                continue
            pixel = x[(slice(None), slice(None)) + position]
            weights = filter[(slice(None), slice(None)) + tap]
            for output in range(outputs):
                first = output // group_outputs * group_inputs
                channels = pixel[:, first:first + group_inputs]
                result[(slice(None), output) + place] += (
                    channels @ weights[output])
    return from_channels_first(result, layout)


def packed_conv(x, packed, kernel, strides, pads, dilations, groups,
                channels_out):
    """`channels_out` is the result's number of channels."""
    width = channels_out // groups
    filters = [unpack_panels(panels, width).reshape(*kernel, -1, width)
               for panels in packed]
    return conv(x, np.concatenate(filters, -1), strides, pads, dilations,
                groups, "channels_last")


OPS = {"conv": conv, "packed_conv": packed_conv}
