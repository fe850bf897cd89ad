// RUN: neap-opt %s --neap-bind-dimensions="dims=batch=9" --split-input-file --verify-diagnostics

// expected-error@+3 {{dimensions without a size: 'past', 'seq'}}
// expected-note@+2 {{bind it with --dim=past=N}}
// expected-note@+1 {{bind it with --dim=seq=N}}
module {
func.func @unbound(%x: tensor<?x?xf32, #neap.dims<"past + seq", "batch">>)
    -> tensor<?x?xf32, #neap.dims<"past + seq", "batch">> {
  return %x : tensor<?x?xf32, #neap.dims<"past + seq", "batch">>
}
}

// -----

// expected-error@+1 {{expected dimension 'batch' in 1..8 in steps of 1, got 9}}
module attributes {neap.symbols = {batch = #neap.range<1, 8>}} {
}

// -----

// expected-error@+1 {{expected a size of at least 0 for the axis}}
module {
func.func @negative(%x: tensor<?xf32, #neap.dims<"-batch + 4">>)
    -> tensor<?xf32, #neap.dims<"-batch + 4">> {
  return %x : tensor<?xf32, #neap.dims<"-batch + 4">>
}
}
