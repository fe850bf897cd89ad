# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Completion in bash: what pressing tab gives for a command line."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from command_line import BINARIES, neap_run, neapc

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "completions" / "neap.bash"
# Bash itself cuts the line into words, as it does when tab is pressed.
PRESS_TAB = r"""
source "$1"
COMP_LINE="$2" COMP_POINT=${#2}
words=()
for word in $2; do
  while [[ "$word" == *=* ]]; do words+=("${word%%=*}" "="); word="${word#*=}"; done
  [[ -n "$word" ]] && words+=("$word")
done
[[ "$2" == *" " ]] && words+=("")
COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1))
function_name=$(complete -p "${words[0]}" | sed -E 's/.*-F ([^ ]+).*/\1/')
"$function_name" "${words[0]}" "${words[COMP_CWORD]}" "${words[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


class CompletionTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        for name in ("a.onnx", "b.neap", "c.npy", "d.json"):
            (self.folder / name).touch()
        (self.folder / "results").mkdir()

    def press_tab(self, line):
        path = f"{BINARIES}{os.pathsep}{os.environ['PATH']}"
        result = subprocess.run(["bash", "-c", PRESS_TAB, "bash", SCRIPT, line], cwd=self.folder,
                                capture_output=True, text=True, env={**os.environ, "PATH": path})
        self.assertEqual((result.returncode, result.stderr), (0, ""), line)
        return [word for word in result.stdout.splitlines() if word]

    def test_options_begin_as_written(self):
        self.assertEqual(self.press_tab("neapc --memory-b"), ["--memory-budget="])
        self.assertEqual(self.press_tab("neapc a.onnx --plan"), ["--plan-only"])
        self.assertEqual(self.press_tab("neap-run b.neap --output"), ["--output-dir="])
        self.assertEqual(self.press_tab("neap-run --nothing-like-it"), [])

    def test_every_option_of_the_help_is_there(self):
        for tool, text in (("neapc", neapc("--help").stdout), ("neap-run", neap_run("--help").stdout)):
            options = {option for option in re.findall(r"^  (--?[\w-]+)", text, re.MULTILINE)}
            found = {word.rstrip("=") for word in self.press_tab(f"{tool} -")}
            self.assertGreater(len(options), 15)
            self.assertEqual(found, options)

    def test_values(self):
        self.assertEqual(self.press_tab("neapc a.onnx --emit="), ["neap", "mlir", "plan", "llvm"])
        self.assertEqual(self.press_tab("neapc a.onnx --emit=pl"), ["plan"])
        self.assertEqual(self.press_tab("neapc a.onnx --isa=x86-64-v2"), ["x86-64-v2"])
        self.assertEqual(self.press_tab("neap-run b.neap --device="), ["cpu"])
        self.assertEqual(self.press_tab("neap-run b.neap --threads="), [])

    def test_files_and_folders(self):
        self.assertEqual(self.press_tab("neapc a"), ["a.onnx"])
        self.assertEqual(sorted(self.press_tab("neap-run ")), ["b.neap", "results/"])
        self.assertEqual(self.press_tab("neap-run b.neap --output-dir=r"), ["results"])
        self.assertEqual(self.press_tab("neap-run b.neap --test-data="), ["results"])
        self.assertEqual(self.press_tab("neap-run b.neap --input x=c"), ["c.npy"])
        self.assertEqual(self.press_tab("neapc a.onnx --report=d"), ["d.json"])
        self.assertEqual(self.press_tab("neapc a.onnx -o b"), ["b.neap"])


if __name__ == "__main__":
    unittest.main()
