// RUN: neap-opt %s --canonicalize --split-input-file | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @arithmetic
// CHECK-DAG: %[[SUM:.*]] = neap.constant dense<[4.000000e+00, -1.000000e+00]>
// CHECK-DAG: %[[DIFFERENCE:.*]] = neap.constant dense<[-2.000000e+00, -5.000000e+00]>
// CHECK-DAG: %[[PRODUCT:.*]] = neap.constant dense<[3.000000e+00, -6.000000e+00]>
// CHECK-DAG: %[[QUOTIENT:.*]] = neap.constant dense<[0.333333343, -1.500000e+00]>
// CHECK: return %[[SUM]], %[[DIFFERENCE]], %[[PRODUCT]], %[[QUOTIENT]]
func.func @arithmetic() -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %x = neap.constant dense<[1.0, -3.0]> : tensor<2xf32>
  %y = neap.constant dense<[3.0, 2.0]> : tensor<2xf32>
  %0 = neap.add %x, %y : tensor<2xf32>
  %1 = neap.sub %x, %y : tensor<2xf32>
  %2 = neap.mul %x, %y : tensor<2xf32>
  %3 = neap.div %x, %y : tensor<2xf32>
  return %0, %1, %2, %3 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// Signed quotients truncate; `mod` has the sign of the divisor, `rem` that of
// the dividend.
// CHECK-LABEL: func.func @signed_division
// CHECK-DAG: %[[QUOTIENT:.*]] = neap.constant dense<[-2, -2, 2]>
// CHECK-DAG: %[[MOD:.*]] = neap.constant dense<[2, -2, -1]>
// CHECK-DAG: %[[REM:.*]] = neap.constant dense<[-1, 1, -1]>
// CHECK: return %[[QUOTIENT]], %[[MOD]], %[[REM]]
func.func @signed_division() -> (tensor<3xi64>, tensor<3xi64>, tensor<3xi64>) {
  %x = neap.constant dense<[-7, 7, -7]> : tensor<3xi64>
  %y = neap.constant dense<[3, -3, -3]> : tensor<3xi64>
  %0 = neap.div %x, %y : tensor<3xi64>
  %1 = neap.mod %x, %y : tensor<3xi64>
  %2 = neap.rem %x, %y : tensor<3xi64>
  return %0, %1, %2 : tensor<3xi64>, tensor<3xi64>, tensor<3xi64>
}

// -----

// CHECK-LABEL: func.func @unsigned_division
// CHECK: neap.constant dense<[127, 1]> : tensor<2xui8>
func.func @unsigned_division() -> tensor<2xui8> {
  %x = neap.constant dense<[255, 255]> : tensor<2xui8>
  %y = neap.constant dense<[2, 254]> : tensor<2xui8>
  %0 = neap.div %x, %y : tensor<2xui8>
  return %0 : tensor<2xui8>
}

// -----

// CHECK-LABEL: func.func @undefined_quotient_is_kept
// CHECK: neap.div
// CHECK: neap.mod
// CHECK: neap.div
func.func @undefined_quotient_is_kept() -> (tensor<i32>, tensor<i32>, tensor<i32>) {
  %x = neap.constant dense<-2147483648> : tensor<i32>
  %zero = neap.constant dense<0> : tensor<i32>
  %minus = neap.constant dense<-1> : tensor<i32>
  %0 = neap.div %x, %zero : tensor<i32>
  %1 = neap.mod %x, %zero : tensor<i32>
  %2 = neap.div %x, %minus : tensor<i32>
  return %0, %1, %2 : tensor<i32>, tensor<i32>, tensor<i32>
}

// -----

// CHECK-LABEL: func.func @unary
// CHECK-DAG: %[[NEG:.*]] = neap.constant dense<[2.500000e+00, -3.250000e+00, -4.000000e+00]>
// CHECK-DAG: %[[ABS:.*]] = neap.constant dense<[2.500000e+00, 3.250000e+00, 4.000000e+00]>
// CHECK-DAG: %[[SIGN:.*]] = neap.constant dense<[-1.000000e+00, 1.000000e+00, 1.000000e+00]>
// CHECK-DAG: %[[FLOOR:.*]] = neap.constant dense<[-3.000000e+00, 3.000000e+00, 4.000000e+00]>
// CHECK-DAG: %[[CEIL:.*]] = neap.constant dense<[-2.000000e+00, 4.000000e+00, 4.000000e+00]>
// CHECK-DAG: %[[ROUND:.*]] = neap.constant dense<[-2.000000e+00, 3.000000e+00, 4.000000e+00]>
// CHECK-DAG: %[[ROOT:.*]] = neap.constant dense<[1.58113885, 1.80277562, 2.000000e+00]>
// CHECK: return %[[NEG]], %[[ABS]], %[[SIGN]], %[[FLOOR]], %[[CEIL]], %[[ROUND]], %[[ROOT]]
func.func @unary() -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %x = neap.constant dense<[-2.5, 3.25, 4.0]> : tensor<3xf32>
  %0 = neap.neg %x : tensor<3xf32>
  %1 = neap.abs %x : tensor<3xf32>
  %2 = neap.sign %x : tensor<3xf32>
  %3 = neap.floor %x : tensor<3xf32>
  %4 = neap.ceil %x : tensor<3xf32>
  %5 = neap.round %x : tensor<3xf32>
  %6 = neap.sqrt %1 : tensor<3xf32>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// The bits of a NaN depend on the machine.
