#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that tests mirror the tree, name by name.

* Each op family dialects/<d>/IR/ops/<Family>.td has test/dialects/<d>/ops/
  <family>.mlir, and <family>-invalid.mlir if a constraint is numbered, with a
  function @<op>_c<n>... for each constraint (C<n>) of each op.
* Each pass of a passes/<group>/Passes.td has test/passes/<group>/<name>.mlir,
  named by its flag without `neap-`.

Exit code 1 and one line per missing test. `--self-test` checks the checker.
"""

import argparse
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OP = re.compile(r'^def \w+Op\b[^<]*<\s*"(\w+)"', re.MULTILINE)
CONSTRAINT = re.compile(r"\(C(\d+)\)")
PASS = re.compile(r'^def \w+\s*:\s*Pass<\s*"([\w-]+)"', re.MULTILINE)
FUNCTION = re.compile(r"@(\w+)")


def kebab(name):
    """Returns `RowNorm` as `row-norm`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def numbered_constraints(text):
    """Yields (op, number) for each constraint listed in a .td file."""
    starts = [(m.start(), m.group(1)) for m in OP.finditer(text)]
    starts.append((len(text), None))
    for (begin, op), (end, _) in zip(starts, starts[1:]):
        body = text[begin:end]
        for line in body.splitlines():
            match = re.match(r"\s*\* " + CONSTRAINT.pattern, line)
            if match:
                yield op, int(match.group(1))


def check_family(root, dialect, family):
    """Returns what is missing for one op family."""
    tests = root / "test/dialects" / dialect / "ops"
    name = kebab(family.stem)
    missing = []
    if not (tests / f"{name}.mlir").exists():
        missing.append(f"{(tests / name).relative_to(root)}.mlir")
    invalid = tests / f"{name}-invalid.mlir"
    constraints = list(numbered_constraints(family.read_text()))
    if not constraints:
        return missing
    functions = set()
    if invalid.exists():
        functions = set(FUNCTION.findall(invalid.read_text()))
    for op, number in constraints:
        wanted = f"{op}_c{number}"
        if not any(f == wanted or f.startswith(wanted + "_")
                   for f in functions):
            missing.append(f"{invalid.relative_to(root)}: @{wanted}")
    return missing


def check_passes(root, table):
    """Returns the pass tests that are missing for one Passes.td."""
    group = table.parent.relative_to(root)
    missing = []
    for flag in PASS.findall(table.read_text()):
        test = root / "test" / group / f"{flag.removeprefix('neap-')}.mlir"
        if not test.exists():
            missing.append(str(test.relative_to(root)))
    return missing


def check_tree(root):
    """Returns all missing tests below `root`."""
    missing = []
    for family in sorted(root.glob("dialects/*/IR/ops/*.td")):
        dialect = family.relative_to(root).parts[1]
        missing += check_family(root, dialect, family)
    for table in sorted(root.glob("passes/**/Passes.td")):
        missing += check_passes(root, table)
    return missing


def self_test():
    """Builds a small tree and looks for exactly its missing tests."""
    files = {
        "dialects/d/IR/ops/RowNorm.td":
            'def D_AOp : X<"a"> {\n * (C1) x\n * (C2) y\n}\n',
        "test/dialects/d/ops/row-norm-invalid.mlir": "func @a_c1_rank",
        "passes/g/Passes.td":
            'def A : Pass<"neap-a-b"> {}\ndef B : Pass<"neap-c"> {}\n',
        "test/passes/g/c.mlir": "",
    }
    expected = [
        "test/dialects/d/ops/row-norm.mlir",
        "test/dialects/d/ops/row-norm-invalid.mlir: @a_c2",
        "test/passes/g/a-b.mlir",
    ]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        got = check_tree(root)
    if got != expected:
        print(f"self-test: expected {expected}, got {got}")
    return got != expected


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return 1 if self_test() else 0
    missing = check_tree(ROOT)
    print("\n".join(f"missing test: {m}" for m in missing) or "none missing")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
