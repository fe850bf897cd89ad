# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs an ONNX model in float64: the independent reference of the numeric tests.

The graph is promoted (every float32 tensor, Constant, ConstantOfShape and Cast
becomes float64) and evaluated by onnx's ReferenceEvaluator, with ops of float64_ops.py
in place of some of its own. Weights go around protobuf, and a value is dropped after
its last use, so that large models fit.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.external_data_helper import ExternalDataInfo, uses_external_data
from onnx.reference import ReferenceEvaluator

import float64_ops


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
    """Turns every float32 of `model` but its initializers into float64, in place."""
    graph = model.graph
    for node in graph.node:
        _promote_node(node)
    for value in [*graph.input, *graph.output, *graph.value_info]:
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.DOUBLE
    return model


def _read_initializer(tensor, folder):
    """Its values, float64 if they are float32."""
    if not uses_external_data(tensor):
        values = numpy_helper.to_array(tensor)
    else:
        place = ExternalDataInfo(tensor)
        dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
        values = np.memmap(folder / place.location, dtype, "r", place.offset or 0, tuple(tensor.dims))
    return values.astype(np.float64) if values.dtype == np.float32 else np.asarray(values)


def _last_uses(nodes, kept):
    """For each node the names that no later one reads."""
    seen, result = set(kept), []
    for node in reversed(nodes):
        last = {name for name in (*node.input, *node.output) if name not in seen}
        seen |= last
        result.append(last)
    return result[::-1]


class Float64Model:
    """A model that was read once, to run on inputs of any size."""

    def __init__(self, path):
        path = pathlib.Path(path)
        model = onnx.load(path, load_external_data=False)
        self.weights = {tensor.name: _read_initializer(tensor, path.parent)
                        for tensor in model.graph.initializer}
        self.outputs = [value.name for value in model.graph.output]
        promote(model)
        del model.graph.initializer[:]
        self.nodes = ReferenceEvaluator(model, new_ops=float64_ops.ALL).rt_nodes_
        # A body reads names that its node does not list.
        bodies = any(node.need_context() for node in self.nodes)
        self.last_uses = ([set()] * len(self.nodes) if bodies else
                          _last_uses(self.nodes, ["", *self.weights, *self.outputs]))

    def run(self, inputs):
        """Returns the model's outputs by name."""
        values = {"": None, **self.weights}
        for name, value in inputs.items():
            values[name] = value.astype(np.float64) if value.dtype == np.float32 else value
        for node, last in zip(self.nodes, self.last_uses):
            context = {"context": values} if node.need_context() else {}
            results = node.run(*[values[name] for name in node.input], **context)
            values.update(zip(node.output, results))
            for name in last:
                del values[name]
        return {name: values[name] for name in self.outputs}
