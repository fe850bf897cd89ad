# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Ops of the float64 reference (float64_reference.py).

Those whose implementation in onnx falls back to float32, or is too slow or needs too
much memory for whole models: each the textbook definition in numpy.
"""
import math

import numpy as np
from onnx.reference.op_run import OpRun


def erf(x):
    """The C library's, to the last bits; numpy has none."""
    return np.fromiter(map(math.erf, x.ravel().tolist()), np.float64, x.size).reshape(x.shape)


class Erf(OpRun):
    """The library's own rounds to float32."""

    def _run(self, x):
        return (erf(x),)


class Gelu(OpRun):
    """The library's own calls erf through an object per element."""

    def _run(self, x, approximate="none"):
        if approximate == "tanh":
            inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
            return (0.5 * x * (1 + np.tanh(inner)),)
        return (0.5 * x * (1 + erf(x / math.sqrt(2))),)


class Pow(OpRun):
    """Squares and cubes by products: numpy's own power takes many times as long."""

    def _run(self, base, exponent):
        if exponent.size == 1 and base.ndim >= exponent.ndim and base.dtype == np.float64:
            if exponent.item() == 2:
                return (base * base,)
            if exponent.item() == 3:
                return (base * base * base,)
        return (np.power(base, exponent).astype(base.dtype),)


class Softmax(OpRun):
    """As the library's own, in one buffer."""

    def _run(self, x, axis=-1):
        result = x - x.max(axis=axis, keepdims=True)
        np.exp(result, out=result)
        result /= result.sum(axis=axis, keepdims=True)
        return (result,)


class Expand(OpRun):
    """The library's own multiplies by a tensor of ones."""

    def _run(self, x, shape):
        return (np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(shape))),)


class GatherND(OpRun):
    """The library's own loops in Python."""

    def _run(self, data, indices, batch_dims=0):
        batches = np.indices(indices.shape[:batch_dims])
        batches = [b.reshape(*b.shape, *[1] * (indices.ndim - 1 - batch_dims)) for b in batches]
        return (data[(*batches, *np.moveaxis(indices, -1, 0))],)


class LayerNormalization(OpRun):
    """The library's own computes in stash_type, float32."""

    def _run(self, x, scale, bias=None, axis=-1, epsilon=1e-5, stash_type=1):
        axes = tuple(range(axis % x.ndim, x.ndim))
        centered = x - x.mean(axis=axes, keepdims=True)
        variance = (centered * centered).mean(axis=axes, keepdims=True)
        result = centered / np.sqrt(variance + epsilon) * scale
        return (result if bias is None else result + bias,)


class BatchNormalization(OpRun):
    """The library's own of opset 9 normalizes by the batch, as in training."""

    def _run(self, x, scale, bias, mean, variance, epsilon=1e-5, momentum=0.9, training_mode=0):
        assert not training_mode
        scale, bias, mean, variance = (v.reshape(-1, *[1] * (x.ndim - 2))
                                       for v in (scale, bias, mean, variance))
        return ((x - mean) / np.sqrt(variance + epsilon) * scale + bias,)


