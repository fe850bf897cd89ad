# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs an ONNX model in float64: the independent reference of the numeric tests.

The graph is promoted (every float32 tensor, Constant, ConstantOfShape and Cast
becomes float64) and evaluated by onnx's ReferenceEvaluator. Ops whose reference
implementation falls back to float32, or is too slow for whole models, are
evaluated by the few lines below, each the textbook definition in numpy.
"""
import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun


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


def _promote_tensor(tensor):
    if tensor.data_type == TensorProto.FLOAT:
        array = numpy_helper.to_array(tensor).astype(np.float64)
        tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))


def _promote_node(node):
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.TENSOR:
            _promote_tensor(attribute.t)
        if node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT:
            attribute.i = TensorProto.DOUBLE
    if node.op_type == "ConstantOfShape" and not node.attribute:
        value = numpy_helper.from_array(np.zeros(1, np.float64))
        node.attribute.append(onnx.helper.make_attribute("value", value))


def promote(model):
    """Turns every float32 of `model` into float64, in place."""
    graph = model.graph
    for tensor in graph.initializer:
        _promote_tensor(tensor)
    for node in graph.node:
        _promote_node(node)
    for value in [*graph.input, *graph.output, *graph.value_info]:
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.DOUBLE
    return model


def run_float64(path, inputs):
    """Returns the model's outputs by name, computed in float64."""
    model = promote(onnx.load(path))
    names = [value.name for value in model.graph.output]
    session = ReferenceEvaluator(model, new_ops=[
        LayerNormalization, BatchNormalization, Conv, ConvTranspose, Resize, MaxPool, GlobalMaxPool])
    feeds = {name: value.astype(np.float64) if value.dtype == np.float32 else value
             for name, value in inputs.items()}
    return dict(zip(names, session.run(None, feeds)))
