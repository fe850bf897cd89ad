# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Kernels of x86-64-v4: bit-equal with those of x86-64-v3 where the machine has AVX-512, else
refused by name. A binary holds both with the options BOTH."""
import json
import pathlib
import re

BOTH = ("--isa=x86-64-v3", "--isa=x86-64-v4")
AVX512 = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}


def has_avx512():
    flags = re.search(r"^flags\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return AVX512 <= set(flags[1].split())


def describe_v4(count):
    """What a test says at its end of the `count` models that it gave to check_v4."""
    return (f"{count} ran on x86-64-v4 with the bits of x86-64-v3" if has_avx512() else
            f"{count} on x86-64-v4 skipped: compiled and refused, this machine has no AVX-512")


def check_v4(run):
    """`run(*options)` is neap-run on a binary of BOTH and its inputs; None, or what is wrong."""
    wide = run("--isa=v4", "--json")
    if not has_avx512():
        refusal = ("x86-64-v4", "this machine lacks", "avx512f")
        if wide.returncode == 1 and all(part in wide.stderr for part in refusal):
            return None
        return f"expected x86-64-v4 to be refused by name, got exit {wide.returncode}: {wide.stderr.strip()}"
    narrow = run("--isa=v3", "--json")
    for result in (wide, narrow):
        if result.returncode:
            return f"neap-run exit {result.returncode}: {result.stderr.strip()}"
    bits = [[output["sha256"] for output in json.loads(result.stdout)["outputs"]]
            for result in (wide, narrow)]
    return None if bits[0] == bits[1] else "x86-64-v4 gives other bits than x86-64-v3"
