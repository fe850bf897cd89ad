# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""make_model.py FOLDER - the model of the frozen files, with its data.

Writes FOLDER/model.onnx, an input_NAME.npy for each input and, computed by numpy
in float64, an output_NAME.npy for each output. ONNX Runtime must agree. See
README.md for how a frozen file is made of it.
"""
import math
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def make_weights(random):
    shapes = {"table": (11, 16), "scale": (16,), "shift": (16,), "w1": (16, 24), "b1": (24,),
              "filter": (6, 3, 3, 3), "filter_bias": (6,)}
    return {name: random.standard_normal(shape).astype(np.float32)
            for name, shape in shapes.items()}


def make_inputs(random):
    return {"ids": random.integers(0, 11, (2, 4)),
            "mask": np.array([[True] * 4, [True] * 3 + [False]]),
            "image": random.standard_normal((1, 3, 8, 8)).astype(np.float32)}


def make_model(weights):
    """Products, regions, loops, views and copies in one small graph."""
    integers = {"zero": [0], "one": [1], "two": [2], "rows": [8, 24], "mask_shape": [8, 1]}
    numbers = {"off": np.float32(-4)}
    node = helper.make_node
    nodes = [
        node("Gather", ["table", "ids"], ["embedded"], name="/embed/Gather"),
        node("LayerNormalization", ["embedded", "scale", "shift"], ["normal"], name="/embed/Norm",
             axis=-1, epsilon=1e-5),
        node("MatMul", ["normal", "w1"], ["product"], name="/mix/MatMul"),
        node("Add", ["product", "b1"], ["biased"], name="/mix/Add"),
        node("Relu", ["biased"], ["mixed"], name="/mix/Relu"),
        node("Reshape", ["mixed", "rows"], ["flat"], name="/rows/Reshape"),
        node("Reshape", ["mask", "mask_shape"], ["flat_mask"], name="/rows/Mask"),
        node("Where", ["flat_mask", "flat", "off"], ["masked"], name="/rows/Where"),
        node("Softmax", ["masked"], ["weights"], name="/rows/Softmax", axis=1),
        node("Transpose", ["weights"], ["weights_t"], name="/rows/Transpose", perm=[1, 0]),
        node("MatMul", ["weights", "weights_t"], ["similarity"], name="/rows/Similarity"),
        node("ArgMax", ["flat"], ["best"], name="/rows/ArgMax", axis=1, keepdims=0),
        node("Slice", ["mixed", "zero", "one", "zero"], ["first"], name="/parts/First"),
        node("Slice", ["mixed", "one", "two", "zero"], ["second"], name="/parts/Second"),
        node("Erf", ["first"], ["first_erf"], name="/parts/Erf"),
        node("Tanh", ["second"], ["second_tanh"], name="/parts/Tanh"),
        node("Concat", ["first_erf", "second_tanh"], ["parts"], name="/parts/Concat", axis=0),
        node("ReduceSum", ["parts", "one"], ["sums"], name="/parts/Sum", keepdims=0),
        node("Conv", ["image", "filter", "filter_bias"], ["maps"], name="/image/Conv",
             pads=[1, 1, 1, 1]),
        node("Sigmoid", ["maps"], ["bright"], name="/image/Sigmoid"),
        node("MaxPool", ["bright"], ["pooled"], name="/image/Pool", kernel_shape=[2, 2],
             strides=[2, 2]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "frozen",
        [value("ids", TensorProto.INT64, [2, 4]), value("mask", TensorProto.BOOL, [2, 4]),
         value("image", TensorProto.FLOAT, [1, 3, 8, 8])],
        [value("similarity", TensorProto.FLOAT, [8, 8]), value("best", TensorProto.INT64, [8]),
         value("sums", TensorProto.FLOAT, [2, 24]), value("pooled", TensorProto.FLOAT, [1, 6, 4, 4])],
        [numpy_helper.from_array(a, name) for name, a in weights.items()] +
        [numpy_helper.from_array(np.array(v, np.int64), name) for name, v in integers.items()] +
        [numpy_helper.from_array(np.asarray(v), name) for name, v in numbers.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def convolve(image, weights, bias):
    padded = np.pad(image[0], ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))
    return np.einsum("chwij,ocij->ohw", windows, weights)[None] + bias[:, None, None]


def evaluate(weights, inputs):
    """What the model computes, in float64."""
    w = {name: array.astype(np.float64) for name, array in weights.items()}
    h = w["table"][inputs["ids"]]
    h = (h - h.mean(-1, keepdims=True)) / np.sqrt(h.var(-1, keepdims=True) + 1e-5)
    mixed = np.maximum((h * w["scale"] + w["shift"]) @ w["w1"] + w["b1"], 0)
    rows = np.exp(np.where(inputs["mask"].reshape(8, 1), mixed.reshape(8, 24), -4.0))
    rows /= rows.sum(1, keepdims=True)
    similarity = rows @ rows.T
    parts = np.stack([np.vectorize(math.erf)(mixed[0]), np.tanh(mixed[1])])
    bright = 1 / (1 + np.exp(-convolve(inputs["image"].astype(np.float64), w["filter"], w["filter_bias"])))
    return {"similarity": similarity, "best": mixed.reshape(8, 24).argmax(1), "sums": parts.sum(1),
            "pooled": bright.reshape(1, 6, 4, 2, 4, 2).max((3, 5))}


def main():
    folder = pathlib.Path(sys.argv[1])
    random = np.random.default_rng(1)
    weights, inputs = make_weights(random), make_inputs(random)
    model, expected = make_model(weights), evaluate(weights, inputs)
    session = onnxruntime.InferenceSession(model.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    for name, peer in zip(expected, session.run(list(expected), inputs)):
        np.testing.assert_allclose(peer, expected[name], rtol=1e-5, atol=1e-6, err_msg=name)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    for name, array in inputs.items():
        np.save(folder / f"input_{name}.npy", array)
    for name, array in expected.items():
        np.save(folder / f"output_{name}.npy", array)


if __name__ == "__main__":
    main()
