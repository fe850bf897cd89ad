# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Joins an exported graph without weights and a safetensors file.

`join(GRAPH.onnx, WEIGHTS.safetensors, DIR)` writes DIR/GRAPH.onnx and
DIR/weights.bin. GRAPH.join.json maps each initializer to its safetensors name,
transposed or not; GRAPH.weights.json says where its bytes go. Needs numpy only.
"""
import json
import pathlib
import shutil
import sys

import numpy as np

DTYPES = {"F32": np.float32, "F16": np.float16, "F64": np.float64, "I64": np.int64}


def open_safetensors(path):
    """Returns a function from tensor name to array, over the mapped file."""
    data = np.memmap(path, np.uint8, "r")
    header_bytes = int(data[:8].view("<u8")[0])
    header = json.loads(bytes(data[8:8 + header_bytes]))

    def tensor(name):
        entry = header[name]
        begin, end = (8 + header_bytes + o for o in entry["data_offsets"])
        return data[begin:end].view(DTYPES[entry["dtype"]]).reshape(entry["shape"])

    return tensor


def join(graph, weights, folder):
    graph, folder = pathlib.Path(graph), pathlib.Path(folder)
    layout = json.loads(graph.with_suffix(".weights.json").read_text())
    names = json.loads(graph.with_suffix(".join.json").read_text())
    tensor = open_safetensors(weights)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "weights.bin", "wb") as sink:
        for entry in layout["tensors"]:
            source = names[entry["name"]]
            array = tensor(source["tensor"])
            if source["transpose"]:
                array = array.T
            if list(array.shape) != entry["shape"]:
                sys.exit(f"join_safetensors: '{entry['name']}' expected shape "
                         f"{entry['shape']}, got {list(array.shape)}")
            sink.seek(entry["offset"])
            sink.write(np.ascontiguousarray(array).tobytes())
        sink.truncate(max(layout["total_bytes"], 64))
    return pathlib.Path(shutil.copy(graph, folder))
