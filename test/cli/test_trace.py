# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""neap-run --trace: valid JSON whose rows nest, the user's layers in each run, every tile once,
and a counter that reaches what the compiler says of the plan."""
import collections
import json
import pathlib
import tempfile
import unittest

import numpy as np
from onnx import helper, numpy_helper

from command_line import MODELS, model, neap_run, neapc, save, two_layer_model, value

RUNS = 12
KEPT = 10


def branches_model(batch="batch"):
    """Values of many lifetimes: a residual, a concatenation, results written in place."""
    node = helper.make_node
    random = np.random.default_rng(0)
    weight = lambda name, *shape: numpy_helper.from_array(
        random.standard_normal(shape, np.float32), name)
    nodes = [node("MatMul", ["x", "w"], ["a"], name="/a"),
             node("Relu", ["a"], ["b"], name="/b"),
             node("Transpose", ["b"], ["t"], name="/t", perm=[1, 0]),
             node("Softmax", ["t"], ["s"], name="/s", axis=0),
             node("Transpose", ["s"], ["u"], name="/u", perm=[1, 0]),
             node("Concat", ["b", "u", "x"], ["c"], name="/c", axis=0),
             node("MatMul", ["c", "v"], ["d"], name="/d"),
             node("Sigmoid", ["d"], ["e"], name="/e"),
             node("Mul", ["d", "e"], ["f"], name="/f"),
             node("ReduceSum", ["f", "axes"], ["y"], name="/y", keepdims=0)]
    axes = numpy_helper.from_array(np.array([0], np.int64), "axes")
    return model(nodes, [value("x", [batch, 48])], [value("y", [33])],
                 [weight("w", 48, 48), weight("v", 48, 33), axes])


class TraceTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def trace(self, path, dims, *run_options):
        """Compiles and runs; returns the entry of the report and the trace's events."""
        report, trace = self.folder / "report.json", self.folder / "trace.json"
        binary = self.folder / "model.neap"
        result = neapc(path, "-o", binary, f"--report={report}", *(f"--dim={d}" for d in dims))
        self.assertEqual(result.returncode, 0, result.stderr)
        result = neap_run(binary, "--random-inputs=1", f"--trace={trace}", "--threads=2",
                          f"--bench={RUNS}", *run_options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return (json.loads(report.read_text())["entries"][0],
                json.loads(trace.read_text())["traceEvents"])

    def check_rows(self, events):
        """Each event of a row ends before the next begins, or encloses it."""
        rows = collections.defaultdict(list)
        for event in events:
            if event["ph"] == "X":
                begin = round(event["ts"] * 1000)
                rows[event["tid"]].append((begin, begin + round(event["dur"] * 1000)))
        for row in rows.values():
            open_ends = []
            for begin, end in row:  # in the file's order, as the format wants it
                self.assertLessEqual(begin, end)
                while open_ends and open_ends[-1] <= begin and (begin, end) != (begin, open_ends[-1]):
                    open_ends.pop()
                if open_ends:
                    self.assertLessEqual(end, open_ends[-1], "two events of a row overlap")
                open_ends.append(end)
        names = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
        self.assertLessEqual(set(rows), set(names))
        self.assertEqual(sorted(names.values()), ["caller", "worker 1"][:len(names)])

    def check_commands(self, events, layers, num_launches):
        """Every run launches the same layers, and each launch does every tile once."""
        caller = next(e["tid"] for e in events
                      if e["name"] == "thread_name" and e["args"]["name"] == "caller")
        slices = [e for e in events if e["ph"] == "X"]
        runs = [e for e in slices if e["cat"] == "run"]
        self.assertEqual([e["name"] for e in runs],
                         [f"run {i}" for i in range(RUNS - KEPT + 1, RUNS + 1)])
        commands = [e for e in slices if e["tid"] == caller and e["cat"] in ("launch", "copy")]
        of_run = [[e["name"] for e in commands if self.encloses(run, e)] for run in runs]
        self.assertEqual(len(of_run[0]), len(commands) / KEPT)
        self.assertEqual(of_run.count(of_run[0]), KEPT)
        self.assertLessEqual(set(of_run[0]), layers)
        launches = [e for e in commands if e["cat"] == "launch"]
        self.assertEqual(len(launches), num_launches * KEPT)
        for launch in launches:
            tiles = sorted(tuple(map(int, e["name"].removeprefix("tiles ").split("..")))
                           for e in slices if e["cat"] == "tiles" and self.encloses(launch, e))
            self.assertEqual(tiles[0][0], 0)
            for (_, last), (first, _) in zip(tiles, tiles[1:]):
                self.assertEqual(first, last + 1)

    @staticmethod
    def encloses(outer, inner):
        begin, end = round(inner["ts"] * 1000), round((inner["ts"] + inner["dur"]) * 1000)
        return round(outer["ts"] * 1000) <= begin and end <= round((outer["ts"] + outer["dur"]) * 1000)

    def check_counter(self, events, max_live_bytes):
        counter = [e for e in events if e["ph"] == "C"]
        self.assertEqual({e["name"] for e in counter}, {"arena"})
        self.assertEqual([e["ts"] for e in counter], sorted(e["ts"] for e in counter))
        bytes_live = [e["args"]["live bytes"] for e in counter]
        self.assertEqual(max(bytes_live), max_live_bytes)
        self.assertEqual(bytes_live.count(0), KEPT)  # at the end of each run
        self.assertEqual(bytes_live[-1], 0)

    def check(self, proto_or_path, dims, *run_options):
        path = proto_or_path
        if not isinstance(path, pathlib.Path):
            path = save(proto_or_path, self.folder / "model.onnx")
            layers = {node.name for node in proto_or_path.graph.node}
        else:
            import onnx
            layers = {node.name for node in onnx.load(path, load_external_data=False).graph.node}
        entry, events = self.trace(path, dims, *run_options)
        num_launches = json.loads((self.folder / "report.json").read_text())["num_launches"]
        self.check_rows(events)
        self.check_commands(events, layers, num_launches)
        self.check_counter(events, entry["max_live_bytes"])

    def test_two_layers(self):
        self.check(two_layer_model(), ["batch=200"])

    def test_branches(self):
        self.check(branches_model(), ["batch=64"])

    def test_the_counter_is_at_the_bounds_of_the_sizes(self):
        self.check(branches_model(), ["batch=1..64"], "--dim=batch=5")

    def test_a_trained_model(self):
        self.check(MODELS / "magika" / "model.onnx", ["unk__214=1"])


if __name__ == "__main__":
    unittest.main()
