# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The models that the whole road is tested on: files, sizes and inputs."""
import dataclasses
import json
import os
import pathlib

import numpy as np

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
MODELS = pathlib.Path(os.environ.get("NEAP_MODELS", pathlib.Path.home() / ".cache/neap/models"))
SEED = 7

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


def _tokens(batch, length, vocabulary):
    return np.random.default_rng(SEED).integers(5, vocabulary, (batch, length))


def _mask(batch, length):
    """Ones, but the last sequence of a batch ends three tokens early."""
    mask = np.ones((batch, length), np.int64)
    if batch > 1:
        mask[-1, max(1, length - 3):] = 0
    return mask


def _exported(name, exporter):
    return MODELS / name / exporter / f"{name}.{exporter}.onnx"


def _bert_like(name, exporter, batch=1, length=128, vocabulary=30522):
    inputs = {"input_ids": _tokens(batch, length, vocabulary),
              "attention_mask": _mask(batch, length),
              "token_type_ids": np.random.default_rng(SEED).integers(0, 2, (batch, length))}
    return Subject(f"{name}.{exporter}", _exported(name, exporter),
                   {"batch": batch, "seq": length}, inputs)


def _gpt2(exporter, batch=1, length=128):
    inputs = {"input_ids": _tokens(batch, length, 50257), "attention_mask": _mask(batch, length)}
    return Subject(f"gpt2.{exporter}", _exported("gpt2", exporter),
                   {"batch": batch, "seq": length}, inputs)


def _pixels(*shape):
    return np.random.default_rng(SEED).standard_normal(shape, np.float32)


def _classifier(name, exporter, batch=1):
    """A model of images of 224 x 224."""
    return Subject(f"{name}.{exporter}", _exported(name, exporter),
                   {"batch": batch}, {"pixel_values": _pixels(batch, 3, 224, 224)})


def _volumes(name, exporter, sizes, batch=1):
    """A segmentation of volumes."""
    dims = {"batch": batch, **dict(zip("dhw", sizes))}
    return Subject(f"{name}.{exporter}", _exported(name, exporter), dims,
                   {"volume": _pixels(batch, 4, *sizes)})


def _rapidocr(name, height, width, batch=1):
    """A model of rapidocr-onnxruntime."""
    return Subject(f"rapidocr.{name}", MODELS / "rapidocr" / f"{name}.onnx",
                   dict(zip(RAPIDOCR_DIMS[name], (batch, height, width))),
                   {"x": _pixels(batch, 3, height, width)})


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


def all_subjects():
    """Every subject but the light models, which bring their own test data."""
    subjects = [_magika()]
    for exporter in ("ts", "dynamo"):
        subjects += [_bert_like("minilm", exporter), _classifier("resnet50", exporter),
                     _bert_like("bert_base", exporter), _gpt2(exporter),
                     _classifier("mobilenet_v2", exporter, batch=3),
                     _classifier("vit_b16", exporter), _classifier("clip_vision", exporter),
                     _volumes("unet3d", exporter, (32, 48, 32)),
                     _volumes("unet3d_rev", exporter, (16, 32, 32))]
    subjects += [_rapidocr("det", 160, 224), _rapidocr("cls", 48, 192, batch=3),
                 _rapidocr("rec", 48, 320)]
    return subjects


@dataclasses.dataclass
class SizedSubject:
    """One model with ranges of sizes, and the sizes at which it is run."""
    name: str
    ranges: dict      # symbolic dimension -> "LO..HI"
    subjects: list    # one Subject per size, smallest first


def _sized(name, ranges, make, sizes):
    return SizedSubject(name, ranges, [make(*size) for size in sizes])


def sized_subjects():
    """Models whose one binary runs at every size: smallest, middle, largest."""
    result = []
    for exporter in ("ts", "dynamo"):
        tokens = {"batch": "1..4", "seq": "1..128"}
        sizes = [(1, 1), (1, 64), (3, 67), (4, 128)]
        for name in ("minilm", "bert_base"):
            result.append(_sized(f"{name}.{exporter}", tokens,
                                 lambda batch, seq, n=name, e=exporter: _bert_like(n, e, batch, seq),
                                 sizes))
        result.append(_sized(f"gpt2.{exporter}", tokens,
                             lambda batch, seq, e=exporter: _gpt2(e, batch, seq), sizes))
        result.append(_sized(f"resnet50.{exporter}", {"batch": "1..4"},
                             lambda batch, e=exporter: _classifier("resnet50", e, batch), [(1,), (3,), (4,)]))
        # Three times halved, so multiples of eight.
        result.append(_sized(f"unet3d_rev.{exporter}",
                             {"batch": 1, "d": "8..16:8", "h": "8..32:8", "w": "8..40:8"},
                             lambda *sizes, e=exporter: _volumes("unet3d_rev", e, sizes),
                             [(8, 8, 8), (16, 24, 16), (16, 32, 40)]))
    for name, ranges, sizes in (
            ("det", ("1..2", "32..960:32", "32..960:32"),
             [(32, 32), (160, 224), (64, 96, 2), (480, 960)]),
            ("cls", ("1..3", 48, "32..256"), [(48, 32), (48, 101, 2), (48, 192, 3), (48, 256)]),
            ("rec", ("1..3", 48, "32..640"), [(48, 32), (48, 203, 3), (48, 320), (48, 640)])):
        result.append(_sized(f"rapidocr.{name}", dict(zip(RAPIDOCR_DIMS[name], ranges)),
                             lambda *size, n=name: _rapidocr(n, *size), sizes))
    return result


def light_models():
    """Folders with model.onnx and test_data_set_0."""
    return sorted((MODELS / "light").glob("light_*"))
