# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the reference of each op that has an ONNX twin with onnx's own
ReferenceEvaluator.

A row: the neap op, its arguments, and the ONNX node that says the same.
"""

import pathlib
import sys

import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from reference import REFERENCE  # noqa: E402

OPSET = 23
RANDOM = np.random.default_rng(7)


def normal(*shape):
    return RANDOM.standard_normal(shape).astype(np.float32)


def integers(low, high, *shape):
    return RANDOM.integers(low, high, shape).astype(np.int64)


def positive(*shape):
    return np.abs(normal(*shape)) + np.float32(0.1)


def onnx_result(op, inputs, attributes):
    """Runs one ONNX node."""
    names = [f"x{i}" for i in range(len(inputs))]
    node = helper.make_node(op, names, ["y"], **attributes)
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
         for name, array in zip(names, inputs)],
        [helper.make_tensor_value_info("y", TensorProto.UNDEFINED, None)])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)])
    feeds = dict(zip(names, inputs))
    return ReferenceEvaluator(model).run(None, feeds)[0]


def unary_rows():
    twins = {"neg": "Neg", "abs": "Abs", "sign": "Sign", "exp": "Exp",
             "erf": "Erf", "tanh": "Tanh", "sin": "Sin", "cos": "Cos",
             "tan": "Tan", "atan": "Atan", "sinh": "Sinh", "cosh": "Cosh",
             "asinh": "Asinh", "floor": "Floor", "ceil": "Ceil",
             "round": "Round", "is_nan": "IsNaN"}
    for op, twin in twins.items():
        yield op, [normal(3, 4)], {}, twin, None, {}
    for op, twin in {"log": "Log", "sqrt": "Sqrt"}.items():
        yield op, [positive(3, 4)], {}, twin, None, {}
    inside = np.clip(normal(3, 4), -0.9, 0.9)
    for op, twin in {"asin": "Asin", "acos": "Acos", "atanh": "Atanh"}.items():
        yield op, [inside], {}, twin, None, {}
    yield "acosh", [positive(3, 4) + 1], {}, "Acosh", None, {}
    yield "not", [normal(5) > 0], {}, "Not", None, {}


def binary_rows():
    a, b = normal(3, 4), normal(3, 4)
    twins = {"add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div",
             "max": "Max", "min": "Min"}
    for op, twin in twins.items():
        yield op, [a, b], {}, twin, None, {}
    yield "pow", [positive(3, 4), b], {}, "Pow", None, {}
    i, j = integers(-9, 9, 5), integers(1, 5, 5)
    yield "div", [np.abs(i), j], {}, "Div", None, {}
    yield "mod", [i, j], {}, "Mod", None, {}
    yield "rem", [i, j], {}, "Mod", None, {"fmod": 1}
    u = RANDOM.integers(0, 200, 5).astype(np.uint8)
    s = np.array([0, 1, 3, 7, 2], np.uint8)
    yield "shift_left", [u, s], {}, "BitShift", None, {"direction": "LEFT"}
    yield "shift_right", [u, s], {}, "BitShift", None, {"direction": "RIGHT"}
    p, q = normal(6) > 0, normal(6) > 0
    for op, twin in {"and": "And", "or": "Or", "xor": "Xor"}.items():
        yield op, [p, q], {}, twin, None, {}
        yield op, [i, j], {}, f"Bitwise{twin}", None, {}
    predicates = {"eq": "Equal", "lt": "Less", "le": "LessOrEqual",
                  "gt": "Greater", "ge": "GreaterOrEqual"}
    for predicate, twin in predicates.items():
        yield "compare", [i, j], {"predicate": predicate}, twin, None, {}
    yield "select", [p, normal(6), normal(6)], {}, "Where", None, {}
    yield ("cast", [a], {"dtype": np.dtype(np.int32)}, "Cast", None,
           {"to": TensorProto.INT32})


def shape_rows():
    x = normal(2, 3, 4)
    yield ("reshape", [x], {"shape": (6, 4)}, "Reshape",
           [x, np.array([6, 4])], {})
    yield ("transpose", [x], {"permutation": [2, 0, 1]}, "Transpose", None,
           {"perm": [2, 0, 1]})
    yield ("broadcast", [normal(3, 1)], {"shape": (2, 3, 4)}, "Expand", "shape",
           {})
    yield ("slice", [x], {"starts": [1, 2, 0], "sizes": [1, 2, 2],
                          "steps": [1, -1, 2]}, "Slice",
           [x, np.array([1, 2, 0]), np.array([2, 0, 3]), np.array([0, 1, 2]),
            np.array([1, -1, 2])], {})
    yield ("concat", [x, normal(2, 5, 4)], {"axis": 1}, "Concat", None,
           {"axis": 1})
    pads = np.array([0, 1, 2, 1, 0, 3])
    value = np.array(0.5, np.float32)
    where = {"low": [0, 1, 2], "high": [1, 0, 3]}
    yield "pad", [x, value], where, "Pad", [x, pads, value], {}
    for mode in ("edge", "reflect", "wrap"):
        yield ("pad", [x], {**where, "mode": mode}, "Pad", [x, pads],
               {"mode": mode})
    start, step = np.array(3, np.int64), np.array(-2, np.int64)
    yield ("iota", [start, step], {"size": 5}, "Range",
           [start, np.array(-7), step], {})


def indexing_rows():
    x, i = normal(4, 5, 3), integers(-4, 4, 2, 2)
    yield "gather", [x, i], {"axis": 0}, "Gather", None, {"axis": 0}
    e = integers(-5, 5, 4, 7, 3)
    yield ("gather_elements", [x, e], {"axis": 1}, "GatherElements", None,
           {"axis": 1})
    yield ("gather_nd", [x, integers(0, 4, 6, 2)], {"batch_dims": 0},
           "GatherND", None, {})
    yield ("gather_nd", [x, integers(0, 5, 4, 2, 1)], {"batch_dims": 1},
           "GatherND", None, {"batch_dims": 1})
    places = np.array([[0, 2, 1], [3, 3, 0]])
    y, updates = normal(4, 3), normal(2, 3)
    yield ("scatter_elements", [y, places, updates], {"axis": 0},
           "ScatterElements", None, {"axis": 0})
    tuples, rows = np.array([[2], [0]]), normal(2, 3)
    yield "scatter_nd", [y, tuples, rows], {}, "ScatterND", None, {}
    for kind, name in {"sum": "add", "prod": "mul", "max": "max",
                       "min": "min"}.items():
        yield ("scatter_elements", [y, places, updates],
               {"axis": 0, "reduction": kind}, "ScatterElements", None,
               {"axis": 0, "reduction": name})
        yield ("scatter_nd", [y, tuples, rows], {"reduction": kind},
               "ScatterND", None, {"reduction": name})


def sampling_rows():
    """A nearest upsampling and a determinant, by the op that each comes down to."""
    x = normal(1, 4, 3)
    image = np.moveaxis(x, 1, 2)
    places = np.array([[[0], [0], [1], [1], [2], [2], [3], [3]]])
    ones = np.ones(places.shape, np.float32)
    resized = np.moveaxis(REFERENCE["weighted_gather"](x, places, ones, "sum"), 1, 2)
    scales = np.array([1, 1, 2], np.float32)
    yield ("transpose", [np.moveaxis(resized, 2, 1)], {"permutation": [0, 2, 1]}, "Resize",
           [image, np.array([], np.float32), scales], {})
    matrices = normal(5, 4, 4)
    triangles = REFERENCE["triangularize"](matrices)
    diagonal = np.diagonal(triangles, axis1=1, axis2=2)
    yield ("reduce", [diagonal], {"kind": "prod", "axes": [1]}, "Unsqueeze",
           [np.linalg.det(matrices), np.array([1])], {})


def reduction_rows():
    x = normal(2, 3, 4)
    for kind in ("Sum", "Prod", "Max", "Min"):
        yield ("reduce", [x], {"kind": kind.lower(), "axes": [0, 2]},
               f"Reduce{kind}", [x, np.array([0, 2])], {"keepdims": 1})
    ties = integers(0, 3, 4, 6)
    for kind in ("Max", "Min"):
        for last in (False, True):
            yield ("arg_reduce", [ties],
                   {"kind": kind.lower(), "axis": 1, "select_last": last},
                   f"Arg{kind}", None,
                   {"axis": 1, "select_last_index": int(last)})
    for exclusive in (False, True):
        for reverse in (False, True):
            yield ("cumulative_sum", [x],
                   {"axis": 1, "exclusive": exclusive, "reverse": reverse},
                   "CumSum", [x, np.array(1)],
                   {"exclusive": int(exclusive), "reverse": int(reverse)})


def window_rows():
    x = normal(2, 4, 7, 6)
    common = {"strides": [2, 1], "pads": [1, 0, 1, 1], "dilations": [1, 1]}
    yield ("conv", [x, normal(6, 2, 3, 2)], {**common, "groups": 2}, "Conv",
           None, {**common, "group": 2})
    pool = {**common, "window": [3, 2], "spatial": [4, 6]}
    onnx_pool = {**common, "kernel_shape": [3, 2]}
    yield ("pool", [x], {**pool, "kind": "max"}, "MaxPool", None, onnx_pool)
    for count in (False, True):
        yield ("pool", [x],
               {**pool, "kind": "average", "count_include_pad": count},
               "AveragePool", None,
               {**onnx_pool, "count_include_pad": int(count)})


def row_rows():
    x = normal(3, 8)
    yield "softmax", [x], {}, "Softmax", None, {"axis": -1}
    yield "log_softmax", [x], {}, "LogSoftmax", None, {"axis": -1}
    ones = np.ones(8, np.float32)
    yield ("standardize", [x], {"epsilon": 1e-5}, "LayerNormalization",
           [x, ones], {"epsilon": 1e-5})
    yield "matmul", [normal(2, 3, 5), normal(2, 5, 4)], {}, "MatMul", None, {}


def attention_rows():
    q, k, v = normal(2, 3, 5, 8), normal(2, 3, 7, 8), normal(2, 3, 7, 4)
    bias, keep = normal(2, 3, 5, 7), RANDOM.random((2, 3, 5, 7)) < 0.7
    keep[..., 0] = True
    for mask in (None, bias, keep):
        # The library's own multiplies 0 by infinity if a mask of bools is causal too.
        for causal in (None,) if mask is keep else (None, 0):
            operands = [q, k, v] if mask is None else [q, k, v, mask]
            yield ("attention", operands, {"scale": 0.5, "causal": causal}, "Attention", None,
                   {"scale": 0.5, "is_causal": int(causal is not None)})


def main():
    failures = count = 0
    for rows in (unary_rows, binary_rows, shape_rows, indexing_rows, sampling_rows,
                 reduction_rows, window_rows, row_rows, attention_rows):
        for op, operands, arguments, twin, inputs, attributes in rows():
            ours = REFERENCE[op](*operands, **arguments)
            if inputs == "shape":
                inputs = [*operands, np.array(arguments["shape"])]
            theirs = onnx_result(twin, inputs or operands, attributes)
            count += 1
            if ours.shape != theirs.shape or not np.allclose(
                    ours, theirs, rtol=1e-4, atol=1e-5, equal_nan=True):
                print(f"FAILED {op} {arguments}: differs from {twin}")
                failures += 1
    print(f"{count} comparisons, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
