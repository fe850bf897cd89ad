# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The compiler's anonymous memory stays small beside the model: GPT-2."""
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import numpy as np
import onnx

from command_line import BINARIES, MODELS


def peak_anonymous_bytes(process):
    """Samples RssAnon until the process ends; returns its maximum."""
    peak = 0
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            for line in status.splitlines():
                if line.startswith("RssAnon"):
                    peak = max(peak, int(line.split()[1]) * 1024)
        except (FileNotFoundError, ProcessLookupError):
            break
        time.sleep(0.005)
    return peak


def tie_head_to_embedding(model, weights):
    """Makes the head's weight the transpose of the embedding, as trained
    weights are (those of the test are random); returns their bytes."""
    vocabulary = {tensor.dims[0] != 50257: tensor
                  for tensor in onnx.load(model, load_external_data=False).graph.initializer
                  if 50257 in tensor.dims}
    views = []
    for is_head in (False, True):
        tensor = vocabulary[is_head]
        offset = next(int(entry.value) for entry in tensor.external_data if entry.key == "offset")
        views.append(np.memmap(weights, np.float32, "r+", offset, tuple(tensor.dims)))
    embedding, head = views
    head[:] = embedding.T
    head.flush()
    return embedding.nbytes


class CompilerMemoryTest(unittest.TestCase):
    def compile(self, model, folder):
        process = subprocess.Popen(
            [BINARIES / "neapc", model, "--dim=batch=1", "--dim=seq=128", "-o", folder / "gpt2.neap"],
            stdout=subprocess.DEVNULL)
        peak = peak_anonymous_bytes(process)
        self.assertEqual(process.wait(), 0)
        return peak

    def test_gpt2_with_external_and_inline_weights(self):
        external = MODELS / "gpt2" / "dynamo" / "gpt2.dynamo.onnx"
        weights = (external.parent / "weights.bin").stat().st_size
        allowed = 0.2 * weights + 400e6
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            self.assertLessEqual(self.compile(external, folder), allowed)
            size = (folder / "gpt2.neap").stat().st_size
            self.assertLess(size, 1.05 * weights, "the embedding exists more than once")
            inline = folder / "inline.onnx"
            onnx.save(onnx.load(external), inline)
            self.assertLessEqual(self.compile(inline, folder), allowed)

    def test_gpt2_whose_embedding_is_there_twice_once_transposed(self):
        source = MODELS / "gpt2" / "ts" / "gpt2.ts.onnx"
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            model = folder / source.name
            shutil.copy(source, model)
            weights = folder / "weights.bin"
            shutil.copy(source.parent / "weights.bin", weights)
            embedding = tie_head_to_embedding(model, weights)
            allowed = 0.2 * weights.stat().st_size + 400e6
            self.assertLessEqual(self.compile(model, folder), allowed)
            size = (folder / "gpt2.neap").stat().st_size
            self.assertLess(size, 1.05 * (weights.stat().st_size - embedding),
                            "the embedding exists more than once")


if __name__ == "__main__":
    unittest.main()
