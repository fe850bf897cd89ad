# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The nine light_* models of the onnx wheel through neapc and neap-run --test-data: right
outputs, the same bits on x86-64-v3 and v4, and what the process gains in memory equals what the
plan says, to the byte."""
import json
import pathlib
import sys
import tempfile

import instruction_sets
from command_line import MODELS, neap_run, neapc


def check_memory(run):
    """Returns None, or what is wrong with the memory of a run."""
    memory = run["memory_check"]
    if memory["gained_bytes"] != memory["declared_bytes"]:
        return f"the process gained {memory['gained_bytes']} bytes, the plan says {memory['declared_bytes']}"
    allowed = run["arena_bytes"] + run["input_bytes"] + run["output_bytes"] + (16 << 20)
    if run["rss_anon_bytes"] > allowed:
        return f"RssAnon is {run['rss_anon_bytes']} bytes, expected at most {allowed}"
    return None


def check(folder, scratch):
    binary = scratch / "model.neap"
    compiled = neapc(folder / "model.onnx", "-o", binary, *instruction_sets.BOTH)
    if compiled.returncode:
        return f"neapc exit {compiled.returncode}: {compiled.stderr.strip()}"
    for threads in (1, 2):
        result = neap_run(binary, f"--test-data={folder / 'test_data_set_0'}",
                          f"--threads={threads}", "--memory-check", "--json")
        if result.returncode:
            return f"neap-run exit {result.returncode}: {(result.stderr + result.stdout).strip()}"
        wrong = check_memory(json.loads(result.stdout))
        if wrong:
            return f"at {threads} threads {wrong}"
    return instruction_sets.check_v4(
        lambda *options: neap_run(binary, "--random-inputs=1", *options))


def main():
    failures = 0
    folders = sorted((MODELS / "light").glob("light_*"))
    with tempfile.TemporaryDirectory() as scratch:
        for folder in folders:
            wrong = check(folder, pathlib.Path(scratch))
            failures += bool(wrong)
            print(f"{folder.name}: {wrong or 'right at 1 and 2 threads, memory as planned'}", flush=True)
    print(f"{len(folders) - failures} of {len(folders)} light models are right; "
          f"{instruction_sets.describe_v4(len(folders))}")
    sys.exit(1 if failures or not folders else 0)


if __name__ == "__main__":
    main()