// CHECK-LABEL: func.func @nan_is_left_to_run_time
// CHECK: neap.sqrt
// CHECK: neap.div
func.func @nan_is_left_to_run_time() -> (tensor<f32>, tensor<f32>) {
  %x = neap.constant dense<-1.0> : tensor<f32>
  %zero = neap.constant dense<0.0> : tensor<f32>
  %0 = neap.sqrt %x : tensor<f32>
  %1 = neap.div %zero, %zero : tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}

// -----

// CHECK-LABEL: func.func @functions_are_left_to_run_time
// CHECK: neap.exp
// CHECK: neap.pow
func.func @functions_are_left_to_run_time() -> tensor<f32> {
  %x = neap.constant dense<2.0> : tensor<f32>
  %0 = neap.exp %x : tensor<f32>
  %1 = neap.pow %0, %x : tensor<f32>
  return %1 : tensor<f32>
}

// -----

// CHECK-LABEL: func.func @half_rounds_once
// CHECK: neap.constant dense<2.050000e+03> : tensor<f16>
func.func @half_rounds_once() -> tensor<f16> {
  %x = neap.constant dense<2048.0> : tensor<f16>
  %y = neap.constant dense<1.5> : tensor<f16>
  %0 = neap.add %x, %y : tensor<f16>
  return %0 : tensor<f16>
}

// -----

// CHECK-LABEL: func.func @max_min
// CHECK-DAG: %[[MAX:.*]] = neap.constant dense<[2.000000e+00, 5.000000e+00]>
// CHECK-DAG: %[[MIN:.*]] = neap.constant dense<[200, 1]> : tensor<2xui8>
// CHECK: return %[[MAX]], %[[MIN]]
func.func @max_min() -> (tensor<2xf32>, tensor<2xui8>) {
  %x = neap.constant dense<[1.0, 5.0]> : tensor<2xf32>
  %y = neap.constant dense<[2.0, -3.0]> : tensor<2xf32>
  %a = neap.constant dense<[200, 1]> : tensor<2xui8>
  %b = neap.constant dense<[255, 100]> : tensor<2xui8>
  %0 = neap.max %x, %y : tensor<2xf32>
  %1 = neap.min %a, %b : tensor<2xui8>
  return %0, %1 : tensor<2xf32>, tensor<2xui8>
}

// -----

// CHECK-LABEL: func.func @max_of_nan_or_both_zeros_is_kept
// CHECK: neap.max
// CHECK: neap.max
func.func @max_of_nan_or_both_zeros_is_kept() -> (tensor<f32>, tensor<f32>) {
  %nan = neap.constant dense<0x7FC00000> : tensor<f32>
  %zero = neap.constant dense<0.0> : tensor<f32>
  %minus = neap.constant dense<-0.0> : tensor<f32>
  %0 = neap.max %nan, %zero : tensor<f32>
  %1 = neap.max %zero, %minus : tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}

// -----

// CHECK-LABEL: func.func @bits
// CHECK-DAG: %[[AND:.*]] = neap.constant dense<[8, 0]>
// CHECK-DAG: %[[OR:.*]] = neap.constant dense<[14, 255]>
// CHECK-DAG: %[[XOR:.*]] = neap.constant dense<[6, 255]>
// CHECK-DAG: %[[NOT:.*]] = neap.constant dense<[243, 0]>
// CHECK: return %[[AND]], %[[OR]], %[[XOR]], %[[NOT]]
func.func @bits() -> (tensor<2xui8>, tensor<2xui8>, tensor<2xui8>, tensor<2xui8>) {
  %x = neap.constant dense<[12, 255]> : tensor<2xui8>
  %y = neap.constant dense<[10, 0]> : tensor<2xui8>
  %0 = neap.and %x, %y : tensor<2xui8>
  %1 = neap.or %x, %y : tensor<2xui8>
  %2 = neap.xor %x, %y : tensor<2xui8>
  %3 = neap.not %x : tensor<2xui8>
  return %0, %1, %2, %3 : tensor<2xui8>, tensor<2xui8>, tensor<2xui8>, tensor<2xui8>
}

