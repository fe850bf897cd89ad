# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fills an exported graph whose weights were left out.

`fill(GRAPH.onnx, DIR)` writes DIR/GRAPH.onnx and DIR/weights.bin. The sidecar
GRAPH.weights.json gives per tensor where its bytes go and a rule:
clip(mean + std * normal(seed), min, max), or the constant `mean` if std is 0.
Needs numpy only.
"""
import json
import pathlib
import shutil
import sys

import numpy as np

DTYPES = {"FLOAT": np.float32, "DOUBLE": np.float64, "FLOAT16": np.float16}


def values(entry):
    """The tensor that the rule of `entry` describes."""
    dtype = DTYPES[entry["dtype"]]
    if entry["std"] == 0:
        return np.full(entry["shape"], entry["mean"], dtype)
    generator = np.random.Generator(np.random.PCG64(entry["seed"]))
    normal = generator.standard_normal(entry["shape"], dtype=np.float32)
    return np.clip(entry["mean"] + entry["std"] * normal, entry["min"], entry["max"]).astype(dtype)


def fill(graph, folder):
    graph, folder = pathlib.Path(graph), pathlib.Path(folder)
    layout = json.loads(graph.with_suffix(".weights.json").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / layout["location"], "wb") as sink:
        for entry in layout["tensors"]:
            sink.seek(entry["offset"])
            sink.write(values(entry).tobytes())
        sink.truncate(max(layout["total_bytes"], 64))
    return pathlib.Path(shutil.copy(graph, folder))


if __name__ == "__main__":
    print(fill(sys.argv[1], sys.argv[2]))
