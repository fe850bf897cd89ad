# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models that are damaged or made to do harm, and what must become of each.

`make(folder)` writes them into `folder` and returns [(path, expected)]: expected is
None for a model that is fine, else a part of the message that refuses it.
"""
import os

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper, numpy_helper

node = helper.make_node


def model(nodes, inputs=(("x", T.FLOAT, ["N", 8]),), outputs=(("y", T.FLOAT, None),),
          initializers=(), opsets=(("", 21),), ir=10, functions=()):
    graph = helper.make_graph(nodes, "g",
                              [helper.make_tensor_value_info(*i) for i in inputs],
                              [helper.make_tensor_value_info(*o) for o in outputs],
                              list(initializers))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(*o) for o in opsets],
                             ir_version=ir, functions=list(functions))


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def tensor(dims, data_type=T.FLOAT, name="w", raw=None, **fields):
    result = T(name=name, data_type=data_type)
    result.dims.extend(dims)
    if raw is not None:
        result.raw_data = raw
    for key, values in fields.items():
        getattr(result, key).extend(values)
    return result


def ints(name, *values):
    return numpy_helper.from_array(np.array(values, np.int64), name)


def scalar(name, value):
    return numpy_helper.from_array(np.array(value, np.int64), name)


RELU = node("Relu", ["x"], ["y"])


def damaged_files(good):
    """Not protobuf, or only a part of it."""
    yield "empty", b"", "is empty"
    yield "text", b"hello, this is no model\n" * 50, "malformed protobuf"
    for size in (1, 10, 100, len(good) - 5000, len(good) - 1):
        yield f"truncated_{size}", good[:size], ""
    yield "length_2_63", b"\x3a" + varint(2**63) + b"abc", "ends beyond its message"
    yield "length_2_31", b"\x3a" + varint(2**31 + 5) + b"abc", "ends beyond its message"
    yield "open_group", good + b"\x1b", "cut off"
    yield "stray_group_end", good + b"\x1c", "a group ends that did not begin"
    yield "closed_group", good + varint(90 << 3 | 3) + varint(90 << 3 | 4), None
    yield "reserved_wire_type", good + b"\x0f", "reserved wire type"
    yield "field_0", good + b"\x00\x00", "out of range"
    for depth in (20, 60, 1000):
        yield f"deep_graph_{depth}", deep_graph(depth), ""
        yield f"deep_type_{depth}", deep_type(depth), ""


def deep_graph(depth):
    graph = field(1, field(4, b"Relu") + field(1, b"x") + field(2, b"y")) + field(2, b"g")
    for _ in range(depth):
        branch = field(1, b"then_branch") + varint(20 << 3) + varint(5) + field(6, graph)
        graph = field(1, field(4, b"If") + field(1, b"c") + field(2, b"y") +
                      field(5, branch)) + field(2, b"g")
    return varint(8) + varint(10) + field(8, varint(16) + varint(21)) + field(7, graph)


def deep_type(depth):
    kind = field(1, varint(8) + varint(1))
    for _ in range(depth):
        kind = field(4, field(1, kind))
    graph = field(2, b"g") + field(11, field(1, b"x") + field(2, kind))
    return varint(8) + varint(10) + field(8, varint(16) + varint(21)) + field(7, graph)


def broken_graphs():
    """Names that do not fit together."""
    yield "cycle", model([node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]),
                          node("Relu", ["b"], ["y"])]), "sorted"
    yield "self_loop", model([node("Relu", ["y"], ["y"])]), "sorted"
    yield "duplicate_output", model([RELU, RELU]), "SSA"
    yield "duplicate_input", model([RELU], inputs=(("x", T.FLOAT, [1]), ("x", T.FLOAT, [2]))), ""
    yield "duplicate_initializer", model(
        [RELU], initializers=[numpy_helper.from_array(np.ones(2), "w")] * 2), ""
    yield "duplicate_node_name", model([node("Relu", ["x"], ["t"], name="n"),
                                        node("Relu", ["t"], ["y"], name="n")]), None
    yield "undefined", model([node("Add", ["x", "nope"], ["y"])]), "nope"
    yield "unsorted", model([node("Relu", ["t"], ["y"]), node("Relu", ["x"], ["t"])]), "sorted"
    yield "no_output", model([node("Relu", ["x"], ["t"])]), ""
    yield "output_is_input", model([], outputs=(("x", T.FLOAT, ["N", 8]),)), None


def broken_tensors():
    """Initializers whose data do not fit what they declare, and huge shapes."""
    def with_tensor(value):
        return model([node("Add", ["x", "w"], ["y"])], initializers=[value])
    yield "negative_dim", with_tensor(tensor([-1, 4], raw=b"1234")), "negative dimension -1"
    yield "overflow", with_tensor(tensor([2**40, 2**40], raw=b"1234")), "2^63 bytes"
    yield "huge", with_tensor(tensor([2**62], raw=b"1234")), "2^63 bytes"
    yield "short", with_tensor(tensor([64], raw=b"1234")), "declares 256 bytes, but carries 4"
    yield "long", with_tensor(tensor([1], raw=b"1" * 64)), "declares 4 bytes, but carries 64"
    yield "two_fields", with_tensor(tensor([1], raw=b"1234", float_data=[1])), "two different"
    yield "bad_type", with_tensor(tensor([1], 99, raw=b"1234")), ""
    yield "wrong_field", with_tensor(tensor([1], int64_data=[1])), "another element type"
    yield "few_floats", with_tensor(tensor([64], float_data=[1])), "declares 64 elements"
    yield "few_varints", with_tensor(tensor([64], T.INT32, int32_data=[1])), "declares 64 elements"
    yield "empty_huge", with_tensor(tensor([0, 2**62, 2**62], raw=b"")), ""
    yield "string", with_tensor(tensor([1], T.STRING, string_data=[b"a"])), "STRING"
    sparse = model([RELU])
    sparse.graph.sparse_initializer.add().values.CopyFrom(tensor([1], raw=b"1234"))
    yield "sparse", sparse, "sparse"
    yield "input_negative", model([RELU], inputs=(("x", T.FLOAT, [-3, 8]),)), "negative"
    yield "input_huge", model([node("Flatten", ["x"], ["y"], axis=2)],
                              inputs=(("x", T.FLOAT, [2**40, 2**40, 2**62]),)), "2^40 elements"
    yield "input_sequence", model_with_sequence(), "a sequence"
    yield "reshape_huge", model([node("Reshape", ["x", "s"], ["y"])], initializers=[
        ints("s", -1, 3)], inputs=(("x", T.FLOAT, [2**20, 2**20]),)), ""
    for name, dims in (("huge", (2**62, 2**62)), ("negative", (-5, 2))):
        yield f"fill_{name}", model([node("ConstantOfShape", ["s"], ["y"])],
                                    initializers=[ints("s", *dims)]), "ConstantOfShape"
    for name, bounds in (("huge", (0, 2**62, 1)), ("step_0", (0, 5, 0)),
                         ("lowest", (2**63 - 1, -2**63, -2**63))):
        yield f"range_{name}", model([node("Range", ["a", "b", "c"], ["y"])],
                                     outputs=(("y", T.INT64, None),),
                                     initializers=[scalar(n, v) for n, v in
                                                   zip("abc", bounds)]), "Range"
    yield "tile_huge", model([node("Tile", ["x", "s"], ["y"])], initializers=[
        ints("s", 2**40, 2**40)], inputs=(("x", T.FLOAT, [2**20, 4]),)), "Tile"
    yield "rank_huge", model([node("ConstantOfShape", ["s"], ["y"])],
                             inputs=(("s", T.INT64, [3 * 10**7]),)), "known at compile time"
    yield "pad_huge", model([node("Pad", ["x", "p"], ["y"])],
                            initializers=[ints("p", 2**62, 0, 2**62, 0)]), "Pad"
    yield "conv_huge", model([node("Conv", ["x", "w"], ["y"], pads=[2**62] * 4)],
                             inputs=(("x", T.FLOAT, [1, 1, 8, 8]),), initializers=[
                                 numpy_helper.from_array(np.ones((1, 1, 3, 3), np.float32),
                                                         "w")]), "pads"
    yield "pool_kernel_0", model([node("MaxPool", ["x"], ["y"], kernel_shape=[0, 2])],
                                 inputs=(("x", T.FLOAT, [1, 1, 8, 8]),)), "window sizes"
    yield "layer_norm_axis", model([node("LayerNormalization", ["x", "s"], ["y"], axis=2**31)],
                                   inputs=(("x", T.FLOAT, [2, 8]), ("s", T.FLOAT, [8]))), "axis"
    yield "slice_lowest", model([node("Slice", ["x", "a", "b", "c", "d"], ["y"])], initializers=[
        ints("a", 2**63 - 1), ints("b", -2**63), ints("c", 1), ints("d", -2**63)]), None


def model_with_sequence():
    sequence = helper.make_tensor_sequence_value_info("x", T.FLOAT, None)
    result = model([node("Identity", ["x"], ["y"])])
    result.graph.input[0].CopyFrom(sequence)
    result.graph.output[0].type.CopyFrom(sequence.type)
    return result


def unknown_ops():
    """Ops, domains, versions and functions that do not exist or never end."""
    yield "unknown_op", model([node("Foo", ["x"], ["y"])]), "Foo"
    yield "unsupported_op", model([node("RandomNormalLike", ["x"], ["y"], name="/a/nz")],
                                  outputs=(("y", T.FLOAT, None),)), "'RandomNormalLike' (opset 21)"
    yield "unknown_domain", model([node("Foo", ["x"], ["y"], domain="zz")]), "zz"
    yield "imported_domain", model([node("Foo", ["x"], ["y"], domain="zz")],
                                   opsets=(("", 21), ("zz", 1))), "'zz.Foo' (opset 1)"
    for version in (8, 9999, -1):
        yield f"opset_{version}", model([RELU], opsets=(("", version),)), "expected 9 to"
    yield "no_opset", model([RELU], opsets=()), "expected 9 to"
    yield "ir_999", model([RELU], ir=999), ""
    yield "experimental", model([node("Affine", ["x"], ["y"])], opsets=(("", 9),)), "Affine"
    imports = [helper.make_opsetid("my", 1), helper.make_opsetid("", 21)]
    both = (("", 21), ("my", 1))
    call = node("F", ["a"], ["o"], domain="my")
    recursive = helper.make_function("my", "F", ["a"], ["o"], [call], imports)
    yield "recursion", model([node("F", ["x"], ["y"], domain="my")], opsets=both,
                             functions=[recursive]), ""
    branch = helper.make_graph([node("F", ["a"], ["q"], domain="my")], "b", [],
                               [helper.make_tensor_value_info("q", T.FLOAT, None)])
    choice = helper.make_function("my", "F", ["a"], ["o"], [
        node("If", ["a"], ["o"], then_branch=branch, else_branch=branch)], imports)
    yield "recursion_in_branch", model([node("F", ["x"], ["y"], domain="my")],
                                       inputs=(("x", T.BOOL, []),), opsets=both,
                                       functions=[choice]), ""
    chain = [helper.make_function(
        "my", f"F{i}", ["a"], ["o"],
        [node(f"F{i + 1}", ["a"], ["t"], domain="my"),
         node(f"F{i + 1}", ["t"], ["o"], domain="my")] if i < 24 else
        [node("Relu", ["a"], ["o"])], imports) for i in range(25)]
    yield "call_bomb", model([node("F0", ["x"], ["y"], domain="my")], opsets=both,
                             functions=chain), "1000000 nodes"


def external_data(folder):
    """Weights outside of the model's folder, or not where they are said to be."""
    inside = folder / "inside"
    inside.mkdir()
    (folder / "secret.bin").write_bytes(bytes(2048))
    (inside / "good.bin").write_bytes(bytes(2048))
    (inside / "folder").mkdir()
    (inside / "link.bin").symlink_to("../secret.bin")
    (inside / "linked").symlink_to("..")
    os.mkfifo(inside / "pipe")

    def with_data(name, location, offset=None, length=None, dims=(512,)):
        value = tensor(dims)
        value.data_location = T.EXTERNAL
        for key, entry in (("location", location), ("offset", offset), ("length", length)):
            if entry is not None:
                value.external_data.add(key=key, value=str(entry))
        return (f"inside/external_{name}",
                model([node("Add", ["x", "w"], ["y"])], initializers=[value],
                      inputs=(("x", T.FLOAT, ["N", 512]),)))
    for name, arguments, expected in (
            ("good", ("good.bin", 0, 2048), None),
            ("no_length", ("good.bin",), None),
            ("parent", ("../secret.bin", 0, 2048), "outside of the model's folder"),
            ("parent_inside", ("folder/../../secret.bin",), "outside of the model's folder"),
            ("absolute", ("/etc/passwd",), "absolute path"),
            ("link", ("link.bin", 0, 2048), "symbolic link"),
            ("linked_folder", ("linked/secret.bin",), "symbolic link"),
            ("missing", ("nope.bin",), "does not exist"),
            ("folder", ("folder",), "regular file"),
            ("pipe", ("pipe",), "regular file"),
            ("past_end", ("good.bin", 200, 2048), "which has 2048"),
            ("huge_offset", ("good.bin", 2**63, 4), ""),
            ("negative_offset", ("good.bin", -5, 4), "number of bytes"),
            ("short", ("good.bin", 0, 8), "external data has 8"),
            ("empty", ("",), "has no location"),
            ("no_location", (None,), "has no location"),
            ("nul", ("good.bin\0x",), "NUL"),
            ("index", ("#7",), "does not exist")):
        yield *with_data(name, *arguments), expected


def make(folder):
    weights = numpy_helper.from_array(
        np.random.default_rng(1).random((64, 64), np.float32), "w")
    good = model([RELU], initializers=[weights]).SerializeToString()
    cases = [("good", good, None), *damaged_files(good), *broken_graphs(), *broken_tensors(),
             *unknown_ops(), *external_data(folder)]
    written = []
    for name, content, expected in cases:
        path = folder / f"{name}.onnx"
        path.write_bytes(content if isinstance(content, bytes) else content.SerializeToString())
        written.append((path, expected))
    return written
