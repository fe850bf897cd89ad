// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected a positive 'max_threads', got 0}}
plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 0 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @module_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
  }
}

// -----

// expected-error @+1 {{expected segments of at least 0 bytes, got -1 (const) and 128 (state)}}
plan.module attributes {const_bytes = -1 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @module_c1_const attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
  }
}

// -----

// expected-error @+1 {{expected symbols, kernels, state slices and entries only, got 'func.func'}}
plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  func.func private @f()
  plan.entry @module_c2 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  // expected-error @+1 {{expected a range with lo <= hi, got 5 to 4}}
  plan.symbol "n" 5 to 4 step 1
  plan.entry @symbol_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  // expected-error @+1 {{expected a positive step, got 0}}
  plan.symbol "n" 4 to 5 step 0
  plan.entry @symbol_c1_step attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  // expected-error @+1 {{attribute 'definition' failed to satisfy constraint}}
  plan.symbol "n" 4 to 5 step 1 is "2*"
  plan.entry @symbol_definition attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  // expected-error @+1 {{expected bytes inside the state segment of 128 bytes, got 65 at offset 64}}
  plan.state_slice "k" : i8 ["65"] offset 64 size 65
  plan.entry @state_slice_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  // expected-error @+1 {{expected declarations and commands only, got 'func.func'}}
  plan.entry @entry_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    func.func private @f()
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  // expected-error @+1 {{expected an arena of at least 0 bytes, got -64}}
  plan.entry @entry_c2 attributes {arena_bytes = -64 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @scalar_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    // expected-error @+1 {{expected a range with lo <= hi, got 1 to 0}}
    %n = plan.scalar "n" 1 to 0
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @buffer_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    // expected-error @+1 {{expected an offset that is a multiple of 64, got 32}}
    %b = plan.buffer "b" arena offset 32 size 64 as "64" bits 8
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @buffer_c2_arena attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    // expected-error @+1 {{expected bytes inside the arena segment of 512 bytes, got 65 at offset 448}}
    %b = plan.buffer "b" arena offset 448 size 65 as "65" bits 8
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @buffer_c2_const attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    // expected-error @+1 {{expected bytes inside the const segment of 128 bytes, got 65 at offset 64}}
    %b = plan.buffer "b" const offset 64 size 65 as "65" bits 8
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @buffer_c2_state attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    // expected-error @+1 {{expected bytes inside the state segment of 128 bytes, got 65 at offset 64}}
    %b = plan.buffer "b" state offset 64 size 65 as "65" bits 8
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @buffer_c2_input attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    // expected-error @+1 {{expected offset 0 in the input segment, got 64}}
    %b = plan.buffer "b" input offset 64 size 64 as "64" bits 8
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @buffer_c2_negative attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    // expected-error @+1 {{expected an offset and a size of at least 0, got -64 and 64}}
    %b = plan.buffer "b" arena offset -64 size 64 as "64" bits 8
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @buffer_c3 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    // expected-error @+1 {{expected positive 'element_bits', got 0}}
    %b = plan.buffer "b" arena offset 0 size 64 as "64" bits 0
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @input_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %b = plan.buffer "b" output offset 0 size 64 as "64" bits 8
    // expected-error @+1 {{expected a buffer of the input segment}}
    plan.input "x" %b : i8 ["64"]
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @input_c1_twice attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %b = plan.buffer "b" input offset 0 size 64 as "64" bits 8
    // expected-error @+1 {{expected a buffer of its own, but 'b' belongs to another input too}}
    plan.input "x" %b : i8 ["64"]
    plan.input "y" %b : i8 ["64"]
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.entry @output_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %b = plan.buffer "b" arena offset 0 size 64 as "64" bits 8
    // expected-error @+1 {{expected a buffer of the output segment}}
    plan.output "x" %b : i8 ["64"]
  }
}
