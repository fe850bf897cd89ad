# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Backend node tests of the onnx wheel, through the command line tools.

  node_tests.py list                    prints the cases that belong here
  node_tests.py run BIN_DIR [-j N] [--only REGEX]
                                        neapc, then neap-run --test-data, for each
                                        case of node_tests.txt; every fourth one
                                        also for x86-64-v4

A case belongs here if each of its ops is of a family that is built (FAMILIES)
and each tensor of a type that is. node_tests.txt is that list, committed; the run
fails if it is not what `list` prints. Inputs whose values decide shapes are given to
the compiler by --constant, from the case's data.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

import onnx
from onnx import TensorProto

import shape_inputs

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import instruction_sets  # noqa: E402

OLDEST_OPSET = 9
V4_STRIDE = 4  # every how many cases x86-64-v4 is compiled too
LIST = pathlib.Path(__file__).with_name("node_tests.txt")
DATA = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data" / "node"

FAMILIES = {
    "elementwise": """Abs Acos Acosh Add And Asin Asinh Atan Atanh BitCast BitShift BitwiseAnd BitwiseNot
        BitwiseOr BitwiseXor Cast CastLike Ceil Celu Clip Cos Cosh Div Elu Equal Erf Exp Floor
        Gelu Greater GreaterOrEqual HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Less
        LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not Or PRelu Pow Reciprocal Relu Round
        Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Sub Sum Swish Tan Tanh
        ThresholdedRelu Where Xor Dropout""",
    "linear": """DequantizeLinear Det DynamicQuantizeLinear Einsum Gemm MatMul MatMulInteger
        MelWeightMatrix QLinearMatMul QuantizeLinear STFT""",
    "normalization": """BatchNormalization GroupNormalization Hardmax InstanceNormalization LRN
        LayerNormalization LogSoftmax LpNormalization MeanVarianceNormalization RMSNormalization
        NegativeLogLikelihoodLoss Softmax""",
    "convolution": "Conv ConvInteger ConvTranspose DeformConv QLinearConv",
    "pooling": """AveragePool Col2Im GlobalAveragePool GlobalLpPool GlobalMaxPool LpPool MaxPool
        MaxRoiPool MaxUnpool RoiAlign""",
    "resize": "AffineGrid CenterCropPad GridSample Resize Upsample",
    "reduction": """ArgMax ArgMin CumProd CumSum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax
        ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare TopK""",
    "shape": """Concat DepthToSpace Expand EyeLike Flatten Pad Range Reshape Shape Size Slice
        SpaceToDepth Split Squeeze Tile Transpose Trilu Unsqueeze""",
    "indexing": """Gather GatherElements GatherND OneHot ReverseSequence ScatterElements
        ScatterND TensorScatter""",
    "selection": "Compress NonMaxSuppression NonZero TopK Unique",
    "constant": "BlackmanWindow Constant ConstantOfShape HammingWindow HannWindow",
}
OPS = {op for ops in FAMILIES.values() for op in ops.split()}
TYPES = {getattr(TensorProto, name) for name in
         "FLOAT16 BFLOAT16 FLOAT DOUBLE BOOL INT8 INT16 INT32 INT64 UINT8 UINT16 UINT32 UINT64".split()}


def _types(model):
    """Every element type that the graph names, casts and constants included."""
    graph = model.graph
    for value in [*graph.input, *graph.output, *graph.value_info]:
        yield value.type.tensor_type.elem_type if value.type.HasField("tensor_type") else None
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                yield attribute.t.data_type
            elif attribute.name in ("to", "dtype"):
                yield attribute.i
            elif attribute.name.startswith("value_string"):
                yield None


def _needs_other_family(node):
    """Forms of an op that belong to a family not built: random numbers."""
    if node.op_type == "Dropout":
        return len(node.input) > 2 and bool(node.input[2])
    return False


def belongs(model):
    nodes = model.graph.node
    return (all(o.version >= OLDEST_OPSET for o in model.opset_import
                if o.domain in ("", "ai.onnx"))
            and all(n.domain in ("", "ai.onnx") and n.op_type in OPS for n in nodes)
            and not any(_needs_other_family(n) for n in nodes)
            and all(t in TYPES for t in _types(model)))


def list_cases():
    return [path.parent.name for path in sorted(DATA.glob("*/model.onnx"))
            if belongs(onnx.load(path))]


def run_case(binaries, name, with_v4):
    """Returns None, or what went wrong."""
    model = onnx.load(DATA / name / "model.onnx")
    constants = shape_inputs.find(model)
    for data in sorted((DATA / name).glob("test_data_set_*")):
        with tempfile.TemporaryDirectory() as scratch:
            binary, inputs = pathlib.Path(scratch) / "model.neap", pathlib.Path(scratch) / "data"
            bound = shape_inputs.split_data_set(model, data, constants, inputs)
            compiled = subprocess.run(
                [binaries / "neapc", DATA / name / "model.onnx", "-o", binary, "-j1",
                 *(instruction_sets.BOTH if with_v4 else ()),
                 *(f"--constant={n}={path}" for n, path in bound.items())],
                capture_output=True, text=True, timeout=120)
            if compiled.returncode:
                return f"neapc exit {compiled.returncode}: {compiled.stderr.strip()}"
            run_binary = lambda *options: subprocess.run(
                [binaries / "neap-run", binary, f"--test-data={inputs}", *options],
                capture_output=True, text=True, timeout=120)
            result = run_binary()
            if result.returncode:
                return f"neap-run exit {result.returncode}: {(result.stderr + result.stdout).strip()}"
            wrong = instruction_sets.check_v4(run_binary) if with_v4 else None
            if wrong:
                return wrong
    return None


def run(binaries, jobs, only):
    cases = LIST.read_text().split()
    if cases != list_cases():
        sys.exit("node_tests.txt is not what 'node_tests.py list' prints")
    cases = [c for c in cases if re.search(only, c)]
    with_v4 = cases[::V4_STRIDE]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for name, wrong in zip(cases, pool.map(lambda c: run_case(binaries, c, c in with_v4),
                                             cases)):
            if wrong:
                failed += 1
                print(f"FAIL {name}: {wrong[:600]}", flush=True)
    print(f"{len(cases) - failed} of {len(cases)} node tests pass; "
          f"{instruction_sets.describe_v4(len(with_v4))}")
    return failed == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    runner = commands.add_parser("run")
    runner.add_argument("binaries", type=pathlib.Path)
    runner.add_argument("-j", type=int, default=2, dest="jobs")
    runner.add_argument("--only", default="")
    arguments = parser.parse_args()
    if arguments.command == "list":
        print("\n".join(list_cases()))
    else:
        sys.exit(0 if run(arguments.binaries.resolve(), arguments.jobs, arguments.only) else 1)


if __name__ == "__main__":
    main()