// -----

// CHECK-LABEL: func.func @shifts_beyond_the_width_are_0
// CHECK-DAG: %[[LEFT:.*]] = neap.constant dense<[24, 0]>
// CHECK-DAG: %[[RIGHT:.*]] = neap.constant dense<[6, 0]>
// CHECK: return %[[LEFT]], %[[RIGHT]]
func.func @shifts_beyond_the_width_are_0() -> (tensor<2xui8>, tensor<2xui8>) {
  %x = neap.constant dense<[12, 12]> : tensor<2xui8>
  %y = neap.constant dense<[1, 9]> : tensor<2xui8>
  %0 = neap.shift_left %x, %y : tensor<2xui8>
  %1 = neap.shift_right %x, %y : tensor<2xui8>
  return %0, %1 : tensor<2xui8>, tensor<2xui8>
}

// -----

// CHECK-LABEL: func.func @compare_nan
// CHECK-DAG: %[[EQ:.*]] = neap.constant dense<[false, true]>
// CHECK-DAG: %[[NE:.*]] = neap.constant dense<[true, false]>
// CHECK: return %[[EQ]], %[[NE]], %[[EQ]], %[[NE]]
func.func @compare_nan() -> (tensor<2xi1>, tensor<2xi1>, tensor<2xi1>, tensor<2xi1>) {
  %x = neap.constant dense<[0x7FC00000, 1.0]> : tensor<2xf32>
  %0 = neap.compare eq %x, %x : tensor<2xf32> -> tensor<2xi1>
  %1 = neap.compare ne %x, %x : tensor<2xf32> -> tensor<2xi1>
  %2 = neap.compare le %x, %x : tensor<2xf32> -> tensor<2xi1>
  %3 = neap.is_nan %x : tensor<2xf32> -> tensor<2xi1>
  return %0, %1, %2, %3 : tensor<2xi1>, tensor<2xi1>, tensor<2xi1>, tensor<2xi1>
}

// -----

// CHECK-LABEL: func.func @compare_by_signedness
// CHECK-DAG: %[[SIGNED:.*]] = neap.constant dense<true>
// CHECK-DAG: %[[UNSIGNED:.*]] = neap.constant dense<false>
// CHECK: return %[[SIGNED]], %[[UNSIGNED]]
func.func @compare_by_signedness() -> (tensor<i1>, tensor<i1>) {
  %a = neap.constant dense<-1> : tensor<i8>
  %b = neap.constant dense<1> : tensor<i8>
  %c = neap.constant dense<255> : tensor<ui8>
  %d = neap.constant dense<1> : tensor<ui8>
  %0 = neap.compare lt %a, %b : tensor<i8> -> tensor<i1>
  %1 = neap.compare lt %c, %d : tensor<ui8> -> tensor<i1>
  return %0, %1 : tensor<i1>, tensor<i1>
}

// -----

