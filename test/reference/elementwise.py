# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Ops that compute each element from the elements at the same index."""

import math

import numpy as np


def erf(x):
    return np.vectorize(math.erf, otypes=[x.dtype])(x)



def div(lhs, rhs):
    if lhs.dtype.kind == "f":
        return lhs / rhs
    quotients = [abs(int(a)) // abs(int(b)) * (-1 if (a < 0) != (b < 0) else 1)
                 for a, b in zip(lhs.flat, rhs.flat)]
    return np.array(quotients, dtype=object).reshape(lhs.shape).astype(
        lhs.dtype)


def shift(lhs, rhs, operation):
    bits = lhs.dtype.itemsize * 8
    unsigned = np.dtype(f"uint{bits}")
    amounts = rhs.astype(unsigned)
    shifted = operation(lhs.astype(unsigned), np.minimum(amounts, bits - 1))
    return np.where(amounts < bits, shifted, 0).astype(unsigned).astype(
        lhs.dtype)


def cast(x, dtype):
    """Only values that the target type can hold are defined here."""
    if dtype == np.bool_:
        return x != 0
    return x.astype(dtype)


COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}


def bit_cast(x, dtype):
    return x.view(dtype)


def compare(lhs, rhs, predicate):
    return COMPARISONS[predicate](lhs, rhs)


def logical_or_bitwise(logical, bitwise):
    def function(*operands):
        is_bool = operands[0].dtype == np.bool_
        return (logical if is_bool else bitwise)(*operands)
    return function


OPS = {
    "neg": np.negative,
    "abs": np.abs,
    "sign": np.sign,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "erf": erf,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint,
    "not": logical_or_bitwise(np.logical_not, np.bitwise_not),
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": div,
    "pow": np.power,
    "mod": np.mod,
    "rem": np.fmod,
    "max": np.maximum,
    "min": np.minimum,
    "and": logical_or_bitwise(np.logical_and, np.bitwise_and),
    "or": logical_or_bitwise(np.logical_or, np.bitwise_or),
    "xor": logical_or_bitwise(np.logical_xor, np.bitwise_xor),
    "shift_left": lambda a, b: shift(a, b, np.left_shift),
    "shift_right": lambda a, b: shift(a, b, np.right_shift),
    "compare": compare,
    "is_nan": np.isnan,
    "select": np.where,
    "cast": cast,
    "bit_cast": bit_cast,
}
