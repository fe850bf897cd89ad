#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fits the polynomials of passes/lowering/NeapToVector/MathPolynomials.cpp.

Prints PolynomialCoefficients.inc, low order first. Needs mpmath.

  scripts/fit_polynomials.py > passes/lowering/NeapToVector/PolynomialCoefficients.inc
"""
from mpmath import (acos, asin, atan, atanh, chebyfit, cos, erf, erfc, exp, frexp, floor,
                    ldexp, log, mp, mpf, nstr, pi, sin, sinh, sqrt, tan, tanh, matrix, qr_solve)

mp.dps = 50


def even(function, limit):
    """Returns function(sqrt(s)) as a function of s, `limit` at 0."""
    return lambda s: function(sqrt(s)) if s > mpf("1e-16") else limit


def least_squares(function, weight, interval, size):
    """Fits by weighted least squares at Chebyshev nodes; near the weighted minimax."""
    low, high = interval
    count = 4 * size
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * count))
             for i in range(count)]
    rows = matrix(count, size)
    values = matrix(count, 1)
    for i, x in enumerate(nodes):
        factor = weight(x)
        values[i] = function(x) * factor
        for j in range(size):
            rows[i, j] = factor * x**j
    coefficients = list(qr_solve(rows, values)[0])
    error = max(abs((sum(c * x**j for j, c in enumerate(coefficients)) - function(x)) * weight(x))
                for x in nodes)
    return coefficients, error


def fit(function, interval, target, weight=None):
    """Returns the shortest polynomial whose (weighted) error is below `target`."""
    for size in range(2, 40):
        if weight:
            coefficients, error = least_squares(function, weight, interval, size)
        else:
            coefficients, error = chebyfit(function, interval, size, error=True)
            coefficients = coefficients[::-1]
        if error < target:
            return coefficients, error
    raise ValueError("no polynomial of degree below 40 reaches the target")


def emit(name, function, interval, target32, target64, weight=None):
    """Prints the f32 and the f64 table of one function."""
    for suffix, target in (("F32", target32), ("F64", target64)):
        if target is None:
            continue
        coefficients, error = fit(function, interval, mpf(target), weight)
        body = ",\n    ".join(nstr(c, 20) for c in coefficients)
        print(f"// Error {nstr(error, 3)} on [{nstr(interval[0], 6)}, {nstr(interval[1], 6)}].")
        print(f"static constexpr double k{name}{suffix}[] = {{\n    {body}}};\n")


def truncate(x, bits):
    """Returns x rounded down to `bits` significant bits."""
    mantissa, exponent = frexp(x)
    return ldexp(floor(mantissa * 2**bits), exponent - bits)


def emit_parts(name, value, bits):
    """Prints `value` as parts of the given numbers of bits; the last is a double."""
    parts = []
    for count in bits:
        part = truncate(value, count)
        parts.append(part)
        value -= part
    body = ",\n    ".join(nstr(part, 25) for part in parts + [mpf(float(value))])
    print(f"static constexpr double k{name}[] = {{\n    {body}}};\n")


def emit_doubles(name, value, count):
    """Prints `value` as a sum of doubles, each the nearest to what is left."""
    parts = []
    for _ in range(count):
        parts.append(mpf(float(value)))
        value -= parts[-1]
    body = ",\n    ".join(nstr(part, 25) for part in parts)
    print(f"static constexpr double k{name}[] = {{\n    {body}}};\n")


def emit_words(name, value, count):
    """Prints the first bits of `value` < 1 as words of 64, after one word of zeros."""
    words = [0] + [int(floor(ldexp(value, 64 * (i + 1)))) % 2**64 for i in range(count)]
    body = ",\n    ".join(f"0x{word:016x}" for word in words)
    print(f"static constexpr uint64_t k{name}[] = {{\n    {body}}};\n")


def main():
    print("// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception")
    print("// Made by scripts/fit_polynomials.py: do not edit. Low order first.\n")
    half = log(2) / 2 * mpf("1.0001")
    emit("Exp", lambda x: (exp(x) - 1 - x) / x**2 if abs(x) > mpf("1e-14") else mpf(1) / 2 + x / 6,
         [-half, half], "1e-7", "2e-18")
    emit("ErfSmall", even(lambda x: erf(x) / x - 1, 2 / sqrt(pi) - 1), [mpf(0), mpf("0.82")], "2e-8", "2e-18")
    log_erfc = lambda t: (log(erfc(t)) + t) / t
    emit("ErfLarge", log_erfc, [mpf("0.89"), mpf(4)], "2e-7", None)
    emit("ErfLarge", log_erfc, [mpf("0.89"), mpf("6.1")], None, "1e-17", lambda t: t * erfc(t))
    emit("Tanh", even(lambda x: (tanh(x) / x - 1) / x**2, -mpf(1) / 3), [mpf("1e-12"), mpf("0.37")], "6e-8", "6e-18")
    quarter = (pi / 4 * mpf("1.01"))**2
    emit("Sin", even(lambda x: (sin(x) / x - 1) / x**2, -mpf(1) / 6), [mpf("1e-12"), quarter], "2e-9", "4e-18")
    emit("Cos", even(lambda x: (cos(x) - 1 + x * x / 2) / x**4, mpf(1) / 24), [mpf("1e-8"), quarter], "4e-9", "4e-18")
    emit("Log", even(lambda s: (2 * atanh(s) / s - 2) / s**2, mpf(2) / 3),
         [mpf("1e-10"), ((sqrt(2) - 1) / (sqrt(2) + 1))**2 * mpf("1.001")], "4e-7", "1e-16")
    emit("LogTail", even(lambda s: ((2 * atanh(s) / s - 2) / s**2 - mpf(2) / 3) / s**2, mpf(2) / 5),
         [mpf("1e-8"), ((sqrt(2) - 1) / (sqrt(2) + 1))**2 * mpf("1.001")], None, "1e-17")
    emit("Asin", even(lambda x: (asin(x) / x - 1) / x**2, mpf(1) / 6), [mpf("1e-12"), mpf("0.2501")], "8e-8", "1e-17")
    emit("Atan", even(lambda x: (atan(x) / x - 1) / x**2, -mpf(1) / 3), [mpf("1e-12"), tan(pi / 8)**2 * mpf("1.001")],
         "8e-8", "2e-17")
    emit("Sinh", even(lambda x: (sinh(x) / x - 1) / x**2, mpf(1) / 6), [mpf("1e-12"), mpf("1.001")], "3e-8", "4e-18")
    print("// ln 2 in parts whose product with an exponent is exact.")
    emit_parts("Ln2F32", log(2), [15])
    emit_parts("Ln2F64", log(2), [38])
    print("// pi / 2 as doubles for fused arithmetic, and in parts whose product with an integer")
    print("// below 2^20 is exact.")
    emit_doubles("HalfPi", pi / 2, 3)
    emit_parts("HalfPiShort", pi / 2, [33, 33])
    print("// 2 / 3 and pi / 2 in f32 parts.")
    emit_doubles("TwoThirds", mpf(2) / 3, 2)
    emit_parts("HalfPiF32", pi / 2, [24])
    print("// The bits of 2 / pi that the largest f64 needs.")
    mp.dps = 500
    emit_words("TwoOverPi", 2 / pi, 19)


if __name__ == "__main__":
    main()
