# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compare_onnxruntime.py [--output docs/benchmarks/cpu.md] [SUBJECT ...]

Times Neap and ONNX Runtime in one process, run by run in turn, batch 1, at one and
two threads, and checks that the answers agree before it times anything. Writes a
Markdown table with minima, medians and the spread (90th over 10th percentile),
compile time, sizes, and what bounds each model: its flops over the machine's
measured FMA peak, and its bytes over the measured bandwidth.
"""
import argparse
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "test" / "numeric" / "models"))
import subjects
from neap_session import NeapSession

DEFAULT_SUBJECTS = ["resnet50.dynamo", "bert_base.dynamo", "gpt2.dynamo", "minilm.dynamo", "magika"]
ROUNDS, SECONDS = 15, 12
PAUSE_SECONDS = 0.03


def onnxruntime_session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def timed(run):
    """One run in milliseconds, after a pause in which the peer's spinning threads go to sleep."""
    time.sleep(PAUSE_SECONDS)
    begin = time.perf_counter()
    run()
    return (time.perf_counter() - begin) * 1e3


def interleave(first, second):
    """Times both in turn; returns two arrays of milliseconds."""
    for run in (first, second):
        run()
    times, begin = ([], []), time.perf_counter()
    while len(times[0]) < ROUNDS or time.perf_counter() - begin < SECONDS and len(times[0]) < 200:
        times[0].append(timed(first))
        times[1].append(timed(second))
    return map(np.array, times)


def check_agreement(subject, ours, peer_outputs, names):
    for name, peer in zip(names, peer_outputs):
        difference = np.abs(ours[name] - peer).max() / max(np.ptp(peer), 1e-30)
        if not difference < 1e-4:
            sys.exit(f"{subject.name}: '{name}' differs from ONNX Runtime by {difference:.1e} of its range")


def compile_model(binaries, subject, folder):
    binary, report = folder / "model.neap", folder / "report.json"
    begin = time.perf_counter()
    subprocess.run([binaries / "neapc", subject.path, "-o", binary, f"--report={report}",
                    *(f"--dim={n}={s}" for n, s in subject.dims.items())],
                   check=True, stdout=subprocess.DEVNULL)
    return binary, json.loads(report.read_text()), time.perf_counter() - begin


def machine_peak(binaries):
    """GFLOP/s at one thread and GB/s of DRAM reads, measured now."""
    result = subprocess.run([binaries / "neap-bench-peak", "--json"], check=True, capture_output=True, text=True)
    return json.loads(result.stdout)


def describe(times):
    return f"{times.min():.2f} / {np.median(times):.2f} ({np.percentile(times, 90) / np.percentile(times, 10):.2f})"


def bench_subject(binaries, subject, peak):
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        binary, report, seconds = compile_model(binaries, subject, pathlib.Path(scratch))
        entry = report["entries"][0]
        flops_ms = entry["flops"] / peak["gflops_1"] / 1e6
        bytes_ms = entry["weights_bytes"] / peak["gbytes_per_second"] / 1e6
        for threads in (1, 2):
            ours = NeapSession(binaries.parent / "lib" / "libneap.so", binary, subject.inputs, threads)
            peer = onnxruntime_session(subject.path, threads)
            names = [o.name for o in peer.get_outputs()]
            ours.run()
            check_agreement(subject, ours.outputs, peer.run(names, subject.inputs), names)
            mine, theirs = interleave(ours.run, lambda: peer.run(names, subject.inputs))
            rows.append(f"| {subject.name} | {threads} | {describe(mine)} | {describe(theirs)} | "
                        f"{mine.min() / theirs.min():.2f} | {np.median(mine) / np.median(theirs):.2f} | "
                        f"{flops_ms / threads:.1f} | {bytes_ms:.1f} |")
            print(rows[-1], flush=True)
        size = (f"| {subject.name} | {seconds:.1f} | {binary.stat().st_size / 2**20:.1f} | "
                f"{entry['arena_bytes'] / 2**20:.2f} | {entry['arena_bytes'] / max(entry['max_live_bytes'], 1):.4f} | "
                f"{entry['max_live_bytes'] / max(entry['lower_bound_bytes'], 1):.4f} | "
                f"{report['num_kernels']} | {report['num_launches']} |")
    return rows, size


def cpu_name():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", default=DEFAULT_SUBJECTS)
    parser.add_argument("--binaries", type=pathlib.Path, default=REPOSITORY / "build" / "bin")
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    binaries = arguments.binaries.resolve()
    peak = machine_peak(binaries)
    flags = open("/proc/cpuinfo").read()
    lines = [
        "# CPU benchmarks", "",
        f"{datetime.date.today()}, {cpu_name()}, {'AVX-512' if 'avx512f' in flags else 'AVX2, no AVX-512'}; "
        f"measured FMA peak {peak['gflops_1']:.0f} GFLOP/s on one thread, {peak['gflops_2']:.0f} on two; "
        f"DRAM reads {peak['gbytes_per_second']:.0f} GB/s. ONNX Runtime {onnxruntime.__version__}, all graph "
        "optimizations, the same number of threads. Batch 1, sequence 128; both timed in turn in one process, with "
        f"a pause of {PAUSE_SECONDS * 1e3:.0f} ms before each run, as threads that still spin from the other's run cost either side.", "",
        "Made by `scripts/bench_models`. Times are minimum / median (90th over 10th percentile) in ms; a ratio "
        "below 1 is ours being faster. The bounds are the model's flops over the FMA peak of that many "
        "threads, and its weights over the bandwidth.", "",
        "| model | threads | Neap | ONNX Runtime | ratio of minima | ratio of medians | flops bound | bytes bound |",
        "|---|---|---|---|---|---|---|---|"]
    sizes = []
    for name in arguments.subjects:
        rows, size = bench_subject(binaries, subjects.static_subject(name), peak)
        lines += rows
        sizes.append(size)
    lines += ["", "| model | compile s | .neap MiB | arena MiB | arena / max-live | max-live / lower bound | kernels | launches |",
              "|---|---|---|---|---|---|---|---|", *sizes, ""]
    text = "\n".join(lines)
    if arguments.output:
        arguments.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
