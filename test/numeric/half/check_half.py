# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_half.py BIN_DIR

float16 and bfloat16 as storage, beside NumPy and ml_dtypes, in bits: every float16 as float32;
float32 rounded to both, at each power of two and on and beside each tie; a chain of nodes, whose
values between are rounded too.
"""
import pathlib
import subprocess
import sys
import tempfile

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper

FLOAT, HALF, BRAIN = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16


def hard_singles():
    """float32 of all exponents: ties of both formats, their neighbours, and random bits."""
    random = np.random.default_rng(7)
    exponents = np.arange(256, dtype=np.uint32)[:, None] << 23
    tails = np.array([0, 1, 0xfff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x7fff, 0x8000, 0x8001,
                      0x17fff, 0x18000, 0x7fefff, 0x7ff000, 0x7f8000, 0x7fffff], np.uint32)
    bits = np.concatenate([(exponents | tails).ravel(),
                           random.integers(0, 1 << 32, 40000, dtype=np.uint32)])
    return np.concatenate([bits, bits ^ np.uint32(1 << 31)]).view(np.float32)


def run(binaries, folder, nodes, feed, output):
    """Runs a graph from x to y."""
    kind = helper.np_dtype_to_tensor_dtype(feed.dtype)
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", kind, feed.shape)],
                              [helper.make_tensor_value_info("y", output, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=9)
    onnx.save(model, folder / "model.onnx")
    np.save(folder / "x.npy", feed)
    for command in ([binaries / "neapc", folder / "model.onnx", "-o", folder / "m.neap", "-j1"],
                    [binaries / "neap-run", folder / "m.neap", f"--input=x={folder / 'x.npy'}",
                     f"--output-dir={folder}"]):
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    return np.load(folder / "y.npy")


def cast(source, target, kind):
    return helper.make_node("Cast", [source], [target], to=kind)


def differing(ours, theirs):
    """How many differ in bits; one NaN is as good as another."""
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape, (ours.dtype, theirs.dtype)
    bits = f"u{ours.itemsize}"
    return int(np.sum((ours.view(bits) != theirs.view(bits))
                      & ~(np.isnan(ours) & np.isnan(theirs))))


def checks(binaries, folder):
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    yield ("float16 to float32", run(binaries, folder, [cast("x", "y", FLOAT)], halves, FLOAT),
           halves.astype(np.float32))
    singles = hard_singles()
    yield ("float32 to float16", run(binaries, folder, [cast("x", "y", HALF)], singles, HALF),
           singles.astype(np.float16))
    there_and_back = [cast("x", "h", BRAIN), cast("h", "y", FLOAT)]
    yield ("float32 to bfloat16", run(binaries, folder, there_and_back, singles, FLOAT),
           singles.astype(ml_dtypes.bfloat16).astype(np.float32))
    chain = [helper.make_node("Mul", ["x", "x"], ["h"]), helper.make_node("Add", ["h", "x"], ["y"])]
    wide = halves.astype(np.float32)
    product = (wide * wide).astype(np.float16).astype(np.float32)
    yield ("nodes in float16", run(binaries, folder, chain, halves, HALF),
           (product + wide).astype(np.float16))


def main():
    np.seterr(all="ignore")
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, ours, theirs in checks(pathlib.Path(sys.argv[1]), pathlib.Path(scratch)):
            wrong = differing(ours, theirs)
            failed += wrong != 0
            print(f"{name}: {wrong} of {ours.size} differ")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
