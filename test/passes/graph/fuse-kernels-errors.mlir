// RUN: neap-opt %s --neap-fuse-kernels --split-input-file --verify-diagnostics

// expected-error@+1 {{expected bounds of the sizes of 'tensor<?xf32, #neap.dims<"batch">>'; bind the dimensions first}}
func.func @dynamic(%x: tensor<?xf32, #neap.dims<"batch">>) -> tensor<?xf32, #neap.dims<"batch">> {
  return %x : tensor<?xf32, #neap.dims<"batch">>
}

// -----

func.func @element_type_without_code(%x: tensor<4x6xbf16>) -> tensor<4x6xbf16> {
  // expected-error@+1 {{'neap.softmax' op has no kernel for operands of type 'tensor<4x6xbf16>'}}
  %0 = neap.softmax %x : tensor<4x6xbf16>
  return %0 : tensor<4x6xbf16>
}
