# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turns the inputs that shapes depend on into initializers.

Node tests feed axes, shapes, pads and the like as inputs. Neap plans memory at
compile time, so that these must be known there: a compile takes their values from
the test's data.
"""
import onnx
from onnx import numpy_helper

# Op to the positions of inputs that must be known at compile time.
POSITIONS = {
    "AffineGrid": [1], "BlackmanWindow": [0], "CenterCropPad": [1], "Col2Im": [1, 2],
    "ConstantOfShape": [0], "CumProd": [1], "CumSum": [1], "DFT": [1, 2], "Dropout": [1, 2],
    "Expand": [1], "HammingWindow": [0], "HannWindow": [0], "If": [0], "MaxUnpool": [2],
    "MelWeightMatrix": [0, 1, 2, 3, 4], "OneHot": [1], "STFT": [1, 3], "TopK": [1],
    "Pad": [1, 3], "Range": [0, 1, 2], "Reshape": [1], "Resize": [2, 3], "Slice": [1, 2, 3, 4],
    "Split": [1], "Squeeze": [1], "Tile": [1], "TopK": [1], "Unsqueeze": [1], "Upsample": [1],
    **{op: [1] for op in """ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean
       ReduceMin ReduceProd ReduceSum ReduceSumSquare""".split()},
}


def _subgraphs(node):
    return [a.g for a in node.attribute if a.type == onnx.AttributeProto.GRAPH]


def _nodes(graph):
    """The nodes of a graph and of the graphs inside it."""
    for node in graph.node:
        yield node
        for inner in _subgraphs(node):
            yield from _nodes(inner)


def _reads(node):
    """What a node reads, or the nodes of its subgraphs do."""
    return [*node.input, *(name for graph in _subgraphs(node) for inner in _nodes(graph)
                           for name in inner.input)]


def find(model):
    """Returns the names of the inputs that shapes depend on."""
    producers = {o: n for n in _nodes(model.graph) for o in n.output}
    pending = [n.input[i] for n in _nodes(model.graph) for i in POSITIONS.get(n.op_type, [])
               if i < len(n.input)]
    seen = set()
    while pending:
        name = pending.pop()
        if name in seen or not name:
            continue
        seen.add(name)
        if name in producers and producers[name].op_type not in ("Shape", "Size"):
            pending += _reads(producers[name])
    return [i.name for i in model.graph.input if i.name in seen]


def split_data_set(model, data, constants, folder):
    """Links a data set without the inputs `constants`; returns their files by name."""
    folder.mkdir()
    initializers = {i.name for i in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in initializers]
    kept, bound = 0, {}
    for index, value in enumerate(inputs):
        source = data / f"input_{index}.pb"
        if value.name in constants:
            bound[value.name] = source
        else:
            (folder / f"input_{kept}.pb").symlink_to(source)
            kept += 1
    for source in data.glob("output_*.pb"):
        (folder / source.name).symlink_to(source)
    return bound


def freeze(model, inputs):
    """Makes those inputs initializers, with the values of `inputs` (TensorProtos in
    the order of the model's inputs). Returns the positions of the other inputs."""
    names = find(model)
    kept = []
    graph_inputs = list(model.graph.input)
    del model.graph.input[:]
    for position, (value, tensor) in enumerate(zip(graph_inputs, inputs)):
        if value.name not in names:
            model.graph.input.append(value)
            kept.append(position)
            continue
        frozen = numpy_helper.from_array(numpy_helper.to_array(tensor), value.name)
        model.graph.initializer.append(frozen)
    return kept