// CHECK-LABEL: func.func @select_by_a_constant
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>, %[[C:.*]]: tensor<4xi1>
// CHECK: return %[[X]], %[[Y]], %[[X]]
func.func @select_by_a_constant(%x: tensor<4xf32>, %y: tensor<4xf32>, %c: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %true = neap.constant dense<true> : tensor<4xi1>
  %false = neap.constant dense<false> : tensor<4xi1>
  %0 = neap.select %true, %x, %y : tensor<4xi1>, tensor<4xf32>
  %1 = neap.select %false, %x, %y : tensor<4xi1>, tensor<4xf32>
  %2 = neap.select %c, %x, %x : tensor<4xi1>, tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @casts
// CHECK-DAG: %[[INT:.*]] = neap.constant dense<[2, -2]> : tensor<2xi32>
// CHECK-DAG: %[[BOOL:.*]] = neap.constant dense<true> : tensor<2xi1>
// CHECK-DAG: %[[FLOAT:.*]] = neap.constant dense<[2.550000e+02, 0.000000e+00]> : tensor<2xf32>
// CHECK-DAG: %[[WIDE:.*]] = neap.constant dense<[255, 0]> : tensor<2xi64>
// CHECK-DAG: %[[NARROW:.*]] = neap.constant dense<[2.699220e+00, -2.699220e+00]> : tensor<2xf16>
// CHECK-DAG: %[[FROM_BOOL:.*]] = neap.constant dense<1> : tensor<2xi8>
// CHECK: return %[[INT]], %[[BOOL]], %[[FLOAT]], %[[WIDE]], %[[NARROW]], %[[FROM_BOOL]]
func.func @casts() -> (tensor<2xi32>, tensor<2xi1>, tensor<2xf32>, tensor<2xi64>, tensor<2xf16>, tensor<2xi8>) {
  %x = neap.constant dense<[2.7, -2.7]> : tensor<2xf32>
  %u = neap.constant dense<[255, 0]> : tensor<2xui8>
  %0 = neap.cast %x : tensor<2xf32> -> tensor<2xi32>
  %1 = neap.cast %x : tensor<2xf32> -> tensor<2xi1>
  %2 = neap.cast %u : tensor<2xui8> -> tensor<2xf32>
  %3 = neap.cast %u : tensor<2xui8> -> tensor<2xi64>
  %4 = neap.cast %x : tensor<2xf32> -> tensor<2xf16>
  %5 = neap.cast %1 : tensor<2xi1> -> tensor<2xi8>
  return %0, %1, %2, %3, %4, %5 : tensor<2xi32>, tensor<2xi1>, tensor<2xf32>, tensor<2xi64>, tensor<2xf16>, tensor<2xi8>
}

// -----

// Out of range, or rounded twice by way of another type: left to run time.
// CHECK-LABEL: func.func @casts_that_machines_do_differently
// CHECK: neap.cast
// CHECK: neap.cast
// CHECK: neap.cast
func.func @casts_that_machines_do_differently() -> (tensor<i32>, tensor<f16>, tensor<bf16>) {
  %x = neap.constant dense<1.0e10> : tensor<f32>
  %y = neap.constant dense<0.1> : tensor<f64>
  %z = neap.constant dense<257> : tensor<i64>
  %0 = neap.cast %x : tensor<f32> -> tensor<i32>
  %1 = neap.cast %y : tensor<f64> -> tensor<f16>
  %2 = neap.cast %z : tensor<i64> -> tensor<bf16>
  return %0, %1, %2 : tensor<i32>, tensor<f16>, tensor<bf16>
}

// -----

// CHECK-LABEL: func.func @splats_of_any_size
// CHECK: neap.constant dense<6.000000e+00> : tensor<1000x1000xf32>
func.func @splats_of_any_size() -> tensor<1000x1000xf32> {
  %x = neap.constant dense<2.0> : tensor<1000x1000xf32>
  %y = neap.constant dense<3.0> : tensor<1000x1000xf32>
  %0 = neap.mul %x, %y : tensor<1000x1000xf32>
  return %0 : tensor<1000x1000xf32>
}

// -----

// CHECK-LABEL: func.func @identities
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[I:.*]]: tensor<4xi64>, %[[B:.*]]: tensor<4xi1>
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[I]], %[[B]], %[[B]]
func.func @identities(%x: tensor<4xf32>, %i: tensor<4xi64>, %b: tensor<4xi1>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi64>, tensor<4xi1>, tensor<4xi1>) {
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %zero = neap.constant dense<0.0> : tensor<4xf32>
  %minus_zero = neap.constant dense<-0.0> : tensor<4xf32>
  %izero = neap.constant dense<0> : tensor<4xi64>
  %0 = neap.mul %one, %x : tensor<4xf32>
  %1 = neap.div %x, %one : tensor<4xf32>
  %2 = neap.sub %x, %zero : tensor<4xf32>
  %3 = neap.add %x, %minus_zero : tensor<4xf32>
  %n = neap.neg %x : tensor<4xf32>
  %4 = neap.neg %n : tensor<4xf32>
  %5 = neap.max %x, %x : tensor<4xf32>
  %6 = neap.cast %x : tensor<4xf32> -> tensor<4xf32>
  %7 = neap.add %i, %izero : tensor<4xi64>
  %nb = neap.not %b : tensor<4xi1>
  %8 = neap.not %nb : tensor<4xi1>
  %9 = neap.and %b, %b : tensor<4xi1>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi64>, tensor<4xi1>, tensor<4xi1>
}

// -----

// -0 + 0 is 0, and 0 - 0 keeps its sign but -0 - -0 does not.
// CHECK-LABEL: func.func @not_an_identity_at_minus_zero
// CHECK: neap.add
// CHECK: neap.sub
func.func @not_an_identity_at_minus_zero(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = neap.constant dense<0.0> : tensor<4xf32>
  %minus_zero = neap.constant dense<-0.0> : tensor<4xf32>
  %0 = neap.add %x, %zero : tensor<4xf32>
  %1 = neap.sub %x, %minus_zero : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
