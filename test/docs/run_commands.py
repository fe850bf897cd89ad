# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""run_commands.py REPOSITORY BIN_DIR FILE.md ...

Runs every command of the documents' ```sh blocks, as a reader would: from the
repository's root, each document's blocks in order in one shell that stops at the
first failure. `build/bin` is the build at hand, `model.onnx` a small model. A
block that the reader is not meant to run is not marked `sh`; scripts/demo and
scripts/test are run by their own tests and only checked to be there.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
OWN_TESTS = ("scripts/demo", "scripts/test")


def commands(document):
    for block in BLOCK.findall(document.read_text()):
        for line in block.replace("\\\n", " ").splitlines():
            line = line.split(" # ")[0].strip()
            if line and not line.startswith("#"):
                yield line


def prepare(folder, repository, binaries):
    """A folder that looks like the repository, with a build and a model in it."""
    for entry in repository.iterdir():
        if entry.name not in ("build", ".git"):
            (folder / entry.name).symlink_to(entry)
    (folder / "build").mkdir()
    for entry in binaries.parent.iterdir():
        (folder / "build" / entry.name).symlink_to(entry)
    sys.path.insert(0, str(repository / "test" / "cli"))
    from command_line import save, two_layer_model
    save(two_layer_model(), folder / "model.onnx")


def run_document(document, folder, repository):
    lines = list(commands(document))
    runnable = [l for l in lines if l.split()[0] not in OWN_TESTS]
    for line in lines:
        if line.split()[0] in OWN_TESTS and not (repository / line.split()[0]).exists():
            return f"'{line}' does not exist"
    script = "set -euo pipefail\n" + "\n".join(runnable)
    result = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True)
    print(f"{document}: {len(lines)} commands, {len(runnable)} run here", flush=True)
    return None if result.returncode == 0 else result.stdout + result.stderr


def main(repository, binaries, *documents):
    repository, binaries = pathlib.Path(repository).resolve(), pathlib.Path(binaries).resolve()
    os.environ["NEAP_BINARIES"] = str(binaries)
    failed = False
    for document in documents:
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            prepare(folder, repository, binaries)
            wrong = run_document(repository / document, folder, repository)
            if wrong:
                print(f"{document}: {wrong}")
                failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
