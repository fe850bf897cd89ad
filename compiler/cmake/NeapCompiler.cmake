# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# NeapCompiler.cmake - finds MLIR/LLVM 22 and defines the functions that the
# compiler's folders use: neap_add_library(), neap_add_tool(), neap_tablegen().
#
# With NEAP_PLAIN_BUILD nothing is generated, and the libraries of folders added
# while NEAP_LIBRARIES_FROM is set are not built: both come from that build.

set(NEAP_LLVM_PREFIX /usr/lib/llvm-22 CACHE PATH "Where LLVM/MLIR 22 is")
find_package(MLIR REQUIRED CONFIG
             PATHS ${NEAP_LLVM_PREFIX}/lib/cmake/mlir NO_DEFAULT_PATH)
if(NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "expected MLIR 22 in ${NEAP_LLVM_PREFIX}, "
                      "got ${LLVM_VERSION}")
endif()
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)

set(NEAP_GENERATED ${CMAKE_BINARY_DIR})
if(NEAP_PLAIN_BUILD)
  set(NEAP_GENERATED ${NEAP_PLAIN_BUILD})
endif()

# Flags of everything that includes MLIR: its own ABI is RTTI on, exceptions off.
add_library(neap_mlir INTERFACE)
target_include_directories(neap_mlir INTERFACE ${CMAKE_SOURCE_DIR}
                                               ${NEAP_GENERATED})
target_include_directories(neap_mlir SYSTEM INTERFACE ${MLIR_INCLUDE_DIRS}
                                                      ${LLVM_INCLUDE_DIRS})
target_compile_definitions(neap_mlir INTERFACE ${LLVM_DEFINITIONS_LIST})
target_compile_options(
  neap_mlir INTERFACE -fno-exceptions -Wall -Wextra -Wno-unused-parameter
                      $<$<CXX_COMPILER_ID:Clang>:-fpch-instantiate-templates>
                      # ccache cannot reuse a precompiled header that carries times.
                      "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
target_link_directories(neap_mlir INTERFACE ${LLVM_LIBRARY_DIRS})
target_link_libraries(neap_mlir INTERFACE MLIR LLVM)

# One precompiled header for all compiler libraries: the usual MLIR headers and
# the generated ones of the neap dialect (dialects/neap/IR adds the dependency),
# which cost more to parse than most files that include them.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/neap_pch.cpp CONTENT "")
add_library(neap_pch OBJECT ${CMAKE_BINARY_DIR}/neap_pch.cpp)
target_link_libraries(neap_pch PUBLIC neap_mlir)
target_precompile_headers(
  neap_pch PRIVATE
  <dialects/neap/IR/NeapOps.h>
  <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/LLVMIR/LLVMDialect.h>
  <mlir/Dialect/Math/IR/Math.h>
  <mlir/Dialect/MemRef/IR/MemRef.h>
  <mlir/Dialect/SCF/IR/SCF.h>
  <mlir/Dialect/Vector/IR/VectorOps.h>
  <mlir/IR/Builders.h>
  <mlir/IR/BuiltinOps.h>
  <mlir/IR/BuiltinTypes.h>
  <mlir/IR/Matchers.h>
  <mlir/IR/PatternMatch.h>
  <mlir/Pass/Pass.h>
  <mlir/Pass/PassManager.h>
  <mlir/Transforms/GreedyPatternRewriteDriver.h>
  <llvm/ADT/TypeSwitch.h>)

# neap_tablegen(<td file> <target> <output>=<generator>[,<option>...] ...): runs
# mlir-tblgen on a .td of this folder; outputs land beside it in the build tree,
# so that they are included by their path from the repository root.
function(neap_tablegen td target)
  if(NEAP_PLAIN_BUILD)
    add_custom_target(${target})
    return()
  endif()
  set(LLVM_TARGET_DEFINITIONS ${td})
  foreach(pair ${ARGN})
    string(FIND ${pair} "=" split)
    string(SUBSTRING ${pair} 0 ${split} output)
    math(EXPR split "${split} + 1")
    string(SUBSTRING ${pair} ${split} -1 generator)
    string(REPLACE "," ";" generator ${generator})
    mlir_tablegen(${output} ${generator}
                  EXTRA_INCLUDES ${CMAKE_SOURCE_DIR} ${MLIR_INCLUDE_DIRS})
  endforeach()
  add_public_tablegen_target(${target})
  set_property(GLOBAL APPEND PROPERTY NEAP_TABLEGEN_TARGETS ${target})
endfunction()

# neap_add_library(<name> <sources> [LINK <libraries>] [NO_PCH]): a static library
# of the compiler.
function(neap_add_library name)
  cmake_parse_arguments(ARG "NO_PCH" "" "LINK" ${ARGN})
  if(NEAP_LIBRARIES_FROM)
    add_library(${name} STATIC IMPORTED GLOBAL)
    set_target_properties(${name} PROPERTIES
      IMPORTED_LOCATION ${NEAP_LIBRARIES_FROM}/lib/lib${name}.a)
    target_link_libraries(${name} INTERFACE neap_mlir ${ARG_LINK})
    return()
  endif()
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC neap_mlir ${ARG_LINK})
  if(NOT ARG_NO_PCH)
    target_precompile_headers(${name} REUSE_FROM neap_pch)
  endif()
  get_property(tablegen GLOBAL PROPERTY NEAP_TABLEGEN_TARGETS)
  if(tablegen)
    add_dependencies(${name} ${tablegen})
  endif()
endfunction()

# neap_reuse_pch_in_executable(<name>): the precompiled header is PIC, not PIE,
# and clang takes no other.
function(neap_reuse_pch_in_executable name)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE -fPIC)
  target_precompile_headers(${name} REUSE_FROM neap_pch)
endfunction()

# neap_add_tool(<name> <sources> [LINK <libraries>]): an installed executable.
function(neap_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE neap_mlir ${ARG_LINK})
  neap_reuse_pch_in_executable(${name})
  install(TARGETS ${name} DESTINATION bin)
endfunction()

# neap_add_gtest(<name> <sources> [LINK <libraries>]): a GoogleTest executable
# of the compiler, run by ctest.
function(neap_add_gtest name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE neap_mlir ${ARG_LINK} GTest::gtest_main)
  neap_reuse_pch_in_executable(${name})
  add_test(NAME ${name} COMMAND ${name})
endfunction()
