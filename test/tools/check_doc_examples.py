#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs every ```mlir block of op and pass docs through neap-opt.

The blocks of all .td files and rationale.md files are extracted. A block that
holds a module-level op (a line that starts with `func.func`, `neap.kernel`,
`plan.`, `module` ...) is parsed as it is. The rest are snippets of a function
body: names that they use without defining are made block arguments, whose
types are found by parsing. Exit code 1 and neap-opt's message for each block
that does not parse.
"""

import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```mlir\n(.*?)```", re.DOTALL)
TOP_LEVEL = re.compile(r"^(func\.func|neap\.kernel|module|plan\.\w+|#|!)",
                       re.MULTILINE)
USE = re.compile(r"%([A-Za-z_]\w*|\d+)")
DEFINITION = re.compile(r"^\s*((?:%\w+(?::\d+)?\s*,\s*)*%\w+(?::\d+)?)\s*=",
                        re.MULTILINE)
ARGUMENT = re.compile(r"%(\w+)\s*:\s*tensor")


def extract(path):
    """Yields (line number, text) of each block, without its indentation."""
    text = path.read_text()
    for match in BLOCK.finditer(text):
        lines = match.group(1).splitlines()
        indents = [len(l) - len(l.lstrip()) for l in lines if l.strip()]
        cut = min(indents, default=0)
        yield (text.count("\n", 0, match.start()) + 1,
               "\n".join(line[cut:] for line in lines))


def undefined_names(body):
    """Returns names used and not defined in a snippet, in order."""
    defined = set(ARGUMENT.findall(body))
    for match in DEFINITION.finditer(body):
        defined.update(re.findall(r"%(\w+)", match.group(1)))
    names = []
    for name in USE.findall(body):
        if name not in defined and name not in names:
            names.append(name)
    return names


def operand_types(body, names):
    """Guesses the type of each name from the op that uses it: its line lists
    operands in order and, behind the colon, their types or one for all."""
    types = {}
    for statement in re.split(r"\n(?=\s*%\w+|\s*neap\.)", body):
        operands = USE.findall(re.sub(r"^\s*%[^=]*=", "", statement, count=1))
        operands = [o for o in operands if o]
        tail = statement[statement.rfind(" : ") + 3:] if " : " in statement \
            else ""
        found = split_types(tail.split("->")[0])
        if not found:
            continue
        for index, operand in enumerate(operands):
            types.setdefault(operand, found[min(index, len(found) - 1)])
    return {n: types[n] for n in names if n in types}


def split_types(text):
    """Splits `(tensor<..>, tensor<..>)` or the same without parentheses."""
    parts, depth, current = [], 0, ""
    for c in text.strip().strip("()"):
        depth += c in "<([" 
        depth -= c in ">)]"
        if c == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += c
    if current.strip():
        parts.append(current.strip())
    return [p for p in parts if p.startswith("tensor")]


def wrap(body):
    """Returns a snippet as a module."""
    if TOP_LEVEL.search(body):
        return body
    names = undefined_names(body)
    types = operand_types(body, names)
    arguments = ", ".join(f"%{n}: {types.get(n, 'tensor<f32>')}"
                          for n in names)
    return f"func.func @example({arguments}) {{\n{body}\n  return\n}}\n"


def run(neap_opt, source):
    """Returns neap-opt's message, or None if it takes the module."""
    result = subprocess.run([neap_opt, "-", "-o", "/dev/null"], input=source,
                            text=True, capture_output=True, check=False)
    return None if result.returncode == 0 else result.stderr.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--neap-opt", required=True)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    files = arguments.files or sorted(
        [*ROOT.glob("dialects/**/*.td"), *ROOT.glob("passes/**/*.td"),
         *ROOT.glob("dialects/*/docs/*.md")])
    count, failures = 0, 0
    for path in files:
        for line, body in extract(path):
            count += 1
            message = run(arguments.neap_opt, wrap(body))
            if message:
                failures += 1
                print(f"{path}:{line}: {message}\n")
    print(f"{count} examples, {failures} failures")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
