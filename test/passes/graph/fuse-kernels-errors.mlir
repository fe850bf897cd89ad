// RUN: neap-opt %s --neap-fuse-kernels --split-input-file --verify-diagnostics

// expected-error@+1 {{expected static shapes, got 'tensor<?xf32, #neap.dims<"batch">>'; bind the dimensions first}}
func.func @dynamic(%x: tensor<?xf32, #neap.dims<"batch">>) -> tensor<?xf32, #neap.dims<"batch">> {
  return %x : tensor<?xf32, #neap.dims<"batch">>
}
