# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Backend node tests of the onnx wheel through the frontend alone.

  import_node_tests.py NEAP_IMPORT LIST [--only REGEX] [--every N]

Each case of LIST is imported and its module is run by test/reference. So a
failure here is one of the importer, whatever the compiler does. Cases with a size
that a run counts are imported only: numeric.nodes and conformance run them.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

import ml_dtypes
import numpy as np
import onnx
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from conformance import shape_inputs  # noqa: E402
from reference import interpreter  # noqa: E402

DATA = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data" / "node"


def _read(path):
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    return tensor


def _read_all(folder, kind):
    count = len(list(folder.glob(f"{kind}_*.pb")))
    return [_read(folder / f"{kind}_{i}.pb") for i in range(count)]


def _difference(got, want):
    if got.dtype != want.dtype or got.shape != want.shape:
        return f"{got.dtype}{got.shape} instead of {want.dtype}{want.shape}"
    if want.dtype == ml_dtypes.bfloat16:
        got, want = got.astype(np.float32), want.astype(np.float32)
    if want.dtype.kind != "f":
        return None if np.array_equal(got, want) else f"{got} instead of {want}"
    try:
        np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-7)
    except AssertionError as error:
        return str(error)
    return None


def run_case(tool, name):
    """Returns None, or what went wrong."""
    with tempfile.TemporaryDirectory() as scratch:
        for data in sorted((DATA / name).glob("test_data_set_*")):
            model = onnx.load(DATA / name / "model.onnx")
            inputs = _read_all(data, "input")
            kept = shape_inputs.freeze(model, inputs)
            path = pathlib.Path(scratch) / "model.onnx"
            onnx.save(model, path)
            imported = subprocess.run([tool, "--generic", path], capture_output=True, text=True)
            if imported.returncode or imported.stderr:
                return imported.stderr.strip() or f"exit {imported.returncode}"
            if "neap.define_size" in imported.stdout:
                continue
            module = interpreter.parse(imported.stdout)
            outputs = module.run([numpy_helper.to_array(inputs[i]) for i in kept])
            expected = [numpy_helper.to_array(t) for t in _read_all(data, "output")]
            for got, want in zip(outputs, expected, strict=True):
                wrong = _difference(got, want)
                if wrong:
                    return wrong
    return None


def _run_caught(tool, name):
    try:
        return run_case(tool, name)
    except Exception as error:  # a bug of the interpreter fails its case only
        return f"{type(error).__name__}: {error}"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", type=pathlib.Path)
    parser.add_argument("list", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth case")
    arguments = parser.parse_args()
    cases = [c for c in arguments.list.read_text().split() if re.search(arguments.only, c)]
    cases = cases[::arguments.every]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, wrong in zip(cases, pool.map(lambda c: _run_caught(arguments.tool, c), cases)):
            if wrong:
                failed += 1
                print(f"FAIL {name}: {wrong[:400]}", flush=True)
    print(f"{len(cases) - failed} of {len(cases)} node tests pass")
    sys.exit(1 if failed or not cases else 0)


if __name__ == "__main__":
    main()
