# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A budget is kept, or the compile fails with the smallest one that is reached."""
import json
import os
import pathlib
import re
import resource
import tempfile
import unittest


from command_line import neap_run, neapc, save, two_layer_model

CGROUP_V1 = pathlib.Path("/sys/fs/cgroup/memory")
CGROUP_V2 = pathlib.Path("/sys/fs/cgroup")


def memory_cgroup(limit):
    """Makes a memory cgroup of `limit` bytes; returns its folder, or None."""
    for root, knob in ((CGROUP_V1, "memory.limit_in_bytes"), (CGROUP_V2, "memory.max")):
        group = root / f"neap-test-{os.getpid()}"
        try:
            if not (root / "cgroup.procs").exists():
                continue
            group.mkdir()
            (group / knob).write_text(str(limit))
            return group
        except OSError:
            if group.exists():
                group.rmdir()
    return None


class BudgetTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.model = save(two_layer_model(width=512), self.folder / "model.onnx")
        self.binary = self.folder / "model.neap"

    def compile(self, *options):
        return neapc(self.model, "--dim=batch=256", "-o", self.binary, *options)

    def smallest_budget(self):
        result = self.compile("--memory-budget=1")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertFalse(self.binary.exists(), "a failed compile left a file")
        return int(re.search(r"at least (\d+) bytes are needed", result.stderr).group(1))

    def test_smallest_budget_compiles_and_64_less_fails(self):
        smallest = self.smallest_budget()
        result = self.compile(f"--memory-budget={smallest - 64}")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"at least {smallest} bytes are needed", result.stderr)
        report = self.folder / "report.json"
        result = self.compile(f"--memory-budget={smallest}", f"--report={report}")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertLessEqual(json.loads(report.read_text())["entries"][0]["peak_bytes"], smallest)

    def test_the_refusal_names_no_node_but_those_at_the_peak(self):
        # The producer's name for the graph is no node.
        graph = two_layer_model(width=512)
        graph.graph.name = "exporter"
        save(graph, self.model)
        result = self.compile("--memory-budget=1")
        self.assertEqual(result.returncode, 1)
        self.assertNotIn("exporter", result.stderr)
        self.assertIn("bytes at the peak: '", result.stderr)

    def reference_run(self):
        self.compile()
        result = neap_run(self.binary, "--random-inputs=1", "--json", "--memory-check", "--threads=1")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_runs_under_a_memory_cgroup(self):
        reference = self.reference_run()
        declared, reserve = reference["memory_check"]["declared_bytes"], reference["process_reserve_bytes"]
        group = memory_cgroup(declared + reference["const_bytes"] + reserve)
        if group is None:
            self.skipTest("memory cgroups are not writable here")
        self.addCleanup(group.rmdir)
        enter = lambda: (group / "cgroup.procs").write_text(str(os.getpid()))
        result = neap_run(self.binary, "--random-inputs=1", "--json", "--threads=1", preexec_fn=enter)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["outputs"], reference["outputs"])

    def test_runs_under_a_data_limit(self):
        reference = self.reference_run()
        limit = reference["memory_check"]["declared_bytes"] + reference["process_reserve_bytes"]
        lower = lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        result = neap_run(self.binary, "--random-inputs=1", "--json", "--threads=1", preexec_fn=lower)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["outputs"], reference["outputs"])


if __name__ == "__main__":
    unittest.main()
