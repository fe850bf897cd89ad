# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_nodes.py BIN_DIR [--only REGEX]

Each case of cases.py is a model of one node: compiled, run at one and at two
threads, which must agree in bits, and compared with ONNX Runtime. An error is
relative to the range of the output. A case that has free axes is compiled once
more with ranges for their sizes, which must give the same bits.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

import cases


def build_model(case):
    """Returns the model and the arrays of its inputs by name."""
    count = max([len(case.inputs) - 1, *case.constants]) + 1
    names = [""] * count
    feeds, initializers = {}, []
    for position, array in enumerate(case.inputs):
        names[position] = f"x{position}"
        feeds[names[position]] = np.asarray(array)
    for position, array in case.constants.items():
        names[position] = f"c{position}"
        initializers.append(numpy_helper.from_array(array, names[position]))
    outputs = [f"y{i}" for i in range(case.outputs)]
    node = helper.make_node(case.op, names, outputs, name=case.name, **case.attributes)
    inputs = [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype),
                                            array.shape) for name, array in feeds.items()]
    results = [helper.make_tensor_value_info(name, onnx.TensorProto.DataType.Value(kind), None)
               for name, kind in zip(outputs, case.types)]
    graph = helper.make_graph([node], "g", inputs, results, initializers)
    opsets = [helper.make_opsetid("", case.opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9), feeds


def run_neap(binaries, path, feeds, outputs, folder, dims=()):
    """Returns the outputs at one thread and at two."""
    binary = folder / "model.neap"
    subprocess.run([binaries / "neapc", path, "-o", binary, "-j1", *dims], check=True,
                   capture_output=True, text=True, timeout=300)
    arguments = []
    for name, array in feeds.items():
        np.save(folder / f"{name}.npy", array)
        arguments += ["--input", f"{name}={folder / name}.npy"]
    results = []
    for threads in (1, 2):
        target = folder / str(threads)
        subprocess.run([binaries / "neap-run", binary, f"--threads={threads}",
                        f"--output-dir={target}", *arguments], check=True, capture_output=True,
                       text=True, timeout=300)
        results.append([np.load(target / f"{name}.npy") for name in outputs])
    return results


def free_axes(case, model):
    """Makes the free axes of the inputs symbolic; returns ranges around their sizes."""
    ranges = {}
    for value in model.graph.input:
        for axis, symbol in case.free.get(int(value.name[1:]), {}).items():
            dim = value.type.tensor_type.shape.dim[axis]
            ranges[symbol] = f"--dim={symbol}={max(dim.dim_value - 2, 1)}..{dim.dim_value + 9}"
            dim.dim_param = symbol
    return list(ranges.values())


def compare(case, ours, theirs):
    """Returns what is wrong with one output, or None."""
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return f"expected {theirs.dtype}{theirs.shape}, got {ours.dtype}{ours.shape}"
    if ours.dtype.kind != "f":
        return None if np.array_equal(ours, theirs) else "integers differ"
    error = np.abs(ours - theirs).max() / max(float(np.ptp(theirs)), 1e-3)
    return None if error <= case.bound else f"error {error:.2e}, bound {case.bound:.2e}"


def check(binaries, case):
    """Returns what is wrong with a case, or None."""
    model, feeds = build_model(case)
    outputs = [output.name for output in model.graph.output]
    session = onnxruntime.InferenceSession(model.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    expected = session.run(outputs, feeds)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        path = folder / "model.onnx"
        onnx.save(model, path)
        try:
            runs = run_neap(binaries, path, feeds, outputs, folder)
            if dims := free_axes(case, model):
                onnx.save(model, path)
                runs += run_neap(binaries, path, feeds, outputs, folder, dims)
        except subprocess.CalledProcessError as failure:
            return failure.stderr.strip()
    for name, theirs, ours, *others in zip(outputs, expected, *runs):
        if any(ours.tobytes() != other.tobytes() for other in others):
            return f"'{name}' differs between thread counts or with free sizes"
        if wrong := compare(case, ours, theirs):
            return f"'{name}': {wrong}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    chosen = [c for c in cases.all_cases() if re.search(arguments.only, c.name)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for case, wrong in zip(chosen, pool.map(lambda c: check(arguments.binaries, c), chosen)):
            if wrong:
                failed += 1
                print(f"FAIL {case.name}: {wrong[:600]}", flush=True)
    print(f"{len(chosen) - failed} of {len(chosen)} nodes as ONNX Runtime has them")
    sys.exit(1 if failed or not chosen else 0)


if __name__ == "__main__":
    main()
