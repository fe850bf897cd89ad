#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that no folder includes what it must not know.

Reads the #include and TableGen include lines of the whole tree and compares
the first words of each path with the rules below. Exit code 1 and one line per
violation if there are any. `--self-test` checks the checker.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUFFIXES = {".h", ".hpp", ".c", ".cpp", ".cc", ".td", ".inc", ".def"}
ROOMS = ("bench", "compiler", "dialects", "examples", "frontends", "passes",
         "python", "runtime", "test")
INCLUDE = re.compile(r'^\s*#?\s*include\s+(["<])([^">]+)[">]')

# Folder -> paths that it may include, of ours. The longest match rules.
MAY_INCLUDE = {
    "dialects/neap/Interfaces": ["dialects/neap/Interfaces"],
    "dialects/neap/IR": ["dialects/neap/Interfaces", "dialects/neap/IR"],
    "dialects": ["dialects"],
    "passes/analysis": ["dialects", "passes/analysis"],
    # Fusion asks the emitters what one kernel can hold.
    "passes/graph": ["dialects", "passes/analysis", "passes/graph",
                     "passes/lowering/KernelEmitter.h"],
    "passes": ["dialects", "passes/analysis", "passes/<own group>"],
    "frontends": ["dialects", "frontends/<own group>"],
    "compiler": ["dialects", "passes", "frontends", "compiler",
                 "runtime/include", "runtime/plan"],
    "runtime/include": ["runtime/include"],
    "runtime/base": ["runtime/base", "runtime/include"],
    "runtime/plan": ["runtime/base", "runtime/plan", "runtime/include"],
    "runtime": ["runtime"],
    "test": ROOMS,
    "bench": ["compiler/api", "runtime", "bench"],
    # Kernels are timed alone: emitted here, run by the loader of the tests and
    # checked against their reference.
    "bench/kernels": ["dialects", "passes", "compiler", "runtime", "bench",
                      "test/passes/lowering/KernelRunner.h",
                      "test/passes/lowering/Symbolic/SizedText.h",
                      "test/reference"],
    "python": ["compiler/api", "runtime", "python"],
    "examples": ["compiler/api", "runtime/include", "examples"],
}
# Folder -> first words of library paths that it must not include.
MUST_NOT_INCLUDE = {
    "runtime": ["llvm", "mlir", "lld", "google"],
    "dialects": ["lld", "onnx", "google"],
    "passes": ["lld", "onnx", "google"],
    "frontends": ["lld"],
}


def longest_match(table, path):
    """Returns the key of `table` that is the longest folder of `path`."""
    keys = [k for k in table if path == k or path.startswith(k + "/")]
    return max(keys, key=len, default=None)


def allowed_prefixes(path):
    """Returns what a file may include, or None if there is no rule."""
    key = longest_match(MAY_INCLUDE, path)
    if key is None:
        return None
    group = "/".join(path.split("/")[:2])
    return [p.replace(key + "/<own group>", group) for p in MAY_INCLUDE[key]]


def check_include(path, quote, included):
    """Returns why `path` must not include `included`, or None."""
    words = included.split("/")
    if words[0] == "neap" and included.startswith("neap/"):
        included = "runtime/include/" + included
        words = included.split("/")
    if words[0] in ROOMS:
        allowed = allowed_prefixes(path)
        if allowed is None or any(
                included == p or included.startswith(p + "/")
                for p in allowed):
            return None
        return f"may include {', '.join(allowed)} of ours"
    forbidden = MUST_NOT_INCLUDE.get(longest_match(MUST_NOT_INCLUDE, path), [])
    if words[0] in forbidden:
        return f"must not include {', '.join(forbidden)}"
    return None


def check_text(path, text):
    """Yields (line number, message) for each violation in a file."""
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        reason = check_include(path, *match.groups())
        if reason:
            yield number, f"includes '{match.group(2)}', but {reason}"


def check_tree(root):
    """Returns the violations of all files below the rooms of `root`."""
    violations = []
    for room in ROOMS:
        for file in sorted((root / room).rglob("*")):
            if file.suffix not in SUFFIXES or not file.is_file():
                continue
            path = file.relative_to(root).as_posix()
            for number, message in check_text(path, file.read_text()):
                violations.append(f"{path}:{number}: {message}")
    return violations


def self_test():
    """Checks one allowed and one forbidden include per rule."""
    cases = [
        ("dialects/neap/IR/A.cpp", "dialects/neap/Interfaces/I.h", True),
        ("dialects/neap/Interfaces/I.h", "dialects/neap/IR/NeapOps.h", False),
        ("dialects/neap/IR/A.cpp", "passes/graph/P.h", False),
        ("passes/graph/A.cpp", "passes/graph/B.h", True),
        ("passes/graph/A.cpp", "passes/analysis/B.h", True),
        ("passes/graph/A.cpp", "passes/memory/B.h", False),
        ("passes/graph/A.cpp", "passes/lowering/KernelEmitter.h", True),
        ("passes/graph/A.cpp", "passes/lowering/B.h", False),
        ("passes/memory/A.cpp", "passes/lowering/KernelEmitter.h", False),
        ("passes/analysis/A.cpp", "passes/memory/B.h", False),
        ("passes/memory/A.cpp", "runtime/plan/PlanVerifier.h", False),
        ("frontends/onnx/A.cpp", "passes/graph/P.h", False),
        ("frontends/onnx/A.cpp", "frontends/other/P.h", False),
        ("compiler/api/C.cpp", "passes/graph/P.h", True),
        ("compiler/api/C.cpp", "runtime/plan/PlanVerifier.h", True),
        ("compiler/api/C.cpp", "runtime/executor/E.h", False),
        ("compiler/api/C.cpp", "neap/kernel_abi.h", True),
        ("runtime/base/S.h", "runtime/plan/P.h", False),
        ("runtime/plan/P.cpp", "runtime/base/S.h", True),
        ("runtime/executor/E.cpp", "mlir/IR/Builders.h", False),
        ("runtime/executor/E.cpp", "dialects/neap/IR/NeapOps.h", False),
        ("passes/graph/A.cpp", "mlir/IR/Builders.h", True),
        ("examples/a/a.cpp", "passes/graph/P.h", False),
        ("bench/models/a.cpp", "passes/graph/P.h", False),
        ("bench/kernels/a.cpp", "passes/graph/P.h", True),
        ("passes/graph/A.cpp", "test/passes/T.h", False),
        ("test/passes/T.cpp", "passes/graph/P.h", True),
    ]
    failures = 0
    for path, included, is_allowed in cases:
        lines = [f'#include "{included}"', f"include <{included}>"]
        for line in lines:
            got = not list(check_text(path, line))
            if got != is_allowed:
                print(f"self-test: {path}: {line}: expected "
                      f"{is_allowed}, got {got}")
                failures += 1
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return 1 if self_test() else 0
    violations = check_tree(ROOT)
    print("\n".join(violations) or "no violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
