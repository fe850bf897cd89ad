# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Weights of every form: where the importer says that their bytes are, and at what cost.

  weights.py NEAP_IMPORT
"""
import pathlib
import resource
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from reference import interpreter  # noqa: E402

TOOL = pathlib.Path(sys.argv[1])
VALUES = np.arange(1000, dtype=np.int64).reshape(20, 50)


def save(path, tensor, opset=21):
    """A model whose output is `tensor`, in an initializer."""
    graph = helper.make_graph([helper.make_node("Identity", ["w"], ["y"])], "g", [],
                              [helper.make_tensor_value_info("y", tensor.data_type, None)],
                              [tensor])
    onnx.save_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)],
                                      ir_version=10), path)


def run(path, *options):
    result = subprocess.run([TOOL, "--generic", *options, path], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    module = interpreter.parse(result.stdout)
    return module, module.run([])[0]


def check(path, expected, is_handle, *options):
    module, value = run(path, *options)
    np.testing.assert_array_equal(value, expected)
    assert any(op.name == "neap.weight" for op in module.ops) == is_handle, path


def raw(folder):
    save(folder / "raw.onnx", numpy_helper.from_array(VALUES.astype(np.float64), "w"))
    check(folder / "raw.onnx", VALUES, True)


def packed_numbers(folder):
    for kind in (T.INT64, T.INT32, T.INT16, T.UINT8, T.FLOAT, T.DOUBLE, T.UINT64):
        dtype = helper.tensor_dtype_to_np_dtype(kind)
        values = VALUES.astype(dtype)
        tensor = helper.make_tensor("w", kind, values.shape, values.flatten().tolist())
        path = folder / f"packed_{kind}.onnx"
        save(path, tensor)
        check(path, values, values.nbytes > 1024 or kind == T.INT64)


def negative_varints(folder):
    tensor = helper.make_tensor("w", T.INT32, [20, 50], (-VALUES).flatten().tolist())
    save(folder / "negative.onnx", tensor)
    check(folder / "negative.onnx", -VALUES, True)


def small_ones_are_constants(folder):
    save(folder / "small.onnx", numpy_helper.from_array(VALUES[:2].astype(np.float32), "w"))
    check(folder / "small.onnx", VALUES[:2], False)
    save(folder / "vector.onnx", numpy_helper.from_array(VALUES.flatten(), "w"))
    check(folder / "vector.onnx", VALUES.flatten(), False)


def constant_node(folder):
    node = helper.make_node("Constant", [], ["y"],
                            value=numpy_helper.from_array(VALUES.astype(np.float32), "w"))
    graph = helper.make_graph([node], "g", [], [helper.make_tensor_value_info("y", T.FLOAT, None)])
    onnx.save_model(helper.make_model(graph, ir_version=10,
                                      opset_imports=[helper.make_opsetid("", 21)]),
                    folder / "node.onnx")
    check(folder / "node.onnx", VALUES, True)


def initializer_that_is_an_input(folder):
    weight = numpy_helper.from_array(VALUES.astype(np.float32), "w")
    graph = helper.make_graph([helper.make_node("Identity", ["w"], ["y"])], "g",
                              [helper.make_tensor_value_info("w", T.FLOAT, [20, 50])],
                              [helper.make_tensor_value_info("y", T.FLOAT, [20, 50])], [weight])
    onnx.save_model(helper.make_model(graph, ir_version=3,
                                      opset_imports=[helper.make_opsetid("", 9)]),
                    folder / "old.onnx")
    check(folder / "old.onnx", VALUES, True)


def external(folder):
    inside, outside = folder / "inside", folder / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "blob").write_bytes(bytes(64) + VALUES.astype(np.float32).tobytes())
    (inside / "weights.bin").symlink_to("../outside/blob")
    tensor = T(name="w", data_type=T.FLOAT, dims=VALUES.shape, data_location=T.EXTERNAL)
    for key, value in (("location", "weights.bin"), ("offset", "64"), ("length", "4000")):
        tensor.external_data.add(key=key, value=value)
    save(inside / "model.onnx", tensor)
    refused = subprocess.run([TOOL, "--quiet", inside / "model.onnx"], capture_output=True)
    assert refused.returncode == 1 and b"--external-data-root" in refused.stderr
    check(inside / "model.onnx", VALUES, True, f"--external-data-root={folder}")
    refused = subprocess.run([TOOL, "--quiet", f"--external-data-root={inside}",
                              inside / "model.onnx"], capture_output=True)
    assert refused.returncode == 1 and b"lies outside" in refused.stderr


def missing_weights_by_seed(folder):
    tensor = T(name="w", data_type=T.FLOAT, dims=[8, 64], data_location=T.EXTERNAL)
    tensor.external_data.add(key="location", value="nowhere.bin")
    save(folder / "seeded.onnx", tensor)
    texts = [subprocess.run([TOOL, f"--random-weights={seed}", folder / "seeded.onnx"],
                            capture_output=True, text=True).stdout for seed in (1, 1, 2)]
    assert "file = -1" in texts[0] and texts[0] == texts[1] != texts[2]


def memory(folder):
    """64 MiB of weights must not become the importer's own memory."""
    weights = np.random.default_rng(1).random((4096, 4096), np.float32)
    save(folder / "large.onnx", numpy_helper.from_array(weights, "w"))
    limit = 48 << 20

    def limit_memory():
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    result = subprocess.run([TOOL, "--quiet", folder / "large.onnx"], capture_output=True,
                            text=True, preexec_fn=limit_memory)
    assert result.returncode == 0, result.stderr


def main():
    with tempfile.TemporaryDirectory() as scratch:
        tests = [raw, packed_numbers, negative_varints, small_ones_are_constants,
                 constant_node, initializer_that_is_an_input, external, missing_weights_by_seed]
        if "--no-limits" not in sys.argv:  # which the memory of sanitizers exceeds
            tests.append(memory)
        for test in tests:
            test(pathlib.Path(scratch))
            print("pass", test.__name__)


if __name__ == "__main__":
    main()
