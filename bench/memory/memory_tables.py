# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""memory_tables.py --searches RESULTS.json [--output docs/benchmarks/memory.md] GRAPHS ...

Writes how close the planned memory is to the least there can be. GRAPHS are .onnx
files or folders of them; each is planned (no weights, no code) at the sizes of SIZES.
RESULTS.json is what MemoryAlgorithmsTest writes with --gtest_output=json.
"""
import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import onnx

BINARIES = pathlib.Path(os.environ.get("NEAP_BINARIES", pathlib.Path(__file__).parents[2] / "build/bin"))

# Named dimensions of exported models at two sizes; any other name gets OTHER_SIZE.
SIZES = [{"batch": 1, "seq": 128, "past": 64, "total": 192, "d": 32, "h": 32, "w": 32},
         {"batch": 3, "seq": 512, "past": 256, "total": 768, "d": 64, "h": 64, "w": 64}]
OTHER_SIZE = 16
# What a model does not bear: CLIP has 77 positions.
MODEL_SIZES = {"clip_text": [{"seq": 16}, {"seq": 77}]}


@dataclasses.dataclass
class Row:
    model: str
    dims: dict
    entry: dict   # figures of the report; empty if the model does not compile
    error: str = ""

    @property
    def size_text(self):
        return " ".join(f"{name}={size}" for name, size in self.dims.items()) or "fixed"


def ratio(part, whole):
    return part / whole if whole else 1.0


def find_models(paths):
    for path in map(pathlib.Path, paths):
        yield from sorted(path.rglob("*.onnx")) if path.is_dir() else [path]


def dimension_names(path):
    graph = onnx.load(path, load_external_data=False).graph
    initialized = {initializer.name for initializer in graph.initializer}
    return sorted({dim.dim_param for value in graph.input if value.name not in initialized
                   for dim in value.type.tensor_type.shape.dim if dim.dim_param})


def plan(path, sizes):
    dims = {name: sizes.get(name, OTHER_SIZE) for name in dimension_names(path)}
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        command = [BINARIES / "neapc", path, "--plan-only", "--random-weights=1", f"--report={report}",
                   *(f"--dim={name}={size}" for name, size in dims.items())]
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if result.returncode:
            errors = [line for line in result.stderr.splitlines() if "error: " in line]
            return Row(path.stem, dims, {}, (errors or ["?"])[0].split("error: ", 1)[-1])
        figures = json.loads(report.read_text())
        return Row(path.stem, dims, {**figures["entries"][0], **{
            key: figures[key] for key in ("num_launches", "compile_seconds")}})


def plan_all(paths):
    rows = []
    for path in find_models(paths):
        seen = set()
        own_sizes = MODEL_SIZES.get(path.stem.split(".")[0], [{}] * len(SIZES))
        for sizes, own in zip(SIZES, own_sizes):
            row = plan(path, {**sizes, **own})
            if row.size_text in seen:
                continue
            seen.add(row.size_text)
            rows.append(row)
            print(f"{row.model} {row.size_text}: {row.error or 'planned'}", file=sys.stderr)
    return rows


def proof_text(entry):
    proofs = {"offsets": entry["arena_proved"], "order": entry["order_proved"]}
    open_questions = [name for name, proved in proofs.items() if not proved]
    return "yes" if not open_questions else "not the " + " and ".join(open_questions)


def model_line(row):
    entry = row.entry
    live = entry["max_live_bytes"]
    return (f"| {row.model} | {row.size_text} | {entry['num_launches']} | {entry['arena_bytes']:,} "
            f"| {ratio(entry['arena_bytes'], live):.4f} | {ratio(live, entry['lower_bound_bytes']):.4f} "
            f"| {proof_text(entry)} | {ratio(entry['greedy_arena_bytes'], live):.4f} "
            f"| {entry['compile_seconds']:.2f} |")


def model_lines(rows):
    planned = [row for row in rows if row.entry]
    tight = sum(row.entry["arena_bytes"] == row.entry["max_live_bytes"] for row in planned)
    proved = sum(row.entry["arena_proved"] and row.entry["order_proved"] for row in planned)
    greedy = [ratio(row.entry["greedy_arena_bytes"], row.entry["max_live_bytes"]) for row in planned]
    yield (f"Of {len(planned)} plans, {tight} have an arena of exactly max-live, and {proved} are proved optimal in "
           f"offsets and order. A greedy packer on the same orders: {sum(g > 1 for g in greedy)} above max-live, the "
           f"worst {max(greedy, default=1):.4f}. Seconds are of the whole `neapc --plan-only`.")
    yield ""
    yield ("| model | sizes | launches | arena bytes | arena / max-live | max-live / lower bound | proved optimal "
           "| greedy / max-live | seconds |")
    yield "|---|---|---|---|---|---|---|---|---|"
    yield from map(model_line, planned)
    failed = [row for row in rows if not row.entry]
    if failed:
        yield ""
        yield "Not compiled at this commit:"
        yield ""
        yield "| model | sizes | why |"
        yield "|---|---|---|"
        for row in failed:
            yield f"| {row.model} | {row.size_text} | {row.error.replace('|', '/')} |"


def read_tests(path):
    """Returns name -> results of each test, `Suite.Test`."""
    tests = {}
    for suite in json.loads(path.read_text())["testsuites"]:
        for test in suite["testsuite"]:
            if test.get("result") == "COMPLETED" and not test.get("failures"):
                tests[f"{suite['name']}.{test['name']}"] = test
    return tests


def seconds(test):
    return float(test["time"].removesuffix("s"))


def hard_instance_lines(tests):
    hard = [test for name, test in tests.items() if "HardInstanceTest" in name]
    yield "| instance | buffers | max-live | peak | peak / max-live | greedy / max-live | proved optimal | nodes | CPU seconds |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for test in hard:
        live, peak = int(test["max_live"]), int(test["peak"])
        yield (f"| {test['name'].rsplit('/')[-1]} | {test['buffers']} | {live:,} | {peak:,} | {ratio(peak, live):.4f} "
               f"| {ratio(int(test['greedy']), live):.4f} "
               f"| {'yes' if peak == int(test['lower_bound']) else 'no'} | {int(test['nodes']):,} "
               f"| {float(test['cpu_seconds']):.2f} |")
    yield ""
    yield f"All {len(hard)} together: {sum(float(test['cpu_seconds']) for test in hard):.1f} CPU seconds."


def brute_force_lines(tests):
    names = {"OffsetSearchTest.DISABLED_EqualsBruteForceOn100000": ("random instances of up to nine buffers",
                                                                    "brute force"),
             "OffsetSearchTest.ProvesWhereTheOptimumIsAboveMaxLive": ("instances with a gap", "CP-SAT's optimum")}
    for name, (what, reference) in names.items():
        test = tests[name]
        count = test.get("instances") or test["instances_with_a_gap"]
        yield f"* {int(count):,} {what}: each equal to {reference} and proved, {seconds(test):.1f} s."
    orders = [test for name, test in tests.items() if "GraphsOf40NodesAreProved" in name]
    yield (f"* {sum(int(test['graphs']) for test in orders):,} random graphs of 40 nodes and {len(orders)} shapes: the order "
           f"of each proved optimal, {sum(map(seconds, orders)):.1f} s.")
    brute = [test for name, test in tests.items() if "GraphsEqualBruteForce" in name]
    yield (f"* {sum(int(test['graphs']) for test in brute):,} random graphs of up to 40 nodes: the order of each equal to "
           f"brute force over all sets of nodes that can have run, {sum(map(seconds, brute)):.1f} s.")


def document(searches, rows):
    yield "# Memory: how close to the least"
    yield ""
    yield (f"{datetime.date.today()}. Made by `scripts/bench_memory`, on one thread. Searches stop at node counts: all "
           "but the seconds is the same on every machine.")
    yield ""
    yield "## Models"
    yield ""
    yield from model_lines(rows)
    yield ""
    yield "## Published hard instances"
    yield ""
    yield "Each fits a capacity of 1,048,576 (`test/passes/memory/packing`). Greedy: by size, each in the smallest gap."
    yield ""
    yield from hard_instance_lines(searches)
    yield ""
    yield "## Against exhaustive answers"
    yield ""
    yield from brute_force_lines(searches)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--searches", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("graphs", nargs="+")
    arguments = parser.parse_args()
    text = "\n".join(document(read_tests(arguments.searches), plan_all(arguments.graphs))) + "\n"
    if arguments.output:
        arguments.output.write_text(text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
