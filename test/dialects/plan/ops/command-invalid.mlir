// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --split-input-file --verify-diagnostics

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @command_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected an access for each of 2 buffers, got 1}}
    %0 = "plan.copy"(%a, %b, %s) <{accesses = [#plan.access<read, 0, 64>], name = "c", operandSegmentSizes = array<i32: 2, 1, 0>}> : (!plan.buffer, !plan.buffer, !plan.stream) -> !plan.token
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @command_c2 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    // expected-note @+1 {{the buffer is declared here}}
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected an access inside the 64 bytes of 'a', got 64 bytes at offset 1}}
    %0 = plan.copy "c"(read %a[1, 64], write %b[0, 64]) on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @command_c3 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected 'in_place_of' to be the position of a read among 2 operands, got 1}}
    %0 = plan.launch "l" @copy(read %a[0, 64], write %b[0, 64] in_place_of 1) tiles "1" per_block 1 on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @command_c3_kind attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected 'in_place_of' on a write, got it on a read}}
    %0 = plan.launch "l" @copy(read %a[0, 64] in_place_of 0, write %b[0, 64]) tiles "1" per_block 1 on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @command_c4 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    %0 = plan.copy "c"(read %a[0, 64], write %b[0, 64]) on %s
    %1 = plan.loop "l"() trips "2" on %s {
      // expected-error @+1 {{expected to wait for commands of its own block}}
      %2 = plan.copy "d"(read %a[0, 64], write %b[0, 64]) on %s wait %0
    }
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @command_access attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected 'read', 'write', 'read_write' or 'scratch', got 'use'}}
    %0 = plan.copy "c"(use %a[0, 64], write %b[0, 64]) on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @launch_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected a 'plan.kernel' named 'none'}}
    %0 = plan.launch "l" @none(read %a[0, 64], write %b[0, 64]) tiles "1" per_block 1 on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @launch_c1_operands attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected 2 operands and 0 sizes for 'copy', got 1 and 0}}
    %0 = plan.launch "l" @copy(write %b[0, 64]) tiles "1" per_block 1 on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @launch_c1_sizes attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected 2 operands and 0 sizes for 'copy', got 2 and 1}}
    %0 = plan.launch "l" @copy(read %a[0, 64], write %b[0, 64]) sizes ["1"] tiles "1" per_block 1 on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @launch_c2 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected positive tiles per block, got 0}}
    %0 = plan.launch "l" @copy(read %a[0, 64], write %b[0, 64]) tiles "1" per_block 0 on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @launch_c3 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected scratch of 64 bytes for 4 threads, got 128 bytes}}
    %0 = plan.launch "l" @copy(read %a[0, 64], write %b[0, 64]) tiles "1" per_block 1 scratch 64 per_thread in %d <scratch, 0, 128> on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @launch_c3_missing attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected a scratch buffer iff scratch is positive, got 64 bytes per thread and no buffer}}
    %0 = plan.launch "l" @copy(read %a[0, 64], write %b[0, 64]) tiles "1" per_block 1 scratch 64 per_thread on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @launch_c3_access attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected access 'scratch', got 'write'}}
    %0 = plan.launch "l" @copy(read %a[0, 64], write %b[0, 64]) tiles "1" per_block 1 scratch 64 per_thread in %d <write, 0, 256> on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @launch_c4 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected scratch apart from the operands}}
    %0 = plan.launch "l" @copy(read %a[0, 64], scratch %b[0, 64]) tiles "1" per_block 1 on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @copy_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected a read, then a write of as many bytes, got a read of 64 and a write of 32}}
    %0 = plan.copy "c"(read %a[0, 64], write %b[0, 32]) on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @copy_c1_count attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected two operands, got 1}}
    %0 = plan.copy "c"(read %a[0, 64]) on %s
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @if_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected one read of 1 bytes}}
    %0 = plan.if "c"(read %a[0, 2]) on %s {
    } else {
    }
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @if_c2 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected commands only, got 'plan.scalar'}}
    %0 = plan.if "c"(read %a[0, 1]) on %s {
    } else {
      %m = "plan.scalar"() <{hi = 1 : i64, lo = 0 : i64, name = "m"}> : () -> !plan.scalar
    }
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @loop_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected no operands, got 1}}
    %0 = plan.loop "c"(read %a[0, 2]) trips "1" on %s {
    }
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @loop_c2 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected commands only, got 'plan.scalar'}}
    %0 = plan.loop "c"() trips "1" on %s {
      %m = "plan.scalar"() <{hi = 1 : i64, lo = 0 : i64, name = "m"}> : () -> !plan.scalar
    }
  }
}

// -----

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @copy operands 2 sizes 0
  plan.entry @read_scalar_c1 attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    %s = plan.stream "compute" device 0
    %n = plan.scalar "n" 0 to 8
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 8
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 8
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // expected-error @+1 {{expected one read of 4 or 8 bytes}}
    %0 = plan.read_scalar "c"(read %a[0, 2]) into %n on %s
  }
}
