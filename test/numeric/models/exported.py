# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The exported graphs of test/models: their inputs, and the table of sizes they are tested at.

Where a model sets no bound of its own (images by batch, volumes) the table is the bound;
token models end at their number of positions.
"""
import dataclasses
import pathlib

import numpy as np

SEED = 7
GRAPHS = pathlib.Path(__file__).resolve().parents[2] / "models"


@dataclasses.dataclass(frozen=True)
class Sizes:
    """Ranges to compile for, and the sizes to run at, each a dict of dimensions."""
    ranges: dict
    points: list


@dataclasses.dataclass(frozen=True)
class Family:
    """What the graphs of one model share."""
    make_inputs: object   # a size -> input name -> array
    static: dict          # the size of the test at one size
    short: Sizes          # for ctest
    full: Sizes           # for scripts/test_models


def random_floats(*shape):
    return np.random.default_rng(SEED).standard_normal(shape, np.float32)


def _integers(low, high, *shape):
    return np.random.default_rng(SEED).integers(low, high, shape)


def _points(names, *sizes):
    return [dict(zip(names, size)) for size in sizes]


def _mask(batch, length):
    """Ones, but the last sequence of a batch ends three tokens early."""
    mask = np.ones((batch, length), np.int64)
    if batch > 1:
        mask[-1, max(1, length - 3):] = 0
    return mask


def _tokens(vocabulary, positions, with_mask=True, with_types=False):
    """A model of sequences: every size up to its number of positions."""
    def make(size):
        batch, seq = size["batch"], size["seq"]
        inputs = {"input_ids": _integers(5, vocabulary, batch, seq)}
        if with_mask:
            inputs["attention_mask"] = _mask(batch, seq)
        if with_types:
            inputs["token_type_ids"] = _integers(0, 2, batch, seq)
        return inputs

    names, most = ("batch", "seq"), min(128, positions)
    middle = positions // 2 if positions < 128 else 67
    short = Sizes({"batch": "1..4", "seq": f"1..{most}"},
                  _points(names, (1, 1), (1, middle - 3), (3, middle), (4, most)))
    full = Sizes({"batch": "1..3", "seq": f"1..{positions}"},
                 _points(names, (1, 1), (3, 1), (1, middle - 3), (3, middle), (1, positions), (3, positions)))
    return Family(make, {"batch": 1, "seq": most}, short, full)


def _cached(vocabulary, positions, layers, heads):
    """A model of sequences with keys and values of earlier tokens as inputs."""
    def make(size):
        batch, seq, past = size["batch"], size["seq"], size["past"]
        mask = np.ones((batch, past + seq), np.int64)
        if batch > 1:
            mask[-1, :min(2, past)] = 0
        inputs = {"input_ids": _integers(5, vocabulary, batch, seq), "attention_mask": mask}
        generator = np.random.default_rng(SEED)
        for layer in range(layers):
            for kind in ("key", "value"):
                inputs[f"past.{layer}.{kind}"] = generator.standard_normal(
                    (batch, heads, past, 64), np.float32)
        return inputs

    def sizes(batch, seq, past, *points):
        return Sizes({"batch": f"1..{batch}", "seq": f"1..{seq}", "past": f"1..{past}", "total": "past+seq"},
                     [{**point, "total": point["past"] + point["seq"]}
                      for point in _points(("batch", "seq", "past"), *points)])

    most = positions - 64
    short = sizes(3, 16, 32, (1, 1, 1), (3, 5, 6), (1, 1, 32), (3, 16, 32))
    full = sizes(3, 64, most, (1, 1, 1), (3, 1, 1), (1, 1, 255), (3, 5, 67), (1, 64, most), (3, 64, most))
    return Family(make, {"batch": 1, "seq": 1, "past": 64, "total": 65}, short, full)


def _images(batch=1):
    points = Sizes({"batch": "1..4"}, _points(("batch",), (1,), (3,), (4,)))
    return Family(lambda size: {"pixel_values": random_floats(size["batch"], 3, 224, 224)},
                  {"batch": batch}, points, points)


def _volumes(static, short, full):
    def make(size):
        return {"volume": random_floats(size["batch"], 4, *(size[axis] for axis in "dhw"))}
    return Family(make, dict(zip("dhw", static), batch=1), short, full)


_VOLUME = ("batch", "d", "h", "w")
FAMILIES = {
    "minilm": _tokens(30522, 512, with_types=True),
    "bert_base": _tokens(30522, 512, with_types=True),
    "bert_base_eager": _tokens(30522, 512, with_types=True),
    "clip_text": _tokens(49405, 77),
    "gpt2": _tokens(50257, 1024),
    "gpt2_nomask": _tokens(50257, 1024, with_mask=False),
    "opt_125m": _tokens(50272, 2048),
    "llama_small": _tokens(32000, 2048),
    "gpt2_past": _cached(50257, 1024, 12, 12),
    "llama_small_past": _cached(32000, 2048, 6, 2),
    "resnet50": _images(), "mobilenet_v2": _images(batch=3), "vit_b16": _images(), "clip_vision": _images(),
    # Four times halved, so multiples of sixteen.
    "unet3d": _volumes((32, 48, 32), Sizes(
        {"batch": 1, "d": "16..32:16", "h": "16..48:16", "w": "16..32:16"},
        _points(_VOLUME, (1, 16, 16, 16), (1, 32, 48, 32))), Sizes(
            {"batch": "1..3", "d": "16..48:16", "h": "16..64:16", "w": "16..48:16"},
            _points(_VOLUME, (1, 16, 16, 16), (3, 16, 16, 16), (1, 32, 48, 32), (3, 32, 32, 16),
                    (1, 48, 64, 48), (3, 48, 64, 48)))),
    # Three times halved, so multiples of eight.
    "unet3d_rev": _volumes((16, 32, 32), Sizes(
        {"batch": 1, "d": "8..16:8", "h": "8..32:8", "w": "8..40:8"},
        _points(_VOLUME, (1, 8, 8, 8), (1, 16, 24, 16), (1, 16, 32, 40))), Sizes(
            {"batch": "1..3", "d": "8..32:8", "h": "8..40:8", "w": "8..48:8"},
            _points(_VOLUME, (1, 8, 8, 8), (3, 8, 8, 8), (1, 16, 24, 16), (3, 16, 24, 16),
                    (1, 32, 40, 48), (3, 32, 40, 48)))),
}


def graphs():
    """MODEL.EXPORTER of every graph."""
    return sorted(path.name.removesuffix(".onnx") for path in GRAPHS.glob("*.onnx"))
