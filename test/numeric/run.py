# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the numeric cases of test/numeric/ops against test/reference.

    run.py --run-kernels=BINARY [--isa=v3] [--program=v4] [--same-as=v3]
           [--filter=TEXT] [--bench]
    run.py --neapc=BINARY --neap-run=BINARY [--isa=v3] [--filter=TEXT]

The first form compiles each case as one kernel, in process, and runs it between
inaccessible pages, whole and tile by tile. --program takes the code that is
emitted for another instruction set; --same-as demands the bits of one. The exit
status is 77 if this machine lacks the instruction set. The second one takes the whole road
through a .neap, at one and two threads, which must agree in bits.

A case: `name`; `inputs`, each "2x3xf32" or an object with `type` and `values`,
`low` and `high`, or `special` (adds NaN, infinities and zeros); one op (`op`,
`attributes`, and `reference`, arguments that only the reference takes) or
`steps` of such ops with `operands` ("%0" is input 0, and the results follow);
`kind` of the kernel; `bound`, the largest error relative to the result's
range (absent: equal bits); `status`, what the kernel returns if it is not 0.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from reference import REFERENCE  # noqa: E402

DTYPES = {
    "f16": np.float16,
    "f32": np.float32,
    "f64": np.float64,
    "i1": np.bool_,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "i64": np.int64,
    "ui8": np.uint8,
    "ui16": np.uint16,
    "ui32": np.uint32,
    "ui64": np.uint64,
}
NOT_RUNNABLE = 77  # exit status
MLIR_TYPES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}

# Attributes that are enums of the dialect, by the name they print with.
ENUMS = {
    "kind": {"reduce": "reduce_kind", "arg_reduce": "reduce_kind", "top_k": "reduce_kind",
             "pool": "pool_kind", "roi_align": "pool_kind", "weighted_gather": "reduce_kind"},
    "mode": {"pad": "pad_mode"},
    "layout": {"conv": "layout", "pool": "layout"},
    "reduction": {"scatter_elements": "reduce_kind",
                  "scatter_nd": "reduce_kind"},
    "predicate": {"compare": "compare_predicate"},
}


def parse_type(text):
    """Splits "2x3xf32" into shape and dtype."""
    *sizes, element = text.split("x")
    return tuple(int(size) for size in sizes), np.dtype(DTYPES[element])


def tensor_type(shape, dtype):
    return f"tensor<{''.join(f'{n}x' for n in shape)}{MLIR_TYPES[dtype]}>"


def make_input(spec, random):
    """Makes the array that an input's entry describes."""
    if isinstance(spec, str):
        spec = {"type": spec}
    shape, dtype = parse_type(spec["type"])
    if "values" in spec:
        return np.array(spec["values"], dtype).reshape(shape)
    if dtype.kind == "b":
        return random.random(shape) < 0.5
    if dtype.kind == "f":
        low, high = spec.get("low", -2), spec.get("high", 2)
        array = random.uniform(low, high, shape).astype(dtype)
        if spec.get("special"):
            places = random.choice(array.size, 5, replace=False)
            array.flat[places] = [np.nan, np.inf, -np.inf, 0.0, -0.0]
        return array
    low = spec.get("low", 0 if dtype.kind == "u" else -8)
    return random.integers(low, spec.get("high", 9), shape).astype(dtype)


def print_attribute(op, name, value):
    """Returns an attribute in MLIR's syntax."""
    if name in ENUMS and op in ENUMS[name]:
        return f"#neap<{ENUMS[name][op]} {value}>"
    if value is True:
        return "unit"
    if isinstance(value, list):
        return f"array<i64{': ' if value else ''}{', '.join(map(str, value))}>"
    return f"{value:e} : f64" if isinstance(value, float) else f"{value} : i64"


def print_step(step, operands, types, result, result_type):
    """Returns an op in MLIR's generic syntax."""
    attributes = ", ".join(
        f"{name} = {print_attribute(step['op'], name, value)}"
        for name, value in step.get("attributes", {}).items())
    properties = f" <{{{attributes}}}>" if attributes else ""
    return (f'  {result} = "neap.{step["op"]}"({", ".join(operands)})'
            f'{properties} : ({", ".join(types)}) -> {result_type}')


