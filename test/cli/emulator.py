# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A machine of x86-64-v2 and no more: Intel's Nehalem of 2008, as qemu-user emulates it. An
instruction that it does not have ends a program by a signal."""
import shutil
import subprocess

from command_line import BINARIES

QEMU = shutil.which("qemu-x86_64")
MISSING = "there is no qemu-x86_64, which Debian's package qemu-user has"


def run_on_nehalem(tool, *arguments):
    """Runs one of our tools there."""
    return subprocess.run([QEMU, "-cpu", "Nehalem", str(BINARIES / tool), *map(str, arguments)],
                          capture_output=True, text=True, errors="replace", timeout=600)
