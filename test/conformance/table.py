# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every backend case of the onnx wheel through the command line tools.

  table.py make BIN_DIR [--only REGEX]
                           runs all cases, beside ONNX Runtime in the same command,
                           and writes results.txt and docs/conformance.md
  table.py sample BIN_DIR  runs 200 of the cases: fails if one that results.txt has
                           as passed no longer passes, or if one fails or crashes

A case is compiled by neapc into a file, which neap-run --test-data runs; inputs whose
values decide shapes are given to the compiler by --constant. A case passes if each of its
data sets does; it is unsupported if neapc refuses it with a message; all else fails.
Models of opsets below 9 are first converted to opset 9 by the converter of the ONNX
library.
"""
import argparse
import collections
import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile

import onnx
import onnx.version_converter

import shape_inputs

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))
import light_models  # noqa: E402

OLDEST_OPSET = 9
SAMPLE_SIZE = 200
SECONDS = 600
KINDS = ["node", "simple", "pytorch-converted", "pytorch-operator", "light"]
DATA = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
RESULTS = HERE / "results.txt"
PAGE = HERE.parents[1] / "docs" / "conformance.md"
PASSED, FAILED, UNSUPPORTED = "passed", "failed", "unsupported"


@dataclasses.dataclass
class Case:
    kind: str
    name: str
    folder: pathlib.Path

    @property
    def sets(self):
        return sorted(self.folder.glob("test_data_set_*"))


@dataclasses.dataclass
class Result:
    kind: str
    name: str
    ops: str         # the ops of the model, the one that it is about first
    status: str
    reason: str = ""
    peer: str = ""   # ONNX Runtime's status


def find_cases(scratch, only=""):
    """All cases in a fixed order; the light models are written to `scratch`."""
    cases = [Case(kind, path.parent.name, path.parent) for kind in KINDS[:-1]
             for path in sorted((DATA / kind).glob("*/model.onnx"))
             if re.search(only, path.parent.name)]
    names = sorted(path.stem for path in (DATA / "light").glob("light_*.onnx"))
    names = [name for name in names if re.search(only, name)]
    if names:
        light_models.write_all(scratch)
    return cases + [Case("light", name, scratch / name) for name in names]


def choose_sample(cases):
    """As many cases as SAMPLE_SIZE, evenly spread; light models have a test of their own."""
    cases = [case for case in cases if case.kind != "light"]
    return [cases[i * len(cases) // SAMPLE_SIZE] for i in range(SAMPLE_SIZE)]


# ---------------------------------------------------------------------------
# Neap
# ---------------------------------------------------------------------------

def get_opset(model):
    return max((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), default=0)


def get_ops(model):
    ops = list(dict.fromkeys(n.op_type for n in model.graph.node if n.op_type != "Constant"))
    return " ".join(ops) or "none"


def bind_sizes(model, data, constants):
    """The options that give symbolic and missing sizes the values that the data set has."""
    sizes = {}
    initializers = {i.name for i in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in initializers]
    for index, value in enumerate(inputs):
        kind = value.type.tensor_type
        if value.name in constants or not kind.HasField("shape"):
            continue
        if all(dim.HasField("dim_value") for dim in kind.shape.dim):
            continue
        tensor = onnx.TensorProto.FromString((data / f"input_{index}.pb").read_bytes())
        for axis, (dim, size) in enumerate(zip(kind.shape.dim, tensor.dims)):
            if not dim.HasField("dim_value"):
                sizes[dim.dim_param or f"{value.name}_dim{axis}"] = size
    return [f"--dim={name}={size}" for name, size in sizes.items()]


def execute(arguments):
    """Returns the exit status (negative: the signal) and what went to stderr and stdout."""
    try:
        done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True,
                              errors="replace", timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return 124, f"ran longer than {SECONDS} s"
    return done.returncode, (done.stderr + done.stdout).strip()


def shorten(message, path):
    """The first error of `message` without the file's name and what differs by case."""
    lines = [line for line in message.splitlines() if "error: " in line] or message.splitlines()
    text = lines[0].replace(str(path), "").split("error: ", 1)[-1]
    return re.sub(r"^neap-run: |^node '[^']*' ", "", text.strip().lstrip(": "))[:300]


def run_set(binaries, path, model, data, scratch):
    """Compiles and runs one data set; returns status and reason."""
    constants = shape_inputs.find(model)
    bound = shape_inputs.split_data_set(model, data, constants, scratch / data.name)
    binary = scratch / f"{data.name}.neap"
    code, message = execute([binaries / "neapc", path, "-o", binary, "-j1",
                             *bind_sizes(model, data, constants),
                             *(f"--constant={n}={p}" for n, p in bound.items())])
    if code == 1:
        return UNSUPPORTED, shorten(message, path)
    if code:
        return FAILED, f"neapc exit {code}: {shorten(message, path)}"
    code, message = execute([binaries / "neap-run", binary,
                             f"--test-data={scratch / data.name}"])
    if code:
        return FAILED, f"neap-run exit {code}: {shorten(message, binary)}"
    return PASSED, ""


def run_case(binaries, case):
    path = case.folder / "model.onnx"
    model = onnx.load(path)
    ops = get_ops(model)
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        if 0 < get_opset(model) < OLDEST_OPSET:
            try:
                model = onnx.version_converter.convert_version(model, OLDEST_OPSET)
            except Exception as error:  # whatever the converter says
                reason = str(error).splitlines()[-1][:200]
                return Result(case.kind, case.name, ops, UNSUPPORTED,
                              f"the ONNX library does not convert it to opset 9: {reason}")
            path = scratch / "model.onnx"
            onnx.save(model, path)
        for data in case.sets:
            status, reason = run_set(binaries, path, model, data, scratch)
            if status != PASSED:
                break
    return Result(case.kind, case.name, ops, status, reason)


