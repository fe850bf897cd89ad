# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The nine light_* models of the onnx wheel through neapc and neap-run --test-data."""
import pathlib
import sys
import tempfile

from command_line import MODELS, neap_run, neapc


def check(folder, scratch):
    binary = scratch / "model.neap"
    compiled = neapc(folder / "model.onnx", "-o", binary)
    if compiled.returncode:
        return f"neapc exit {compiled.returncode}: {compiled.stderr.strip()}"
    for threads in (1, 2):
        result = neap_run(binary, f"--test-data={folder / 'test_data_set_0'}", f"--threads={threads}")
        if result.returncode:
            return f"neap-run exit {result.returncode}: {(result.stderr + result.stdout).strip()}"
    return None


def main():
    failures = 0
    folders = sorted((MODELS / "light").glob("light_*"))
    with tempfile.TemporaryDirectory() as scratch:
        for folder in folders:
            wrong = check(folder, pathlib.Path(scratch))
            failures += bool(wrong)
            print(f"{folder.name}: {wrong or 'right at 1 and 2 threads'}", flush=True)
    print(f"{len(folders) - failures} of {len(folders)} light models are right")
    sys.exit(1 if failures or not folders else 0)


if __name__ == "__main__":
    main()
