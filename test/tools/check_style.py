#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks what every source file must have, whatever is in it.

`format`: clang-format-22 would change no C or C++ file. `spdx`: the first
lines of each source file name its licence. `guards`: the include guard of a
header is its path, so that no two headers share one. Without paths, all files
of the tree are checked: those that git does not ignore or, where there is no
git, all below the folders of the tree. Exit code 1 and one line per violation
if there are any. `self_test` checks the checker.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ("bench", "compiler", "dialects", "examples", "frontends", "passes",
         "python", "runtime", "scripts", "test")
FORMATTED = {".h", ".hpp", ".c", ".cpp", ".cc"}
LICENSED = FORMATTED | {".inc", ".td", ".py", ".cmake", ".proto", ".map"}
HEADERS = {".h", ".hpp"}
# Folder -> how the guards of its headers begin; the first match rules.
GUARD_PREFIXES = {
    "dialects/neap/": "NEAP_", "dialects/": "NEAP_", "examples/": "",
    "runtime/include/neap/": "NEAP_", "": "NEAP_"}
CLANG_FORMAT = "clang-format-22"
SPDX = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
# After an interpreter line, or the opening of a comment.
SPDX_WITHIN_LINES = 3


def git_files(root):
    """Returns the files that git does not ignore, or None without git."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached",
               "--others", "--exclude-standard"]
    if not (root / ".git").exists() or not shutil.which("git"):
        return None
    listing = subprocess.run(command, capture_output=True, text=True)
    if listing.returncode != 0:
        return None
    return [root / name for name in listing.stdout.split("\0") if name]


def source_files(root, paths=()):
    """Returns the files of the tree, sorted; only those at or below `paths`."""
    files = git_files(root)
    if files is None:
        files = [root / "CMakeLists.txt"]
        for room in ROOMS:
            files += (root / room).rglob("*")
    wanted = [pathlib.Path(path).resolve() for path in paths]
    return sorted(
        file for file in files if file.is_file() and not file.is_symlink()
        and (not wanted or any(file.is_relative_to(path) for path in wanted)))


def check_format(files):
    """Returns one line per place that clang-format would change."""
    files = [str(file) for file in files if file.suffix in FORMATTED]
    if not shutil.which(CLANG_FORMAT):
        return [f"{CLANG_FORMAT} is not installed: run scripts/setup"]
    if not files:
        return []
    result = subprocess.run([CLANG_FORMAT, "--dry-run", "--Werror", *files],
                            capture_output=True, text=True, cwd=ROOT)
    if result.returncode == 0:
        return []
    return [line for line in result.stderr.splitlines()
            if ": error: " in line] or [result.stderr]


def needs_licence(file, lines):
    """Whether a file is source code and not data."""
    return (file.suffix in LICENSED or file.name == "CMakeLists.txt"
            or bool(lines) and lines[0].startswith("#!"))


def check_spdx(files):
    """Returns one line per source file that does not name its licence."""
    violations = []
    for file in files:
        with file.open(errors="replace") as stream:
            lines = [stream.readline() for _ in range(SPDX_WITHIN_LINES)]
        if needs_licence(file, lines) and not any(SPDX in li for li in lines):
            violations.append(f"{file}: expected '{SPDX}' in the first "
                              f"{SPDX_WITHIN_LINES} lines")
    return violations


def expected_guard(path):
    """Returns the include guard of the header at `path` of the tree."""
    for folder, prefix in GUARD_PREFIXES.items():
        if path.startswith(folder):
            path = prefix + path.removeprefix(folder)
            break
    return re.sub(r"[^A-Z0-9]", "_", path.upper())


def check_guards(files, root=ROOT):
    """Returns one line per header whose include guard is not its path."""
    violations = []
    for file in files:
        if file.suffix not in HEADERS:
            continue
        guard = re.search(r"^#ifndef (\w+)\n#define \1$", file.read_text(),
                          re.MULTILINE)
        expected = expected_guard(file.relative_to(root).as_posix())
        if not guard or guard.group(1) != expected:
            violations.append(f"{file}: expected the include guard {expected}, "
                              f"got {guard.group(1) if guard else 'none'}")
    return violations


def self_test():
    """Builds a small tree and looks for exactly its violations."""
    files = {
        "runtime/good.cpp": f"// {SPDX}\nint a;\n",
        "runtime/bad.cpp": "int  a;\n",
        "runtime/CMakeLists.txt": "project(a)\n",
        "runtime/include/neap/a.h":
            f"// {SPDX}\n#ifndef NEAP_A_H\n#define NEAP_A_H\n#endif\n",
        "runtime/base/a.h":
            f"// {SPDX}\n#ifndef NEAP_A_H\n#define NEAP_A_H\n#endif\n",
        "runtime/data.txt": "no licence needed",
        "scripts/tool": "#!/bin/sh\n",
        "scripts/licensed": f"#!/bin/sh\n# {SPDX}\n",
        "build/generated.cpp": "int  a;\n",
    }
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        for check, paths, expected in [
                (check_format, (), {"runtime/bad.cpp"}),
                (check_format, (root / "scripts",), set()),
                (check_spdx, (), {"runtime/bad.cpp", "runtime/CMakeLists.txt",
                                  "scripts/tool"}),
                (check_spdx, (root / "scripts",), {"scripts/tool"}),
                (lambda files: check_guards(files, root), (),
                 {"runtime/base/a.h"})]:
            lines = check(source_files(root, paths))
            got = {line.split(":")[0].removeprefix(f"{root}/")
                   for line in lines}
            if got != expected:
                print(f"self-test: expected {expected}, got {lines}")
                failures += 1
    return failures


CHECKS = {"format": check_format, "guards": check_guards, "spdx": check_spdx}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("check", choices=[*CHECKS, "self_test"])
    parser.add_argument("paths", nargs="*", help="files or folders to check")
    arguments = parser.parse_args()
    if arguments.check == "self_test":
        return 1 if self_test() else 0
    check = CHECKS[arguments.check]
    violations = check(source_files(ROOT, arguments.paths))
    print("\n".join(violations) or "no violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
