# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Computes reference tensors for neap-run --compare.

  reference_values MODEL.onnx --inputs DIR --values REGEX -o DIR

Runs the model on DIR/NAME.npy of each input (neap-run --write-inputs=DIR writes
them) and writes each output, and each value whose name REGEX finds (as neapc
--keep-values), to NAME.npy, named as neap-run names its outputs. Give the regular
expression that the binary was compiled with: names that are equal as files are
told apart by their places.
"""
import argparse
import pathlib
import re
import sys

import numpy as np
import onnx


def file_names(names):
    """Yields the file of each name: what neap-run --output-dir calls them."""
    taken = set()
    for index, name in enumerate(names):
        result = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
        while result in taken:
            result += f".{index}"
        taken.add(result)
        yield result + ".npy"


def wanted_values(graph, pattern):
    """The outputs of the graph, then the values that the pattern finds, in order.

    A graph may list an output twice; neap-run numbers the second: name.1."""
    names, taken = [], set()
    outputs = [output.name for output in graph.output]
    for name in outputs:
        unique, count = name, 0
        while unique in taken or (count and unique in outputs):
            count += 1
            unique = f"{name}.{count}"
        taken.add(unique)
        names.append((unique, name))
    if pattern is not None:
        for node in graph.node:
            for name in node.output:
                if name and name not in taken and re.search(pattern, name):
                    taken.add(name)
                    names.append((name, name))
    return names


def add_outputs(model, names):
    known = {output.name for output in model.graph.output}
    for name in names:
        if name not in known:
            known.add(name)
            model.graph.output.append(onnx.ValueInfoProto(name=name))


def run_with_onnxruntime(model, folder, names, inputs):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    # Values stay what the model says only if nothing is fused or folded.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(folder))
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    return session.run(names, inputs)


def run_with_onnx(model, folder, names, inputs):
    from onnx import external_data_helper, reference
    external_data_helper.load_external_data_for_model(model, str(folder))
    return reference.ReferenceEvaluator(model).run(names, inputs)


EVALUATORS = {"onnxruntime": run_with_onnxruntime, "onnx": run_with_onnx}


def read_inputs(graph, folder):
    constants = {tensor.name for tensor in graph.initializer}
    names = [entry.name for entry in graph.input if entry.name not in constants]
    return {name: np.load(folder / file) for name, file in zip(names, file_names(names))}


def write(folder, file, value):
    if not isinstance(value, np.ndarray) and not np.isscalar(value):
        return False
    value = np.asarray(value)
    if value.dtype.kind == "V" or value.dtype.name == "bfloat16":
        value = value.astype(np.float32)  # NumPy's files know no bfloat16
    np.save(folder / file, value)
    return True


def main():
    parser = argparse.ArgumentParser(
        prog="reference_values", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--inputs", type=pathlib.Path, required=True, metavar="DIR")
    parser.add_argument("--values", metavar="REGEX")
    parser.add_argument("-o", dest="output", type=pathlib.Path, required=True, metavar="DIR")
    parser.add_argument("--evaluator", choices=EVALUATORS, default="onnxruntime",
                        help="'onnx' is slow, but knows every op")
    arguments = parser.parse_args()
    model = onnx.load(arguments.model, load_external_data=False)
    wanted = wanted_values(model.graph, arguments.values)
    sources = list(dict.fromkeys(source for _, source in wanted))
    add_outputs(model, sources)
    results = EVALUATORS[arguments.evaluator](
        model, arguments.model.resolve().parent, sources, read_inputs(model.graph, arguments.inputs))
    values = dict(zip(sources, results))
    arguments.output.mkdir(parents=True, exist_ok=True)
    written = sum(write(arguments.output, file, values[source]) for file, (_, source) in
                  zip(file_names([name for name, _ in wanted]), wanted))
    print(f"{written} tensors in {arguments.output}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(f"reference_values: error: {error}")
