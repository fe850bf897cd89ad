// RUN: neap-opt %s --neap-bind-dimensions="dims=batch=2,seq=6" | FileCheck %s

// CHECK-NOT: neap.symbols
module attributes {neap.symbols = {batch = #neap.range<1, 8>}} {

// CHECK-LABEL: func.func @signature_and_body
// CHECK-SAME:  (%[[X:.*]]: tensor<2x8xf32>) -> tensor<2x8xf32>
// CHECK:       neap.exp %[[X]] : tensor<2x8xf32>
func.func @signature_and_body(%x: tensor<?x8xf32, #neap.dims<"batch", "8">>)
    -> tensor<?x8xf32, #neap.dims<"batch", "8">> {
  %0 = neap.exp %x : tensor<?x8xf32, #neap.dims<"batch", "8">>
  return %0 : tensor<?x8xf32, #neap.dims<"batch", "8">>
}

// CHECK-LABEL: func.func @expressions
// CHECK-SAME:  tensor<12x3x4xf32>
func.func @expressions(
    %x: tensor<?x?x?xf32, #neap.dims<"batch*seq", "(seq // 2)", "min(4, seq)">>)
    -> tensor<?x?x?xf32, #neap.dims<"batch*seq", "(seq // 2)", "min(4, seq)">> {
  return %x : tensor<?x?x?xf32, #neap.dims<"batch*seq", "(seq // 2)", "min(4, seq)">>
}

// CHECK-LABEL: func.func @static_stays
// CHECK-SAME:  tensor<5xf32>
func.func @static_stays(%x: tensor<5xf32>) -> tensor<5xf32> {
  return %x : tensor<5xf32>
}
}
