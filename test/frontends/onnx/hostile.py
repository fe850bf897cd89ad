# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hostile models through the frontend: a message and exit status 1, never a crash.

  hostile.py NEAP_IMPORT [--fuzz N]

Runs the hand-made models of hostile_models.py, then N random nodes per ONNX op and
N random mutations of a good file, all from fixed seeds; a third of them is inspected
too.
"""
import argparse
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import hostile_models
import random_nodes

BATCH = 200
TIMEOUT = 300  # of what would hang; sanitizers and a busy machine take a minute
# What sanitizers say, whatever status they exit with.
FAULT = re.compile("Sanitizer|runtime error:")


def run_hand_made(tool, folder):
    """Returns what went wrong, one line per model."""
    failures = []
    for path, expected in hostile_models.make(folder):
        result = subprocess.run([tool, "--quiet", "--dim=N=2", path], capture_output=True,
                                text=True, timeout=TIMEOUT)
        message = result.stderr.replace(str(folder), "")
        if "symbolic dimensions are" in message:
            result = subprocess.run([tool, "--quiet", path], capture_output=True, text=True,
                                    timeout=TIMEOUT)
            message = result.stderr
        wanted = 0 if expected is None else 1
        is_right = result.returncode == wanted and (expected is None or expected in message)
        is_right &= not FAULT.search(message)
        if expected is not None:
            is_right &= "error: " in message and str(path.name) in message
        if not is_right:
            failures.append(f"{path.name}: exit {result.returncode}, expected {wanted} with "
                            f"'{expected}', got '{message.strip()[:300]}'")
    return failures


def run_batch(tool, paths, *options):
    """Imports many models in one process; on a crash finds the one that did it."""
    result = subprocess.run([tool, "--quiet", *options, *paths], capture_output=True, text=True,
                            errors="replace", timeout=TIMEOUT)
    if result.returncode in (0, 1) and not FAULT.search(result.stderr):
        return []
    done = len(result.stdout.splitlines())
    culprit = paths[done] if done < len(paths) else paths[-1]
    return [f"{culprit.name}: exit {result.returncode}: {result.stderr[-600:]}",
            *run_batch(tool, paths[done + 1:], *options)]


def mutate(data, generator):
    data = bytearray(data)
    for _ in range(generator.randint(1, 4)):
        position = generator.randrange(len(data))
        kind = generator.randrange(3)
        if kind == 0:
            data[position] = generator.randrange(256)
        elif kind == 1:
            del data[position:position + generator.randint(1, 8)]
        else:
            data[position:position] = generator.randbytes(generator.randint(1, 4))
    return bytes(data)


def mutations(count):
    generator = random.Random(2)
    seeds = [m for m in random_nodes.seed_models()]
    for i in range(count):
        yield f"mutation_{i}", mutate(generator.choice(seeds), generator)


def run_fuzz(tool, folder, count, *options):
    failures, paths, total = [], [], 0
    for name, content in [*random_nodes.make(count), *mutations(count * 20)]:
        path = folder / f"{name}.onnx"
        path.write_bytes(content)
        paths.append(path)
        total += 1
        if len(paths) == BATCH:
            failures += run_batch(tool, paths, *options)
            for old in paths:
                old.unlink()
            paths = []
    if paths:
        failures += run_batch(tool, paths, *options)
    print(" ".join([f"{total} random models", *options]))
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", type=pathlib.Path)
    parser.add_argument("--fuzz", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        failures = run_hand_made(arguments.tool, folder)
        failures += run_fuzz(arguments.tool, folder, arguments.fuzz)
        # Inspecting goes on behind what importing refuses.
        failures += run_fuzz(arguments.tool, folder, max(arguments.fuzz // 3, 1), "--inspect")
    print("\n".join(failures) or "every model is imported or refused as it should be")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
