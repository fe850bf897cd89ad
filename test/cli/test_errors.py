# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Wrong input ends with exit status 1 and one clear message, never a crash."""
import os
import pathlib
import tempfile
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from command_line import model, neap_run, neapc, save, two_layer_model, value

X, Y = value("x", [2, 3]), value("y", [2, 3])


def relu(op="Relu", **arguments):
    return model([helper.make_node(op, ["x"], ["y"], name="/layer/node")], [X], [Y], **arguments)


def external(location, offset=0, length=24):
    """x + w, with w in the file `location`."""
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2, 3],
                         data_location=TensorProto.EXTERNAL)
    for key, text in (("location", location), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=str(text))
    return model([helper.make_node("Add", ["x", "w"], ["y"], name="/layer/node")], [X], [Y], [tensor])


class Workspace(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.binary = self.folder / "model.neap"

    def assert_refused(self, result, *parts):
        self.assertEqual(result.returncode, 1, result.stderr)
        errors = [line for line in result.stderr.splitlines() if "error" in line]
        self.assertEqual(len(errors), 1, result.stderr)
        for part in parts:
            self.assertIn(part, result.stderr)


class ModelErrorsTest(Workspace):
    def refuse(self, proto, *parts, options=()):
        path = save(proto, self.folder / "model.onnx")
        self.assert_refused(neapc(path, "-o", self.binary, *options), "model.onnx", *parts)
        self.assertEqual(list(self.folder.glob("*.neap*")), [])

    def test_truncated_protobuf(self):
        whole = two_layer_model().SerializeToString()
        for keep in (1, 10, 100, len(whole) // 2, len(whole) - 1):
            with self.subTest(keep=keep):
                self.refuse(whole[:keep], "malformed protobuf")

    def test_not_a_model(self):
        self.refuse(b"PK\3\4 this is no protobuf" * 50, "malformed protobuf")

    def test_missing_file(self):
        self.assert_refused(neapc(self.folder / "absent.onnx", "-o", self.binary), "absent.onnx")

    def test_unknown_op(self):
        self.refuse(relu("Frobnicate"), "Frobnicate", "/layer/node")

    def test_a_node_without_a_name_is_named_by_what_it_makes(self):
        node = helper.make_node("Frobnicate", ["x"], ["y"])
        self.refuse(model([node], [X], [Y]), "Frobnicate", "the node that makes 'y'")
        nodes = [helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"]),
                 helper.make_node("Relu", ["b"], ["y"])]
        self.refuse(model(nodes, [X], [Y]), "the node that makes 'a'", "sorted")

    def test_op_not_supported_yet(self):
        node = helper.make_node("RandomNormalLike", ["x"], ["y"], name="/layer/node")
        self.refuse(model([node], [X], [value("y", None)]), "RandomNormalLike", "/layer/node")

    def test_opset_too_old_and_too_new(self):
        self.refuse(relu(opset=7), "opset 7; expected 9 to")
        self.refuse(relu(opset=9999), "opset 9999; expected 9 to")

    def test_cyclic_graph(self):
        nodes = [helper.make_node("Add", ["x", "b"], ["a"], name="/layer/first"),
                 helper.make_node("Relu", ["a"], ["b"], name="/layer/second"),
                 helper.make_node("Relu", ["b"], ["y"], name="/layer/third")]
        self.refuse(model(nodes, [X], [Y]), "/layer/first", "sorted")

    def test_missing_external_data(self):
        self.refuse(external("absent.bin"), "'absent.bin' of tensor 'w' does not exist")

    def test_external_data_outside_the_folder(self):
        outside = tempfile.NamedTemporaryFile()
        self.addCleanup(outside.close)
        outside.write(b"\0" * 64)
        outside.flush()
        os.symlink(outside.name, self.folder / "link.bin")
        os.symlink(os.path.dirname(outside.name), self.folder / "folder")
        (self.folder / "inside").mkdir()
        up = os.path.relpath(outside.name, self.folder)
        for location, problem in (
                (up, "outside"), (f"inside/../{up}", "outside"), (outside.name, "absolute path"),
                ("link.bin", "symbolic link"),
                (f"folder/{os.path.basename(outside.name)}", "symbolic link")):
            with self.subTest(location=location):
                self.refuse(external(location), f"'{location}' of tensor 'w'", problem)

    def test_external_data_past_the_end(self):
        (self.folder / "weights.bin").write_bytes(b"\0" * 16)
        self.refuse(external("weights.bin"), "tensor 'w' needs 24 bytes at offset 0")
        for offset in (2**62, 2**64 - 8, 2**64):
            with self.subTest(offset=offset):
                self.refuse(external("weights.bin", offset=offset), "'w'", str(offset))

    def test_an_initializer_that_declares_a_huge_shape(self):
        for dims, problem in (([2**40, 2**40], "2^63 bytes"), ([2**20, 2**12], "carries 4")):
            tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=dims, raw_data=b"1234")
            node = helper.make_node("Add", ["x", "w"], ["y"], name="/layer/node")
            with self.subTest(dims=dims):
                self.refuse(model([node], [X], [Y], [tensor]), "tensor 'w'", problem)

    def test_an_input_that_declares_a_huge_shape(self):
        shape = [2**40, 2**30]
        node = helper.make_node("Relu", ["x"], ["y"], name="/layer/node")
        self.refuse(model([node], [value("x", shape)], [value("y", shape)]), "input 'x'", "2^40")

    def test_a_node_that_asks_for_a_huge_shape(self):
        shape = numpy_helper.from_array(np.array([2**40, 2**30]), "shape")
        fill = helper.make_node("ConstantOfShape", ["shape"], ["c"], name="/layer/fill")
        for nodes in ([helper.make_node("Expand", ["x", "shape"], ["y"], name="/layer/node")],
                      [fill, helper.make_node("Add", ["x", "c"], ["y"], name="/layer/add")]):
            with self.subTest(op=nodes[0].op_type):
                self.refuse(model(nodes, [value("x", [1])], [value("y", None)], [shape]),
                            nodes[0].name, nodes[0].op_type, "2^40")

    def test_a_constant_that_no_file_should_hold(self):
        bounds = [numpy_helper.from_array(np.array(number), name)
                  for name, number in (("begin", 0), ("end", 2**40), ("step", 1))]
        nodes = [helper.make_node("Range", ["begin", "end", "step"], ["k"], name="/layer/range"),
                 helper.make_node("Cast", ["k"], ["f"], name="/layer/cast", to=TensorProto.FLOAT),
                 helper.make_node("Add", ["x", "f"], ["y"], name="/layer/add")]
        self.refuse(model(nodes, [value("x", [1])], [value("y", None)], bounds), "/layer/", "compute", "2^36")

    def test_unbound_dimension(self):
        self.refuse(two_layer_model(), "'batch'", "--dim=batch=1")

    def test_dimension_that_the_model_does_not_have(self):
        self.refuse(two_layer_model(), "bacth", options=["--dim=batch=1", "--dim=bacth=2"])


class ContainerErrorsTest(Workspace):
    def setUp(self):
        super().setUp()
        path = save(two_layer_model(), self.folder / "model.onnx")
        result = neapc(path, "--dim=batch=2", "-o", self.binary)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.content = self.binary.read_bytes()

    def run_changed(self, content, *options):
        path = self.folder / "changed.neap"
        path.write_bytes(content)
        return neap_run(path, "--random-inputs=1", *options)

    def flipped(self, position):
        return self.content[:position] + bytes([self.content[position] ^ 1]) + self.content[position + 1:]

    def sections(self):
        """(kind, offset, size) of each section (see plan_format.h)."""
        count = int.from_bytes(self.content[12:16], "little")
        for index in range(count):
            entry = self.content[32 + 32 * index:64 + 32 * index]
            yield (int.from_bytes(entry[:4], "little"), int.from_bytes(entry[8:16], "little"),
                   int.from_bytes(entry[16:24], "little"))

    def test_wrong_magic(self):
        self.assert_refused(self.run_changed(b"ELF" + self.content[3:]), "changed.neap", "first 8 bytes")

    def section(self, wanted):
        """Places in the one section of that kind: its first, middle and last byte."""
        ((offset, size),) = [(o, s) for kind, o, s in self.sections() if kind == wanted]
        return offset, offset + size // 2, offset + size - 1

    def test_a_flipped_byte_in_header_and_section_table(self):
        for place in range(32 + 32 * len(list(self.sections()))):
            with self.subTest(place=place):
                self.assert_refused(self.run_changed(self.flipped(place)), "changed.neap")

    def test_a_flipped_byte_in_plan_and_kernels(self):
        for kind, name in ((1, "plan section"), (2, "kernels section")):
            for place in self.section(kind):
                with self.subTest(name=name, place=place):
                    self.assert_refused(self.run_changed(self.flipped(place)), "changed.neap", name)

    def test_a_flipped_byte_in_the_weights_under_verify(self):
        for place in self.section(3):
            with self.subTest(place=place):
                self.assert_refused(self.run_changed(self.flipped(place), "--verify"),
                                    "changed.neap", "weights section")

    @unittest.skipIf("avx512f" in pathlib.Path("/proc/cpuinfo").read_text(), "this machine has AVX-512")
    def test_an_instruction_set_that_the_machine_lacks(self):
        result = neapc(self.folder / "model.onnx", "--dim=batch=2", "--isa=v4", "-o", self.binary)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_refused(neap_run(self.binary, "--random-inputs=1"),
                            "model.neap", "x86-64-v4", "lacks avx512f")

    def test_truncated(self):
        for keep in (0, 7, 40, 100, len(self.content) - 1):
            with self.subTest(keep=keep):
                self.assert_refused(self.run_changed(self.content[:keep]), "changed.neap")

    def test_wrong_shape_at_run_time(self):
        path = self.folder / "x.npy"
        np.save(path, np.zeros((3, 64), np.float32))
        self.assert_refused(neap_run(self.binary, "--input", f"x={path}"),
                            "model.neap", "input 'x': expected shape [2, 64], got [3, 64]")

    def test_wrong_type_at_run_time(self):
        path = self.folder / "x.npy"
        np.save(path, np.zeros((2, 64), np.float64))
        self.assert_refused(neap_run(self.binary, "--input", f"x={path}"),
                            "model.neap", "input 'x': expected elements of type f32, got f64")


class UsageTest(Workspace):
    def test_usage_errors_exit_2(self):
        for arguments in ([], ["a.onnx", "--no-such-option"], ["a.onnx", "--isa=z80"],
                          ["a.onnx", "--memory-budget=12Q"], ["a.onnx", "--target=tpu"]):
            with self.subTest(arguments=arguments):
                self.assertEqual(neapc(*arguments).returncode, 2)
        self.assertEqual(neap_run("--no-such-option").returncode, 2)
        self.assertEqual(neap_run("a.neap", "--json", "--summary").returncode, 2)
        for arguments in (["--max-threads=100000"], ["-o", "-"]):
            with self.subTest(arguments=arguments):
                self.assertEqual(neapc("a.onnx", *arguments).returncode, 2)

    def test_one_model_at_a_time(self):
        result = neapc("a.onnx", "b.onnx")
        self.assertEqual(result.returncode, 2)
        self.assertIn("neapc: error: expected one model, got 'a.onnx' and 1 more", result.stderr)
        self.assertIn("neapc --help", result.stderr)

    def test_an_empty_value_is_not_no_value(self):
        for option in ("--memory-budget", "--random-weights", "--external-data-root", "-o"):
            result = neapc("a.onnx", f"{option}=")
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(f"{option} expected a value, got none", result.stderr)

    def test_a_compiled_model_is_no_model(self):
        result = neapc("model.neap")
        self.assertEqual(result.returncode, 2)
        self.assertIn("neap-run", result.stderr)

    def test_the_list_of_ops_names_versions_and_exceptions(self):
        rows = [line.split(maxsplit=3) for line in neapc("--list-onnx-ops").stdout.splitlines()]
        ops = {row[1]: row[2:] for row in rows if row and row[0] == "ai.onnx"}
        self.assertEqual(ops["Relu"], ["6"])
        self.assertEqual(ops["MaxPool"], ["8", "only one to three spatial axes"])
        for op in ("If", "Cast", "Constant", "Dropout", "Conv"):
            self.assertEqual(len(ops[op]), 2, op)

    def test_help_is_complete(self):
        for option in ("--dim", "--isa", "--memory-budget", "--report", "--emit", "--plan-only",
                       "--random-weights", "--external-data-root", "--max-threads", "--list-onnx-ops"):
            self.assertIn(option, neapc("--help").stdout)
        for option in ("--entry", "--input", "--random-inputs", "--output-dir", "--test-data",
                       "--verify", "--threads", "--bench", "--trace", "--json", "--summary", "--dim"):
            self.assertIn(option, neap_run("--help").stdout)


if __name__ == "__main__":
    unittest.main()