class Case:
    """One case with its operands, its kernel and what it should compute."""

    def __init__(self, spec, seed):
        self.spec = spec
        self.name = spec["name"]
        random = np.random.default_rng(seed)
        self.inputs = [make_input(entry, random) for entry in spec["inputs"]]
        self.status = spec.get("status", 0)
        self.bound = spec.get("bound")
        self.steps = spec.get("steps") or [spec]
        self.lines = []
        self.evaluate()

    def evaluate(self):
        """Runs the reference step by step and prints the ops beside it."""
        values = {f"%{i}": (array, array.dtype)
                  for i, array in enumerate(self.inputs)}
        for step in self.steps:
            names = step.get("operands") or list(values)
            operands = [self.promote(values[name][0]) for name in names]
            array = self.evaluate_step(step, operands)
            dtype = self.result_dtype(array, [values[n][1] for n in names])
            types = [tensor_type(values[n][0].shape, values[n][1])
                     for n in names]
            result = f"%{len(values)}"
            self.result_type = tensor_type(array.shape, dtype)
            self.lines.append(print_step(step, names, types, result,
                                         self.result_type))
            values[result] = (array, dtype)
        self.result, self.expected, self.dtype = result, array, dtype

    def promote(self, array):
        """Floats are evaluated in float64 unless bits are compared."""
        is_float = array.dtype.kind == "f" and self.bound is not None
        return array.astype(np.float64) if is_float else array

    def evaluate_step(self, step, operands):
        arguments = dict(step.get("attributes", {}))
        arguments.update(step.get("reference", {}))
        if self.status:
            shape, dtype = parse_type(self.spec["result"])
            return np.zeros(shape, dtype)
        if isinstance(arguments.get("dtype"), str):
            arguments["dtype"] = np.dtype(DTYPES[arguments["dtype"]])
        with np.errstate(all="ignore"):
            return np.asarray(REFERENCE[step["op"]](*operands, **arguments))

    def result_dtype(self, array, operand_dtypes):
        """Undoes promote() for the type of a result."""
        if self.bound is None or array.dtype != np.float64:
            return array.dtype
        return next(t for t in operand_dtypes if t.kind == "f")

    def print_kernel(self):
        arguments = ", ".join(
            f"%{i}: {tensor_type(array.shape, array.dtype)}"
            for i, array in enumerate(self.inputs))
        kind = self.spec.get("kind", "loops")
        return "\n".join([
            f"neap.kernel {kind} @{self.name} attributes {{num_tiles = 1, "
            "tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]"
            "} {", f"^bb0({arguments}):", *self.lines,
            f"  neap.yield {self.result} : {self.result_type}", "}", ""])

    def print_function(self):
        arguments = ", ".join(
            f'%{i}: {tensor_type(array.shape, array.dtype)} '
            f'{{neap.name = "x{i}"}}' for i, array in enumerate(self.inputs))
        return "\n".join([
            f"func.func @main({arguments}) -> ({self.result_type} "
            '{neap.name = "y"}) {', *self.lines,
            f"  return {self.result} : {self.result_type}", "}", ""])

    def compare(self, array):
        """Returns what is wrong with a result, or nothing."""
        if self.bound is None:
            return self.compare_bits(array)
        expected = self.expected.astype(np.float64)
        finite = np.isfinite(expected)
        if not np.array_equal(np.where(finite, 0, expected),
                              np.where(finite, 0, array), equal_nan=True):
            return "special values differ"
        scale = max(np.abs(expected[finite]).max(initial=0), 1e-30)
        error = np.abs(np.where(finite, array - expected, 0)).max(
            initial=0) / scale
        if error > self.bound:
            return f"error {error:.3g} of the range, bound {self.bound:.3g}"
        return None

    def compare_bits(self, array):
        expected = self.expected.astype(self.dtype)
        wrong = ~((array == expected) | (array != array) &
                  (expected != expected))
        if not wrong.any():
            return None
        place = tuple(np.argwhere(wrong)[0])
        return (f"{wrong.sum()} of {wrong.size} elements differ, first at "
                f"{place}: expected {expected[place]}, got {array[place]}")


