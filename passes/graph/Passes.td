// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes.td - from an imported graph to outlined kernels, in this order:
//
//   bind-dimensions -> raise-attention -> simplify-graph -> assign-layouts
//     -> simplify-graph -> pack-weights -> fuse-kernels -> outline-kernels
#ifndef NEAP_PASSES_GRAPH_PASSES_TD
#define NEAP_PASSES_GRAPH_PASSES_TD

include "mlir/Pass/PassBase.td"

def BindDimensions : Pass<"neap-bind-dimensions", "::mlir::ModuleOp"> {
  let summary = "Replace the symbols of dynamic axes by sizes";
  let description = [{
    Requires: each value lies in the range that `neap.symbols` states.
    Guarantees: every tensor type is static; a symbol without a value is an
    error that lists the names, and nothing has changed.

    Before, with `dims="batch=2"`:
    ```mlir
    func.func @main(%x: tensor<?x8xf32, #neap.dims<"batch", "8">>)
        -> tensor<?x8xf32, #neap.dims<"batch", "8">> {
      %0 = neap.exp %x : tensor<?x8xf32, #neap.dims<"batch", "8">>
      return %0 : tensor<?x8xf32, #neap.dims<"batch", "8">>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
      %0 = neap.exp %x : tensor<2x8xf32>
      return %0 : tensor<2x8xf32>
    }
    ```
  }];
  let options = [ListOption<"dims", "dims", "std::string",
                            "NAME=N for each symbol">];
}

def RaiseAttention : Pass<"neap-raise-attention", "::mlir::ModuleOp"> {
  let summary = "Find attention in products around a softmax";
  let description = [{
    Requires: canonical form. Whether this pass runs chooses an algorithm: sums
    of attention have another order than those of the two products.
    Guarantees: where f32 or f64 scores that nothing else reads are scaled,
    masked (by an addition or a selection) and normalized, and multiplied with
    values, one `neap.attention` computes the result. Factors of queries and
    keys are part of its scale. Conditions on positions are its `causal`; what
    always holds is gone; other conditions remain as small as they are.
    Rows for which the softmax is not defined give what the model gives them.

    Before:
    ```mlir
    func.func @main(%q: tensor<2x4x8x16xf32>, %k: tensor<2x4x16x8xf32>, %v: tensor<2x4x8x16xf32>) -> tensor<2x4x8x16xf32> {
      %c = neap.constant dense<2.500000e-01> : tensor<2x4x8x8xf32>
      %0 = neap.matmul %q, %k : tensor<2x4x8x16xf32>, tensor<2x4x16x8xf32> -> tensor<2x4x8x8xf32>
      %1 = neap.mul %0, %c : tensor<2x4x8x8xf32>
      %2 = neap.softmax %1 : tensor<2x4x8x8xf32>
      %3 = neap.matmul %2, %v : tensor<2x4x8x8xf32>, tensor<2x4x8x16xf32> -> tensor<2x4x8x16xf32>
      return %3 : tensor<2x4x8x16xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%q: tensor<2x4x8x16xf32>, %k: tensor<2x4x16x8xf32>, %v: tensor<2x4x8x16xf32>) -> tensor<2x4x8x16xf32> {
      %0 = neap.transpose %k, [0, 1, 3, 2] : tensor<2x4x16x8xf32> -> tensor<2x4x8x16xf32>
      %1 = neap.attention %q, %0, %v {scale = 2.500000e-01 : f64} : tensor<2x4x8x16xf32>, tensor<2x4x8x16xf32>, tensor<2x4x8x16xf32> -> tensor<2x4x8x16xf32>
      return %1 : tensor<2x4x8x16xf32>
    }
    ```
  }];
}

def SimplifyGraph : Pass<"neap-simplify-graph", "::mlir::ModuleOp"> {
  let summary = "Remove work and copies by bit-exact algebra";
  let description = [{
    Requires: static shapes.
    Guarantees: every result keeps its bits. Dead code is gone; adjacent views
    are merged; reshapes and transposes stand as near to the results as
    they can without becoming copies of their own; elementwise ops on broadcast
    operands are computed before the broadcast; a factor of a part of rows is
    applied where the rows are computed.

    Before:
    ```mlir
    func.func @main(%x: tensor<4x6xf32>, %b: tensor<6xf32>) -> tensor<2x2x6xf32> {
      %0 = neap.reshape %x : tensor<4x6xf32> -> tensor<2x2x6xf32>
      %1 = neap.broadcast %b : tensor<6xf32> -> tensor<2x2x6xf32>
      %2 = neap.add %0, %1 : tensor<2x2x6xf32>
      return %2 : tensor<2x2x6xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4x6xf32>, %b: tensor<6xf32>) -> tensor<2x2x6xf32> {
      %0 = neap.broadcast %b : tensor<6xf32> -> tensor<4x6xf32>
      %1 = neap.add %x, %0 : tensor<4x6xf32>
      %2 = neap.reshape %1 : tensor<4x6xf32> -> tensor<2x2x6xf32>
      return %2 : tensor<2x2x6xf32>
    }
    ```
  }];
}

