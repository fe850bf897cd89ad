# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a module of neap ops by the reference of each op.

  module = interpreter.parse(text)   text: the generic form, as neap-opt
                                     --mlir-print-op-generic prints it
  outputs = module.run(inputs)       lists of arrays, in the order of @main

Weights are read from the files that the module names. Static shapes only.
"""
import math
import re

import ml_dtypes
import numpy as np

from reference import REFERENCE

TYPES = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
         "i1": np.bool_,
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
    return float(text) if dtype.kind == "f" or dtype == ml_dtypes.bfloat16 else int(text)


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
                result = self.evaluate(op, operands)
                result = np.asarray(result, op.type.dtype)
                assert result.shape == op.type.shape, (op.name, result.shape, op.type.shape)
                values[op.result] = result
        raise AssertionError("no return")

    def evaluate(self, op, operands):
        mnemonic = op.name.removeprefix("neap.")
        if mnemonic == "constant":
            return op.attributes["value"]
        if mnemonic == "weight":
            return _weight(self, op)
        attributes = {**op.attributes, **_implied(mnemonic, op)}
        return REFERENCE[mnemonic](*operands, **attributes)


def parse(text):
    ops = [Op(line) for line in text.splitlines()
           if re.match(r"\s*(%\S+ = )?\"(neap\.|func\.return)", line)]
    block = re.search(r"\^bb0\((.*)\):", text)
    arguments = re.findall(r"(%arg\d+):", block.group(1)) if block else []
    names = re.findall(r'neap\.name = "((?:[^"\\]|\\.)*)"', text)
    files = re.search(r"neap\.files = \[(.*?)\]", text)
    files = re.findall(r'"([^"]*)"', files.group(1)) if files else []
    return Module(ops, arguments, names, files)


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


def _implied(mnemonic, op):
    """What the reference of an op is told of its result's type."""
    type_ = op.type
    if mnemonic in ("reshape", "broadcast"):
        return {"shape": type_.shape}
    if mnemonic in ("cast", "bit_cast"):
        return {"dtype": type_.dtype}
    if mnemonic == "top_k":
        return {"k": type_.shape[op.attributes["axis"]]}
    if mnemonic == "roi_align":
        return {"bins": type_.shape[1:3]}
    if mnemonic == "iota":
        return {"size": type_.shape[0]}
    if mnemonic in ("pool", "pool_argmax"):
        return {"spatial": type_.shape[2:]}
    if mnemonic == "packed_matmul":
        return {"columns": type_.shape[-1]}
    if mnemonic == "packed_conv":
        return {"channels_out": type_.shape[-1]}
    return {}
