# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""attention.py [--output docs/benchmarks/attention.md]

Times attention alone, from the projections to the heads joined again, in Neap
(blocked and unfused) and in ONNX Runtime: 12 heads of 64, batch 1, as the
TorchScript exporter spells it out. Forms: full; causal, the mask computed from
positions as exporters do; padding, a mask per key; bias, a number per query and
key. Run by run in turn in one process; answers are compared before.
"""
import argparse
import datetime
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import compare_onnxruntime
from neap_session import NeapSession

HEADS, DEPTH = 12, 64
SEQUENCES = (128, 512, 2048)
FORMS = ("full", "causal", "padding", "bias")


def _constant(name, value):
    return numpy_helper.from_array(np.asarray(value), name)


def _mask_nodes(form, length):
    """Nodes that make `mask`, to be added to the scores; the extra graph input."""
    if form == "bias":
        return [], helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, HEADS, length, length])
    if form == "padding":
        return ([helper.make_node("Where", ["keep", "zero", "lowest"], ["mask"])],
                helper.make_tensor_value_info("keep", TensorProto.BOOL, [1, 1, 1, length]))
    return [helper.make_node("Range", ["first", "length", "one"], ["positions"]),
            helper.make_node("Unsqueeze", ["positions", "last_axis"], ["queries"]),
            helper.make_node("LessOrEqual", ["positions", "queries"], ["allowed"]),
            helper.make_node("Where", ["allowed", "zero", "lowest"], ["mask"])], None


def make_model(form, length):
    """The graph from q, k, v of [1, length, 768] to the joined heads."""
    width = HEADS * DEPTH
    nodes = []
    for name, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
        nodes += [helper.make_node("Reshape", [name, "heads"], [f"{name}4"]),
                  helper.make_node("Transpose", [f"{name}4"], [f"{name}t"], perm=order)]
    nodes += [helper.make_node("Mul", ["qt", "scale"], ["qs"]), helper.make_node("Mul", ["kt", "scale"], ["ks"]),
              helper.make_node("MatMul", ["qs", "ks"], ["scores"])]
    extra = None
    if form != "full":
        masking, extra = _mask_nodes(form, length)
        nodes += [*masking, helper.make_node("Add", ["scores", "mask"], ["masked"])]
    nodes += [helper.make_node("Softmax", ["masked" if form != "full" else "scores"], ["weights"], axis=-1),
              helper.make_node("MatMul", ["weights", "vt"], ["sums"]),
              helper.make_node("Transpose", ["sums"], ["joined"], perm=[0, 2, 1, 3]),
              helper.make_node("Reshape", ["joined", "flat"], ["y"])]
    inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, length, width]) for n in "qkv"]
    constants = [_constant("heads", np.int64([1, length, HEADS, DEPTH])), _constant("flat", np.int64([1, length, width])),
                 _constant("scale", np.float32(DEPTH ** -0.25)), _constant("zero", np.float32(0)),
                 _constant("lowest", np.float32(np.finfo(np.float32).min)), _constant("first", np.int64(0)),
                 _constant("one", np.int64(1)), _constant("length", np.int64(length)),
                 _constant("last_axis", np.int64([1]))]
    graph = helper.make_graph(nodes, f"attention_{form}", inputs + ([extra] if extra else []),
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, length, width])], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def make_inputs(model):
    random = np.random.default_rng(7)
    inputs = {}
    for value in model.graph.input:
        shape = [d.dim_value for d in value.type.tensor_type.shape.dim]
        if value.type.tensor_type.elem_type == TensorProto.BOOL:
            inputs[value.name] = np.arange(shape[-1]).reshape(shape) < shape[-1] * 3 // 4
        else:
            inputs[value.name] = random.standard_normal(shape, np.float32)
    return inputs


def bench(binaries, form, length, folder):
    """Returns the table's lines of one form at one length."""
    model = make_model(form, length)
    path, inputs = folder / "attention.onnx", make_inputs(model)
    onnx.save(model, path)
    compiled = {}
    for algorithm in ("blocked", "unfused"):
        compiled[algorithm] = folder / f"{algorithm}.neap"
        subprocess.run([binaries / "neapc", path, f"--attention={algorithm}", "-o", compiled[algorithm]],
                       check=True, stdout=subprocess.DEVNULL)
    lines = []
    for threads in (1, 2):
        peer = compare_onnxruntime.onnxruntime_session(path, threads)
        (expected,) = peer.run(["y"], inputs)
        cells, minima = [], {}
        for algorithm, binary in compiled.items():
            ours = NeapSession(binaries.parent / "lib" / "libneap.so", binary, inputs, threads)
            ours.run()
            difference = np.abs(ours.outputs["y"] - expected).max() / np.ptp(expected)
            if not difference < 1e-5:
                sys.exit(f"{form} at {length}: {algorithm} differs by {difference:.1e} of the range")
            mine, theirs = compare_onnxruntime.interleave(ours.run, lambda: peer.run(["y"], inputs))
            minima[algorithm] = mine.min(), theirs.min(), np.median(mine) / np.median(theirs)
            cells += [compare_onnxruntime.describe(mine)]
        blocked = minima["blocked"]
        lines.append(f"| {form} | {length} | {threads} | {cells[0]} | {cells[1]} | "
                     f"{compare_onnxruntime.describe(theirs)} | {blocked[0] / blocked[1]:.2f} | {blocked[2]:.2f} |")
        print(lines[-1], flush=True)
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=pathlib.Path, default=compare_onnxruntime.REPOSITORY / "build" / "bin")
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--forms", nargs="*", default=FORMS)
    parser.add_argument("--sequences", nargs="*", type=int, default=SEQUENCES)
    arguments = parser.parse_args()
    compare_onnxruntime.SECONDS = 3
    lines = ["# Attention", "",
             f"{datetime.date.today()}, {compare_onnxruntime.cpu_name()}. Attention alone, 12 heads of 64, batch 1; "
             "minimum / median (90th over 10th percentile) in ms; the ratios are blocked over ONNX Runtime. "
             "Made by `scripts/bench_attention`.", "",
             "| form | sequence | threads | blocked | unfused | ONNX Runtime | ratio of minima | ratio of medians |",
             "|---|---|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as scratch:
        for form in arguments.forms:
            for length in arguments.sequences:
                lines += bench(arguments.binaries.resolve(), form, length, pathlib.Path(scratch))
    if arguments.output:
        arguments.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
