# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_edge_cases.py NUMERICS.md BIN_DIR [--only TEXT]

Runs every row of the tables of docs/numerics.md: one ONNX node each, with its operands
once as inputs, at one and at two threads, and once as constants. Neap's results must be
those of the row, to 2 ULP where finite, with the sign of every zero. ONNX Runtime must do
what the row says of it: 'same', or values to 1e-6, or 'rejects'; 'crashes' and 'varies'
are not run.

The columns of a row: op and attributes; operands, each a type and values, '-' if absent;
Neap's result; ONNX Runtime's; what the specification says. Operands in parentheses are
given as constants always, as they decide a shape.
"""
import argparse
import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

TYPES = {"f32": np.float32, "f64": np.float64, "bool": np.bool_, "i8": np.int8, "i16": np.int16,
         "i32": np.int32, "i64": np.int64, "u8": np.uint8, "u16": np.uint16, "u32": np.uint32,
         "u64": np.uint64}
NAMES = {"NaN": np.nan, "Inf": np.inf, "true": True, "false": False, "__builtins__": {}}
OPSET = 24
UNCHECKED = ("crashes", "varies")


def parse_values(text):
    """Evaluates numbers in nested lists; `x ** y` of integers is allowed."""
    if not re.fullmatch(r"[][\d\sNaInftruels.,e*+-]*", text):
        raise ValueError(f"not a list of numbers: '{text}'")
    return eval(text, NAMES)  # of a document of this repository


def parse_array(text):
    """'f32 [1, NaN]', or 'f32 2x0' without elements."""
    element, values = text.split(" ", 1)
    if re.fullmatch(r"\d+(x\d+)+", values):
        return np.zeros([int(size) for size in values.split("x")], TYPES[element])
    return np.array(parse_values(values), TYPES[element])


def parse_attribute(text):
    name, value = text.split("=")
    if name == "to":
        return name, getattr(TensorProto, value)
    if re.fullmatch(r"[A-Za-z]+", value):
        return name, value
    return name, parse_values(value)


@dataclasses.dataclass
class Row:
    """One row: a node and what becomes of it."""
    place: str
    op: str
    attributes: dict
    operands: list   # of arrays, None where absent
    fixed: list      # whether the operand is a constant always
    expected: str
    peer: str

    def node(self, prefix):
        names = [f"{prefix}x{i}" if a is not None else "" for i, a in enumerate(self.operands)]
        return helper.make_node(self.op, names, [f"{prefix}y"], name=self.place, **self.attributes)


def parse_row(place, cells):
    op, *attributes = cells[0].strip("`").split()
    operands, fixed = [], []
    for text in cells[1].strip("`").split("; "):
        fixed.append(text.startswith("("))
        text = text.strip("()")
        operands.append(None if text == "-" else parse_array(text))
    return Row(place, op, dict(map(parse_attribute, attributes)), operands, fixed,
               cells[2].strip("`"), cells[3].strip("`"))


def parse_document(path):
    rows = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) == 5:
            rows.append(parse_row(f"{path.name}:{number}", cells))
    return rows


def build_model(rows, are_constants):
    """One graph of all rows; returns it and its inputs."""
    nodes, inputs, feeds, initializers, outputs = [], [], {}, [], []
    for index, row in enumerate(rows):
        prefix = f"r{index}"
        for i, (array, fixed) in enumerate(zip(row.operands, row.fixed)):
            name = f"{prefix}x{i}"
            if array is None:
                continue
            if fixed or are_constants:
                initializers.append(numpy_helper.from_array(array, name))
                continue
            element = helper.np_dtype_to_tensor_dtype(array.dtype)
            inputs.append(helper.make_tensor_value_info(name, element, array.shape))
            feeds[name] = array
        nodes.append(row.node(prefix))
        outputs.append(onnx.ValueInfoProto(name=f"{prefix}y"))
    graph = helper.make_graph(nodes, "rows", inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    return onnx.shape_inference.infer_shapes(model, strict_mode=True), feeds


def run_neap(binaries, rows, are_constants, folder):
    """Returns the outputs by row at each number of threads, or what failed."""
    model, feeds = build_model(rows, are_constants)
    (folder / "rows.onnx").write_bytes(model.SerializeToString())
    compiled = subprocess.run([binaries / "neapc", folder / "rows.onnx", "-o", folder / "rows.neap"],
                              capture_output=True, text=True)
    if compiled.returncode:
        return f"neapc: {compiled.stderr}"
    arguments, results = [], []
    for name, array in feeds.items():
        np.save(folder / f"{name}.npy", array)
        arguments += ["--input", f"{name}={folder / name}.npy"]
    for threads in (1, 2):
        ran = subprocess.run([binaries / "neap-run", folder / "rows.neap", f"--threads={threads}",
                              f"--output-dir={folder}", *arguments], capture_output=True, text=True)
        if ran.returncode:
            return f"neap-run: {ran.stderr}"
        results.append([np.load(folder / f"r{i}y.npy") for i in range(len(rows))])
    return results


def run_peer(row):
    """Returns ONNX Runtime's result, or None if it rejects the model."""
    model, feeds = build_model([row], False)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                               providers=["CPUExecutionProvider"])
        return session.run(None, feeds)[0]
    except onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented:
        return None
    except (onnxruntime.capi.onnxruntime_pybind11_state.Fail,
            onnxruntime.capi.onnxruntime_pybind11_state.InvalidGraph):
        return None


