# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compare_onnxruntime.py MODEL_DIR NEAP.json

Runs the files that filetype wrote to NEAP.json through ONNX Runtime, one thread
each, and prints both answers, times and bytes side by side. Exit status 1 if a
type differs or a probability by more than 1e-4.
"""
import json
import pathlib
import sys
import time

import numpy as np
import onnxruntime


def rss_anonymous():
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024


def main(model_dir, results_path):
    results = json.loads(pathlib.Path(results_path).read_text())
    labels = json.loads((pathlib.Path(model_dir) / "config.min.json").read_text())["target_labels_space"]
    inputs = [np.array([r["features"]], np.int32) for r in results["files"]]
    before = rss_anonymous()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(pathlib.Path(model_dir) / "model.onnx"), options, providers=["CPUExecutionProvider"])
    outputs = [session.run(None, {"bytes": x})[0][0] for x in inputs]
    times = []
    for _ in range(20):
        begin = time.perf_counter()
        session.run(None, {"bytes": inputs[0]})
        times.append((time.perf_counter() - begin) * 1e3)
    grown = rss_anonymous() - before

    print(f"{'file':<44} {'neap':<14} {'ONNX Runtime':<14} {'largest difference':>18}")
    worst, same = 0.0, True
    for result, output in zip(results["files"], outputs):
        label = labels[int(output.argmax())]
        difference = float(np.abs(output - np.array(result["probabilities"], np.float32)).max())
        worst, same = max(worst, difference), same and label == result["label"]
        print(f"{result['path'][-43:]:<44} {result['label']:<14} {label:<14} {difference:>18.1e}")
    print(f"\n{'':<36} {'neap':>12} {'ONNX Runtime':>14}")
    print(f"{'one run, 1 thread, minimum':<36} {results['min_ms']:>9.2f} ms {min(times):>11.2f} ms")
    print(f"{'anonymous memory, model and runs':<36} {results['rss_anon_gained'] / 2**20:>8.1f} MiB {grown / 2**20:>10.1f} MiB")
    print(f"{'of which the plan promised':<36} {results['planned_bytes'] / 2**20:>8.1f} MiB {'nothing':>14}")
    if not same or worst > 1e-4:
        sys.exit("the answers differ")
    print("\nsame answers: every type equal, probabilities within 1e-4")


if __name__ == "__main__":
    main(*sys.argv[1:])
