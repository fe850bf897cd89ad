# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The models that the whole road is tested on: files, sizes and inputs."""
import dataclasses
import functools
import json
import os
import pathlib

import numpy as np

import exported

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
MODELS = pathlib.Path(os.environ.get("NEAP_MODELS", pathlib.Path.home() / ".cache/neap/models"))

# Batch, height and width, as Paddle's exporter calls them.
RAPIDOCR_DIMS = {
    "det": [f"p2o.DynamicDimension.{axis}" for axis in range(3)],
    "rec": ["p2o.DynamicDimension.0", "x_dim2", "p2o.DynamicDimension.1"],
    "cls": ["x_dim0", "x_dim2", "x_dim3"],
}


@dataclasses.dataclass
class Subject:
    """One model at one size."""
    name: str
    path: pathlib.Path
    dims: dict       # symbolic dimension -> size
    inputs: dict     # input name -> array


def _exported(graph, size):
    """A graph of test/models, filled by scripts/fetch_models."""
    name, exporter = graph.split(".")
    return Subject(graph, MODELS / name / exporter / f"{graph}.onnx", size,
                   exported.FAMILIES[name].make_inputs(size))


def _rapidocr(name, height, width, batch=1):
    """A model of rapidocr-onnxruntime."""
    return Subject(f"rapidocr.{name}", MODELS / "rapidocr" / f"{name}.onnx",
                   dict(zip(RAPIDOCR_DIMS[name], (batch, height, width))),
                   {"x": exported.random_floats(batch, 3, height, width)})


def file_features(path):
    """What magika looks at in a file (see examples/filetype/Features.cpp)."""
    config = json.loads((MODELS / "magika" / "config.min.json").read_text())
    content = pathlib.Path(path).read_bytes()
    head = content[:config["block_size"]].lstrip()[:config["beg_size"]]
    tail = content[-config["block_size"]:].rstrip()[-config["end_size"]:]
    padding = config["padding_token"]
    return np.array([list(head) + [padding] * (config["beg_size"] - len(head)) +
                     [padding] * (config["end_size"] - len(tail)) + list(tail)], np.int32)


def _magika():
    return Subject("magika", MODELS / "magika" / "model.onnx", {"unk__214": 1},
                   {"bytes": file_features(REPOSITORY / "LICENSE")})


def static_subject(name):
    """A subject at one size; the light models bring their own test data."""
    if name == "magika":
        return _magika()
    kind, _, rest = name.partition(".")
    if kind == "rapidocr":
        return _rapidocr(rest, *{"det": (160, 224), "cls": (48, 192, 3), "rec": (48, 320)}[rest])
    return _exported(name, exported.FAMILIES[kind].static)


@dataclasses.dataclass
class SizedSubject:
    """One model with ranges of sizes, and the sizes at which it is run."""
    name: str
    ranges: dict      # symbolic dimension -> "LO..HI", or an expression
    subjects: list    # makers of one Subject per size, smallest first


def _sized_rapidocr(name):
    ranges, sizes = {
        "det": (("1..2", "32..960:32", "32..960:32"), [(32, 32), (160, 224), (64, 96, 2), (480, 960)]),
        "cls": (("1..3", 48, "32..256"), [(48, 32), (48, 101, 2), (48, 192, 3), (48, 256)]),
        "rec": (("1..3", 48, "32..640"), [(48, 32), (48, 203, 3), (48, 320), (48, 640)])}[name]
    return SizedSubject(f"rapidocr.{name}", dict(zip(RAPIDOCR_DIMS[name], ranges)),
                        [functools.partial(_rapidocr, name, *size) for size in sizes])


def sized_subject(name, full=False):
    """A model whose one binary runs at every size: the few of ctest, or all of the table."""
    kind, _, rest = name.partition(".")
    if kind == "rapidocr":
        return _sized_rapidocr(rest)
    family = exported.FAMILIES[kind]
    sizes = family.full if full else family.short
    return SizedSubject(name, sizes.ranges,
                        [functools.partial(_exported, name, point) for point in sizes.points])


def light_models():
    """Folders with model.onnx and test_data_set_0."""
    return sorted((MODELS / "light").glob("light_*"))