def is_equal(value, expected):
    """To 2 ULP, with the sign of zeros; other types exactly."""
    if value.shape != expected.shape:
        return False
    if value.dtype.kind != "f":
        return np.array_equal(value, expected)
    finite = np.isfinite(expected) & (expected != 0)
    special = np.where(finite, 1, expected)
    got = np.where(finite, 1, value)
    error = np.abs(np.where(finite, value, 0).astype(np.float64) - np.where(finite, expected, 0))
    return (np.array_equal(got, special, equal_nan=True)
            and np.array_equal(np.signbit(got[special == 0]), np.signbit(special[special == 0]))
            and bool((error <= 2 * np.spacing(np.where(finite, np.abs(expected), 1))).all()))


def check_peer(row, result):
    """Returns what is wrong with the row's word on ONNX Runtime, or None."""
    if row.peer in UNCHECKED:
        return None
    peer = run_peer(row)
    if row.peer == "rejects" or peer is None:
        return None if row.peer == "rejects" and peer is None else f"it gives {peer}"
    wanted = result if row.peer == "same" else np.array(parse_values(row.peer), peer.dtype)
    same = (peer.shape == wanted.shape
            and np.allclose(peer, wanted, rtol=1e-6, atol=0, equal_nan=True))
    return None if same else f"it gives {peer.tolist()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", type=pathlib.Path)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    rows = [row for row in parse_document(options.document) if options.only in row.op]
    if not rows:
        sys.exit(f"{options.document} has no row to run")
    failures = []
    for are_constants in (False, True):
        with tempfile.TemporaryDirectory() as scratch:
            results = run_neap(options.binaries, rows, are_constants, pathlib.Path(scratch))
        if isinstance(results, str):
            sys.exit(results)
        for row, result, again in zip(rows, *results):
            expected = np.array(parse_values(row.expected), result.dtype)
            if not is_equal(result, expected):
                failures.append(f"{row.place}: {row.op} as {'constants' if are_constants else 'inputs'}: "
                                f"expected {expected.tolist()}, got {result.tolist()}")
            if result.tobytes() != again.tobytes():
                failures.append(f"{row.place}: {row.op}: 1 and 2 threads differ")
            problem = None if are_constants else check_peer(row, expected)
            failures += [f"{row.place}: {row.op}: ONNX Runtime: {problem}"] if problem else []
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{len(rows)} rows, {len(failures)} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
