# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One binary for a range of sizes: results at each, and what is refused."""
import json
import pathlib
import tempfile
import unittest

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from command_line import model, neap_run, neapc, save, two_layer_model, value

WIDTH = 24


def cached_attention():
    """Rows attend to a cache and to themselves; sizes are computed from sizes."""
    ints = lambda name, *numbers: numpy_helper.from_array(np.array(numbers, np.int64), name)
    nodes = [helper.make_node("Concat", ["past", "x"], ["k"], name="/cache", axis=1),
             helper.make_node("Transpose", ["k"], ["kt"], name="/turn", perm=[0, 2, 1]),
             helper.make_node("MatMul", ["x", "kt"], ["s"], name="/scores"),
             helper.make_node("Softmax", ["s"], ["p"], name="/softmax", axis=-1),
             helper.make_node("MatMul", ["p", "k"], ["o"], name="/mix"),
             helper.make_node("Shape", ["o"], ["os"], name="/shape"),
             helper.make_node("Gather", ["os", "one"], ["n"], name="/length"),
             helper.make_node("Squeeze", ["n"], ["ns"], name="/scalar"),
             helper.make_node("Cast", ["ns"], ["nf"], name="/float", to=TensorProto.FLOAT),
             helper.make_node("Div", ["o", "nf"], ["d"], name="/scale"),
             helper.make_node("Slice", ["d", "minus", "far", "one"], ["y"], name="/last")]
    return model(nodes,
                 [value("x", ["batch", "seq", WIDTH]), value("past", ["batch", "past", WIDTH])],
                 [value("y", ["batch", 1, WIDTH])],
                 [ints("one", 1), ints("minus", -1), ints("far", 2**63 - 1)])


def attend(x, past):
    k = np.concatenate([past, x], axis=1).astype(np.float64)
    s = x.astype(np.float64) @ k.transpose(0, 2, 1)
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return ((e / e.sum(axis=-1, keepdims=True)) @ k / x.shape[1])[:, -1:]


def summed_blocks():
    """Blocks of 2 x 2 pixels, summed where they overlap, as large as another image."""
    nodes = [helper.make_node("Shape", ["like"], ["size"], name="/size"),
             helper.make_node("Col2Im", ["x", "size", "block"], ["y"], name="/sum")]
    return model(nodes, [value("x", [1, 12, "n"]), value("like", ["h", "w"])],
                 [value("y", [1, 3, "h", "w"])],
                 [numpy_helper.from_array(np.array([2, 2], np.int64), "block")], opset=18)


def sum_blocks(x, height, width):
    y = np.zeros((1, 3, height, width), np.float32)
    blocks = x.reshape(1, 3, 2, 2, height - 1, width - 1)
    for row in range(2):
        for column in range(2):
            y[:, :, row:row + height - 1, column:column + width - 1] += blocks[:, :, row, column]
    return y


def doubled_image():
    """An image resized to twice its size, which Shape tells, then to 0.7 of that."""
    floats = numpy_helper.from_array(np.array([1, 1, 0.7, 0.7], np.float32), "scales")
    two = numpy_helper.from_array(np.array([1, 1, 2, 2], np.int64), "two")
    nodes = [helper.make_node("Shape", ["x"], ["size"], name="/size"),
             helper.make_node("Mul", ["size", "two"], ["sizes"], name="/double"),
             helper.make_node("Resize", ["x", "", "", "sizes"], ["u"], name="/up", mode="cubic"),
             helper.make_node("Resize", ["u", "", "scales"], ["y"], name="/down", mode="linear",
                              antialias=1)]
    return model(nodes, [value("x", ["batch", 3, "h", "w"])],
                 [value("y", ["batch", 3, "oh", "ow"])], [floats, two], opset=18)


class SymbolicSizesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def compile(self, proto, dims, name="model.neap", **options):
        path = save(proto, self.folder / "model.onnx")
        binary = self.folder / name
        arguments = [f"--dim={symbol}={range_}" for symbol, range_ in dims.items()]
        arguments += [f"--{option}={argument}" for option, argument in options.items()]
        result = neapc(path, *arguments, "-o", binary)
        self.assertEqual(result.returncode, 0, result.stderr)
        return binary

    def run_on(self, binary, *options, **inputs):
        arguments = []
        for name, array in inputs.items():
            np.save(self.folder / f"{name}.npy", array)
            arguments += ["--input", f"{name}={self.folder / name}.npy"]
        return neap_run(binary, f"--output-dir={self.folder}", *options, *arguments)

    def output_of(self, binary, *options, **inputs):
        result = self.run_on(binary, *options, **inputs)
        self.assertEqual(result.returncode, 0, result.stderr)
        return np.load(self.folder / "y.npy")

    def test_results_and_bits_at_each_size(self):
        binary = self.compile(cached_attention(), {"batch": "1..4", "seq": "1..40", "past": "0..30"})
        random = np.random.default_rng(0)
        for batch, seq, past in ((1, 1, 0), (1, 7, 0), (3, 19, 5), (1, 40, 30), (4, 40, 30)):
            with self.subTest(batch=batch, seq=seq, past=past):
                inputs = {"x": random.standard_normal((batch, seq, WIDTH), np.float32),
                          "past": random.standard_normal((batch, past, WIDTH), np.float32)}
                expected = attend(inputs["x"], inputs["past"])
                ours = self.output_of(binary, "--memory-check", **inputs)
                np.testing.assert_allclose(ours, expected, atol=1e-5)
                fixed = self.compile(cached_attention(), {"batch": batch, "seq": seq, "past": past},
                                     "fixed.neap")
                np.testing.assert_array_equal(ours, self.output_of(fixed, **inputs))

    def test_blocks_of_each_size(self):
        binary = self.compile(summed_blocks(), {"h": "2..9", "w": 5, "n": "4*(h-1)"})
        random = np.random.default_rng(2)
        for height in (2, 5, 9):
            with self.subTest(height=height):
                x = random.standard_normal((1, 12, 4 * (height - 1)), np.float32)
                ours = self.output_of(binary, x=x, like=np.zeros((height, 5), np.float32))
                np.testing.assert_allclose(ours, sum_blocks(x, height, 5), atol=1e-6)

    def test_images_of_each_size(self):
        binary = self.compile(doubled_image(), {"batch": "0..2", "h": "1..20", "w": "1..20"})
        peer = onnxruntime.InferenceSession(doubled_image().SerializeToString(),
                                            providers=["CPUExecutionProvider"])
        random = np.random.default_rng(3)
        for batch, height, width in ((1, 1, 1), (2, 7, 20), (1, 20, 11), (0, 5, 5)):
            with self.subTest(batch=batch, height=height, width=width):
                x = random.standard_normal((batch, 3, height, width), np.float32)
                ours = self.output_of(binary, x=x)
                fixed = self.compile(doubled_image(), {"batch": batch, "h": height, "w": width},
                                     "fixed.neap")
                np.testing.assert_array_equal(ours, self.output_of(fixed, x=x))
                if batch:
                    np.testing.assert_allclose(ours, peer.run(None, {"x": x})[0], atol=1e-5)

    def test_sizes_that_do_not_fit(self):
        binary = self.compile(cached_attention(), {"batch": "1..4", "seq": "2..40:2", "past": "0..30"})
        zeros = lambda *shape: np.zeros(shape, np.float32)
        cases = [
            (zeros(2, 6, WIDTH), zeros(3, 5, WIDTH),
             f"input 'past': expected shape [2, 5, {WIDTH}], got [3, 5, {WIDTH}]; "
             "axis 0 follows from batch = 2 (input 'x')"),
            (zeros(5, 6, WIDTH), zeros(5, 5, WIDTH),
             "input 'x': dimension 'batch' is 5, expected 1..4 in steps of 1"),
            (zeros(1, 5, WIDTH), zeros(1, 5, WIDTH),
             "input 'x': dimension 'seq' is 5, expected 2..40 in steps of 2")]
        for x, past, message in cases:
            with self.subTest(message):
                result = self.run_on(binary, x=x, past=past)
                self.assertEqual(result.returncode, 1)
                self.assertIn(message, result.stderr)
        result = self.run_on(binary, "--dim", "batch=1", x=zeros(2, 6, WIDTH), past=zeros(2, 5, WIDTH))
        self.assertEqual(result.returncode, 1)
        self.assertIn("axis 0 follows from batch = 1", result.stderr)

    def test_a_size_that_an_expression_gives(self):
        binary = self.compile(two_layer_model(), {"batch": "2*pairs+1", "pairs": "0..4"})
        random = np.random.default_rng(1)
        fixed = self.compile(two_layer_model(), {"batch": 7}, "fixed.neap")
        x = random.standard_normal((7, 64), np.float32)
        np.testing.assert_array_equal(self.output_of(binary, x=x), self.output_of(fixed, x=x))
        result = self.run_on(binary, x=random.standard_normal((6, 64), np.float32))
        self.assertEqual(result.returncode, 1)
        self.assertIn("dimension 'pairs' is not bound and no input shows it", result.stderr)

    def test_random_inputs_of_a_given_size(self):
        binary = self.compile(two_layer_model(), {"batch": "1..9"})
        for size in (1, 9):
            result = neap_run(binary, "--random-inputs=1", "--dim", f"batch={size}", "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(json.loads(result.stdout)["outputs"][0]["shape"], [size, 64])

    def test_the_report_names_the_bounds(self):
        report = self.folder / "report.json"
        self.compile(two_layer_model(), {"batch": "1..9"}, report=report)
        entry = json.loads(report.read_text())["entries"][0]
        self.assertEqual(entry["bounds"], {"batch": 9})
        fixed = self.folder / "fixed.json"
        self.compile(two_layer_model(), {"batch": "9..9"}, report=fixed)
        bound = json.loads(fixed.read_text())["entries"][0]
        self.assertNotIn("bounds", bound)
        for key in ("weights_bytes", "arena_bytes", "flops"):
            self.assertEqual(entry[key], bound[key])


if __name__ == "__main__":
    unittest.main()
