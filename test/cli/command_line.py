# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the command line tests share: running the tools and small models."""
import os
import pathlib
import subprocess

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BINARIES = pathlib.Path(os.environ["NEAP_BINARIES"])
MODELS = pathlib.Path(os.environ.get("NEAP_MODELS", pathlib.Path.home() / ".cache/neap/models"))


def neapc(*arguments, **options):
    return _run("neapc", arguments, options)


def neap_run(*arguments, **options):
    return _run("neap-run", arguments, options)


def _run(tool, arguments, options):
    return subprocess.run([str(BINARIES / tool), *map(str, arguments)],
                          capture_output=True, text=True, errors="replace",
                          timeout=600, **options)


def value(name, shape, element_type=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, element_type, shape)


def model(nodes, inputs, outputs, initializers=(), opset=17, ir_version=8, opsets=None):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, list(initializers))
    opsets = opsets or [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=ir_version)


def two_layer_model(width=64, batch="batch"):
    """x -> MatMul -> Relu -> MatMul -> y, with seeded weights."""
    random = np.random.default_rng(0)
    weight = lambda name, *shape: numpy_helper.from_array(
        random.standard_normal(shape, np.float32), name)
    nodes = [helper.make_node("MatMul", ["x", "w1"], ["h"], name="/first/MatMul"),
             helper.make_node("Relu", ["h"], ["r"], name="/first/Relu"),
             helper.make_node("MatMul", ["r", "w2"], ["y"], name="/second/MatMul")]
    return model(nodes, [value("x", [batch, width])], [value("y", [batch, width])],
                 [weight("w1", width, 2 * width), weight("w2", 2 * width, width)])


def save(proto, path):
    pathlib.Path(path).write_bytes(proto if isinstance(proto, bytes) else proto.SerializeToString())
    return path
