# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Attention in blocks of keys and unfused: results for each form of mask, and
that no tensor of the plan grows with the square of the sequence."""
import json
import pathlib
import tempfile
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from command_line import model, neap_run, neapc, save, value

HEADS, DEPTH = 3, 16
WIDTH = HEADS * DEPTH
FORMS = ("full", "causal", "padding", "causal and padding", "bias", "window")


def ints(name, *numbers):
    return numpy_helper.from_array(np.array(numbers, np.int64), name)


def condition_nodes(form):
    """Nodes that compute `keep`, the queries and keys that count."""
    positions = [helper.make_node("Shape", ["q"], ["shape"]),
                 helper.make_node("Gather", ["shape", "second"], ["length"]),
                 helper.make_node("Range", ["zero_i", "length", "one_i"], ["keys"]),
                 helper.make_node("Unsqueeze", ["keys", "ones"], ["queries"])]
    causal = helper.make_node("LessOrEqual", ["keys", "queries"], ["causal"])
    padding = helper.make_node("Unsqueeze", ["attention_mask", "middle"], ["padding"])
    if form == "padding":
        return [padding, helper.make_node("Identity", ["padding"], ["keep"])]
    if form == "causal":
        return [*positions, causal, helper.make_node("Identity", ["causal"], ["keep"])]
    if form == "window":
        return [*positions, causal, helper.make_node("Sub", ["queries", "seven"], ["earliest"]),
                helper.make_node("Greater", ["keys", "earliest"], ["near"]),
                helper.make_node("And", ["causal", "near"], ["keep"])]
    return [*positions, causal, padding, helper.make_node("And", ["causal", "padding"], ["keep"])]


def attention_model(form):
    """Heads of [batch, seq, 48], as exporters spell them, in one `form` of mask."""
    nodes = []
    for name, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
        nodes += [helper.make_node("Reshape", [name, "heads"], [f"{name}4"]),
                  helper.make_node("Transpose", [f"{name}4"], [f"{name}t"], perm=order)]
    nodes += [helper.make_node("Mul", ["qt", "scale"], ["qs"]),
              helper.make_node("MatMul", ["qs", "kt"], ["scores"], name="/scores")]
    last = "scores"
    if form == "bias":
        nodes += [helper.make_node("Add", ["scores", "bias"], ["masked"])]
        last = "masked"
    elif form != "full":
        nodes += [*condition_nodes(form), helper.make_node("Where", ["keep", "zero", "low"], ["mask"]),
                  helper.make_node("Add", ["scores", "mask"], ["masked"])]
        last = "masked"
    nodes += [helper.make_node("Softmax", [last], ["p"], name="/softmax", axis=-1),
              helper.make_node("MatMul", ["p", "vt"], ["o"], name="/mix"),
              helper.make_node("Transpose", ["o"], ["ot"], perm=[0, 2, 1, 3]),
              helper.make_node("Reshape", ["ot", "flat"], ["y"])]
    inputs = [value(n, ["batch", "seq", WIDTH]) for n in "qkv"]
    if "padding" in form:
        inputs.append(value("attention_mask", ["batch", "seq"], TensorProto.BOOL))
    if form == "bias":
        inputs.append(value("bias", ["batch", 1, "seq", "seq"]))
    scalar = lambda name, number, type_: numpy_helper.from_array(np.array(number, type_), name)
    return model(nodes, inputs, [value("y", ["batch", "seq", WIDTH])],
                 [ints("heads", 0, 0, HEADS, DEPTH), ints("flat", 0, 0, WIDTH), ints("ones", 1),
                  ints("middle", 1, 2), scalar("zero_i", 0, np.int64), scalar("one_i", 1, np.int64),
                  scalar("second", 1, np.int64), scalar("seven", 7, np.int64),
                  scalar("scale", DEPTH ** -0.5, np.float32), scalar("zero", 0, np.float32),
                  scalar("low", np.finfo(np.float32).min, np.float32)])


def make_inputs(form, batch, length):
    random = np.random.default_rng(length)
    inputs = {n: random.standard_normal((batch, length, WIDTH), np.float32) for n in "qkv"}
    if "padding" in form:
        # The first query of the last sequence attends to nothing.
        mask = np.ones((batch, length), bool)
        mask[-1, :length // 3] = False
        inputs["attention_mask"] = mask
    if form == "bias":
        inputs["bias"] = random.standard_normal((batch, 1, length, length), np.float32)
    return inputs


def expected(form, inputs):
    """The definition in float64."""
    batch, length, _ = inputs["q"].shape
    q, k, v = (inputs[n].astype(np.float64).reshape(batch, length, HEADS, DEPTH).swapaxes(1, 2)
               for n in "qkv")
    scores = q @ k.swapaxes(-1, -2) * DEPTH ** -0.5
    keep = np.ones((batch, 1, length, length), bool)
    i, j = np.arange(length)[:, None], np.arange(length)
    if "causal" in form or form == "window":
        keep &= j <= i
    if form == "window":
        keep &= j > i - 7
    if "padding" in form:
        keep &= inputs["attention_mask"][:, None, None]
    if form == "bias":
        scores += inputs["bias"]
    low = float(np.finfo(np.float32).min)
    scores = np.where(keep, scores, low)  # a score plus the lowest number is that number
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    mixed = weights / weights.sum(-1, keepdims=True) @ v
    return mixed.swapaxes(1, 2).reshape(batch, length, WIDTH)


class AttentionTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def compile(self, form, algorithm, *options):
        path = save(attention_model(form), self.folder / "attention.onnx")
        binary = self.folder / f"{algorithm}.neap"
        result = neapc(path, f"--attention={algorithm}", "-o", binary, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return binary

    def run_on(self, binary, inputs):
        options = []
        for name, array in inputs.items():
            np.save(self.folder / f"{name}.npy", array)
            options += ["--input", f"{name}={self.folder / name}.npy"]
        result = neap_run(binary, f"--output-dir={self.folder}", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return np.load(self.folder / "y.npy")

    def test_both_algorithms_for_each_mask(self):
        for form in FORMS:
            binaries = [self.compile(form, algorithm, "--dim=batch=1..2", "--dim=seq=1..200")
                        for algorithm in ("blocked", "unfused")]
            for batch, length in ((1, 1), (2, 50), (1, 200)):
                inputs = make_inputs(form, batch, length)
                reference = expected(form, inputs)
                for binary in binaries:
                    with self.subTest(form=form, length=length, binary=binary.name):
                        np.testing.assert_allclose(self.run_on(binary, inputs), reference, atol=2e-6)

    def memory_of(self, form, algorithm, length):
        """Bytes of the arena and of the constants."""
        report = self.folder / "report.json"
        self.compile(form, algorithm, "--dim=batch=1", f"--dim=seq={length}", f"--report={report}")
        entry = json.loads(report.read_text())["entries"][0]
        return entry["arena_bytes"], entry["weights_bytes"]

    def test_no_square_of_the_sequence(self):
        for form in ("full", "causal", "padding", "causal and padding", "bias"):
            with self.subTest(form=form):
                small, large = (sum(self.memory_of(form, "blocked", n)) for n in (1024, 2048))
                self.assertLess(large, 2048 * 2048)
                self.assertLessEqual(large, 2 * small)
        self.assertGreaterEqual(self.memory_of("full", "unfused", 1024)[0], HEADS * 1024 * 1024 * 4)

    def test_the_option(self):
        self.assertIn("--attention=", neapc("--help").stdout)
        path = save(attention_model("full"), self.folder / "attention.onnx")
        result = neapc(path, "--attention=flash", "-o", self.folder / "x.neap")
        self.assertEqual(result.returncode, 2)
        self.assertIn("flash", result.stderr)


if __name__ == "__main__":
    unittest.main()
