# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The slow, obvious version of every neap op, one family per module.

Each op is a function of its mnemonic: arrays in operand order, then the op's
attributes by name. Results have the dtype that the op's result has; floats may
be evaluated in float64 by giving float64 inputs. `REFERENCE[mnemonic]` finds
the function.
"""

from reference import (
    attention,
    constant,
    convolution,
    elementwise,
    indexing,
    linear,
    normalization,
    pooling,
    reduction,
    shape,
)

FAMILIES = (
    attention,
    constant,
    convolution,
    elementwise,
    indexing,
    linear,
    normalization,
    pooling,
    reduction,
    shape,
)
REFERENCE = {name: function for family in FAMILIES
             for name, function in family.OPS.items()}
