# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small models that once went wrong, and what the tools print of them."""
import json
import pathlib
import tempfile
import unittest

import numpy as np
from onnx import helper

from command_line import model, neap_run, neapc, save, value


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


class SmallModelsTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.binary = self.folder / "model.neap"

    def product_then_softmax(self, axis):
        nodes = [helper.make_node("MatMul", ["x", "w"], ["h"], name="/product"),
                 helper.make_node("Softmax", ["h"], ["y"], name="/softmax", axis=axis)]
        return save(model(nodes, [value("x", [5, 7]), value("w", [7, 6])], [value("y", [5, 6])]),
                    self.folder / "model.onnx")

    def run_on(self, **inputs):
        arguments = []
        for name, array in inputs.items():
            np.save(self.folder / f"{name}.npy", array)
            arguments += ["--input", f"{name}={self.folder / name}.npy"]
        result = neap_run(self.binary, f"--output-dir={self.folder}", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return np.load(self.folder / "y.npy")

    def test_a_product_that_is_read_across_its_rows(self):
        random = np.random.default_rng(0)
        x, w = random.standard_normal((5, 7), np.float32), random.standard_normal((7, 6), np.float32)
        for axis in (0, 1):
            with self.subTest(axis=axis):
                path = self.product_then_softmax(axis)
                result = neapc(path, "-o", self.binary)
                self.assertEqual(result.returncode, 0, result.stderr)
                expected = softmax(x.astype(np.float64) @ w, axis)
                np.testing.assert_allclose(self.run_on(x=x, w=w), expected, atol=1e-6)

    def test_every_form_that_emit_names(self):
        path = self.product_then_softmax(1)
        for form, expected in (("neap", "neap.softmax"), ("mlir", "neap.launch"),
                               ("plan", "plan.launch"), ("llvm", "llvm.func")):
            with self.subTest(form=form):
                result = neapc(path, f"--emit={form}")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(expected, result.stdout)

    def test_the_model_is_never_the_output(self):
        path = self.product_then_softmax(1)
        before = path.read_bytes()
        self.assertEqual(neapc(path, "-o", path).returncode, 2)
        self.assertEqual(path.read_bytes(), before)

    def test_the_report_of_a_plan(self):
        path, report = self.product_then_softmax(1), self.folder / "report.json"
        result = neapc(path, "--plan-only", f"--report={report}")
        self.assertEqual(result.returncode, 0, result.stderr)
        entry = json.loads(report.read_text())["entries"][0]
        for key in ("peak_bytes", "weights_bytes", "state_bytes", "arena_bytes", "max_live_bytes",
                    "lower_bound_bytes", "scratch_bytes_per_thread", "flops", "arena_lower_bound_bytes",
                    "greedy_arena_bytes"):
            self.assertIn(key, entry)
        self.assertTrue(entry["arena_proved"] and entry["order_proved"])
        self.assertFalse(self.binary.exists())


if __name__ == "__main__":
    unittest.main()
