# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Nodes with the attributes, ranks and sizes that the backend node tests leave out."""
import dataclasses
import itertools

import numpy as np


@dataclasses.dataclass
class Case:
    name: str
    op: str
    inputs: list        # arrays; None: left out; the model's inputs
    attributes: dict
    constants: dict = dataclasses.field(default_factory=dict)  # position -> array
    opset: int = 20
    outputs: int = 1
    bound: float = 2e-6
    free: dict = dataclasses.field(default_factory=dict)  # position -> axis -> symbol
    types: tuple = ("FLOAT", "INT64", "FLOAT")  # of the outputs


RANDOM = np.random.default_rng(11)


def normal(*shape):
    return RANDOM.standard_normal(shape, np.float32)


def spatial(rank):
    """The spatial axes of an image, free."""
    return {axis: f"s{axis}" for axis in range(2, rank)}


def transposed_convolutions():
    def case(name, image, filter, bias=None, **attributes):
        inputs = [normal(*image), normal(*filter)] + ([normal(bias)] if bias else [])
        # A size that is given makes the pads depend on the input's.
        free = {} if "output_shape" in attributes else {0: {0: "batch", **spatial(len(image))}}
        return Case(f"conv_transpose_{name}", "ConvTranspose", inputs, attributes, free=free)

    yield case("stride_is_kernel", (2, 6, 5, 7), (6, 4, 2, 2), 4, strides=[2, 2])
    yield case("kernel_4_pad_1", (1, 8, 6, 5), (8, 5, 4, 4), strides=[2, 2], pads=[1, 1, 1, 1])
    yield case("kernel_3_output_padding", (2, 3, 6, 5), (3, 4, 3, 3), 4, strides=[2, 2],
               pads=[1, 1, 1, 1], output_padding=[1, 1])
    yield case("kernel_below_stride", (1, 3, 4, 5), (3, 2, 2, 1), strides=[3, 4])
    yield case("kernel_5_stride_3", (1, 3, 7, 6), (3, 2, 5, 4), strides=[3, 3], pads=[2, 0, 1, 3])
    yield case("stride_1", (1, 3, 7, 6), (3, 2, 3, 5), pads=[1, 2, 0, 2])
    yield case("grouped", (2, 6, 5, 5), (6, 2, 3, 3), 6, group=3, strides=[2, 1])
    yield case("depthwise", (1, 20, 6, 6), (20, 1, 4, 4), group=20, strides=[2, 2],
               pads=[1, 1, 1, 1])
    yield case("dilated", (1, 3, 5, 6), (3, 2, 3, 2), dilations=[2, 3], strides=[3, 2])
    yield case("dilation_has_common_factor", (1, 3, 5, 6), (3, 2, 3, 3), dilations=[2, 4],
               strides=[4, 2])
    yield case("large_pads", (1, 2, 9), (2, 3, 4), strides=[2], pads=[5, 6])
    yield case("output_shape", (1, 3, 5, 6), (3, 2, 3, 3), strides=[2, 2], output_shape=[10, 13])
    for mode in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        yield case(mode.lower(), (1, 3, 5, 6), (3, 2, 4, 3), strides=[2, 2], auto_pad=mode)
    yield case("signal", (2, 4, 11), (4, 6, 8), 6, strides=[4], pads=[2, 2])
    yield case("volume", (1, 5, 4, 3, 5), (5, 4, 2, 2, 2), 4, strides=[2, 2, 2])
    yield case("volume_overlapping", (1, 3, 4, 3, 5), (3, 4, 3, 3, 2), strides=[2, 1, 2],
               pads=[1, 1, 0, 0, 1, 1], output_padding=[1, 0, 0])
    yield case("many_channels", (1, 64, 12, 12), (64, 48, 4, 4), 48, strides=[2, 2],
               pads=[1, 1, 1, 1])


