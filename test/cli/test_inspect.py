# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""neapc --inspect: what a model holds, and all that is not supported."""
import json
import pathlib
import tempfile
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from command_line import model, neapc, save, two_layer_model, value

GRAPHS = pathlib.Path(__file__).resolve().parents[1] / "models"
T = TensorProto


class InspectTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def inspect(self, proto, *options, status=0):
        """Returns what was printed, as (word, fact) pairs."""
        path = save(proto, self.folder / "model.onnx")
        return self.inspect_file(path, *options, status=status)

    def inspect_file(self, path, *options, status=0):
        result = neapc(path, "--inspect", *options)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        self.assertEqual(result.stderr, "")
        return [(line[:12].strip(), line[12:]) for line in result.stdout.splitlines()]

    def facts(self, lines, word):
        return [fact for key, fact in lines if key == word]

    def nodes(self, lines, word):
        """The nodes below each line that begins with `word`, by its fact."""
        found, current = {}, None
        for key, fact in lines:
            if key:
                current = fact if key == word else None
                if current is not None:
                    found[current] = []
            elif current is not None:
                found[current].append(fact)
        return found

    def test_what_a_model_holds(self):
        proto = two_layer_model()
        proto.producer_name, proto.producer_version = "maker", "1.2"
        proto.graph.node.append(helper.make_node("MatMul", ["x", "w1"], ["z"], name="/third/MatMul"))
        lines = self.inspect(proto)
        self.assertEqual(self.facts(lines, "producer"), ["maker 1.2"])
        self.assertEqual(self.facts(lines, "opset"), ["ai.onnx 17"])
        self.assertEqual(self.facts(lines, "input"), ["'x' FLOAT [batch, 64]"])
        self.assertEqual(self.facts(lines, "output"), ["'y' FLOAT [batch, 64]"])
        self.assertEqual(self.facts(lines, "to bind"), ["'batch', as in --dim=batch=1"])
        self.assertEqual(self.facts(lines, "parameters"), ["2 tensors, 65536 bytes"])
        self.assertEqual(self.facts(lines, "stored"),
                         [f"2 tensors, 65536 bytes in '{(self.folder / 'model.onnx').resolve()}'"])
        self.assertEqual(self.facts(lines, "shared"),
                         ["'w1' 32768 bytes, read by '/first/MatMul', '/third/MatMul'"])
        self.assertEqual(self.facts(lines, "op"), ["MatMul version 13: 3", "Relu version 14: 1"])
        self.assertEqual(self.facts(lines, "supported"), ["yes"])

    def test_sizes_that_are_bound_are_shown(self):
        lines = self.inspect(two_layer_model(), "--dim=batch=3")
        self.assertEqual(self.facts(lines, "output"), ["'y' FLOAT [3, 64]"])
        self.assertEqual(self.facts(lines, "to bind"), [])

    def test_weights_need_not_be_there(self):
        tensor = TensorProto(name="w", data_type=T.FLOAT, dims=[1000], data_location=T.EXTERNAL)
        tensor.external_data.add(key="location", value="absent.bin")
        proto = model([helper.make_node("Add", ["x", "w"], ["y"])],
                      [value("x", [1000])], [value("y", [1000])], [tensor])
        lines = self.inspect(proto)
        self.assertEqual(self.facts(lines, "stored"), ["1 tensor, 4000 bytes in no file"])
        self.assertIn("'absent.bin' of tensor 'w' does not exist", self.facts(lines, "missing")[0])

    def test_external_weights_are_found(self):
        (self.folder / "w.bin").write_bytes(bytes(4000))
        tensor = TensorProto(name="w", data_type=T.FLOAT, dims=[1000], data_location=T.EXTERNAL)
        tensor.external_data.add(key="location", value="w.bin")
        proto = model([helper.make_node("Add", ["x", "w"], ["y"])],
                      [value("x", [1000])], [value("y", [1000])], [tensor])
        lines = self.inspect(proto)
        self.assertEqual(self.facts(lines, "stored"),
                         [f"1 tensor, 4000 bytes in '{(self.folder / 'w.bin').resolve()}'"])
        self.assertEqual(self.facts(lines, "missing"), [])

    def test_every_node_that_is_not_supported_is_named(self):
        """Ops, attributes behind guessed types, and nodes of one reason together."""
        seed = numpy_helper.from_array(np.array(True), "training")
        ratio = numpy_helper.from_array(np.float32(0.5), "ratio")
        nodes = [helper.make_node("LSTM", ["x", "w", "r"], ["a"], name="/first", hidden_size=4),
                 helper.make_node("Relu", ["a"], ["b"], name="/relu"),
                 helper.make_node("RandomNormalLike", ["x"], ["q1"], name="/q1"),
                 helper.make_node("RandomNormalLike", ["x"], ["q2"], name="/q2"),
                 helper.make_node("Dropout", ["x", "ratio", "training"], ["d"], name="/drop"),
                 helper.make_node("Bernoulli", ["b"], ["y"], name="/last")]
        weights = [numpy_helper.from_array(np.zeros(shape, np.float32), name)
                   for name, shape in (("w", [1, 16, 3]), ("r", [1, 16, 4]))]
        proto = model(nodes, [value("x", [5, "batch", 3])], [value("y", None)],
                      [*weights, ratio, seed])
        lines = self.inspect(proto, status=1)
        found = self.nodes(lines, "unsupported")
        flat = {reason.split(":")[0]: names for reason, names in found.items()}
        self.assertEqual(flat["op LSTM (opset 17)"], ["node '/first'"])
        self.assertEqual(flat["op RandomNormalLike (opset 17)"], ["node '/q1'", "node '/q2'"])
        self.assertEqual(flat["op Dropout (opset 17)"], ["node '/drop'"])
        self.assertIn("op Dropout (opset 17): training_mode = 1 is supported for a ratio of 0 only, got 5.000000e-01",
                      found)
        self.assertEqual(self.facts(lines, "supported"), ["no"])

    def test_the_inside_of_loops_is_looked_at(self):
        body = helper.make_graph(
            [helper.make_node("Relu", ["v"], ["u"], name="in/relu"),
             helper.make_node("RandomNormalLike", ["u"], ["q"], name="in/normal"),
             helper.make_node("RandomUniformLike", ["q"], ["w"], name="in/uniform"),
             helper.make_node("Identity", ["c"], ["d"], name="in/condition")],
            "body", [value("i", [], T.INT64), value("c", [], T.BOOL), value("v", [2])],
            [value("d", [], T.BOOL), value("w", [2])])
        nodes = [helper.make_node("Loop", ["n", "", "x"], ["y"], name="/loop", body=body)]
        proto = model(nodes, [value("x", [2]), value("n", [], T.INT64)], [value("y", [2])])
        lines = self.inspect(proto, status=1)
        named = [name for names in self.nodes(lines, "unsupported").values() for name in names]
        self.assertEqual(named, ["node '/loop'", "node '/loop/in/normal'", "node '/loop/in/uniform'"])
        self.assertEqual(self.facts(lines, "not judged"), ["2 nodes behind or inside what is not supported"])

    def test_inputs_of_other_types_are_named(self):
        proto = model([helper.make_node("StringConcat", ["x", "x"], ["y"], name="/cat"),
                       helper.make_node("Relu", ["z"], ["r"], name="/relu")],
                      [value("x", [2], T.STRING), value("z", [2])],
                      [value("y", [2], T.STRING), value("r", [2])], opset=20)
        lines = self.inspect(proto, status=1)
        reasons = self.facts(lines, "unsupported")
        self.assertIn("the input 'x' has the element type STRING, which is not supported", reasons)
        self.assertTrue(any(r.startswith("op StringConcat (opset 20)") for r in reasons), reasons)

    def test_ops_of_other_domains_and_of_nobody_are_all_named(self):
        proto = model([helper.make_node("Frobnicate", ["x"], ["a"], name="/one"),
                       helper.make_node("Relu", ["a"], ["b"], name="/two"),
                       helper.make_node("Twiddle", ["b"], ["y"], name="/three", domain="com.example")],
                      [value("x", [2])], [value("y", [2])],
                      opsets=[helper.make_opsetid("", 17), helper.make_opsetid("com.example", 1)])
        lines = self.inspect(proto, status=1)
        self.assertEqual(list(self.nodes(lines, "unsupported").values()), [["node '/one'"], ["node '/three'"]])
        self.assertIn("Frobnicate", self.facts(lines, "refused")[0])

    def test_what_only_needs_sizes_is_no_fault(self):
        """Two named sizes that only --dim can say are equal."""
        proto = model([helper.make_node("Add", ["x", "z"], ["y"], name="/add")],
                      [value("x", ["a", 4]), value("z", ["b", 4])], [value("y", None)])
        lines = self.inspect(proto)
        self.assertEqual(list(self.nodes(lines, "needs sizes").values()), [["node '/add'"]])
        self.assertEqual(self.facts(lines, "supported"), ["yes, if sizes are bound that fit"])
        lines = self.inspect(proto, "--dim=a=2", "--dim=b=2")
        self.assertEqual(self.facts(lines, "supported"), ["yes"])
        self.inspect(proto, "--dim=a=2", "--dim=b=3", status=1)

    def test_bad_files_are_refused_as_by_the_compiler(self):
        whole = two_layer_model().SerializeToString()
        for content in (b"", whole[:100], b"PK\3\4 no model" * 20):
            path = save(content, self.folder / "bad.onnx")
            result = neapc(path, "--inspect")
            self.assertEqual(result.returncode, 1)
            self.assertIn("bad.onnx: error: ", result.stderr)
            self.assertEqual(result.stdout, "")
        lines = self.inspect(model([helper.make_node("Relu", ["x"], ["y"])],
                                   [value("x", [1])], [value("y", [1])], opset=7), status=1)
        self.assertIn("opset 7; expected 9 to", self.facts(lines, "refused")[0])

    def test_a_dimension_that_the_model_does_not_have(self):
        lines = self.inspect(two_layer_model(), "--dim=bacth=2", status=1)
        self.assertIn("'bacth'", self.facts(lines, "refused")[0])

    def test_usage(self):
        path = save(two_layer_model(), self.folder / "model.onnx")
        for options in (["-o", "x.neap"], ["--emit=plan"], ["--report=x.json"]):
            self.assertEqual(neapc(path, "--inspect", *options).returncode, 2)

    def test_exported_models_without_sizes_or_weights(self):
        graphs = sorted(GRAPHS.glob("*.onnx"))
        self.assertGreaterEqual(len(graphs), 18)
        for path in graphs:
            with self.subTest(path=path.name):
                lines = self.inspect_file(path)
                self.assertEqual(self.facts(lines, "unsupported"), [])
                carried = json.loads(path.with_suffix(".weights.json").read_text())["tensors"]
                total = sum(tensor["length"] for tensor in carried)
                self.assertIn(f"{len(carried)} tensors, {total} bytes in no file",
                              self.facts(lines, "stored"))


if __name__ == "__main__":
    unittest.main()
