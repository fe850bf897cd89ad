# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The key facts of each subject's plan, as committed in test/plans/models.

  golden_plans.py check     says which plan is not what its file says; exit status 1
  golden_plans.py update    writes the files again

A plan needs neither weights nor a certain machine. A change that is not about
plans leaves all files as they are; one that is updates them in the same commit,
and their difference is what is reviewed.
"""
import collections
import difflib
import hashlib
import os
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "models"
GRAPHS = FOLDER.parents[1] / "models"
MODELS = pathlib.Path(os.environ.get("NEAP_MODELS", pathlib.Path.home() / ".cache/neap/models"))
BINARIES = pathlib.Path(os.environ.get("NEAP_BINARIES", FOLDER.parents[2] / "build/bin"))

# Symbolic sizes of the committed graphs, by the model's name.
IMAGE = {"batch": 1}
SIZES = {"resnet50": IMAGE, "mobilenet_v2": IMAGE, "vit_b16": IMAGE, "clip_vision": IMAGE,
         "unet3d": {"batch": 1, "d": 32, "h": 48, "w": 32},
         "unet3d_rev": {"batch": 1, "d": 16, "h": 32, "w": 32},
         "clip_text": {"batch": 1, "seq": 77}}
SIZES["gpt2_past"] = SIZES["llama_small_past"] = {"batch": 1, "seq": 1, "past": 64, "total": 65}
DEFAULT_SIZES = {"batch": 1, "seq": 128}

# A byte figure of a plan, and where the plan says it.
FIGURES = {name: re.compile(rf"\b{name} = (\d+) : i64") for name in
           ("arena_bytes", "max_live_bytes", "lower_bound_bytes", "const_bytes", "state_bytes",
            "flops")}
BUFFER = re.compile(r'plan\.buffer (".*") (\w+) offset (\d+) size (\d+) ')
COMMAND = re.compile(r"plan\.(launch|copy|if|loop|read_scalar)\b(.*)")
NAME = re.compile(r'^ "(?:[^"\\]|\\.)*"| @\w+')
KERNEL = re.compile(r"^  neap\.kernel (\w+) @")


def find_graphs():
    """Each graph by name: file and sizes."""
    graphs = {path.stem: (path, SIZES.get(path.stem.split(".")[0], DEFAULT_SIZES))
              for path in sorted(GRAPHS.glob("*.onnx"))}
    light = sorted((MODELS / "light").glob("light_*/model.onnx"))
    if not light:
        sys.exit(f"{MODELS / 'light'} holds no models: run scripts/fetch_models")
    graphs.update({path.parent.name: (path, {}) for path in light})
    return graphs


def emit_plan(path, sizes):
    command = [BINARIES / "neapc", path, "--plan-only", "--random-weights=1", "--isa=x86-64-v3",
               "--emit=plan", *(f"--dim={name}={size}" for name, size in sizes.items())]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if result.returncode:
        sys.exit(f"{path}: neapc exit {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def digest(rows):
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def count(kinds):
    counts = collections.Counter(kinds)
    return ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts))


def summarize(plan, sizes):
    """The text of a golden file."""
    lines = plan.splitlines()
    buffers = [m for m in map(BUFFER.search, lines) if m]
    commands = [m for m in map(COMMAND.search, lines) if m]
    kernels = [m[1] for m in map(KERNEL.search, lines) if m]
    # The bytes of each buffer; those that each command touches, in which order, and its tiles.
    offsets = [f"{m[2]} {m[3]} {m[4]}" for m in buffers]
    accesses = [f"{m[1]}{NAME.sub('', m[2])}" for m in commands]
    facts = [("sizes", " ".join(f"{n}={s}" for n, s in sizes.items()) or "none")]
    facts += [(name, pattern.search(plan)[1]) for name, pattern in FIGURES.items()]
    facts += [("buffers", count(m[2] for m in buffers)), ("commands", count(m[1] for m in commands)),
              ("kernels", count(kernels)), ("offsets", digest(offsets)), ("accesses", digest(accesses))]
    return "".join(f"{name:<18} {value}\n" for name, value in facts)


def check(texts):
    wrong = 0
    for name in sorted(set(texts) | {path.stem for path in FOLDER.glob("*.txt")}):
        path = FOLDER / f"{name}.txt"
        golden = path.read_text() if path.exists() else ""
        changes = list(difflib.unified_diff(golden.splitlines(), texts.get(name, "").splitlines(),
                                            f"{name}: committed", f"{name}: now", lineterm="", n=0))
        wrong += bool(changes)
        print("\n".join(changes) if changes else f"{name}: as committed")
    if wrong:
        sys.exit(f"{wrong} plans are not as committed; if that is meant, run "
                 "'golden_plans.py update' and commit what changes")


def update(texts):
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for name, text in texts.items():
        (FOLDER / f"{name}.txt").write_text(text)


def main():
    actions = {"check": check, "update": update}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    actions[sys.argv[1]]({name: summarize(emit_plan(path, sizes), sizes)
                          for name, (path, sizes) in find_graphs().items()})


if __name__ == "__main__":
    main()