class Conv(OpRun):
    """The library's own loops in Python."""

    def _run(self, x, w, b=None, auto_pad="NOTSET", dilations=None, group=1,
             kernel_shape=None, pads=None, strides=None):
        assert auto_pad in ("NOTSET", "VALID", b"NOTSET"), auto_pad
        rank = x.ndim - 2
        strides, dilations = strides or [1] * rank, dilations or [1] * rank
        pads = pads or [0] * 2 * rank
        x = np.pad(x, [(0, 0), (0, 0), *zip(pads[:rank], pads[rank:])])
        spans = [d * (k - 1) + 1 for d, k in zip(dilations, w.shape[2:])]
        windows = np.lib.stride_tricks.sliding_window_view(x, spans, tuple(range(2, 2 + rank)))
        windows = windows[(slice(None), slice(None), *(slice(None, None, s) for s in strides),
                           *(slice(None, None, d) for d in dilations))]
        parts = []
        for g in range(group):
            channels = slice(g * w.shape[1], (g + 1) * w.shape[1])
            filters = slice(g * w.shape[0] // group, (g + 1) * w.shape[0] // group)
            contracted = [1, *range(2 + rank, 2 + 2 * rank)]
            parts.append(np.tensordot(windows[:, channels], w[filters],
                                      (contracted, [1, *range(2, 2 + rank)])))
        result = np.moveaxis(np.concatenate(parts, -1), -1, 1)
        if b is not None:
            result = result + b.reshape(-1, *[1] * rank)
        return (result,)


class ConvTranspose(OpRun):
    """The library's own loops in Python."""

    def _run(self, x, w, b=None, auto_pad="NOTSET", dilations=None, group=1, kernel_shape=None,
             output_padding=None, output_shape=None, pads=None, strides=None):
        assert auto_pad == "NOTSET" and not output_shape, (auto_pad, output_shape)
        rank = x.ndim - 2
        strides, dilations = strides or [1] * rank, dilations or [1] * rank
        pads, extra = pads or [0] * 2 * rank, output_padding or [0] * rank
        kernel, outputs = w.shape[2:], w.shape[1]
        full = [s * (n - 1) + d * (k - 1) + 1 + e
                for s, n, d, k, e in zip(strides, x.shape[2:], dilations, kernel, extra)]
        result = np.zeros((x.shape[0], group * outputs, *full))
        for g in range(group):
            channels = slice(g * w.shape[0] // group, (g + 1) * w.shape[0] // group)
            for tap in np.ndindex(*kernel):
                product = np.tensordot(x[:, channels], w[(channels, slice(None), *tap)], (1, 0))
                places = tuple(slice(t * d, t * d + s * (n - 1) + 1, s) for t, d, s, n in
                               zip(tap, dilations, strides, x.shape[2:]))
                result[(slice(None), slice(g * outputs, (g + 1) * outputs), *places)] += (
                    np.moveaxis(product, -1, 1))
        inside = tuple(slice(lo, n - hi) for lo, hi, n in zip(pads[:rank], pads[rank:], full))
        result = result[(slice(None), slice(None), *inside)]
        return (result if b is None else result + b.reshape(-1, *[1] * rank),)


class Resize(OpRun):
    """The library's own computes each output by itself."""

    def _run(self, x, roi=None, scales=None, sizes=None, antialias=0, axes=None,
             coordinate_transformation_mode="half_pixel", cubic_coeff_a=-0.75, exclude_outside=0,
             extrapolation_value=0, keep_aspect_ratio_policy="stretch", mode="nearest",
             nearest_mode="round_prefer_floor"):
        assert mode in ("linear", "nearest") and not antialias and axes is None
        if sizes is None:
            sizes = np.floor(np.array(x.shape) * scales).astype(int)
        for axis, (old, new) in enumerate(zip(x.shape, sizes)):
            if old == new:
                continue
            scale = new / old
            places = {"half_pixel": lambda i: (i + 0.5) / scale - 0.5,
                      "pytorch_half_pixel": lambda i: (i + 0.5) / scale - 0.5,
                      "align_corners": lambda i: i * (old - 1) / (new - 1),
                      "asymmetric": lambda i: i / scale,
                      }[coordinate_transformation_mode](np.arange(new))
            if mode == "nearest":
                assert nearest_mode == "floor", nearest_mode
                x = x.take(np.clip(np.floor(places), 0, old - 1).astype(int), axis)
                continue
            low = np.floor(places)
            weight = (places - low).reshape(-1, *[1] * (x.ndim - 1 - axis))
            left, right = (x.take(np.clip(low + i, 0, old - 1).astype(int), axis) for i in (0, 1))
            x = left * (1 - weight) + right * weight
        return (x,)


class MaxPool(OpRun):
    """The library's own loops in Python."""

    def _run(self, x, auto_pad="NOTSET", ceil_mode=0, dilations=None, kernel_shape=None,
             pads=None, storage_order=0, strides=None):
        assert auto_pad in ("NOTSET", "VALID") and not any(d != 1 for d in dilations or [])
        rank = x.ndim - 2
        strides, pads = strides or [1] * rank, pads or [0] * 2 * rank
        extra = [s - 1 if ceil_mode else 0 for s in strides]
        widths = [(lo, hi + e) for lo, hi, e in zip(pads[:rank], pads[rank:], extra)]
        x = np.pad(x, [(0, 0), (0, 0), *widths], constant_values=-np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(x, kernel_shape, tuple(range(2, 2 + rank)))
        windows = windows[(slice(None), slice(None), *(slice(None, None, s) for s in strides))]
        return (windows.max(axis=tuple(range(-rank, 0))),)


class GlobalMaxPool(OpRun):
    """The library's own takes two spatial axes for granted."""

    def _run(self, x):
        return (x.max(axis=tuple(range(2, x.ndim)), keepdims=True),)


ALL = [LayerNormalization, BatchNormalization, Conv, ConvTranspose, Resize, MaxPool, GlobalMaxPool,
       Erf, Gelu, Pow, Softmax, Expand, GatherND]
