# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ONNX Runtime as the peer whose error bounds ours."""
import onnx
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as state

import exported


def _session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _run(path, inputs):
    session = _session(path)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def _weights_in_order(model):
    """External initializers in the order in which the nodes first use them."""
    weights = {t.name: t for t in model.graph.initializer if t.external_data}
    names = dict.fromkeys(name for node in model.graph.node for name in node.input if name in weights)
    return [weights[name] for name in names]


def _write_twin(path):
    """The dynamo graph of the same model over the weights of `path`; exporters name many weights
    differently but use them in one order. Returns where it lies, or None if there is none."""
    name = path.name.split(".")[0]
    graph = exported.GRAPHS / f"{name}.dynamo.onnx"
    if path.parent.name not in ("dynamo23", "dynamo24") or not graph.exists():
        return None
    mine = _weights_in_order(onnx.load(path, load_external_data=False))
    twin = onnx.load(graph, load_external_data=False)
    theirs = _weights_in_order(twin)
    if [w.dims for w in mine] != [w.dims for w in theirs]:
        return None
    for source, target in zip(mine, theirs):
        del target.external_data[:]
        target.external_data.extend(source.external_data)
    result = path.with_name(f"{name}.twin.onnx")
    onnx.save(twin, result)
    return result


def run_onnxruntime(path, inputs):
    """Its outputs by name. Where it refuses a graph (it does not broadcast a RotaryEmbedding's
    cache over a batch), those of the same model's dynamo graph over the same weights."""
    try:
        return _run(path, inputs)
    except (state.Fail, state.InvalidArgument, state.RuntimeException) as error:
        twin = _write_twin(path)
        if twin is None or "RotaryEmbedding" not in str(error):
            raise
        return _run(twin, inputs)
