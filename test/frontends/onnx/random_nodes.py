# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models of one random node each: every op of ONNX with odd attributes, ranks and
element types. Most are wrong; none may crash the importer."""
import random

import numpy as np
import onnx
from onnx import AttributeProto as A
from onnx import TensorProto as T
from onnx import helper, numpy_helper

INTS = [0, -1, 1, 2, 3, 5, -7, 2**31, 2**40, -2**63, 2**63 - 1, 1000000]
STRINGS = ["", "a", "SAME_UPPER", "VALID", "NOTSET", "linear", "constant", "reflect", "wrap",
           "edge", "none", "add", "tanh", "LEFT", "DCR", "->", "ij,jk->ik"]
SHAPES = [[], [3], [2, 3], [1, 3, 8, 8], [2, 3, 4], [0], [2**40, 2**40, 3], [1, 0, 3, 3],
          [-4, 3], [1] * 9, [1, 4, 5], [2, 4, 4, 4, 4]]
TYPES = [T.FLOAT] * 5 + [T.INT64] * 4 + [T.INT32, T.BOOL, T.STRING, T.FLOAT16, T.UINT8, T.DOUBLE]
OPSETS = [("", 23), ("ai.onnx.ml", 5), ("ai.onnx.training", 1), ("ai.onnx.preview.training", 1)]


def _integer(r):
    return r.choice(INTS) if r.random() < 0.5 else r.randint(0, 4)


def _branch(r):
    inputs = [helper.make_tensor_value_info(f"s{i}", T.FLOAT, [2]) for i in range(r.randint(0, 3))]
    return helper.make_graph([helper.make_node("Identity", [f"s{r.randint(0, 2)}"], ["so"])], "s",
                             inputs, [helper.make_tensor_value_info("so", T.FLOAT, None)])


def _attribute(r, kind):
    if kind == A.INT:
        return _integer(r)
    if kind == A.INTS:
        return [_integer(r) for _ in range(r.randint(1, 5))]
    if kind == A.FLOAT:
        return r.choice([0.0, -1.0, 1e38, 0.5, float("nan")])
    if kind == A.FLOATS:
        return [r.choice([0.0, -1.0, 1e38, 0.5]) for _ in range(r.randint(1, 5))]
    if kind == A.STRING:
        return r.choice(STRINGS)
    if kind == A.STRINGS:
        return [r.choice(STRINGS) for _ in range(r.randint(1, 4))]
    if kind == A.TENSOR:
        return numpy_helper.from_array(np.array(r.choice([[3], [], [1, 2]]),
                                                r.choice([np.int64, np.float32])), "v")
    if kind == A.GRAPH:
        return _branch(r)
    return None


def _constant(r, name, kind):
    if kind in (T.INT64, T.INT32):
        lowest, dtype = (INTS, np.int64) if kind == T.INT64 else (INTS[:7], np.int32)
        values = np.array([r.choice(lowest) for _ in range(r.randint(0, 5))], dtype)
        if len(values) == 1 and r.random() < 0.3:
            values = values.reshape(())
        return numpy_helper.from_array(values, name)
    shape = r.choice([(), (1,), (4,), (2, 2), (3, 1, 2, 2), (3, 3, 2, 2)])
    return numpy_helper.from_array(np.ones(shape, np.float32), name)


def _inputs(r, count):
    names, inputs, initializers = [], [], []
    for i in range(count):
        names.append("" if r.random() < 0.1 else f"i{i}")
        if not names[-1]:
            continue
        kind = r.choice(TYPES)
        if r.random() < 0.5:
            inputs.append(helper.make_tensor_value_info(names[-1], kind, r.choice(SHAPES)))
        else:
            initializers.append(_constant(r, names[-1], kind))
    return names, inputs, initializers


def make_one(r, schema):
    attributes = {}
    for name, definition in sorted(schema.attributes.items()):
        if r.random() < 0.25 and not (definition.required and r.random() < 0.8):
            continue
        value = _attribute(r, int(definition.type))
        if value is not None:
            attributes[name] = value
    most = max(schema.min_input, min(schema.max_input, schema.min_input + 4))
    names, inputs, initializers = _inputs(r, r.randint(schema.min_input, most))
    outputs = [f"o{i}" for i in range(r.randint(schema.min_output,
                                                max(min(schema.max_output, 4),
                                                    schema.min_output)))]
    node = helper.make_node(schema.name, names, outputs, domain=schema.domain, **attributes)
    graph = helper.make_graph([node], "g", inputs,
                              [helper.make_tensor_value_info(o, T.FLOAT, None) for o in outputs],
                              initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(*o) for o in OPSETS],
                             ir_version=10).SerializeToString()


def make(count):
    """Yields (name, bytes), `count` for each op."""
    r = random.Random(1)
    for schema in sorted(onnx.defs.get_all_schemas(), key=lambda s: (s.domain, s.name)):
        if schema.deprecated:
            continue
        for i in range(count):
            try:
                content = make_one(r, schema)
            except (ValueError, TypeError, OverflowError):  # helper refuses to make it
                continue
            yield f"{schema.domain.replace('.', '_')}_{schema.name}_{i}", content


def seed_models():
    """Small good models, for mutations."""
    weights = numpy_helper.from_array(np.ones((20, 20), np.float32), "w")
    shape = numpy_helper.from_array(np.array([-1, 10], np.int64), "s")
    vector = helper.make_tensor("v", T.FLOAT, [20], [float(i) for i in range(20)])
    indices = helper.make_tensor("k", T.INT64, [2, 400], list(range(800)))
    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"]),
             helper.make_node("Add", ["a", "v"], ["b"]),
             helper.make_node("Reshape", ["b", "s"], ["c"]),
             helper.make_node("Softmax", ["c"], ["y"], axis=-1),
             helper.make_node("Identity", ["k"], ["z"])]
    graph = helper.make_graph(nodes, "g",
                              [helper.make_tensor_value_info("x", T.FLOAT, [4, 20])],
                              [helper.make_tensor_value_info("y", T.FLOAT, [8, 10]),
                               helper.make_tensor_value_info("z", T.INT64, [2, 400])],
                              [weights, shape, vector, indices])
    return [helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)],
                              ir_version=10).SerializeToString()]
