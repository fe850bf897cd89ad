#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs every ```mlir block of op and pass docs through neap-opt.

The blocks are those of the generated documentation of all dialects/*/IR/*Ops.td
and passes/**/Passes.td, and of dialects/*/docs/*.md. A block with a line that
starts with a module-level op is parsed as it is. The rest are snippets of a
function body: a name that one uses without defining it becomes an argument, of
the type that the line with the use says. Pass docs show parts of programs: they
are parsed but not verified, and a block with `...` is skipped. Exit code 1 and
neap-opt's message for each block that it refuses.
"""

import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```mlir\n(.*?)```", re.DOTALL)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
TOP_LEVEL = re.compile(r"^(func\.func|neap\.kernel|module|plan\.entry|[#!]\w)",
                       re.MULTILINE)
USE = re.compile(r"%(\w+)")
DEFINITION = re.compile(r"^\s*%(\w+)[^=\n]*=", re.MULTILINE)
PARSE_ONLY = "--mlir-very-unsafe-disable-verifier-on-parsing"
BLOCK_ARGUMENT = re.compile(r"%(\w+): ")


def generate(tblgen, include, path):
    """Returns the documentation of a .td file as Markdown."""
    what = ["-gen-pass-doc"]
    if path.name != "Passes.td":
        what = ["-gen-dialect-doc", f"-dialect={path.parts[-3]}"]
    command = [tblgen, *what, "-I", str(ROOT), "-I", include, str(path)]
    return subprocess.run(command, text=True, capture_output=True,
                          check=True).stdout


def extract(markdown):
    """Yields (heading, text) of each block, without its indentation."""
    for match in BLOCK.finditer(markdown):
        headings = HEADING.findall(markdown, 0, match.start())
        lines = match.group(1).splitlines()
        indents = [len(x) - len(x.lstrip()) for x in lines if x.strip()]
        cut = min(indents, default=0)
        yield (headings[-1] if headings else "",
               "\n".join(line[cut:] for line in lines))


def split_types(text):
    """Splits `tensor<2xf32>, tensor<f32>`, with or without parentheses."""
    parts, depth, current = [], 0, ""
    for c in text.strip().strip("()") + ",":
        depth += (c in "<([") - (c in ">)]")
        if c == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += c
    return [part for part in parts if part.startswith("tensor")]


def argument_types(body):
    """Returns the type of each name that a snippet uses but does not define:
    operands pair with the types behind the last colon of their statement, of
    which the last may stand for all that follow."""
    defined = set(DEFINITION.findall(body)) | set(BLOCK_ARGUMENT.findall(body))
    types = {}
    for statement in join_continuations(body).splitlines():
        operands = USE.findall(statement.split("=", 1)[-1]
                               if statement.lstrip().startswith("%")
                               else statement)
        found = split_types(statement.rpartition(" : ")[2].split("->")[0])
        for index, name in enumerate(operands):
            if name not in defined and name not in types and found:
                types[name] = found[min(index, len(found) - 1)]
    return types


def join_continuations(body):
    """Joins lines inside brackets, so that a statement is one line."""
    text, depth = "", 0
    for line in body.splitlines():
        text += line + (" " if depth + balance(line) > 0 else "\n")
        depth += balance(line)
    return text


def balance(line):
    """Returns how many brackets `line` opens and leaves open. An arrow closes
    none."""
    line = line.replace("->", "")
    return (sum(line.count(c) for c in "({[<") -
            sum(line.count(c) for c in ")}]>"))


def wrap(body):
    """Returns a snippet as a module."""
    if TOP_LEVEL.search(body):
        return body
    types = argument_types(body)
    arguments = ", ".join(f"%{name}: {type}" for name, type in types.items())
    return f"func.func @example({arguments}) {{\n{body}\n  return\n}}\n"


def run(neap_opt, source, flags):
    """Returns neap-opt's message, or None if it takes the module."""
    result = subprocess.run([neap_opt, "-", "-o", "/dev/null", *flags],
                            input=source, text=True, capture_output=True,
                            check=False)
    return None if result.returncode == 0 else result.stderr.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--neap-opt", required=True)
    parser.add_argument("--llvm", default="/usr/lib/llvm-22",
                        help="where LLVM and MLIR are installed")
    arguments = parser.parse_args()
    tblgen, include = (f"{arguments.llvm}/bin/mlir-tblgen",
                       f"{arguments.llvm}/include")
    documents = {path: generate(tblgen, include, path)
                 for pattern in ("dialects/*/IR/*Ops.td", "passes/**/Passes.td")
                 for path in sorted(ROOT.glob(pattern))}
    for path in sorted(ROOT.glob("dialects/*/docs/*.md")):
        documents[path] = path.read_text()
    count, skipped, failures = 0, 0, 0
    for path, markdown in documents.items():
        is_pass = path.name == "Passes.td"
        flags = [PARSE_ONLY] if is_pass else []
        for heading, body in extract(markdown):
            if is_pass and "..." in body:
                skipped += 1
                continue
            count += 1
            message = run(arguments.neap_opt, wrap(body), flags)
            if message:
                failures += 1
                print(f"{path.relative_to(ROOT)}: {heading}: {message}\n")
    print(f"{count} examples, {failures} failures, {skipped} skipped")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
