# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One file for several instruction sets: what it holds once and what for each, which one is run,
and that the one for x86-64-v2 is right on a machine that has no more."""
import json
import pathlib
import re
import sys
import tempfile
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from command_line import model, neap_run, neapc, save, two_layer_model, value
from emulator import MISSING, QEMU, run_on_nehalem
from instruction_sets import has_avx512

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "numeric" / "models"))
from check_subject import check_outputs  # noqa: E402
from float64_reference import Float64Model  # noqa: E402
from subjects import Subject, static_subject  # noqa: E402

ALL = ("x86-64-v2", "x86-64-v3", "x86-64-v4")
BEST_HERE = ALL[2] if has_avx512() else ALL[1]


def options(isas):
    return [f"--isa={isa}" for isa in isas]


def weights(random, **shapes):
    return [numpy_helper.from_array(random.standard_normal(shape, np.float32) / shape[-1], name)
            for name, shape in shapes.items()]


def convolutions(random):
    """Plain, strided, grouped and transposed convolutions, pooling, resizing, a softmax."""
    node = helper.make_node
    nodes = [node("Conv", ["x", "w1"], ["c1"], kernel_shape=[3, 3], pads=[1] * 4),
             node("Relu", ["c1"], ["r1"]),
             node("Conv", ["r1", "w2"], ["c2"], kernel_shape=[3, 3], strides=[2, 2], group=4),
             node("Sigmoid", ["c2"], ["s2"]),
             node("MaxPool", ["s2"], ["p2"], kernel_shape=[2, 2], strides=[1, 1]),
             node("ConvTranspose", ["p2", "w3"], ["t3"], kernel_shape=[2, 2], strides=[2, 2]),
             node("Resize", ["t3", "", "scales"], ["z3"], mode="linear",
                  coordinate_transformation_mode="half_pixel"),
             node("GlobalAveragePool", ["z3"], ["g3"]),
             node("Flatten", ["g3"], ["f3"]),
             node("Gemm", ["f3", "w4"], ["h4"], transB=1),
             node("Softmax", ["h4"], ["y"])]
    scales = numpy_helper.from_array(np.array([1, 1, 1.5, 2], np.float32), "scales")
    filters = weights(random, w1=(8, 3, 3, 3), w2=(12, 2, 3, 3), w3=(12, 5, 2, 2), w4=(10, 5))
    return model(nodes, [value("x", [2, 3, 17, 19])], [value("z3", None), value("y", [2, 10])],
                 [*filters, scales])


def attention(random):
    """A normalization, an attention with a mask, a GELU, angles, and integers from an argmax."""
    node = helper.make_node
    nodes = [node("LayerNormalization", ["x", "gain", "bias"], ["n"]),
             node("MatMul", ["n", "wq"], ["q"]), node("MatMul", ["n", "wk"], ["k"]),
             node("Transpose", ["k"], ["kt"], perm=[0, 2, 1]), node("MatMul", ["q", "kt"], ["qk"]),
             node("Add", ["qk", "mask"], ["masked"]), node("Softmax", ["masked"], ["p"]),
             node("MatMul", ["p", "n"], ["a"]), node("Add", ["a", "x"], ["h"]),
             node("Erf", ["h"], ["e"]), node("Mul", ["e", "h"], ["g"]),
             node("Sin", ["g"], ["s"]), node("Exp", ["g"], ["x2"]), node("Tanh", ["x2"], ["t"]),
             node("Add", ["s", "t"], ["y"]),
             node("ArgMax", ["y"], ["i"], axis=2, keepdims=0)]
    mask = numpy_helper.from_array(np.triu(np.full((13, 13), -1e9, np.float32), 1), "mask")
    return model(nodes, [value("x", [2, 13, 40])],
                 [value("y", [2, 13, 40]), value("i", [2, 13], TensorProto.INT64)],
                 [*weights(random, wq=(40, 24), wk=(40, 24), gain=(40,), bias=(40,)), mask])


class VariantsTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.binary = self.folder / "model.neap"

    def compile(self, path, isas, *more, binary=None, run=neapc):
        binary = binary or self.binary
        result = run(path, "-o", binary, *options(isas), *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return binary

    def two_layers(self, isas, *more, **how):
        path = save(two_layer_model(), self.folder / "model.onnx")
        return self.compile(path, isas, "--dim=batch=3", *more, **how)

    def summary(self, run=neap_run):
        """The sections by kind, each a list of what follows its size, and what it says of the entry."""
        result = run(self.binary, "--summary")
        self.assertEqual(result.returncode, 0, result.stderr)
        head, entry, rest = result.stdout.partition("\nentry ")
        sections = {}
        for kind, isa in re.findall(r"^  (\w+) +\d+ bytes  (.*)$", head, re.MULTILINE):
            sections.setdefault(kind, []).append(isa)
        return sections, entry + rest

    def expect_summary(self, used, run=neap_run):
        sections, rest = self.summary(run)
        marked = [isa + (", used on this machine" if isa == used else "") for isa in ALL]
        self.assertEqual(sections, {"plan": ["any"], "kernels": marked, "weights": ["any"]})
        return rest

    def test_plan_and_weights_are_there_once(self):
        self.two_layers(ALL)
        memory = self.expect_summary(BEST_HERE)
        self.two_layers(["v3"])
        self.assertEqual(self.summary()[1], memory, "the memory depends on the instruction sets")

    def test_the_best_is_run_unless_one_is_named(self):
        self.two_layers(ALL)
        for wanted, expected in ((None, BEST_HERE), ("native", BEST_HERE), ("v2", ALL[0]),
                                 ("x86-64-v3", ALL[1])):
            with self.subTest(wanted=wanted):
                result = neap_run(self.binary, "--random-inputs=1", "--json",
                                  *([f"--isa={wanted}"] if wanted else []))
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(json.loads(result.stdout)["isa"], expected)

    def test_verify_reads_the_kernels_that_are_not_used(self):
        changed = bytearray(self.two_layers(["v2", "v3"]).read_bytes())
        changed[changed.index(b"\x7fELF") + 64] ^= 1  # of x86-64-v2, the first
        self.binary.write_bytes(changed)
        self.assertEqual(neap_run(self.binary, "--random-inputs=1").returncode, 0)
        result = neap_run(self.binary, "--verify")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the checksum of the kernels section", result.stderr)

    @unittest.skipUnless(QEMU, MISSING)
    def test_a_machine_that_no_variant_fits_is_told_all_of_them(self):
        self.two_layers(["v3", "v4"])
        result = run_on_nehalem("neap-run", self.binary, "--random-inputs=1")
        self.assertEqual(result.returncode, 1, result.stderr)
        for part in ("the file has kernels for x86-64-v4, x86-64-v3;", "this machine lacks avx,",
                     "compile it with --isa"):
            self.assertIn(part, result.stderr)

    def check_on_nehalem(self, subject):
        """Runs a file of all variants there and compares with float64 and ONNX Runtime."""
        self.compile(subject.path, ALL, *(f"--dim={n}={s}" for n, s in subject.dims.items()))
        given = []
        for index, (name, array) in enumerate(subject.inputs.items()):
            np.save(self.folder / f"input_{index}.npy", array)
            given.append(f"--input={name}={self.folder / f'input_{index}.npy'}")
        result = run_on_nehalem("neap-run", self.binary, *given, "--json", "--threads=2",
                                f"--output-dir={self.folder}")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["isa"], "x86-64-v2")
        reference = Float64Model(subject.path)
        self.assertTrue(check_outputs(subject, self.folder, reference))

    @unittest.skipUnless(QEMU, MISSING)
    def test_small_models_are_right_on_x86_64_v2(self):
        for make in (convolutions, attention):
            with self.subTest(make.__name__):
                random = np.random.default_rng(3)
                proto = make(random)
                shape = [d.dim_value for d in proto.graph.input[0].type.tensor_type.shape.dim]
                path = save(proto, self.folder / "model.onnx")
                self.check_on_nehalem(Subject(make.__name__, path, {}, {
                    "x": random.standard_normal(shape, np.float32)}))

    @unittest.skipUnless(QEMU, MISSING)
    def test_a_trained_model_is_right_on_x86_64_v2(self):
        self.check_on_nehalem(static_subject("magika"))
        self.expect_summary("x86-64-v2", lambda *a: run_on_nehalem("neap-run", *a))


if __name__ == "__main__":
    unittest.main()
