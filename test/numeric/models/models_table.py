# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes docs/models.md from what check_models.py found."""
import collections

HEAD = """# The exported models

Made by `scripts/test_models`; do not edit. Every graph of `test/models`, its weights filled from seeds or trained (minilm), compiled
once with ranges and run at each size below; batch and volumes set no bound of their own, so the table of
`test/numeric/models/exported.py` is theirs.

* **error**: of the output that is nearest to its bound, against float64 (ONNX's reference evaluator, every float promoted), beside
  that of ONNX Runtime; allowed is twice ONNX Runtime's, or 1e-5 of the output's range, whichever is larger.
* **arena**, **arena / max-live**, **max-live / bound** (= the proved lower bound on the peak of any order; *proved*: no order needs
  less): of a binary for this size alone, whose bits the binary with ranges must equal, at 1 and 2 threads.
* **memory exact**: what the process gains, in the binary with ranges, is what its plan declares.
"""


def _mebibytes(size):
    return f"{size / 2**20:.2f}"


def _row(name, label, size):
    worst = size.get("worst")
    errors = (f"{worst['error']:.1e} | {worst['peer_error']:.1e} | {worst['bound']:.1e}" if worst
              else "— | — | —")
    memory = "— | — | —"
    if "arena_bytes" in size:
        bound = "proved" if size["order_proved"] else f"{size['max_live_bytes'] / max(size['lower_bound_bytes'], 1):.3f}"
        packing = f"{size['arena_bytes'] / max(size['max_live_bytes'], 1):.4f}"
        packing += " (proved)" if size["arena_proved"] and size["arena_bytes"] != size["max_live_bytes"] else ""
        memory = f"{_mebibytes(size['arena_bytes'])} | {packing} | {bound}"
    exact = "yes" if size.get("memory_exact") else "**no**"
    right = "; ".join(size["wrong"]) or "yes"
    return f"| {name} | {label} | {errors} | {memory} | {exact} | {right} |"


def _summary(found):
    sizes = [size for model in found.values() for size in model["sizes"].values()]
    planned = [size for size in sizes if "arena_bytes" in size]
    tight = [s for s in planned if s["arena_bytes"] == s["max_live_bytes"]]
    near = [s for s in planned if s["arena_proved"] or s["arena_bytes"] <= 1.02 * s["max_live_bytes"]]
    counts = collections.Counter("right" if not size["wrong"] else "wrong" for size in sizes)
    return (f"{len(found)} graphs, {len(sizes)} sizes: {counts['right']} right, {counts['wrong']} not. "
            f"arena / max-live is 1.00 on {len(tight)} of {len(planned)}, at most 1.02 or proved on {len(near)}; "
            f"the order is proved on {sum(s['order_proved'] for s in planned)}; "
            f"memory exact on {sum(bool(s.get('memory_exact')) for s in sizes)} of {len(sizes)}.")


def render(names, found):
    lines = [HEAD, _summary(found), ""]
    missing = [name for name in names if not found.get(name)]
    if missing:
        lines += [f"Not run: {', '.join(missing)}.", ""]
    for name, model in found.items():
        if model.get("refused"):
            lines += [f"* **{name}** is refused: {model['refused']}"]
    lines += ["", "| graph | size | error | ONNX Runtime's | allowed | arena MiB | arena / max-live | max-live / bound "
              "| memory exact | right |", "|---|---|--:|--:|--:|--:|--:|--:|---|---|"]
    for name, model in found.items():
        lines += [_row(name, label, size) for label, size in model["sizes"].items()]
    return "\n".join(lines) + "\n"