def AssignLayouts : Pass<"neap-assign-layouts", "::mlir::ModuleOp"> {
  let summary = "Make convolutions and poolings channels-last";
  let description = [{
    Requires: static shapes.
    Guarantees: every `neap.conv` and `neap.pool` is channels-last. Transposes
    stand where images enter and leave; none is between ops that can
    compute in either layout.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32> {
      %0 = neap.pool max %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x8x8xf32> -> tensor<1x3x4x4xf32>
      return %0 : tensor<1x3x4x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32> {
      %0 = neap.transpose %x, [0, 2, 3, 1] : tensor<1x3x8x8xf32> -> tensor<1x8x8x3xf32>
      %1 = neap.pool max %0 {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, layout = #neap<layout channels_last>} : tensor<1x8x8x3xf32> -> tensor<1x4x4x3xf32>
      %2 = neap.transpose %1, [0, 3, 1, 2] : tensor<1x4x4x3xf32> -> tensor<1x3x4x4xf32>
      return %2 : tensor<1x3x4x4xf32>
    }
    ```
  }];
}

def PackWeights : Pass<"neap-pack-weights", "::mlir::ModuleOp"> {
  let summary = "Bring weights into the panels that the microkernels read";
  let description = [{
    Requires: static shapes; convolutions channels-last (others stay as they
    are).
    Guarantees: a product whose right operand is one f32 or f64 matrix known at
    compile time, and a convolution with such a filter, is packed. A matrix that
    is gathered by row and multiplied by its transpose is read from its
    panels in both places.

    Before:
    ```mlir
    func.func @main(%x: tensor<4x8xf32>) -> tensor<4x16xf32> {
      %w = neap.weight <file = 0, offset = 0, length = 512> : tensor<8x16xf32>
      %0 = neap.matmul %x, %w : tensor<4x8xf32>, tensor<8x16xf32> -> tensor<4x16xf32>
      return %0 : tensor<4x16xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4x8xf32>) -> tensor<4x16xf32> {
      %w = neap.weight <file = 0, offset = 0, length = 512> : tensor<8x16xf32>
      %0 = neap.pack_panels %w : tensor<8x16xf32> -> tensor<1x8x16xf32>
      %1 = neap.packed_matmul %x, %0 : tensor<4x8xf32>, tensor<1x8x16xf32> -> tensor<4x16xf32>
      return %1 : tensor<4x16xf32>
    }
    ```
  }];
}

def FuseKernels : Pass<"neap-fuse-kernels", "::mlir::ModuleOp"> {
  let summary = "Group ops into the bodies of kernels";
  let description = [{
    Requires: static shapes.
    Guarantees: outside of `neap.fused` remain only weights, constants, reshapes,
    contiguous slices and concatenations along an outermost axis. Each body has
    the form that the emitter of its kind takes. What a compile-time value
    depends on is never fused with what a run computes. Bits do not depend on
    the grouping.

    Before:
    ```mlir
    func.func @main(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %0 = neap.add %x, %y : tensor<4x8xf32>
      %1 = neap.softmax %0 : tensor<4x8xf32>
      return %1 : tensor<4x8xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %0 = neap.fused region ins(%x, %y) {
      ^bb0(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>):
        %1 = neap.add %a, %b : tensor<4x8xf32>
        %2 = neap.softmax %1 : tensor<4x8xf32>
        neap.yield %2 : tensor<4x8xf32>
      } : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
      return %0 : tensor<4x8xf32>
    }
    ```
  }];
}

def OutlineKernels : Pass<"neap-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn fused ops into kernels and launches";
  let description = [{
    Requires: `neap-fuse-kernels`.
    Guarantees: no `neap.fused` is left. Bodies that compute the same share one
    `neap.kernel`, named after main op, kind, shape and a number, with the
    traits that the plan needs. Launches keep the locations of their ops.

    Before:
    ```mlir
    func.func @main(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %0 = neap.fused region ins(%x) {
      ^bb0(%a: tensor<4x8xf32>):
        %1 = neap.exp %a : tensor<4x8xf32>
        neap.yield %1 : tensor<4x8xf32>
      } : (tensor<4x8xf32>) -> tensor<4x8xf32>
      return %0 : tensor<4x8xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %0 = neap.launch @exp_region_4x8_f32_0(%x) : (tensor<4x8xf32>) -> tensor<4x8xf32>
      return %0 : tensor<4x8xf32>
    }
    neap.kernel region @exp_region_4x8_f32_0 attributes {in_place = [array<i64: 0>], num_tiles = 1 : i64, scratch_bytes = 0 : i64, tiles_per_block = 1 : i64} {
    ^bb0(%a: tensor<4x8xf32>):
      %0 = neap.exp %a : tensor<4x8xf32>
      neap.yield %0 : tensor<4x8xf32>
    }
    ```
  }];
}

#endif // NEAP_PASSES_GRAPH_PASSES_TD
