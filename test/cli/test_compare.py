# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""neapc --keep-values, scripts/reference_values and neap-run --compare together."""
import json
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from command_line import model, neap_run, neapc, save, value

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "reference_values"


def layers(count=4, width=48, batch="batch"):
    """x -> `count` times MatMul, Add, Relu -> y; the middle sum is an output too."""
    random = np.random.default_rng(5)
    nodes, weights, name = [], [], "x"
    for i in range(count):
        weights += [numpy_helper.from_array(
            random.standard_normal(shape, np.float32) / scale, f"{kind}{i}")
            for kind, shape, scale in (("w", (width, width), 7), ("b", (width,), 2))]
        last = "y" if i == count - 1 else f"/layer{i}/relu:0"
        nodes += [helper.make_node("MatMul", [name, f"w{i}"], [f"/layer{i}/product:0"], name=f"/layer{i}/MatMul"),
                  helper.make_node("Add", [f"/layer{i}/product:0", f"b{i}"], [f"/layer{i}/sum:0"], name=f"/layer{i}/Add"),
                  helper.make_node("Relu", [f"/layer{i}/sum:0"], [last], name=f"/layer{i}/Relu")]
        name = last
    outputs = [value("y", [batch, width]), value(f"/layer{count // 2}/sum:0", [batch, width])]
    return model(nodes, [value("x", [batch, width])], outputs, weights)


def corrupted(proto, name):
    """The same model with one column of the weight `name` changed."""
    changed = type(proto)()
    changed.CopyFrom(proto)
    (tensor,) = [t for t in changed.graph.initializer if t.name == name]
    array = numpy_helper.to_array(tensor).copy()
    array[:, 7] += 4
    tensor.CopyFrom(numpy_helper.from_array(array, name))
    return changed


class CompareTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.inputs, self.references = self.folder / "inputs", self.folder / "references"

    def compile(self, proto, *options, name="model"):
        path = save(proto, self.folder / f"{name}.onnx")
        binary = self.folder / f"{name}.neap"
        result = neapc(path, "-o", binary, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return binary

    def run_json(self, binary, *options):
        result = neap_run(binary, "--random-inputs=1", "--json", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def make_references(self, values, *options, name="model"):
        result = subprocess.run(
            [SCRIPT, self.folder / f"{name}.onnx", "--inputs", self.inputs, "--values", values,
             "-o", self.references, *options], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)

    def compare(self, binary, status, *options):
        """The verdict of each value in the order printed, and all that was printed."""
        result = neap_run(binary, "--random-inputs=1", f"--compare={self.references}", *options)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
        return [(line[0], line[1].strip("':")) for line in lines
                if line and line[0] in ("equal", "different", "missing")], result.stdout

    def test_the_first_wrong_layer_is_named(self):
        proto = layers()
        right = self.compile(proto, "--dim=batch=1..8", "--keep-values=.")
        wrong = self.compile(corrupted(proto, "w1"), "--dim=batch=1..8", "--keep-values=.", name="wrong")
        self.run_json(right, "--dim", "batch=3", f"--write-inputs={self.inputs}")
        self.make_references(".")
        verdicts, _ = self.compare(right, 0, "--dim", "batch=3")
        names = [f"/layer{i}/{what}:0" for i in range(4) for what in ("product", "sum", "relu")][:-1] + ["y"]
        self.assertEqual(verdicts, [("equal", name) for name in names])
        verdicts, text = self.compare(wrong, 1, "--dim", "batch=3")
        self.assertEqual([name for _, name in verdicts], names)
        self.assertEqual([verdict for verdict, _ in verdicts[:4]], ["equal"] * 3 + ["different"])
        self.assertIn("the first that differs is '/layer1/product:0' of layer '/layer1/MatMul'", text)
        self.assertIn("of the range", text)

    def test_outputs_and_memory_stay_known(self):
        proto = layers()
        plain = self.compile(proto, "--dim=batch=4", f"--report={self.folder / 'plain.json'}")
        kept = self.compile(proto, "--dim=batch=4", "--keep-values=relu",
                            f"--report={self.folder / 'kept.json'}", name="kept")
        without, with_kept = self.run_json(plain), self.run_json(kept, f"--output-dir={self.folder / 'out'}",
                                                                 "--memory-check")
        self.assertEqual(with_kept["outputs"], without["outputs"])
        self.assertNotIn("kept", without)
        self.assertEqual([entry["name"] for entry in with_kept["kept"]],
                         [f"/layer{i}/relu:0" for i in range(3)])
        check = with_kept["memory_check"]
        self.assertLessEqual(check["gained_bytes"], check["declared_bytes"])
        reports = [json.loads((self.folder / f"{name}.json").read_text())["entries"][0]
                   for name in ("plain", "kept")]
        self.assertEqual([report["kept_bytes"] for report in reports], [0, 3 * 4 * 48 * 4])
        self.assertEqual(reports[0]["output_bytes"], reports[1]["output_bytes"])
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         sorted(["y.npy", "_layer2_sum_0.npy"] + [f"_layer{i}_relu_0.npy" for i in range(3)]))
        summary = neap_run(kept, "--summary").stdout
        self.assertIn("kept   '/layer0/relu:0'", summary)

    def test_missing_references_are_said(self):
        binary = self.compile(layers(), "--dim=batch=2", "--keep-values=relu")
        self.run_json(binary, f"--write-inputs={self.inputs}")
        self.make_references("relu")
        (self.references / "_layer1_relu_0.npy").unlink()
        verdicts, text = self.compare(binary, 0)
        self.assertIn(("missing", "/layer1/relu:0"), verdicts)
        self.assertEqual(sum(verdict == "equal" for verdict, _ in verdicts), 4)
        self.assertIn("4 of 5 values compared, 0 different", text)
        for path in self.references.iterdir():
            path.unlink()
        result = neap_run(binary, "--random-inputs=1", f"--compare={self.references}")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no reference for any output or kept value", result.stderr)

    def test_another_shape_and_another_integer_differ(self):
        nodes = [helper.make_node("Cast", ["x"], ["i"], name="/cast", to=TensorProto.INT32),
                 helper.make_node("Abs", ["i"], ["y"], name="/abs")]
        binary = self.compile(model(nodes, [value("x", [9])], [value("y", [9], TensorProto.INT32)]),
                              "--keep-values=^i$")
        self.run_json(binary, f"--write-inputs={self.inputs}")
        self.make_references("^i$", "--evaluator=onnx")
        self.compare(binary, 0)
        reference = np.load(self.references / "i.npy")
        reference[4] += 1
        np.save(self.references / "i.npy", reference)
        verdicts, text = self.compare(binary, 1)
        self.assertEqual(verdicts, [("different", "i"), ("equal", "y")])
        self.assertIn("1 elements unequal", text)
        np.save(self.references / "i.npy", reference[:8])
        self.assertIn("expected i32 [8] as in the reference, got i32 [9]", self.compare(binary, 1)[1])

    def test_images_constants_and_aliases_are_kept_as_the_model_has_them(self):
        """Layouts, folded values and names of one value do not show."""
        random = np.random.default_rng(2)
        weight = numpy_helper.from_array(random.standard_normal((8, 3, 3, 3), np.float32), "w")
        nodes = [helper.make_node("Conv", ["x", "w"], ["c"], name="/conv", pads=[1] * 4),
                 helper.make_node("Identity", ["c"], ["same"], name="/identity"),
                 helper.make_node("Shape", ["same"], ["shape"], name="/shape"),
                 helper.make_node("Neg", ["w"], ["negative"], name="/neg"),
                 helper.make_node("Conv", ["x", "negative"], ["d"], name="/conv2", pads=[1] * 4),
                 helper.make_node("Concat", ["same", "d"], ["e"], name="/concat", axis=1),
                 helper.make_node("GlobalAveragePool", ["e"], ["y"], name="/pool")]
        binary = self.compile(model(nodes, [value("x", [2, 3, 10, 12])], [value("y", None)], [weight]),
                              "--keep-values=.")
        self.run_json(binary, f"--write-inputs={self.inputs}")
        self.make_references(".")
        verdicts, _ = self.compare(binary, 0)
        self.assertEqual(verdicts, [("equal", name) for name in
                                    ("c", "same", "shape", "negative", "d", "e", "y")])

    def test_a_pattern_that_finds_nothing_is_an_error(self):
        path = save(layers(), self.folder / "model.onnx")
        result = neapc(path, "--dim=batch=1", "--keep-values=conv", "-o", self.folder / "m.neap")
        self.assertEqual(result.returncode, 1)
        self.assertIn("'conv'", result.stderr)
        result = neapc(path, "--dim=batch=1", "--keep-values=(", "-o", self.folder / "m.neap")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--keep-values expected a regular expression", result.stderr)


if __name__ == "__main__":
    unittest.main()
