# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sizes that the data gives: what a run counts, beside ONNX Runtime."""
import json
import os
import pathlib
import tempfile
import unittest

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from command_line import model, neap_run, neapc, save, value

INT64, FLOAT, BOOL = TensorProto.INT64, TensorProto.FLOAT, TensorProto.BOOL
CLASSES = 3


def ints(name, *numbers):
    return numpy_helper.from_array(np.array(numbers, np.int64), name)


def floats(name, number):
    return numpy_helper.from_array(np.array([number], np.float32), name)


def detection():
    """The end of a detector: rows [y, x, y, x, score, class] of the boxes that are kept, the
    mean of their scores, and as many ones."""
    nodes = [helper.make_node("Transpose", ["raw"], ["scores"], name="/scores", perm=[0, 2, 1]),
             helper.make_node("NonMaxSuppression", ["boxes", "scores", "limit", "iou", "least"],
                              ["kept"], name="/nms"),
             helper.make_node("Split", ["kept"], ["batches", "classes", "places"], name="/split",
                              axis=1, num_outputs=3),
             helper.make_node("Concat", ["batches", "places"], ["tuples"], name="/tuples", axis=1),
             helper.make_node("GatherND", ["boxes", "tuples"], ["corners"], name="/corners"),
             helper.make_node("GatherND", ["scores", "kept"], ["score"], name="/score"),
             helper.make_node("Unsqueeze", ["score", "one"], ["score_column"], name="/column"),
             helper.make_node("Cast", ["classes"], ["class_column"], name="/class", to=FLOAT),
             helper.make_node("Concat", ["corners", "score_column", "class_column"], ["found"],
                              name="/found", axis=1),
             helper.make_node("ReduceMax", ["score"], ["best"], name="/best", keepdims=0),
             helper.make_node("Shape", ["score"], ["count"], name="/count"),
             helper.make_node("ConstantOfShape", ["count"], ["ones"], name="/ones",
                              value=numpy_helper.from_array(np.ones(1, np.float32))),
             helper.make_node("Cast", ["count"], ["number"], name="/number", to=FLOAT),
             helper.make_node("Mul", ["boxes", "number"], ["scaled"], name="/scaled")]
    return model(nodes, [value("boxes", ["batch", "n", 4]), value("raw", ["batch", "n", CLASSES])],
                 [value("found", ["k", 6]), value("best", []), value("ones", ["k"]),
                  value("scaled", ["batch", "n", 4])],
                 [ints("limit", 5), floats("iou", 0.4), floats("least", 0.3), ints("one", 1)],
                 opset=18)


def selection():
    """What NonZero, Compress and Unique find, and what is computed from it."""
    nodes = [helper.make_node("NonZero", ["x"], ["places"], name="/places"),
             helper.make_node("Transpose", ["places"], ["tuples"], name="/turn"),
             helper.make_node("GatherND", ["x", "tuples"], ["values"], name="/values"),
             helper.make_node("Compress", ["x", "mask"], ["rows"], name="/rows", axis=0),
             helper.make_node("MatMul", ["rows", "weight"], ["product"], name="/product"),
             helper.make_node("Softmax", ["product"], ["soft"], name="/soft"),
             helper.make_node("Unique", ["ids"], ["unique", "first", "inverse", "counts"],
                              name="/unique", sorted=0),
             helper.make_node("Concat", ["unique", "first"], ["both"], name="/both", axis=0),
             helper.make_node("Slice", ["both", "from", "to"], ["most"], name="/most"),
             helper.make_node("Shape", ["unique"], ["shape"], name="/shape"),
             helper.make_node("Squeeze", ["shape"], ["number"], name="/number"),
             helper.make_node("Range", ["zero", "number", "one"], ["range"], name="/range"),
             helper.make_node("Add", ["range", "counts"], ["sum"], name="/sum")]
    weight = np.random.default_rng(5).standard_normal((4, 7)).astype(np.float32)
    scalar = lambda name, number: numpy_helper.from_array(np.array(number, np.int64), name)
    outputs = ["places", "values", "soft", "unique", "first", "inverse", "counts", "most", "sum"]
    types = [INT64, FLOAT, FLOAT] + [INT64] * 6
    return model(nodes, [value("x", ["n", 4]), value("mask", ["n"], BOOL),
                         value("ids", ["m"], INT64)],
                 [onnx.helper.make_tensor_value_info(name, kind, None)
                  for name, kind in zip(outputs, types)],
                 [numpy_helper.from_array(weight, "weight"), ints("from", 1),
                  ints("to", 2**31), scalar("zero", 0), scalar("one", 1)], opset=18)


def boxes_and_scores(random, batch, n):
    corners = random.uniform(0, 1, (batch, n, 2))
    sizes = random.uniform(0.05, 0.4, (batch, n, 2))
    boxes = np.concatenate([corners, corners + sizes], axis=2).astype(np.float32)
    return {"boxes": boxes, "raw": random.uniform(0, 1, (batch, n, CLASSES)).astype(np.float32)}


class CountedSizesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def compile(self, proto, *dims):
        path = save(proto, self.folder / "model.onnx")
        binary = self.folder / "model.neap"
        result = neapc(path, *[f"--dim={dim}" for dim in dims], "-o", binary)
        self.assertEqual(result.returncode, 0, result.stderr)
        return binary

    def run_on(self, binary, inputs, *options):
        arguments = []
        for name, array in inputs.items():
            np.save(self.folder / f"{name}.npy", array)
            arguments += ["--input", f"{name}={self.folder / name}.npy"]
        # The C library's own heap grows in steps, at times that have to do with no run.
        result = neap_run(binary, f"--output-dir={self.folder}", "--memory-check", "--json",
                          *options, *arguments, env={**os.environ, "MALLOC_TOP_PAD_": str(2**22)})
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        memory = report["memory_check"]
        self.assertEqual(memory["gained_bytes"], memory["declared_bytes"])
        return report

    def check_against_onnx_runtime(self, proto, binary, inputs):
        peer = onnxruntime.InferenceSession(proto.SerializeToString(),
                                            providers=["CPUExecutionProvider"])
        names = [output.name for output in proto.graph.output]
        expected = dict(zip(names, peer.run(names, inputs)))
        for threads in (1, 2):
            report = self.run_on(binary, inputs, f"--threads={threads}")
            shapes = {output["name"]: output["shape"] for output in report["outputs"]}
            for name in names:
                ours = np.load(self.folder / f"{name}.npy")
                self.assertEqual(shapes[name], list(expected[name].shape), name)
                self.assertEqual(ours.dtype, expected[name].dtype, name)
                if ours.dtype == np.float32 and name == "soft":
                    np.testing.assert_allclose(ours, expected[name], atol=1e-6, err_msg=name)
                else:
                    np.testing.assert_array_equal(ours, expected[name], err_msg=name)
        return expected

    def test_detection_at_each_size(self):
        random = np.random.default_rng(0)
        binary = self.compile(detection(), "batch=1..2", "n=1..70")
        counts = set()
        for batch, n in ((1, 70), (2, 33), (1, 8)):
            with self.subTest(batch=batch, n=n):
                inputs = boxes_and_scores(random, batch, n)
                expected = self.check_against_onnx_runtime(detection(), binary, inputs)
                counts.add(len(expected["found"]))
        self.assertEqual(len(counts), 3)

    def test_nothing_is_found(self):
        inputs = boxes_and_scores(np.random.default_rng(1), 1, 8)
        inputs["raw"] *= 0.1
        binary = self.compile(detection(), "batch=1", "n=8")
        self.run_on(binary, inputs)
        self.assertEqual(np.load(self.folder / "found.npy").shape, (0, 6))
        self.assertEqual(np.load(self.folder / "best.npy"), -np.inf)
        np.testing.assert_array_equal(np.load(self.folder / "scaled.npy"), 0 * inputs["boxes"])

    def test_selection_at_each_size(self):
        random = np.random.default_rng(2)
        binary = self.compile(selection(), "n=0..40", "m=1..90")
        for n, m, share in ((40, 90, 0.5), (11, 30, 0.1), (1, 1, 1.0), (17, 64, 0.0)):
            with self.subTest(n=n, m=m, share=share):
                x = random.standard_normal((n, 4)).astype(np.float32)
                x[random.random(x.shape) >= share] = 0
                inputs = {"x": x, "mask": random.random(n) < share,
                          "ids": random.integers(-9, 9, m)}
                self.check_against_onnx_runtime(selection(), binary, inputs)

    def test_several_runs_of_one_session(self):
        binary = self.compile(selection(), "n=5", "m=7")
        x = np.arange(20, dtype=np.float32).reshape(5, 4)
        report = self.run_on(binary, {"x": x, "mask": np.ones(5, bool), "ids": np.arange(7) // 2},
                             "--bench=3")
        shapes = {output["name"]: output["shape"] for output in report["outputs"]}
        self.assertEqual(shapes["places"], [2, 19])
        self.assertEqual(shapes["unique"], [4])

    def refuse(self, nodes, outputs, *messages):
        proto = model(nodes, [value("x", [6, 4])], outputs, opset=18)
        result = neapc(save(proto, self.folder / "model.onnx"), "-o", self.folder / "model.neap")
        self.assertEqual(result.returncode, 1, result.stderr)
        for message in messages:
            self.assertIn(message, result.stderr)

    def test_what_needs_a_static_size_is_refused_by_name(self):
        found = helper.make_node("NonZero", ["x"], ["places"], name="/places")
        self.refuse([found, helper.make_node("GatherND", ["x", "places"], ["y"], name="/take")],
                    [helper.make_tensor_value_info("y", FLOAT, None)],
                    "node '/take' (GatherND, opset 18): the last axis of the indices is "
                    "'nonzero_0', which only a run counts; expected a size that is known when "
                    "the model is compiled")
        self.refuse([found, helper.make_node("Cast", ["places"], ["f"], name="/f", to=FLOAT),
                     helper.make_node("MatMul", ["x", "f"], ["y"], name="/product"),
                     helper.make_node("Add", ["y", "x"], ["z"], name="/add")],
                    [helper.make_tensor_value_info("z", FLOAT, None)], "node '/product'")

    def test_the_report_names_the_bound(self):
        path = save(selection(), self.folder / "model.onnx")
        report = self.folder / "report.json"
        result = neapc(path, "--dim=n=0..40", "--dim=m=1..90", "-o", self.folder / "model.neap",
                       f"--report={report}")
        self.assertEqual(result.returncode, 0, result.stderr)
        bounds = json.loads(report.read_text())["entries"][0]["bounds"]
        self.assertEqual(bounds, {"compress_0": 40, "m": 90, "n": 40, "nonzero_0": 160,
                                  "unique_0": 90})


if __name__ == "__main__":
    unittest.main()
