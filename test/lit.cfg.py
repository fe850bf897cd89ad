# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Configuration of the lit tests: .mlir and .test files with RUN lines below this folder.

Run them all with `ninja check-neap`, or some with
`lit build/test -v --filter dialects`.
"""

import os

import lit.formats

config.name = "neap"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["lit.cfg.py", "lit.site.cfg.py"]
config.test_source_root = os.path.join(config.neap_source_dir, "test")
config.test_exec_root = os.path.join(config.neap_binary_dir, "test")

config.environment["PATH"] = os.path.pathsep.join(
    [
        os.path.join(config.neap_binary_dir, "bin"),
        config.llvm_tools_dir,
        config.environment["PATH"],
    ]
)
