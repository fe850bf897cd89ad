# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Weights are mapped: two processes share them and neither copies them."""
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from command_line import BINARIES, neapc, save, two_layer_model

WIDTH = 2048  # 2 * 2048 * 4096 * 4 bytes = 64 MiB of weights


def mapped_weights(pid, binary):
    """Sums Rss, Pss and private-dirty kB of the mappings of `binary`."""
    totals = {"Rss": 0, "Pss": 0, "Private_Dirty": 0}
    inside = False
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if re.match(r"^[0-9a-f]+-[0-9a-f]+ ", line):
            inside = str(binary) in line
        elif inside and line.split(":")[0] in totals:
            totals[line.split(":")[0]] += int(line.split()[1])
    return totals


class SharingTest(unittest.TestCase):
    def test_two_processes_share_the_weights(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            binary = folder / "model.neap"
            model = save(two_layer_model(width=WIDTH), folder / "model.onnx")
            result = neapc(model, "--dim=batch=1", "-o", binary)
            self.assertEqual(result.returncode, 0, result.stderr)
            command = [BINARIES / "neap-run", binary, "--random-inputs=1", "--bench=100000", "--threads=1"]
            processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
            try:
                time.sleep(3)
                for process in processes:
                    memory = mapped_weights(process.pid, binary)
                    self.assertGreater(memory["Rss"], 60 * 1024, "the weights are not mapped from the file")
                    self.assertLess(memory["Pss"], 0.6 * memory["Rss"], "the weights are not shared")
                    self.assertEqual(memory["Private_Dirty"], 0, "weights were copied on write")
            finally:
                for process in processes:
                    process.kill()
                    process.wait()


if __name__ == "__main__":
    unittest.main()
