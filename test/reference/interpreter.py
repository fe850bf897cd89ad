# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The slow, obvious version of every neap op, on NumPy.

  module = interpreter.parse(text)   text: the generic form, as neap-opt
                                     --mlir-print-op-generic prints it
  outputs = module.run(inputs)       lists of arrays, in the order of @main

Weights are read from the files that the module names. Static shapes only.
"""
import functools
import itertools
import math
import re

import numpy as np

TYPES = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "i1": np.bool_,
         "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64,
         "ui8": np.uint8, "ui16": np.uint16, "ui32": np.uint32, "ui64": np.uint64}


class Tensor:
    """A tensor type."""

    def __init__(self, text):
        *dims, element = re.match(r"tensor<([^,>]*)", text).group(1).split("x")
        self.shape = tuple(int(d) for d in dims)
        self.dtype = np.dtype(TYPES[element])


def _split(text):
    """Splits at the commas that no bracket or string encloses."""
    parts, depth, begin, quoted = [], 0, 0, False
    for i, c in enumerate(text):
        if c == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif c in "([{<":
            depth += 1
        elif c in ")]}>" and text[i - 1] != "-":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[begin:i].strip())
            begin = i + 1
    return parts + [text[begin:].strip()] if text[begin:].strip() else parts


def _number(text, dtype):
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("0x"):
        return int(text, 16).to_bytes(dtype.itemsize, "little")
    return float(text) if dtype.kind == "f" else int(text)


def _dense(text):
    """Reads `dense<...> : tensor<...>`."""
    body, type_text = re.match(r"dense<(.*)> : (tensor<.*>)$", text, re.S).groups()
    tensor = Tensor(type_text)
    if body.startswith('"0x'):
        raw = bytes.fromhex(body[3:-1])
        if tensor.dtype == np.bool_:
            if len(raw) == 1:
                return np.full(tensor.shape, raw[0] != 0)
            bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")
            return bits[:math.prod(tensor.shape)].astype(bool).reshape(tensor.shape)
        values = np.frombuffer(raw, tensor.dtype)
    else:
        items = [_number(t, tensor.dtype) for t in re.findall(r"[^\[\],\s]+", body)]
        values = np.array([np.frombuffer(v, tensor.dtype)[0] if isinstance(v, bytes) else v
                           for v in items], tensor.dtype)
    if values.size == 1:
        return np.full(tensor.shape, values[0], tensor.dtype)
    return values.reshape(tensor.shape)


def _attribute(text):
    if text.startswith("dense<"):
        return _dense(text)
    if text.startswith("array<"):
        return [int(n) for n in re.findall(r"-?\d+", text.partition(":")[2])]
    if text.startswith("#neap<"):
        return text[6:-1].split()[-1]
    if text.startswith("#neap.blob<"):
        return dict(re.findall(r"(\w+) = (-?\w+)", text))
    if text.startswith('"'):
        return text[1:-1]
    number = text.partition(" : ")[0]
    if number.startswith("0x"):
        return float(np.frombuffer(int(number, 16).to_bytes(8, "little"), np.float64)[0])
    return float(number) if re.search(r"[.eE]", number) else int(number)


def _attributes(text):
    result = {}
    for entry in _split(text):
        name, equals, value = entry.partition(" = ")
        result[name] = _attribute(value) if equals else True
    return result


class Op:
    def __init__(self, line):
        results, self.name, operands, rest = re.match(
            r"\s*(?:(%\S+) = )?\"([\w.]+)\"\(([^)]*)\)(.*)$", line, re.S).groups()
        self.result = results
        self.operands = re.findall(r"%\w+", operands)
        properties = re.match(r" <\{(.*)\}>(?: \{.*\})? : \(", rest, re.S)
        self.attributes = _attributes(properties.group(1)) if properties else {}
        types = rest.rpartition(" -> ")[2]
        self.type = Tensor(types) if types.startswith("tensor") else None


class Module:
    def __init__(self, ops, arguments, names, files):
        self.ops, self.arguments, self.names, self.files = ops, arguments, names, files

    def run(self, inputs):
        values = dict(zip(self.arguments, inputs, strict=True))
        with np.errstate(all="ignore"):
            for op in self.ops:
                operands = [values[o] for o in op.operands]
                if op.name == "func.return":
                    return operands
                result = OPS[op.name](self, op, *operands)
                result = np.asarray(result, op.type.dtype)
                assert result.shape == op.type.shape, (op.name, result.shape, op.type.shape)
                values[op.result] = result
        raise AssertionError("no return")


def parse(text):
    ops = [Op(line) for line in text.splitlines()
           if re.match(r"\s*(%\S+ = )?\"(neap\.|func\.return)", line)]
    block = re.search(r"\^bb0\((.*)\):", text)
    arguments = re.findall(r"(%arg\d+):", block.group(1)) if block else []
    names = re.findall(r'neap\.name = "((?:[^"\\]|\\.)*)"', text)
    files = re.search(r"neap\.files = \[(.*?)\]", text)
    files = re.findall(r'"([^"]*)"', files.group(1)) if files else []
    return Module(ops, arguments, names, files)


# Constants

def _weight(module, op):
    blob = op.attributes["blob"]
    data = np.memmap(module.files[int(blob["file"])], np.uint8, "r",
                     int(blob["offset"]), (int(blob["length"]),))
    if blob.get("encoding") == "packed_varint":
        return _varints(data.tobytes(), op.type)
    return np.frombuffer(data.tobytes(), op.type.dtype).reshape(op.type.shape)


def _varints(data, tensor):
    values, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            values.append(value)
            value = shift = 0
    return np.array(values, np.uint64).astype(tensor.dtype).reshape(tensor.shape)


# Elementwise

def _unary(function):
    return lambda module, op, x: function(x)


def _binary(function):
    return lambda module, op, a, b: function(a, b)


def _divide(a, b):
    if a.dtype.kind == "f":
        return a / b
    safe = np.where(b == 0, 1, b)
    quotient = np.abs(a.astype(object)) // np.abs(safe.astype(object))
    return np.where(b == 0, 0, quotient * np.sign(a) * np.sign(safe))


def _power(a, b):
    return np.power(a, b) if a.dtype.kind == "f" else np.power(a.astype(np.float64), b)


def _shift(left):
    def apply(a, b):
        width = a.dtype.itemsize * 8
        shifted = np.left_shift(a, b % width) if left else np.right_shift(a, b % width)
        return np.where(b >= width, 0, shifted)
    return apply


def _erf(x):
    return np.vectorize(math.erf, otypes=[np.float64])(x)


def _compare(module, op, a, b):
    return {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal,
            "gt": np.greater, "ge": np.greater_equal}[op.attributes["predicate"]](a, b)


def _cast(module, op, x):
    if op.type.dtype == np.bool_:
        return x != 0
    if op.type.dtype.kind in "iu" and x.dtype.kind == "f":
        return np.trunc(np.nan_to_num(x)).astype(np.int64).astype(op.type.dtype)
    return x.astype(op.type.dtype)


# Movement

def _broadcast(module, op, x):
    return np.broadcast_to(x, op.type.shape)


def _slice(module, op, x):
    starts, sizes, steps = (op.attributes[n] for n in ("starts", "sizes", "steps"))
    for axis, (start, size, step) in enumerate(zip(starts, sizes, steps)):
        indices = start + step * np.arange(size)
        assert ((0 <= indices) & (indices < x.shape[axis])).all()
        x = np.take(x, indices, axis)
    return x


def _pad(module, op, x, value=None):
    widths = list(zip(op.attributes["low"], op.attributes["high"]))
    mode = op.attributes.get("mode", "constant")
    if mode == "constant":
        return np.pad(x, widths, constant_values=value.reshape(()))
    return np.pad(x, widths, mode=mode)


def _iota(module, op, start, step):
    indices = np.arange(op.type.shape[0])
    return start + indices.astype(op.type.dtype) * step


# Products, convolutions, pools

def _matmul(module, op, a, b):
    return np.matmul(a.astype(np.float64) if a.dtype.kind == "f" else a,
                     b.astype(np.float64) if b.dtype.kind == "f" else b)


def _windows(x, window, strides, dilations, pads, results, fill):
    """Yields each tap of the windows: what it sees, over all results."""
    count = len(window)
    extra = [max(0, (r - 1) * s + d * (w - 1) + 1 - n - p) for r, s, d, w, n, p in
             zip(results, strides, dilations, window, x.shape[2:], pads[:count])]
    padded = np.pad(x, [(0, 0), (0, 0)] + [(pads[i], max(pads[count + i], extra[i]))
                                           for i in range(count)], constant_values=fill)
    for tap in itertools.product(*[range(w) for w in window]):
        index = tuple(slice(t * d, t * d + (r - 1) * s + 1, s)
                      for t, d, r, s in zip(tap, dilations, results, strides))
        yield tap, padded[(slice(None), slice(None)) + index]


def _channels_first(op):
    assert op.attributes.get("layout", "channels_first") == "channels_first"


def _conv(module, op, x, filter_):
    _channels_first(op)
    groups = op.attributes["groups"]
    result = np.zeros(op.type.shape, np.float64)
    per_group = filter_.shape[0] // groups
    for tap, seen in _windows(x.astype(np.float64), filter_.shape[2:], op.attributes["strides"],
                              op.attributes["dilations"], op.attributes["pads"],
                              op.type.shape[2:], 0):
        for g in range(groups):
            out = slice(g * per_group, (g + 1) * per_group)
            channels = slice(g * filter_.shape[1], (g + 1) * filter_.shape[1])
            result[:, out] += np.einsum("bc...,oc->bo...", seen[:, channels],
                                        filter_[(out, slice(None)) + tap].astype(np.float64))
    return result


def _pool(module, op, x):
    _channels_first(op)
    a = op.attributes
    kind = a["kind"]
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    values = x.astype(np.float64) if kind != "max" else x
    window = functools.partial(_windows, window=a["window"], strides=a["strides"],
                               dilations=a["dilations"], pads=a["pads"],
                               results=op.type.shape[2:])
    taps = [seen for _, seen in window(values, fill=lowest if kind == "max" else 0)]
    if kind == "max":
        return np.max(taps, axis=0)
    if kind == "sum":
        return np.sum(taps, axis=0)
    inside = np.ones_like(values)
    if a.get("count_include_pad"):
        count = len(a["window"])
        inside = np.pad(inside, [(0, 0), (0, 0)] + [(a["pads"][i], a["pads"][count + i])
                                                    for i in range(count)], constant_values=1)
        counts = [seen for _, seen in window(inside, pads=[0] * (2 * count), fill=0)]
    else:
        counts = [seen for _, seen in window(inside, fill=0)]
    return np.sum(taps, axis=0) / np.sum(counts, axis=0)


# Reductions and norms

def _reduce(module, op, x):
    axes = tuple(op.attributes["axes"])
    kind = op.attributes["kind"]
    if kind in ("sum", "prod"):
        wide = x.astype(np.float64) if x.dtype.kind == "f" else x
        return {"sum": np.sum, "prod": np.prod}[kind](wide, axis=axes, keepdims=True,
                                                     dtype=wide.dtype)
    bound = {"f": (-np.inf, np.inf), "b": (False, True)}.get(x.dtype.kind)
    if bound is None:
        bound = np.iinfo(x.dtype).min, np.iinfo(x.dtype).max
    if kind == "max":
        return np.max(x, axis=axes, keepdims=True, initial=bound[0])
    return np.min(x, axis=axes, keepdims=True, initial=bound[1])


def _arg_reduce(module, op, x):
    axis = op.attributes["axis"]
    function = np.argmax if op.attributes["kind"] == "max" else np.argmin
    if not op.attributes.get("select_last"):
        return np.expand_dims(function(x, axis), axis)
    return x.shape[axis] - 1 - np.expand_dims(function(np.flip(x, axis), axis), axis)


def _cumulative_sum(module, op, x):
    axis = op.attributes["axis"]
    if op.attributes.get("reverse"):
        x = np.flip(x, axis)
    total = np.cumsum(x, axis, dtype=x.dtype)
    if op.attributes.get("exclusive"):
        total = total - x
    return np.flip(total, axis) if op.attributes.get("reverse") else total


def _softmax(module, op, x):
    power = np.exp(x - x.max(-1, keepdims=True)) if x.size else x
    return power / power.sum(-1, keepdims=True)


def _log_softmax(module, op, x):
    shifted = x - x.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def _standardize(module, op, x):
    x = x.astype(np.float64)
    difference = x - x.mean(-1, keepdims=True)
    variance = (difference * difference).mean(-1, keepdims=True)
    return difference / np.sqrt(variance + op.attributes["epsilon"])


def _rms_standardize(module, op, x):
    x = x.astype(np.float64)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + op.attributes["epsilon"])


# Indexing

def _checked(indices, size):
    assert ((-size <= indices) & (indices < size)).all()
    return np.where(indices < 0, indices + size, indices)


def _gather(module, op, x, indices):
    axis = op.attributes["axis"]
    return np.take(x, _checked(indices, x.shape[axis]), axis)


def _element_places(x, indices, axis):
    places = list(np.indices(indices.shape, sparse=True))
    places[axis] = _checked(indices, x.shape[axis])
    return tuple(places)


def _gather_elements(module, op, x, indices):
    return x[_element_places(x, indices, op.attributes["axis"])]


def _gather_nd(module, op, x, indices):
    batch = op.attributes["batch_dims"]
    result = np.empty(op.type.shape, x.dtype)
    for place in np.ndindex(*indices.shape[:-1]):
        result[place] = x[place[:batch] + tuple(indices[place])]
    return result


COMBINE = {"sum": lambda a, b: a + b, "prod": lambda a, b: a * b, "max": np.maximum,
           "min": np.minimum, None: lambda a, b: b}


def _scatter_elements(module, op, x, indices, updates):
    axis, combine = op.attributes["axis"], COMBINE[op.attributes.get("reduction")]
    result = x.copy()
    for place in np.ndindex(*indices.shape):
        target = place[:axis] + (indices[place],) + place[axis + 1:]
        result[target] = combine(result[target], updates[place])
    return result


def _scatter_nd(module, op, x, indices, updates):
    combine = COMBINE[op.attributes.get("reduction")]
    result = x.copy()
    for place in np.ndindex(*indices.shape[:-1]):
        target = tuple(indices[place])
        result[target] = combine(result[target], updates[place])
    return result


OPS = {
    "neap.constant": lambda module, op: op.attributes["value"],
    "neap.weight": _weight,
    "neap.compare": _compare,
    "neap.select": lambda module, op, c, a, b: np.where(c, a, b),
    "neap.cast": _cast,
    "neap.reshape": lambda module, op, x: x.reshape(op.type.shape),
    "neap.transpose": lambda module, op, x: x.transpose(op.attributes["permutation"]),
    "neap.broadcast": _broadcast,
    "neap.slice": _slice,
    "neap.concat": lambda module, op, *xs: np.concatenate(xs, op.attributes["axis"]),
    "neap.pad": _pad,
    "neap.iota": _iota,
    "neap.matmul": _matmul,
    "neap.conv": _conv,
    "neap.pool": _pool,
    "neap.reduce": _reduce,
    "neap.arg_reduce": _arg_reduce,
    "neap.cumulative_sum": _cumulative_sum,
    "neap.softmax": _softmax,
    "neap.log_softmax": _log_softmax,
    "neap.standardize": _standardize,
    "neap.rms_standardize": _rms_standardize,
    "neap.gather": _gather,
    "neap.gather_elements": _gather_elements,
    "neap.gather_nd": _gather_nd,
    "neap.scatter_elements": _scatter_elements,
    "neap.scatter_nd": _scatter_nd,
}
for _name, _function in {
        "neg": np.negative, "abs": np.abs, "sign": np.sign, "exp": np.exp, "log": np.log,
        "sqrt": np.sqrt, "erf": _erf, "tanh": np.tanh, "sin": np.sin, "cos": np.cos,
        "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
        "sinh": np.sinh, "cosh": np.cosh, "asinh": np.arcsinh, "acosh": np.arccosh,
        "atanh": np.arctanh, "floor": np.floor, "ceil": np.ceil, "round": np.rint,
        "not": np.invert, "is_nan": np.isnan}.items():
    OPS["neap." + _name] = _unary(_function)
for _name, _function in {
        "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": _divide, "pow": _power,
        "mod": np.mod, "rem": np.fmod, "max": np.maximum, "min": np.minimum,
        "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor,
        "shift_left": _shift(True), "shift_right": _shift(False)}.items():
    OPS["neap." + _name] = _binary(_function)