# ---------------------------------------------------------------------------
# The page
# ---------------------------------------------------------------------------

def count(results, status, of=lambda r: r.status):
    return sum(of(result) == status for result in results)


def list_names(results):
    return ", ".join(f"`{r.name}`" + ("" if r.peer == PASSED else " °") for r in results)


def group_reason(result):
    """The reason, with numbers and shapes left open so that equal causes are one."""
    return re.sub(r"'[^' ]*' is ", "", re.sub(r"\[[^\]]*\]", "[..]", result.reason))


def write_groups(results, status):
    groups = collections.defaultdict(list)
    for result in results:
        if result.status == status:
            groups[group_reason(result)].append(result)
    for reason, members in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
        yield f"* **{len(members)}** {reason.replace('|', chr(92) + '|')}<br>{list_names(members)}"
    if not groups:
        yield "None."


def write_page(results):
    peer = lambda r: r.peer
    yield "# Conformance: the backend cases of ONNX 1.22.0\n"
    yield "Made by `$NEAP_PYTHON test/conformance/table.py make build/bin`; do not edit.\n"
    yield ("Each case is compiled by `neapc` into a file and run by `neap-run --test-data`, which "
           "compares as ONNX's runner does. Inputs whose values decide shapes are given to `neapc` "
           "by `--constant`, symbolic sizes by `--dim`. Models of opsets below 9 are converted to 9 by the ONNX library first. "
           f"Beside it ONNX Runtime {peer_version()} on the same files, in the same command, within "
           "the same tolerance.\n")
    yield ("*Passed*: every data set of the case. *Unsupported*: `neapc` refuses the model, and says "
           "why. *Failed*: anything else.\n")
    yield "| cases | all | passed | failed | unsupported | ONNX Runtime passes |"
    yield "|---|--:|--:|--:|--:|--:|"
    for kind in [*KINDS, None]:
        of = [r for r in results if kind in (None, r.kind)]
        yield (f"| {kind or '**all**'} | {len(of)} | {count(of, PASSED)} | {count(of, FAILED)} "
               f"| {count(of, UNSUPPORTED)} | {count(of, PASSED, peer)} |")
    yield ""
    only_ours = [r for r in results if r.status == PASSED and r.peer != PASSED]
    yield (f"{len(only_ours)} cases pass here and not in ONNX Runtime; "
           f"{sum(r.status != PASSED and r.peer == PASSED for r in results)} the other way round. "
           "Below, ° marks a case that ONNX Runtime does not pass.\n")
    yield "## Failed\n"
    yield from write_groups(results, FAILED)
    yield "\n## Unsupported, by reason\n"
    yield from write_groups(results, UNSUPPORTED)
    yield "\n## Passed, by the first op of the case\n"
    yield "| op | passed | of | ONNX Runtime |\n|---|--:|--:|--:|"
    ops = collections.defaultdict(list)
    for result in results:
        ops[result.ops.split()[0] if result.kind == "node" else result.kind].append(result)
    for op, members in sorted(ops.items()):
        if count(members, PASSED):
            yield (f"| {op} | {count(members, PASSED)} | {len(members)} "
                   f"| {count(members, PASSED, peer)} |")
    yield "\n## What passes here and not in ONNX Runtime\n"
    yield list_names(only_ours).replace(" °", "") + "."


def peer_version():
    import onnxruntime
    return onnxruntime.__version__


def save(results):
    RESULTS.write_text("".join(f"{r.status} {r.kind} {r.name}\n" for r in results))
    PAGE.write_text("\n".join(write_page(results)) + "\n")


# ---------------------------------------------------------------------------
# Commands
# ---------------------------------------------------------------------------

def make(binaries, only):
    import peer
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        for case in find_cases(pathlib.Path(scratch), only):
            result = run_case(binaries, case)
            result.peer = peer.run_case(case)
            results.append(result)
            if result.status != PASSED:
                print(f"{result.status} {result.name} [{result.ops[:60]}] {result.reason}",
                      flush=True)
    print(f"{count(results, PASSED)} of {len(results)} passed, {count(results, FAILED)} failed, "
          f"{count(results, UNSUPPORTED)} unsupported")
    if not only:
        save(results)
    return True


def sample(binaries):
    recorded = {}
    for line in RESULTS.read_text().splitlines():
        status, kind, name = line.split()
        recorded[kind, name] = status
    wrong, passed = [], 0
    cases = choose_sample(find_cases(None, "^test_"))
    for case in cases:
        result = run_case(binaries, case)
        passed += result.status == PASSED
        before = recorded[case.kind, case.name]
        if PASSED in (before, result.status) and before == result.status:
            continue
        if before == PASSED or (result.status == FAILED and before != FAILED):
            wrong.append(case)
            print(f"FAIL {case.name}: was {before}, is {result.status}: {result.reason}")
    print(f"{passed} of {len(cases)} sampled cases pass, {len(wrong)} are worse than recorded")
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["make", "sample"])
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    binaries = arguments.binaries.resolve()
    right = (sample(binaries) if arguments.command == "sample" else
             make(binaries, arguments.only))
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
