#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs clang-tidy-22 with the checks of .clang-tidy over C and C++ files.

Without paths, all files of the tree are checked. Flags are those of
BUILD/compile_commands.json; a file that this build does not compile, such as
an example, gets those of a program that embeds the runtime. A header is checked
with the files that include it. Exit code 1 and the findings, each once, if
there are any.

Files that include MLIR need the generated headers and the precompiled header
of BUILD: build first.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from check_style import ROOT, source_files

CLANG_TIDY = "clang-tidy-22"
SUFFIXES = {".c", ".cpp", ".cc"}
# Of C files: names are those of the C API, and void pointers convert by themselves.
NOT_FOR_C = ("-readability-identifier-naming,-bugprone-casting-through-void,"
             "-bugprone-multi-level-implicit-pointer-conversion")
FINDING = re.compile(r"^(\S+?:\d+:\d+): (warning|error): ")


def embedding_command(file):
    """Returns the flags of a program that embeds the runtime."""
    driver = "clang-22 -std=c11" if file.suffix == ".c" else "clang++-22 -std=c++17"
    return (f"{driver} -I{shlex.quote(str(ROOT))} "
            f"-I{shlex.quote(str(ROOT / 'runtime/include'))} "
            f"-c {shlex.quote(str(file))}")


def compile_commands(build, files):
    """Returns one entry of a compilation database for each of `files`."""
    database = build / "compile_commands.json"
    if not database.exists():
        sys.exit(f"{database} does not exist: configure first, for example "
                 "with scripts/build")
    known = {}
    for entry in json.loads(database.read_text()):
        known.setdefault(entry["file"], entry)
    return [known.get(str(file)) or {
        "directory": str(build), "file": str(file),
        "command": embedding_command(file)} for file in files]


def tidy(database, file):
    """Returns the exit code and the output of one clang-tidy, and its time."""
    start = time.monotonic()
    command = [CLANG_TIDY, "--quiet", "-p", str(database), str(file)]
    if file.suffix == ".c":
        command.append(f"--checks={NOT_FOR_C}")
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    output = result.stdout
    if result.returncode != 0 and not FINDING.search(output):
        output += result.stderr
    return result.returncode, output, time.monotonic() - start


def split_findings(output):
    """Splits clang-tidy's output into findings with the lines that follow."""
    findings = []
    for line in output.splitlines():
        if FINDING.match(line) or not findings:
            findings.append(line)
        else:
            findings[-1] += "\n" + line
    return findings


def check(build, files, jobs, is_verbose):
    """Prints the findings in `files`; returns how many there are."""
    seen = set()
    with tempfile.TemporaryDirectory() as database, \
            concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        (pathlib.Path(database) / "compile_commands.json").write_text(
            json.dumps(compile_commands(build, files)))
        runs = {pool.submit(tidy, database, file): file for file in files}
        for run in concurrent.futures.as_completed(runs):
            code, output, seconds = run.result()
            if is_verbose:
                print(f"{seconds:6.1f} s {runs[run].relative_to(ROOT)}",
                      flush=True)
            for finding in split_findings(output) if code else []:
                if finding not in seen:
                    seen.add(finding)
                    print(finding, flush=True)
    return len(seen)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("paths", nargs="*", help="files or folders to check")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--verbose", action="store_true",
                        help="print each file and its seconds")
    arguments = parser.parse_intermixed_args()
    if not shutil.which(CLANG_TIDY):
        sys.exit(f"{CLANG_TIDY} is not installed: run scripts/setup")
    files = [file for file in source_files(ROOT, arguments.paths)
             if file.suffix in SUFFIXES]
    start = time.monotonic()
    count = check(arguments.build.resolve(), files, arguments.jobs,
                  arguments.verbose)
    print(f"clang-tidy: {count} findings in {len(files)} files, "
          f"{time.monotonic() - start:.0f} s")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
