# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ONNX Runtime on a backend case, within the tolerance of ONNX's own runner."""
import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

RELATIVE, ABSOLUTE = 1e-3, 1e-7
onnxruntime.set_default_logger_severity(4)


def _load(path, kind):
    """Reads a file of a data set as the type `kind` says it is."""
    data = path.read_bytes()
    if kind.HasField("sequence_type"):
        return numpy_helper.to_list(onnx.SequenceProto.FromString(data))
    if kind.HasField("optional_type"):
        return numpy_helper.to_optional(onnx.OptionalProto.FromString(data))
    return numpy_helper.to_array(onnx.TensorProto.FromString(data))


def _differs(ours, theirs):
    if isinstance(theirs, list):
        return len(ours) != len(theirs) or any(map(_differs, ours, theirs))
    if ours is None or theirs is None:
        return ours is not theirs
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return True
    if theirs.dtype.kind in "OSU":
        return not np.array_equal(ours.astype(str), theirs.astype(str))
    if theirs.dtype.kind in "fcV":
        wide = np.complex128 if theirs.dtype.kind == "c" else np.float64
        return not np.allclose(ours.astype(wide), theirs.astype(wide), RELATIVE, ABSOLUTE,
                               equal_nan=True)
    return not np.array_equal(ours, theirs)


def _run(case):
    path = case.folder / "model.onnx"
    graph = onnx.load(path).graph
    initializers = {i.name for i in graph.initializer}
    inputs = [i for i in graph.input if i.name not in initializers]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for data in case.sets:
        feeds = {value.name: _load(data / f"input_{i}.pb", value.type)
                 for i, value in enumerate(inputs) if (data / f"input_{i}.pb").exists()}
        for i, (value, got) in enumerate(zip(graph.output, session.run(None, feeds))):
            if _differs(got, _load(data / f"output_{i}.pb", value.type)):
                return "failed"
    return "passed"


def run_case(case):
    """Returns the status: passed, failed or unsupported."""
    try:
        return _run(case)
    except Exception:  # whatever ONNX Runtime or its Python boundary says
        return "unsupported"
