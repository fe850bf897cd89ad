# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The frozen files of every released format number still load and run right."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import numpy as np

NEAP_RUN = pathlib.Path(os.environ["NEAP_BINARIES"]) / "neap-run"
FROZEN = pathlib.Path(__file__).resolve().parent / "format"
FORMAT_FIELD = slice(8, 12)  # of the header, see plan_format.h
CURRENT = 1


def number_of(binary):
    """The format number in a frozen file's name, v<N>.neap or v<N>-WHAT.neap."""
    return int(re.fullmatch(r"v(\d+)(-\w+)?", binary.stem)[1])


def neap_run(*arguments):
    return subprocess.run([NEAP_RUN, *arguments], capture_output=True, text=True, timeout=60)


class FrozenFormatTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def run_frozen(self, binary, threads):
        """Returns the outputs by name."""
        folder = self.folder / binary.stem
        folder.mkdir(exist_ok=True)
        inputs = sorted(binary.with_suffix("").glob("input_*.npy"))
        arguments = [f"--input={path.stem.removeprefix('input_')}={path}" for path in inputs]
        result = neap_run(binary, "--verify", f"--threads={threads}",
                          f"--output-dir={folder}", *arguments)
        if result.returncode == 1 and "this machine lacks" in result.stderr:
            self.skipTest("this machine does not run x86-64-v3")
        self.assertEqual(result.returncode, 0, result.stderr)
        return {path.stem: np.load(path) for path in folder.glob("*.npy")}

    def check(self, binary):
        files = sorted(binary.with_suffix("").glob("output_*.npy"))
        self.assertTrue(files)
        for threads in (1, 2):
            outputs = self.run_frozen(binary, threads)
            self.assertEqual(set(outputs), {f.stem.removeprefix("output_") for f in files})
            for path in files:
                expected = np.load(path)
                output = outputs[path.stem.removeprefix("output_")]
                with self.subTest(output=path.stem, threads=threads):
                    self.assertEqual(output.shape, expected.shape)
                    bound = 1e-5 * np.ptp(expected) if output.dtype.kind == "f" else 0
                    self.assertLessEqual(np.abs(output - expected).max(), bound)

    def test_every_released_number_has_its_file(self):
        numbers = {number_of(path) for path in FROZEN.glob("*.neap")}
        self.assertEqual(numbers, set(range(1, CURRENT + 1)))

    def test_frozen_files_load_and_compute_what_they_did(self):
        for binary in sorted(FROZEN.glob("*.neap")):
            with self.subTest(binary=binary.name):
                self.assertEqual(binary.read_bytes()[FORMAT_FIELD],
                                 number_of(binary).to_bytes(4, "little"))
                self.check(binary)

    def test_another_number_is_refused_by_name(self):
        for number in (0, CURRENT + 1, 2**32 - 1):
            with self.subTest(number=number):
                content = bytearray((FROZEN / f"v{CURRENT}.neap").read_bytes())
                content[FORMAT_FIELD] = number.to_bytes(4, "little")
                changed = self.folder / "changed.neap"
                changed.write_bytes(content)
                result = neap_run(changed, "--summary")
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertIn("changed.neap", result.stderr)
                self.assertIn(f"has format {number}; this runtime reads {CURRENT}", result.stderr)


if __name__ == "__main__":
    unittest.main()
