# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_models.py BIN_DIR OUTPUT.md RESULTS_DIR [MODEL.EXPORTER ...]: see scripts/test_models.

What was found at each size is kept in RESULTS_DIR under the digest of the build that
found it; a later run with the same build goes on from there. OUTPUT.md has what the
build has found so far.
"""
import argparse
import dataclasses
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import check_sizes
import check_subject
import exported
import float64_reference
import models_table
import subjects


def build_digest(binaries):
    digest = hashlib.sha256()
    for path in (binaries / "neapc", binaries / "neap-run", binaries.parent / "lib" / "libneap.so"):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def size_label(dims):
    return ", ".join(f"{name} {size}" for name, size in dims.items())


def memory_figures(report):
    entry = report["entries"][0]
    names = ("arena_bytes", "max_live_bytes", "lower_bound_bytes", "arena_proved", "order_proved")
    return {name: entry[name] for name in names}


def compile_quietly(binaries, subject, output):
    """The report, or what neapc said."""
    try:
        return check_subject.compile_subject(binaries, subject, output, ("--isa=x86-64-v3",)), None
    except subprocess.CalledProcessError as error:
        lines = [line for line in error.stderr.splitlines() if "error" in line]
        return None, lines[0].strip() if lines else f"neapc exit {error.returncode}"


class ModelCheck:
    """One graph: the binary for all sizes, and what each size gave."""

    def __init__(self, binaries, name, store):
        self.binaries, self.name, self.store = binaries, name, store
        self.sized = subjects.sized_subject(name, full=True)
        self.found = json.loads(store.read_text()) if store.exists() else {"sizes": {}}

    def run(self):
        """Checks the sizes that are not in the store."""
        with tempfile.TemporaryDirectory() as scratch:
            scratch, report, reference = pathlib.Path(scratch), None, None
            for make in self.sized.subjects:
                subject = make()
                label = size_label(subject.dims)
                if label in self.found["sizes"]:
                    continue
                if report is None:
                    report = self._compile_ranges(scratch / "model.neap")
                    if report is None:
                        return
                    reference = float64_reference.Float64Model(subject.path)
                start = time.time()
                with tempfile.TemporaryDirectory(dir=scratch) as folder:
                    result = self._check(subject, scratch / "model.neap", reference, pathlib.Path(folder))
                self.found["sizes"][label] = result
                self._save()
                print(f"{self.name}: {label}: {'; '.join(result['wrong']) or 'good'} "
                      f"({time.time() - start:.0f} s)", flush=True)

    def _compile_ranges(self, output):
        with_ranges = dataclasses.replace(self.sized.subjects[0](), dims=self.sized.ranges)
        report, message = compile_quietly(self.binaries, with_ranges, output)
        self.found["refused"] = message
        if report:
            self.found["bound"] = memory_figures(report)
        else:
            print(f"{self.name}: {message}", flush=True)
        self._save()
        return report

    def _check(self, subject, model, reference, folder):
        result = {"wrong": []}
        try:
            runs = check_sizes.run_twice(self.binaries, model, subject, folder / "symbolic")
        except SystemExit as failure:
            result["wrong"].append(str(failure))
            return result
        self._check_memory(result, runs)
        self._check_static(result, subject, runs, folder)
        errors = check_subject.compare_outputs(subject, folder / "symbolic.1", reference)
        worst = max(errors, key=lambda e: e.error / e.bound if e.good and e.bound else float("inf"))
        result["worst"] = dataclasses.asdict(worst)
        result["wrong"] += [f"'{e.name}' error {e.error:.2e}, allowed {e.bound:.2e}" for e in errors if not e.good]
        return result

    def _check_memory(self, result, runs):
        result["memory_exact"] = all(run["memory_check"]["gained_bytes"] == run["memory_check"]["declared_bytes"]
                                     for run in runs)
        if not result["memory_exact"]:
            check = runs[0]["memory_check"]
            result["wrong"].append(f"gained {check['gained_bytes']} bytes, declared {check['declared_bytes']}")

    def _check_static(self, result, subject, runs, folder):
        """A binary for this size alone: its memory, and the same bits."""
        fixed = folder / "static.neap"
        report, message = compile_quietly(self.binaries, subject, fixed)
        if report is None:
            result["wrong"].append(f"at this size alone: {message}")
            return
        result.update(memory_figures(report))
        both = runs + check_sizes.run_twice(self.binaries, fixed, subject, folder / "static")
        result["bits_equal"] = check_subject.check_bits(subject, both)
        if not result["bits_equal"]:
            result["wrong"].append("other bits at 2 threads or in a binary of this size")

    def _save(self):
        part = self.store.with_suffix(".part")
        part.write_text(json.dumps(self.found, indent=1))
        part.replace(self.store)


def is_good(found):
    return not found.get("refused") and not any(size["wrong"] for size in found["sizes"].values())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    store = arguments.results / build_digest(arguments.binaries)
    store.mkdir(parents=True, exist_ok=True)
    good = True
    for name in arguments.names or exported.graphs():
        check = ModelCheck(arguments.binaries, name, store / f"{name}.json")
        check.run()
        good &= is_good(check.found)
        found = {path.stem: json.loads(path.read_text()) for path in sorted(store.glob("*.json"))}
        arguments.output.write_text(models_table.render(exported.graphs(), found))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