def load_cases(pattern):
    cases = []
    for path in sorted((FOLDER / "ops").glob("*.json")):
        for seed, spec in enumerate(json.loads(path.read_text())):
            if pattern in f"{path.stem}/{spec['name']}":
                cases.append(Case(spec, seed))
    return cases


def run_kernels(cases, options, folder, *arguments):
    """Compiles all cases into one shared object; returns the bytes they give."""
    command = [options.run_kernels, str(folder / "cases.mlir"), str(folder),
               *arguments]
    status = subprocess.run(command).returncode
    if status == NOT_RUNNABLE:
        print(f"skipped: this machine does not run {arguments[0]}")
    if status:
        sys.exit(status)
    paths = [folder / f"{case.name}.out.bin" for case in cases]
    return [path.read_bytes() for path in paths]


def run_in_process(cases, options, folder):
    """Runs all cases and compares the results."""
    module = folder / "cases.mlir"
    module.write_text("".join(case.print_kernel() for case in cases))
    for case in cases:
        for i, array in enumerate(case.inputs):
            array.tofile(folder / f"{case.name}.{i}.bin")
    arguments = [f"--isa={options.isa}"]
    arguments += [f"--program={options.program}"] * bool(options.program)
    arguments += ["--bench"] * options.bench
    failures = []
    if options.same_as:
        others = run_kernels(cases, options, folder, f"--isa={options.same_as}")
        results = run_kernels(cases, options, folder, *arguments)
        failures = [f"{case.name}: not the bits of {options.same_as}"
                    for case, a, b in zip(cases, results, others)
                    if a != b and not case.status]
    else:
        run_kernels(cases, options, folder, *arguments)
    for case in cases:
        status = int((folder / f"{case.name}.status").read_text())
        if status != case.status:
            failures.append(f"{case.name}: expected status {case.status}, "
                            f"got {status}")
        elif status == 0:
            array = np.fromfile(folder / f"{case.name}.out.bin", case.dtype)
            problem = case.compare(array.reshape(case.expected.shape))
            failures += [f"{case.name}: {problem}"] if problem else []
    return failures


def run_case_by_binary(case, options, folder):
    """Compiles one case to a .neap and runs it; returns what is wrong."""
    source, binary = folder / "case.mlir", folder / "case.neap"
    source.write_text(case.print_function())
    compiled = subprocess.run(
        [options.neapc, str(source), "-o", str(binary), f"--isa={options.isa}"],
        capture_output=True, text=True)
    if compiled.returncode:
        return f"neapc: {compiled.stderr.strip()}"
    arguments = []
    for i, array in enumerate(case.inputs):
        np.save(folder / f"x{i}.npy", array)
        arguments += ["--input", f"x{i}={folder / f'x{i}.npy'}"]
    results = []
    for threads in (1, 2):
        run = subprocess.run(
            [options.neap_run, str(binary), f"--threads={threads}",
             f"--output-dir={folder}"] + arguments,
            capture_output=True, text=True)
        if case.status:
            if run.returncode == 0:
                return "expected a failure at run time, got none"
            continue
        if run.returncode:
            return f"neap-run: {run.stderr.strip()}"
        results.append(np.load(folder / "y.npy"))
    if not results:
        return None
    if results[0].tobytes() != results[1].tobytes():
        return "results at 1 and 2 threads differ"
    return case.compare(results[0])


def run_by_binary(cases, options, folder):
    failures = []
    for case in cases:
        problem = run_case_by_binary(case, options, folder)
        failures += [f"{case.name}: {problem}"] if problem else []
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run-kernels")
    parser.add_argument("--neapc")
    parser.add_argument("--neap-run")
    parser.add_argument("--isa", default="v3")
    parser.add_argument("--program")
    parser.add_argument("--same-as")
    parser.add_argument("--filter", default="")
    parser.add_argument("--keep", help="folder for the files of the run")
    parser.add_argument("--bench", action="store_true")
    options = parser.parse_args()
    cases = load_cases(options.filter)
    if not cases:
        sys.exit(f"no case matches '{options.filter}'")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.keep or temporary)
        os.makedirs(folder, exist_ok=True)
        run = run_in_process if options.run_kernels else run_by_binary
        failures = run(cases, options, folder)
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{len(cases)} cases, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
