# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_subject.py BIN_DIR SUBJECT

Compiles a subject for x86-64-v3 and x86-64-v4, runs it twice at 1 and at 2 threads, and checks
- outputs: error against float64 at most twice ONNX Runtime's own, or 1e-5 of the
  output's range, whichever is larger;
- bits: equal between runs and thread counts, and between the instruction sets; where there is
  no AVX-512 x86-64-v4 is refused by name;
- memory: what the process gains equals what the plan says (neap-run --memory-check);
  anonymous memory at the end at most arena + inputs + outputs + 16 MB.
Prints both errors and the memory figures. Exit status 1 if a check fails.
"""
import argparse
import dataclasses
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import float64_reference
import peer
import subjects

sys.path.insert(0, str(subjects.REPOSITORY / "test" / "cli"))
import instruction_sets  # noqa: E402


def compile_subject(binaries, subject, output, sets=instruction_sets.BOTH):
    report = output.with_suffix(".json")
    command = [binaries / "neapc", subject.path, "-o", output, f"--report={report}", *sets]
    command += [f"--dim={name}={size}" for name, size in subject.dims.items()]
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    sys.stderr.write(result.stderr)
    result.check_returncode()
    return json.loads(report.read_text())


def run_neap(binaries, model, inputs, folder, *options):
    """neap-run on the inputs, which are written to `folder`."""
    command = [binaries / "neap-run", model, *options]
    for index, (name, value) in enumerate(inputs.items()):
        path = folder / f"input_{index}.npy"
        np.save(path, value)
        command += ["--input", f"{name}={path}"]
    return subprocess.run(command, capture_output=True, text=True)


def run_checked(binaries, model, inputs, threads, folder):
    """Returns neap-run's figures; the outputs are in `folder`."""
    result = run_neap(binaries, model, inputs, folder, f"--threads={threads}", "--json",
                      "--memory-check", f"--output-dir={folder}")
    if result.returncode:
        sys.exit(f"neap-run exit {result.returncode}: {result.stderr.strip()}")
    return json.loads(result.stdout)


def output_file(name):
    return "".join(c if c.isalnum() or c in "_.-" else "_" for c in name) + ".npy"


@dataclasses.dataclass
class OutputError:
    """How far an output is from float64, and how far it may be."""
    name: str
    error: float
    peer_error: float
    bound: float
    good: bool


def compare_output(name, ours, exact, peer):
    if ours.shape != exact.shape:
        print(f"'{name}' expected shape {exact.shape}, got {ours.shape}")
        return OutputError(name, np.inf, 0, 0, False)
    error, peer_error = (float(np.abs(value - exact).max(initial=0)) for value in (ours, peer))
    bound = max(2 * peer_error, 1e-5 * float(np.ptp(exact) if exact.size else 0))
    return OutputError(name, error, peer_error, bound, error <= bound)


def compare_outputs(subject, folder, reference):
    """Each output against float64 (`reference`: Float64Model) and ONNX Runtime."""
    exact = reference.run(subject.inputs)
    theirs = peer.run_onnxruntime(subject.path, subject.inputs)
    return [compare_output(name, np.load(folder / output_file(name)), value, theirs[name])
            for name, value in exact.items()]


def check_outputs(subject, folder, reference):
    """Compares each output with float64; returns whether all are close enough."""
    errors = compare_outputs(subject, folder, reference)
    for e in errors:
        print(f"{subject.name}: '{e.name}' error {e.error:.2e}, ONNX Runtime's {e.peer_error:.2e}, "
              f"allowed {e.bound:.2e}{'' if e.good else '  TOO LARGE'}")
    return all(e.good for e in errors)


def check_bits(subject, runs):
    digests = {tuple(o["sha256"] for o in run["outputs"]) for run in runs}
    if len(digests) != 1:
        print(f"{subject.name}: outputs differ between runs or thread counts")
    return len(digests) == 1


def check_instruction_sets(subject, binaries, model, folder):
    wrong = instruction_sets.check_v4(
        lambda *options: run_neap(binaries, model, subject.inputs, folder, *options))
    print(f"{subject.name}: {wrong or instruction_sets.describe_v4(1)}")
    return wrong is None


def check_memory(subject, report, runs):
    good = True
    for run in runs:
        memory = run["memory_check"]
        if memory["gained_bytes"] != memory["declared_bytes"]:
            print(f"{subject.name}: process gained {memory['gained_bytes']} bytes, "
                  f"plan says {memory['declared_bytes']}")
            good = False
    entry = report["entries"][0]
    print(f"{subject.name}: arena {entry['arena_bytes']}, "
          f"arena / max-live {entry['arena_bytes'] / max(entry['max_live_bytes'], 1):.4f}, "
          f"max-live / lower bound {entry['max_live_bytes'] / max(entry['lower_bound_bytes'], 1):.4f}, "
          f"RssAnon {runs[-1]['rss_anon_bytes']}")
    allowed = entry["arena_bytes"] + runs[-1]["input_bytes"] + runs[-1]["output_bytes"] + (16 << 20)
    if runs[-1]["rss_anon_bytes"] > allowed:
        print(f"{subject.name}: RssAnon {runs[-1]['rss_anon_bytes']} exceeds {allowed}")
        good = False
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("subject")
    arguments = parser.parse_args()
    subject = subjects.static_subject(arguments.subject)
    reference = float64_reference.Float64Model(subject.path)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        model = scratch / "model.neap"
        report = compile_subject(arguments.binaries, subject, model)
        runs = []
        for threads in (1, 2, 1, 2):
            folder = scratch / f"run{len(runs)}"
            folder.mkdir()
            runs.append(run_checked(arguments.binaries, model, subject.inputs, threads, folder))
        checks = [check_outputs(subject, scratch / "run0", reference), check_bits(subject, runs),
                  check_memory(subject, report, runs),
                  check_instruction_sets(subject, arguments.binaries, model, scratch)]
    sys.exit(0 if all(checks) else 1)


if __name__ == "__main__":
    main()
