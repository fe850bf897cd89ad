# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The same input gives the same file, whatever -j, every time."""
import pathlib
import tempfile
import unittest

from command_line import MODELS, neapc, save, two_layer_model


class DeterminismTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def compiled(self, model, *options):
        binary = self.folder / "model.neap"
        result = neapc(model, "-o", binary, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return binary.read_bytes()

    def test_jobs_and_repetition(self):
        model = save(two_layer_model(), self.folder / "model.onnx")
        first = self.compiled(model, "--dim=batch=3", "-j1")
        self.assertEqual(first, self.compiled(model, "--dim=batch=3", "-j1"))
        self.assertEqual(first, self.compiled(model, "--dim=batch=3", "-j2"))

    def test_a_trained_model_in_two_variants(self):
        model = MODELS / "magika" / "model.onnx"
        options = ("--dim=unk__214=1", "--isa=x86-64-v3", "--isa=x86-64-v4")
        self.assertEqual(self.compiled(model, *options, "-j1"), self.compiled(model, *options, "-j2"))


if __name__ == "__main__":
    unittest.main()
