# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The nine light_* models of the onnx wheel as ONNX test data.

`write_all(DIR)` writes DIR/<name>/model.onnx and DIR/<name>/test_data_set_0. The
inputs are those that the onnx backend runner generates for these models: the
wheel ships their outputs only.
"""
import pathlib
import shutil

import numpy as np
import onnx
from onnx import numpy_helper


def generated_inputs(model):
    """What onnx.backend.test.runner feeds: index over number of elements."""
    known = {initializer.name for initializer in model.graph.initializer}
    inputs = []
    for value in model.graph.input:
        if value.name in known:
            continue
        dims = value.type.tensor_type.shape.dim
        shape = [d.dim_value if d.HasField("dim_value") else 1 for d in dims]
        count = int(np.prod(shape))
        values = (np.arange(count).reshape(shape) / count).astype(np.float32)
        inputs.append((value.name, values))
    return inputs


def write_all(folder):
    source = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    for path in sorted(source.glob("light_*.onnx")):
        target = pathlib.Path(folder) / path.stem
        data = target / "test_data_set_0"
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target / "model.onnx")
        shutil.copy(source / f"{path.stem}_output_0.pb", data / "output_0.pb")
        for index, (name, values) in enumerate(generated_inputs(onnx.load(path))):
            tensor = numpy_helper.from_array(values, name)
            (data / f"input_{index}.pb").write_bytes(tensor.SerializeToString())
