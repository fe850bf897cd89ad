# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The commands of runtime/README.md build and test libneap where LLVM is not installed.

They run as a reader would run them, with GCC, on a copy of the folders that they
need, with every program of LLVM out of PATH and its CMake packages disabled. No
header of LLVM may have been read either.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "test" / "docs"))

from run_commands import commands  # noqa: E402

NEEDED = ("runtime", "test/runtime", "examples")
PACKAGES = ("LLVM", "MLIR", "Clang", "LLD", "ONNX", "Protobuf")


def is_of_llvm(program):
    return any(word in str(path) for path in (program.name, program.resolve())
               for word in ("llvm", "clang", "lld", "mlir"))


def link_other_programs(folder):
    """Fills a folder with links to the programs of PATH that are not LLVM's."""
    folder.mkdir()
    for entry in os.environ["PATH"].split(os.pathsep):
        if not os.path.isdir(entry):
            continue
        for program in pathlib.Path(entry).iterdir():
            link = folder / program.name
            if not link.exists() and os.access(program, os.X_OK) and not is_of_llvm(program):
                link.symlink_to(program)


class StandaloneTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.tree = self.folder / "neap"
        for name in NEEDED:
            shutil.copytree(REPOSITORY / name, self.tree / name)
        link_other_programs(self.folder / "bin")
        toolchain = self.folder / "without_llvm.cmake"
        toolchain.write_text("".join(f"set(CMAKE_DISABLE_FIND_PACKAGE_{name} ON)\n"
                                     for name in PACKAGES))
        self.environment = {"PATH": str(self.folder / "bin"), "HOME": os.environ["HOME"],
                            "CC": "gcc", "CXX": "g++", "CMAKE_TOOLCHAIN_FILE": str(toolchain),
                            "CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count()),
                            "CTEST_OUTPUT_ON_FAILURE": "1"}
        if (self.folder / "bin/ccache").exists():
            self.environment["CMAKE_C_COMPILER_LAUNCHER"] = "ccache"
            self.environment["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
            self.environment["CCACHE_BASEDIR"] = str(self.folder)
            self.environment["CCACHE_NOHASHDIR"] = "1"

    def test_the_commands_of_the_readme(self):
        self.assertIsNone(shutil.which("clang++-22", path=self.environment["PATH"]))
        lines = list(commands(REPOSITORY / "runtime" / "README.md"))
        self.assertIn("cmake -S runtime -B build-runtime", lines)
        for line in lines:
            result = subprocess.run(["bash", "-c", line], cwd=self.tree, env=self.environment,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual(result.returncode, 0, f"{line}\n{result.stdout[-8000:]}")
            print(f"{line}: {result.stdout.strip().splitlines()[-1]}", flush=True)
        self.assertIn("100% tests passed", result.stdout)
        read = [path.read_text() for path in self.tree.glob("build-runtime/**/*.d")]
        self.assertTrue(read)
        self.assertNotRegex("".join(read), r"/(llvm|mlir|google/protobuf)")


if __name__ == "__main__":
    unittest.main()
