# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_sizes.py BIN_DIR SUBJECT

Compiles a sized subject once, with ranges, and runs the one binary at several
sizes. At each size it checks
- outputs as check_subject.py does;
- bits: equal at 1 and 2 threads, and equal to those of a binary that was compiled
  for this size alone;
- memory: what the process gains equals what the plan says, whatever the size.
Exit status 1 if a check fails.
"""
import argparse
import dataclasses
import pathlib
import sys
import tempfile

import check_subject
import float64_reference
import subjects


def compile_ranges(binaries, sized, output, *options):
    """Compiles with ranges where a subject has sizes; returns the report."""
    with_ranges = dataclasses.replace(sized.subjects[0](), dims=sized.ranges)
    return check_subject.compile_subject(binaries, with_ranges, output, *options)


def run_twice(binaries, model, subject, folder):
    """Runs at one and at two threads, into FOLDER.1 and FOLDER.2."""
    runs = []
    for threads in (1, 2):
        target = folder.with_suffix(f".{threads}")
        target.mkdir()
        runs.append(check_subject.run_checked(binaries, model, subject.inputs, threads, target))
    return runs


def check_size(binaries, model, report, subject, reference, scratch):
    print(f"{subject.name} at {subject.dims}")
    runs = run_twice(binaries, model, subject, scratch / "symbolic")
    checks = [check_subject.check_outputs(subject, scratch / "symbolic.1", reference),
              check_subject.check_memory(subject, report, runs)]
    fixed = scratch / "static.neap"
    check_subject.compile_subject(binaries, subject, fixed, ("--isa=x86-64-v3",))
    runs += run_twice(binaries, fixed, subject, scratch / "static")
    return all(checks + [check_subject.check_bits(subject, runs)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("subject")
    arguments = parser.parse_args()
    sized = subjects.sized_subject(arguments.subject)
    reference = float64_reference.Float64Model(sized.subjects[0]().path)
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        model = scratch / "model.neap"
        report = compile_ranges(arguments.binaries, sized, model)
        for index, make in enumerate(sized.subjects):
            folder = scratch / f"size{index}"
            folder.mkdir()
            good &= check_size(arguments.binaries, model, report, make(), reference, folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
