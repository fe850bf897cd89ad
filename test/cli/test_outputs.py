# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where the tools write: whole files or none, links, devices, full disks."""
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import unittest

import numpy as np
from onnx import helper, numpy_helper

from command_line import BINARIES, model, neap_run, neapc, save, two_layer_model, value


class OutputsTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.model = save(two_layer_model(batch=2), self.folder / "model.onnx")

    def compile(self, *options):
        result = neapc(self.model, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def refuse(self, *options, message, status=1):
        result = neapc(self.model, *options)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertIn(message, result.stderr)
        self.assertEqual(list(self.folder.glob("**/*.tmp-*")), [])

    def test_a_report_that_cannot_be_written_is_found_before_the_compile(self):
        binary = self.folder / "model.neap"
        (self.folder / "folder.json").mkdir()
        for report in ("absent/report.json", "folder.json"):
            with self.subTest(report=report):
                self.refuse("-o", binary, f"--report={self.folder / report}",
                            message=f"cannot write '{self.folder / report}'")
                self.assertFalse(binary.exists())

    def test_the_report_and_the_output_are_two_files(self):
        path = self.folder / "both.json"
        self.refuse("-o", path, f"--report={path}", message="both", status=2)

    def test_no_report_without_a_plan(self):
        for form in ("neap", "mlir"):
            self.refuse(f"--emit={form}", f"--report={self.folder / 'r.json'}", message="needs a plan", status=2)

    def test_an_output_that_cannot_be_written_is_found_before_the_compile(self):
        broken = save(b"no model", self.folder / "broken.onnx")
        for output in (self.folder / "absent" / "model.neap", self.folder):
            with self.subTest(output=output):
                result = neapc(broken, "-o", output)
                self.assertEqual(result.returncode, 1)
                self.assertIn(f"cannot write '{output}'", result.stderr)

    def test_links_are_followed(self):
        (self.folder / "builds").mkdir()
        for name, target in (("model.neap", "builds/first.neap"), ("again.neap", "model.neap"),
                             ("report.json", self.folder / "builds" / "report.json")):
            (self.folder / name).symlink_to(target)
        for output in ("model.neap", "again.neap"):  # a link to nothing, then a link to a link
            self.compile("-o", self.folder / output, f"--report={self.folder / 'report.json'}")
        for name in ("model.neap", "again.neap", "report.json"):
            self.assertTrue((self.folder / name).is_symlink(), name)
        self.assertEqual(sorted(os.listdir(self.folder / "builds")), ["first.neap", "report.json"])
        self.assertEqual(neap_run(self.folder / "again.neap", "--random-inputs=1").returncode, 0)
        json.loads((self.folder / "builds" / "report.json").read_text())

    def test_a_link_that_leads_to_itself(self):
        (self.folder / "loop.neap").symlink_to("loop.neap")
        self.refuse("-o", self.folder / "loop.neap", message="cannot write")

    def test_a_full_device(self):
        (self.folder / "full.json").symlink_to("/dev/full")
        self.refuse("--plan-only", f"--report={self.folder / 'full.json'}", message="No space left on device")
        for form in ("neap", "mlir", "plan", "llvm"):
            self.refuse(f"--emit={form}", "-o", "/dev/full", message="No space left on device")
        for options in (["--emit=plan", self.model], ["--list-onnx-ops"], ["--help"], ["--version"],
                        ["--plan-only", self.model]):
            with self.subTest(options=options), open("/dev/full", "w") as full:
                result = subprocess.run([BINARIES / "neapc", *options], stdout=full,
                                        stderr=subprocess.PIPE, text=True)
                self.assertEqual(result.returncode, 1)
                self.assertIn("cannot write to standard output: No space left on device", result.stderr)
                self.assertNotIn("LLVM ERROR", result.stderr)

    def test_a_limit_on_the_size_of_files(self):
        for tool, *options in (("neapc", self.model, "-o", self.folder / "large.neap"),
                               ("neapc", "--emit=llvm", self.model, "-o", self.folder / "large.mlir")):
            with self.subTest(options=options):
                result = subprocess.run([BINARIES / tool, *options], capture_output=True, text=True, preexec_fn=lambda:
                                        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)))
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertIn("File too large", result.stderr)
                self.assertEqual(result.stderr.count("error: "), 1, result.stderr)
                self.assertFalse(options[-1].exists())

    def test_text_goes_to_files_and_pipes(self):
        printed = self.compile("--emit=plan").stdout
        for output in (self.folder / "plan.mlir", "/dev/stdout"):
            text = self.compile("--emit=plan", "-o", output).stdout
            self.assertEqual(text or output.read_text(), printed)

    def test_what_a_plan_alone_prints(self):
        printed = self.compile("--plan-only", "-v").stdout
        self.assertIn("planned", printed)
        self.assertNotIn("compiled", printed)
        self.assertEqual(list(self.folder.glob("*.neap")), [])

    def test_odd_names(self):
        odd = self.folder / "ein Modell ' \u00e4\u6a21\u578b$(x).onnx"
        odd.write_bytes(self.model.read_bytes())
        self.assertEqual(neapc(odd).returncode, 0)
        result = neap_run(odd.with_suffix(".neap"), "--random-inputs=1",
                          f"--output-dir={self.folder / 'out put'}")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(os.listdir(self.folder / "out put"), ["y.npy"])

    def test_names_of_tensors_in_file_names(self):
        # One _ for a character, however many bytes it has; no file is written twice.
        names = ["\u6a21/\u00e4", "a/b", "a_b.3", "a b"]
        nodes = [helper.make_node("Add", ["x", f"w{i}"], [name]) for i, name in enumerate(names)]
        weights = [numpy_helper.from_array(np.float32([i]), f"w{i}") for i in range(len(names))]
        path = save(model(nodes, [value("x", [1])], [value(name, [1]) for name in names], weights),
                    self.folder / "names.onnx")
        self.assertEqual(neapc(path).returncode, 0)
        np.save(self.folder / "x.npy", np.float32([0]))
        result = neap_run(path.with_suffix(".neap"), "--input", f"x={self.folder / 'x.npy'}",
                          f"--output-dir={self.folder / 'out'}")
        self.assertEqual(result.returncode, 0, result.stderr)
        written = {file: np.load(self.folder / "out" / file).item() for file in os.listdir(self.folder / "out")}
        self.assertEqual(written, {"___.npy": 0, "a_b.npy": 1, "a_b.3.npy": 2, "a_b.3.3.npy": 3})

    def test_relative_names(self):
        result = neapc("model.onnx", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((self.folder / "model.neap").exists())

    def test_instruction_sets_by_either_name(self):
        for short, full in (("v2", "x86-64-v2"), ("v4", "x86-64-v4")):
            report = self.folder / "report.json"
            self.compile("--plan-only", f"--isa={short}", f"--isa={full}", f"--report={report}")
            self.assertEqual(json.loads(report.read_text())["isas"], [full])

    def test_versions(self):
        for tool in (neapc, neap_run):
            result = tool("--version")
            self.assertEqual(result.returncode, 0)
            self.assertRegex(result.stdout, r"^neap(c|-run) \d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
