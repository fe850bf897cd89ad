# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docs/reports.md lists the keys that the tools write, no fewer and no more."""
import json
import pathlib
import re
import tempfile
import unittest

from command_line import neap_run, neapc, save, two_layer_model

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "reports.md"


def documented(section):
    """Returns the keys in the table under the heading that begins with `section`."""
    text = PAGE.read_text().split(f"## {section}")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def written(value, prefix=""):
    """Returns the paths of all keys, as the page writes them."""
    keys = set()
    if isinstance(value, list):
        for item in value:
            keys |= written(item, prefix + "[]") if isinstance(item, dict) else set()
    elif isinstance(value, dict):
        for key, inner in value.items():
            path = f"{prefix}.{key}" if prefix else key
            keys |= {path} | written(inner, path)
    return keys


class ReportsTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.model = save(two_layer_model(batch=2), self.folder / "model.onnx")
        self.report = self.folder / "report.json"
        self.result = neapc(self.model, f"--report={self.report}")
        self.assertEqual(self.result.returncode, 0, self.result.stderr)

    def test_the_report_of_a_compile(self):
        report = json.loads(self.report.read_text())
        self.assertEqual(written(report), documented("neapc --report"))
        self.assertEqual(report["output_bytes"], (self.folder / "model.neap").stat().st_size)
        entry = report["entries"][0]
        self.assertEqual(entry["peak_bytes"],
                         entry["weights_bytes"] + entry["state_bytes"] + entry["arena_bytes"])

    def test_the_report_of_a_run(self):
        result = neap_run(self.folder / "model.neap", "--random-inputs=1", "--json", "--memory-check")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(written(json.loads(result.stdout)), documented("neap-run --json"))

    def test_both_tools_say_the_same_of_the_arena(self):
        def verdicts(text, what):
            return re.findall(what + r" +([\d.]+),? +(proved optimal|at most [\d.]+ % above the optimum)", text)
        compiled = self.result.stdout + self.result.stderr
        loaded = neap_run(self.folder / "model.neap", "--summary").stdout
        for of_compiler, of_runtime in (("arena / max live", "arena / max-live"),
                                        ("max live / lower bound", "max-live / lower bound")):
            verdict = verdicts(compiled, of_compiler)
            self.assertEqual(len(verdict), 1, compiled)
            self.assertEqual(verdict, verdicts(loaded, of_runtime))

    def test_the_forms_of_a_budget(self):
        for form in ("100000000", "512MiB", "512 MiB", "1GiB", "100000KiB"):
            self.assertEqual(neapc(self.model, "--plan-only", f"--memory-budget={form}").returncode, 0, form)
        for form in ("1.5GiB", "-1", "+5", "512MB", "12Q", "MiB", "1 G", "99999999999GiB", "0x10"):
            self.assertEqual(neapc(self.model, "--plan-only", f"--memory-budget={form}").returncode, 2, form)


if __name__ == "__main__":
    unittest.main()