def resizings():
    def case(name, image, sizes=None, scales=None, opset=20, **attributes):
        constants = {}
        if sizes is not None:
            constants[3] = np.array(sizes, np.int64)
            if opset < 13:  # none of the inputs is optional
                constants[1] = constants[2] = np.array([], np.float32)
        else:
            constants[2] = np.array(scales, np.float32)
        return Case(f"resize_{name}", "Resize", [normal(*image)], attributes, constants, opset,
                    free={0: {1: "rows"} | spatial(len(image))} if name == "channels_last" else
                    {0: spatial(len(image))})

    modes = ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")
    for mode, coordinates in itertools.product(("linear", "cubic"), modes):
        for name, sizes in (("up", (2, 6, 11, 14)), ("down", (2, 6, 4, 3)), ("one", (2, 6, 1, 5))):
            if (mode, coordinates, name) == ("linear", "pytorch_half_pixel", "one"):
                continue  # ONNX Runtime's linear has half_pixel there
            yield case(f"{mode}_{coordinates}_{name}", (2, 6, 7, 5), sizes, mode=mode,
                       coordinate_transformation_mode=coordinates)
    for coordinates, rounding in itertools.product(
            modes, ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")):
        yield case(f"nearest_{coordinates}_{rounding}", (1, 3, 8, 5), (1, 3, 13, 3), mode="nearest",
                   coordinate_transformation_mode=coordinates, nearest_mode=rounding)
    yield case("volume", (1, 3, 4, 5, 6), scales=(1, 1, 2, 2, 2), mode="linear")
    yield case("signal", (2, 3, 9), (2, 3, 20), mode="linear")
    for mode in ("linear", "nearest", "cubic"):
        yield case(f"scaled_{mode}", (1, 3, 11, 17), scales=(1, 1, 0.8, 1 / 3), mode=mode)
    yield case("scaled_antialias", (1, 3, 11, 17), scales=(1, 1, 0.7, 2.3), mode="cubic", antialias=1)
    for policy in ("not_larger", "not_smaller"):
        yield case(f"aspect_{policy}", (1, 3, 11, 17), (31, 24), mode="linear", axes=[2, 3],
                   keep_aspect_ratio_policy=policy)
    yield case("channels_last", (2, 5, 6, 3), (2, 9, 13, 3), mode="linear")
    yield case("antialias_linear", (1, 2, 20, 16), (1, 2, 7, 5), mode="linear", antialias=1)
    yield case("antialias_cubic", (1, 2, 20, 16), (1, 2, 7, 5), mode="cubic", antialias=1,
               exclude_outside=1)
    yield case("opset_11", (1, 2, 4, 4), (1, 2, 8, 6), opset=11, mode="linear",
               coordinate_transformation_mode="align_corners")


def samplings():
    for mode, padding, corners in itertools.product(
            ("linear", "nearest", "cubic"), ("zeros", "border", "reflection"), (0, 1)):
        grid = RANDOM.uniform(-1.7, 1.7, (2, 5, 6, 2)).astype(np.float32)
        yield Case(f"grid_sample_{mode}_{padding}_{corners}", "GridSample",
                   [normal(2, 3, 7, 8), grid],
                   {"mode": mode, "padding_mode": padding, "align_corners": corners}, bound=2e-5,
                   free={0: spatial(4), 1: {1: "rows", 2: "columns"}})
    grid = RANDOM.uniform(-1.3, 1.3, (1, 3, 4, 5, 3)).astype(np.float32)
    yield Case("grid_sample_volume", "GridSample", [normal(1, 20, 5, 6, 7), grid], {}, bound=2e-5,
               free={0: spatial(5)})
    boxes = np.array([[1, 2, 9, 11], [0, 0, 4.5, 3], [-3, -2, 20, 16], [5, 5, 5, 5]], np.float32)
    images = np.array([0, 1, 1, 0], np.int64)
    for mode, coordinates, samples in itertools.product(
            ("avg", "max"), ("half_pixel", "output_half_pixel"), (0, 3)):
        yield Case(f"roi_align_{mode}_{coordinates}_{samples}", "RoiAlign",
                   [normal(2, 5, 14, 12), boxes, images],
                   {"mode": mode, "coordinate_transformation_mode": coordinates, "output_height": 3,
                    "output_width": 4, "sampling_ratio": samples, "spatial_scale": 0.7}, bound=1e-5,
                   free={0: spatial(4), 1: {0: "rois"}, 2: {0: "rois"}})
    regions = np.concatenate([images[:, None].astype(np.float32), np.abs(boxes)], 1)
    yield Case("max_roi_pool", "MaxRoiPool", [normal(2, 5, 14, 12), regions],
               {"pooled_shape": [3, 4], "spatial_scale": 0.7},
               free={0: spatial(4), 1: {0: "rois"}})
    for groups, offset_groups in ((1, 1), (2, 3)):
        yield Case(f"deform_conv_{groups}_{offset_groups}", "DeformConv",
                   [normal(2, 6, 9, 8), normal(4, 6 // groups, 3, 3),
                    normal(2, 18 * offset_groups, 9, 8), normal(4),
                    normal(2, 9 * offset_groups, 9, 8)],
                   {"pads": [1, 1, 1, 1], "group": groups, "offset_group": offset_groups}, opset=19,
                   bound=1e-5, free={position: spatial(4) for position in (0, 2, 4)})


def poolings():
    for order, dims in itertools.product((0, 1), (1, 2, 3)):
        yield Case(f"max_pool_places_{dims}d_{order}", "MaxPool", [normal(2, 3, *(9, 8, 7)[:dims])],
                   {"kernel_shape": [3, 2, 2][:dims], "strides": [2, 2, 1][:dims],
                    "pads": [1, 1, 0][:dims] * 2, "storage_order": order}, outputs=2)
    places = np.arange(2 * 3 * 16 * 12).reshape(6, 8, 2, 6, 2)
    places = places[:, :, 1, :, 0].reshape(2, 3, 8, 6).astype(np.int64)
    yield Case("max_unpool", "MaxUnpool", [normal(2, 3, 8, 6), places],
               {"kernel_shape": [2, 2], "strides": [2, 2]},
               free={position: spatial(4) for position in (0, 1)})
    yield Case("max_pool_places_ceil", "MaxPool", [normal(1, 2, 10, 9)],
               {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1, "dilations": [2, 1]},
               outputs=2)
    yield Case("max_pool_volume_ceil", "MaxPool", [normal(1, 2, 10, 9, 8)],
               {"kernel_shape": [3, 3, 2], "strides": [2, 2, 3], "ceil_mode": 1})
    yield Case("average_pool_signal", "AveragePool", [normal(1, 2, 20)],
               {"kernel_shape": [3], "dilations": [3], "strides": [2]})
    yield Case("lp_pool_3", "LpPool", [normal(1, 2, 10, 9)],
               {"kernel_shape": [3, 2], "p": 3, "strides": [2, 1], "ceil_mode": 1})
    yield Case("reverse_sequence_rank_4", "ReverseSequence",
               [normal(4, 5, 3, 2), np.array([5, 1, 0, 3], np.int64)],
               {"time_axis": 1, "batch_axis": 0})
    yield Case("det_5", "Det", [normal(4, 3, 5, 5)], {}, bound=1e-5)


def sums_of_products():
    def case(name, equation, *shapes):
        return Case(f"einsum_{name}", "Einsum", [normal(*shape) for shape in shapes],
                    {"equation": equation}, bound=1e-5)

    yield case("outer", "i,j->ij", (3,), (4,))
    yield case("implicit_output", "ji,kj", (3, 4), (5, 3))
    yield case("batch_and_transpose", "bhqd,bkhd->bhqk", (2, 3, 4, 5), (2, 6, 3, 5))
    yield case("ellipsis", "...ij,...jk->...ik", (2, 1, 3, 4), (2, 5, 4, 2))
    yield case("three", "ab,bc,cd->ad", (3, 4), (4, 5), (5, 2))
    yield case("label_of_one_operand", "abx,bcy->ac", (3, 4, 2), (4, 5, 3))
    yield case("diagonal", "iij->ji", (4, 4, 3))
    yield case("trace", "ii->", (5, 5))
    yield case("elementwise", "ab,ba->ab", (3, 4), (4, 3))


def transforms():
    def case(name, shape, **attributes):
        return Case(f"dft_{name}", "DFT", [normal(*shape)], attributes, opset=17, bound=1e-5)

    for length in (16, 15):
        yield case(f"real_{length}", (2, length, 3, 1), axis=1)
        yield case(f"complex_{length}", (2, 3, length, 2), axis=2)
        yield case(f"inverse_{length}", (2, length, 2), axis=1, inverse=1)
        yield case(f"one_side_{length}", (2, length, 1), axis=1, onesided=1)


    signal = normal(2, 100)
    window = RANDOM.uniform(0, 1, 24).astype(np.float32)
    yield Case("stft_window", "STFT", [signal[..., None]],
               {}, {1: np.array(10), 2: window}, opset=17, bound=1e-5)
    yield Case("stft_both_sides", "STFT", [signal[..., None]], {"onesided": 0},
               {1: np.array(7), 3: np.array(16)}, opset=17, bound=1e-5, free={0: {1: "points"}})


def selections():
    sparse = normal(3, 4, 5) * (RANDOM.random((3, 4, 5)) < 0.4)
    free = {0: {0: "n"}}
    yield Case("nonzero", "NonZero", [sparse], {}, free=free, types=("INT64",))
    yield Case("nonzero_bool", "NonZero", [sparse[0] != 0], {}, types=("INT64",))
    yield Case("nonzero_of_nothing", "NonZero", [np.zeros((2, 7), np.int64)], {}, types=("INT64",))
    mask = np.array([True, False, True])
    for axis in (0, -1):
        yield Case(f"compress_{axis}", "Compress", [normal(3, 4, 3), mask], {"axis": axis},
                   free={0: {1: "n"}})
    yield Case("compress_flat", "Compress", [normal(3, 4), mask], {})
    yield Case("compress_known", "Compress", [normal(3, 4)], {"axis": 0}, {1: mask})
    numbers = RANDOM.integers(-3, 4, 50)
    rows = RANDOM.integers(0, 3, (4, 2, 2))[[0, 1, 2, 0, 3, 1]][:, :, [0, 1, 0]]
    for order in (0, 1):
        arguments = {"outputs": 4, "types": ("INT64",) * 4}
        yield Case(f"unique_{order}", "Unique", [numbers], {"sorted": order}, free=free,
                   **arguments)
        for axis in (0, 1, -1):
            yield Case(f"unique_{order}_axis_{axis}", "Unique", [rows],
                       {"sorted": order, "axis": axis}, **arguments)
    halves = (numbers / 2).astype(np.float32)
    yield Case("unique_floats", "Unique", [halves.reshape(5, 10)], {}, outputs=4,
               types=("FLOAT", "INT64", "INT64", "INT64"))
    boxes = RANDOM.uniform(0, 1, (2, 30, 4)).astype(np.float32)
    scores = np.round(RANDOM.uniform(0, 1, (2, 3, 30)), 1).astype(np.float32)
    limits = {2: np.array([12]), 3: np.array([0.1], np.float32), 4: np.array([0.25], np.float32)}
    for center in (0, 1):
        yield Case(f"suppression_{center}", "NonMaxSuppression", [boxes, scores],
                   {"center_point_box": center}, limits, types=("INT64",),
                   free={0: {1: "n"}, 1: {2: "n"}})
    yield Case("suppression_of_given_size", "NonMaxSuppression",
               [boxes, scores, np.array([4]), np.array([0.6], np.float32)], {}, types=("INT64",))
    yield Case("suppression_without_limits", "NonMaxSuppression", [boxes, scores], {},
               types=("INT64",))


def greatest():
    ties = RANDOM.integers(-3, 4, (5, 40)).astype(np.float32)
    for largest, k in itertools.product((0, 1), (1, 7, 40)):
        yield Case(f"top_k_ties_{largest}_{k}", "TopK", [ties], {"largest": largest},
                   {1: np.array([k])}, outputs=2, free={0: {0: "rows"}})
    yield Case("top_k_axis", "TopK", [normal(3, 50, 4)], {"axis": 1}, {1: np.array([9])}, outputs=2)
    yield Case("top_k_long", "TopK", [normal(1, 20000)], {}, {1: np.array([300])}, outputs=2)
    yield Case("top_k_free", "TopK", [normal(2, 30)], {"axis": -1}, {1: np.array([5])}, outputs=2,
               free={0: {1: "size"}})


def statistics():
    image, channels = normal(3, 4, 5, 6), [normal(4) for _ in range(3)]
    spread = RANDOM.uniform(0.5, 2, 4).astype(np.float32)
    yield Case("batch_normalization_training", "BatchNormalization", [image, *channels, spread],
               {"training_mode": 1, "momentum": 0.7, "epsilon": 1e-3}, opset=15, outputs=3,
               bound=1e-5, types=("FLOAT",) * 3, free={0: {0: "batch", **spatial(4)}})


def quantized():
    def bytes_of(*shape, dtype=np.uint8):
        limits = np.iinfo(dtype)
        return RANDOM.integers(limits.min, limits.max + 1, shape).astype(dtype)

    def scales(*shape):
        return RANDOM.uniform(0.01, 0.05, shape).astype(np.float32)

    # ONNX Runtime's products of u8 by i8 saturate on AVX2 where those are large.
    left, right = bytes_of(3, 5, 16), bytes_of(16, 7, dtype=np.int8) // 4
    yield Case("matmul_integer_columns", "MatMulInteger",
               [left, right, np.uint8(130), bytes_of(7, dtype=np.int8)], {}, types=("INT32",))
    image, filters = bytes_of(2, 4, 7, 6), bytes_of(6, 2, 3, 3)
    yield Case("conv_integer_grouped", "ConvInteger", [image, filters, np.uint8(9), np.uint8(120)],
               {"group": 2, "pads": [1, 0, 1, 2], "strides": [2, 1]}, types=("INT32",))
    bias = RANDOM.integers(-500, 500, 6).astype(np.int32)
    yield Case("qlinear_conv_channels", "QLinearConv",
               [image, np.float32(0.02), np.uint8(128), bytes_of(6, 4, 3, 3, dtype=np.int8) // 4, scales(6),
                np.zeros(6, np.int8), np.float32(0.9), np.uint8(100), bias],
               {"pads": [1, 1, 1, 1]}, types=("UINT8",))
    yield Case("qlinear_matmul_columns", "QLinearMatMul",
               [left, np.float32(0.02), np.uint8(128), right, scales(7), np.zeros(7, np.int8),
                np.float32(0.3), np.uint8(120)], {}, types=("UINT8",))
    for dtype, axis in ((np.int8, 0), (np.uint8, -1), (np.int16, 1)):
        name, size = np.dtype(dtype).name, (4, 5, 6)[axis]
        yield Case(f"quantize_{name}", "QuantizeLinear",
                   [normal(4, 5, 6), scales(size), bytes_of(size, dtype=dtype)], {"axis": axis},
                   opset=21, types=(name.upper(),))
        yield Case(f"dequantize_{name}", "DequantizeLinear",
                   [bytes_of(4, 5, 6, dtype=dtype), scales(size), bytes_of(size, dtype=dtype)],
                   {"axis": axis}, opset=21)
    yield Case("dequantize_blocks", "DequantizeLinear",
               [bytes_of(4, 10, 3), scales(4, 3, 3), bytes_of(4, 3, 3)],
               {"axis": 1, "block_size": 4}, opset=21)


def all_cases():
    for group in (transposed_convolutions, resizings, samplings, poolings, sums_of_products,
                  transforms, selections, greatest, statistics, quantized):
        yield from group()
