# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A weight that an export carries twice, as it is or transposed, exists once."""
import pathlib
import tempfile
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from command_line import model, neap_run, neapc, save, value

ROWS, WIDTH = 1000, 96


class TiedWeightsTest(unittest.TestCase):
    def run_model(self, embedding, head, transposed_first=False):
        """Gathers rows of `embedding`, doubles them, multiplies by `head`."""
        weights = [numpy_helper.from_array(np.ascontiguousarray(embedding), "embedding"),
                   numpy_helper.from_array(np.ascontiguousarray(head), "head")]
        nodes = [helper.make_node("Gather", ["embedding", "tokens"], ["rows"], name="/embed"),
                 helper.make_node("Add", ["rows", "rows"], ["hidden"], name="/hidden"),
                 helper.make_node("MatMul", ["hidden", "head"], ["y"], name="/head")]
        if transposed_first:  # the head is the first that the graph reads
            nodes.insert(0, helper.make_node("MatMul", ["probe", "head"], ["z"], name="/probe"))
        inputs = [value("tokens", [5], TensorProto.INT64)]
        outputs = [value("y", [5, ROWS])]
        if transposed_first:
            inputs.append(value("probe", [2, WIDTH]))
            outputs.append(value("z", [2, ROWS]))
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            path = save(model(nodes, inputs, outputs, weights), folder / "model.onnx")
            result = neapc(path)
            self.assertEqual(result.returncode, 0, result.stderr)
            tokens = np.array([3, 0, ROWS - 1, 500, 3])
            np.save(folder / "tokens.npy", tokens)
            result = neap_run(folder / "model.neap", "--input", f"tokens={folder / 'tokens.npy'}",
                              "--random-inputs=1", f"--output-dir={folder}")
            self.assertEqual(result.returncode, 0, result.stderr)
            expected = 2 * embedding[tokens].astype(np.float64) @ head.astype(np.float64)
            np.testing.assert_allclose(np.load(folder / "y.npy"), expected, atol=1e-4)
            return (folder / "model.neap").stat().st_size

    def test_a_transposed_copy(self):
        embedding = np.random.default_rng(0).standard_normal((ROWS, WIDTH), np.float32)
        for transposed_first in (False, True):
            with self.subTest(transposed_first=transposed_first):
                once = self.run_model(embedding, embedding.T, transposed_first)
                changed = embedding.T.copy()
                changed[-1, -1] += 1  # the last element that is compared
                twice = self.run_model(embedding, changed, transposed_first)
                self.assertGreater(twice - once, 0.9 * embedding.nbytes)

    def test_equal_bytes_are_no_transpose(self):
        embedding = np.random.default_rng(1).standard_normal((ROWS, WIDTH), np.float32)
        self.run_model(embedding, embedding.reshape(WIDTH, ROWS))


if __name__ == "__main__":
    unittest.main()
