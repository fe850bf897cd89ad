# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensors without elements, of every op family: as NumPy has them, from one binary for a range of
sizes that begins at 0, and from one for each size."""
import pathlib
import tempfile
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from command_line import model, neap_run, neapc, save

RANDOM = np.random.default_rng(3)
WEIGHTS = {"w": RANDOM.standard_normal((3, 5)).astype(np.float32),
           "filter": RANDOM.standard_normal((2, 3, 3, 3)).astype(np.float32),
           "bias": RANDOM.standard_normal(2).astype(np.float32),
           "scale": np.ones(3, np.float32), "table": RANDOM.standard_normal((7, 3)).astype(np.float32),
           "axis0": np.array([0]), "axis1": np.array([1]), "zero": np.array([0]),
           "one": np.array([1]), "two": np.array([2]), "flat": np.array([-1]),
           "keep": np.array([0, 3, 1]), "pads": np.array([0, 1, 0, 1]),
           "repeats": np.array([2, 1]), "number": np.array(0.5, np.float32),
           "last": np.array([2**31])}


def images(x):
    return np.zeros((len(x), 2, 6, 6), np.float32)


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=axis, keepdims=True)


# Inputs: x [n, 3], t [3, n], q [2, n, 4], i [n] below 7, b [n, 3] of bool, im [n, 3, 6, 6].
# An op, its inputs and attributes, and what NumPy makes of the same.
ROWS = [
    ("Relu", "x", {}, lambda x: np.maximum(x, 0)),
    ("Add", "x x", {}, lambda x, y: x + y),
    ("Mul", "x scale", {}, lambda x, s: x * s),
    ("Not", "b", {}, lambda b: ~b),
    ("Where", "b x number", {}, lambda b, x, s: np.where(b, x, s)),
    ("Greater", "x number", {}, lambda x, s: x > s),
    ("Cast", "x", {"to": TensorProto.INT32}, lambda x: x.astype(np.int32)),
    ("ReduceSum", "x axis0", {}, lambda x, a: x.sum(0, keepdims=True)),
    ("ReduceSum", "t axis1", {}, lambda t, a: t.sum(1, keepdims=True)),
    ("ReduceProd", "x axis0", {"keepdims": 0}, lambda x, a: x.prod(0)),
    ("ReduceMax", "t axis1", {}, lambda t, a: t.max(1, keepdims=True, initial=-np.inf)),
    ("ReduceMin", "x axis0", {}, lambda x, a: x.min(0, keepdims=True, initial=np.inf)),
    ("ReduceMean", "x axis0", {}, lambda x, a: x.sum(0, keepdims=True) / np.float32(len(x))),
    ("ReduceL2", "t axis1", {}, lambda t, a: np.sqrt((t * t).sum(1, keepdims=True))),
    ("CumSum", "x zero", {}, lambda x, a: x.cumsum(0, dtype=np.float32)),
    ("Softmax", "x", {"axis": 1}, lambda x: softmax(x, 1)),
    ("Softmax", "t", {"axis": 1}, lambda t: softmax(t, 1)),
    ("LayerNormalization", "x scale", {}, lambda x, s: (x - x.mean(1, keepdims=True)) / np.sqrt(
        x.var(1, keepdims=True) + 1e-5)),
    ("MatMul", "x w", {}, lambda x, w: x @ w),
    ("MatMul", "t x", {}, lambda t, x: t @ x),
    ("MatMul", "x t", {}, lambda x, t: x @ t),
    ("Gemm", "t x number", {}, lambda t, x, c: t @ x + c),
    ("Einsum", "t x", {"equation": "ij,jk->k"}, lambda t, x: np.einsum("ij,jk->k", t, x)),
    ("Conv", "im filter bias", {"pads": [1, 1, 1, 1]}, None),
    ("MaxPool", "im", {"kernel_shape": [2, 2], "strides": [2, 2]},
     lambda im: im.reshape(len(im), 3, 3, 2, 3, 2).max(axis=(3, 5))),
    ("GlobalAveragePool", "im", {}, lambda im: im.mean(axis=(2, 3), keepdims=True)),
    ("Transpose", "x", {"perm": [1, 0]}, lambda x: x.T),
    ("Transpose", "q", {"perm": [1, 2, 0]}, lambda q: q.transpose(1, 2, 0)),
    ("Reshape", "x flat", {}, lambda x, s: x.reshape(-1)),
    ("Reshape", "x keep", {}, lambda x, s: x.reshape(len(x), 3, 1)),
    ("Flatten", "q", {"axis": 2}, lambda q: q.reshape(-1, 4)),
    ("Unsqueeze", "x axis1", {}, lambda x, a: x[:, None]),
    ("Concat", "x x table", {"axis": 0}, lambda *parts: np.concatenate(parts)),
    ("Concat", "t w t", {"axis": 1}, lambda *parts: np.concatenate(parts, axis=1)),
    ("Slice", "table zero zero", {}, lambda x, a, b: x[0:0]),
    ("Slice", "x zero last", {}, lambda x, a, b: x),
    ("Split", "x", {"axis": 1, "num_outputs": 3}, lambda x: x[:, :1]),
    ("Tile", "x repeats", {}, lambda x, r: np.tile(x, (2, 1))),
    ("Pad", "x pads number", {}, lambda x, p, v: np.pad(x, ((0, 0), (1, 1)), constant_values=v)),
    ("Gather", "table i", {}, lambda x, i: x[i]),
    ("Gather", "x zero", {"axis": 1}, lambda x, i: x[:, [0]]),
    ("GatherElements", "table x_places", {}, lambda x, i: np.take_along_axis(x, i, 0)),
    ("OneHot", "i seven levels", {}, lambda i, d, v: np.eye(7, dtype=np.float32)[i]),
    ("ArgMax", "x", {"axis": 1}, lambda x: x.argmax(1)[:, None]),
    ("NonZero", "x", {}, lambda x: np.array(np.nonzero(x))),
    ("Compress", "x mask", {"axis": 0}, lambda x, m: x[m]),
    ("TopK", "x two", {"axis": 1}, lambda x, k: -np.sort(-x, axis=1)[:, :2]),
    ("Unique", "i", {}, lambda i: np.unique(i)),
    ("ScatterElements", "table x_places x", {"reduction": "add"}, None),
    ("Shape", "x", {}, lambda x: np.array(x.shape)),
    ("Size", "q", {}, lambda q: np.array(q.size)),
    ("Expand", "axis0_float x_shape", {}, None),
    ("DepthToSpace", "depth", {"blocksize": 2}, None),
    ("Resize", "im  scales", {"mode": "linear"}, None),
]


def make_inputs(n):
    random = np.random.default_rng(n)
    normal = lambda *shape: random.standard_normal(shape).astype(np.float32)
    return {"x": normal(n, 3), "t": normal(3, n), "q": normal(2, n, 4),
            "i": random.integers(0, 7, n), "b": random.random((n, 3)) < 0.5,
            "im": normal(n, 3, 6, 6), "mask": random.random(n) < 0.5,
            "x_places": random.integers(0, 7, (n, 3)), "depth": normal(n, 4, 3, 2)}


def expect(op, arrays):
    """What NumPy makes of the ops whose row has no formula."""
    if op == "Conv":
        image, kernel, bias = arrays
        padded = np.pad(image.astype(np.float64), ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
        return np.einsum("nchwij,ocij->nohw", windows, kernel) + bias[:, None, None]
    if op == "ScatterElements":
        table, places, updates = arrays
        result = table.copy()
        for row, column in np.ndindex(places.shape):
            result[places[row, column], column] += updates[row, column]
        return result
    if op == "Expand":
        return np.broadcast_to(arrays[0], arrays[1].shape)
    if op == "DepthToSpace":
        depth = arrays[0]
        blocks = depth.reshape(len(depth), 2, 2, 1, 3, 2)
        return blocks.transpose(0, 3, 4, 1, 5, 2).reshape(len(depth), 1, 6, 4)
    image = arrays[0]
    where = np.clip((np.arange(12) + 0.5) / 2 - 0.5, 0, 5)
    low = np.minimum(where.astype(int), 4)
    share = where - low
    rows = image[:, :, low] * (1 - share)[:, None] + image[:, :, low + 1] * share[:, None]
    return rows[..., low] * (1 - share) + rows[..., low + 1] * share


def build_model():
    constants = dict(WEIGHTS, seven=np.array(7), levels=np.array([0, 1], np.float32),
                     axis0_float=np.array([[1.5]], np.float32),
                     scales=np.array([1, 1, 2, 2], np.float32))
    inputs = [helper.make_tensor_value_info(
        name, helper.np_dtype_to_tensor_dtype(array.dtype),
        ["n" if size == 111 else size for size in array.shape])
        for name, array in make_inputs(111).items()]
    nodes = [helper.make_node("Shape", ["x"], ["x_shape"], name="shape of x")]
    outputs = []
    for row, (op, operands, attributes, _) in enumerate(ROWS):
        names = operands.split(" ")
        results = [f"y{row}"] + [f"y{row}_{part}" for part in range(1, {"Split": 3, "TopK": 2}.get(op, 1))]
        nodes.append(helper.make_node(op, names, results, name=f"{row} {op}", **attributes))
        kind = {"Not": TensorProto.BOOL, "Greater": TensorProto.BOOL, "Cast": TensorProto.INT32,
                **dict.fromkeys(["ArgMax", "NonZero", "Unique", "Shape", "Size"], TensorProto.INT64)}
        outputs.append(helper.make_tensor_value_info(f"y{row}", kind.get(op, TensorProto.FLOAT), None))
    return model(nodes, inputs, outputs,
                 [numpy_helper.from_array(array, name) for name, array in constants.items()],
                 opset=18), constants


class EmptySizesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def compile(self, proto, dim):
        binary = self.folder / f"{dim}.neap"
        result = neapc(save(proto, self.folder / "model.onnx"), f"--dim=n={dim}", "-o", binary)
        self.assertEqual(result.returncode, 0, result.stderr)
        return binary

    def run_on(self, binary, inputs):
        arguments = []
        for name, array in inputs.items():
            np.save(self.folder / f"{name}.npy", array)
            arguments += ["--input", f"{name}={self.folder / name}.npy"]
        result = neap_run(binary, f"--output-dir={self.folder}", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [np.load(self.folder / f"y{row}.npy") for row in range(len(ROWS))]

    def check(self, outputs, inputs, constants):
        for row, (op, operands, _, formula) in enumerate(ROWS):
            arrays = [inputs["x"] if name == "x_shape" else inputs.get(name, constants.get(name))
                      for name in operands.split(" ") if name]
            with np.errstate(all="ignore"):
                expected = formula(*arrays) if formula else expect(op, arrays)
            with self.subTest(row=row, op=op, operands=operands):
                self.assertEqual(outputs[row].shape, expected.shape)
                np.testing.assert_allclose(outputs[row], expected, atol=2e-5)

    def test_every_family(self):
        proto, constants = build_model()
        ranged = self.compile(proto, "0..16")
        for n in (0, 1, 16):
            inputs = make_inputs(n)
            with self.subTest(n=n):
                outputs = self.run_on(ranged, inputs)
                self.check(outputs, inputs, constants)
                if n == 1:
                    continue
                fixed = self.run_on(self.compile(proto, n), inputs)
                for row, (ours, theirs) in enumerate(zip(outputs, fixed)):
                    np.testing.assert_array_equal(ours, theirs, err_msg=f"row {row}")

    def test_an_index_into_nothing_is_refused(self):
        nodes = [helper.make_node("Gather", ["x", "i"], ["y"], name="/take")]
        proto = model(nodes, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3]),
                              helper.make_tensor_value_info("i", TensorProto.INT64, [1])],
                      [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])])
        binary = self.compile(proto, "0..4")
        np.save(self.folder / "x.npy", np.zeros((0, 3), np.float32))
        np.save(self.folder / "i.npy", np.zeros(1, np.int64))
        result = neap_run(binary, "--input", f"x={self.folder}/x.npy", "--input",
                          f"i={self.folder}/i.npy")
        self.assertEqual(result.returncode, 1)
        self.assertIn("layer '/take': an index in the data is outside its axis", result.stderr)


if __name__ == "__main__":
    unittest.main()
