# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# command_line.cmake - neap-run and neap-dump-plan: exit statuses and what they
# print. MODEL computes r = (x + y)^2 + 1.

# expect(<status> <pattern> <command> ...): runs it and looks at both.
function(expect status pattern)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE error
                  RESULT_VARIABLE result)
  string(APPEND output "${error}")
  if(NOT result EQUAL status OR NOT output MATCHES "${pattern}")
    message(FATAL_ERROR "${ARGN}\nexpected status ${status} and '${pattern}', "
                        "got ${result} and: ${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(MAKE_DIRECTORY ${WORK})
expect(0 "usage: neap-run" ${RUN} --help)
expect(0 "usage: neap-dump-plan" ${DUMP} --help)
expect(2 "expected a model" ${RUN})
expect(2 "unknown option '--colour'" ${RUN} ${MODEL} --colour=red)
expect(2 "--bench expected a number of runs" ${RUN} ${MODEL} --bench=0)
expect(2 "--int-range expected LO..HI" ${RUN} ${MODEL} --int-range=3..1)
expect(2 "expected one model" ${RUN} a.neap b.neap)
expect(2 "--isa expected native, .*, got 'v9'" ${RUN} ${MODEL} --isa=v9)
expect(2 "--dim binds 'n' twice" ${RUN} ${MODEL} --dim n=3 --dim n=4)
expect(2 "--output-dir expected a value" ${RUN} ${MODEL} --output-dir --json)
expect(2 "--trace expected a value, got none" ${RUN} ${MODEL} --trace=)
expect(2 "--json takes no value" ${RUN} ${MODEL} --json=3)
expect(2 "unknown option '-v'" ${RUN} -v)
expect(2 "--device expected cpu" ${RUN} ${MODEL} --device=gpu)
expect(2 "--input expected NAME=FILE" ${RUN} ${MODEL} --input x.npy)
expect(0 "neap-run 0.1.0 .*format 1" ${RUN} --version)
expect(2 "usage" ${DUMP})
expect(1 "NOT_FOUND: 'missing.neap'" ${RUN} missing.neap --random-inputs=1)
expect(1 "input 'x' has no data" ${RUN} ${MODEL})
expect(1 "no input 'z'; the entry has: x, y" ${RUN} ${MODEL} --input z=a.npy)
expect(1 "no entry 'train'" ${RUN} ${MODEL} --entry=train --random-inputs=1)
expect(1 "num_threads is 9" ${RUN} ${MODEL} --threads=9 --random-inputs=1)
expect(1 "no free dimension 'n'" ${RUN} ${MODEL} --dim n=3 --random-inputs=1)
foreach(isa v2 x86-64-v2)
  expect(1 "kernels for any, not for 'x86-64-v2'" ${RUN} ${MODEL} --isa=${isa}
         --random-inputs=1)
endforeach()
expect(0 "kernels for any" ${RUN} ${MODEL} --isa=native --random-inputs=1)
expect(0 "all checksums match" ${RUN} ${MODEL} --verify)
expect(0 "arena +256 bytes" ${RUN} ${MODEL} --summary)
expect(0 "launch add_f32 tiles 4/1" ${DUMP} ${MODEL})

# Test data of the ONNX backend's layout: (x + 1)^2 + 1 at x = 7 is 65.
expect(0 "0 of 64 elements differ" ${RUN} ${MODEL} --test-data=${DATA}/right)
expect(1 "1 of 64 elements differ; worst at 7: expected 65.5, got 65" ${RUN}
       ${MODEL} --test-data=${DATA}/wrong)
expect(1 "NOT_FOUND: 'nowhere/input_0.pb'|cannot read 'nowhere/input_0.pb'"
       ${RUN} ${MODEL} --test-data=nowhere)

# Inputs that were written give the same outputs when they are read.
expect(0 "sha256 ([0-9a-f]+)" ${RUN} ${MODEL} --random-inputs=5
       --write-inputs=${WORK}/in --output-dir=${WORK}/out
       --trace=${WORK}/trace.json)
string(REGEX MATCH "sha256 [0-9a-f]+" hash "${output}")
expect(0 "${hash}" ${RUN} ${MODEL} --input x=${WORK}/in/x.npy --input
       y=${WORK}/in/y.npy --threads=1 --bench=20)
expect(1 "--input gives the input 'x' twice" ${RUN} ${MODEL} --input
       x=${WORK}/in/x.npy --input x=${WORK}/in/y.npy)
file(COPY_FILE ${WORK}/in/x.npy ${WORK}/in/rate=1.npy)
expect(0 "${hash}" ${RUN} ${MODEL} --input x=${WORK}/in/rate=1.npy --input
       y=${WORK}/in/y.npy)
if(NOT EXISTS ${WORK}/out/r.npy)
  message(FATAL_ERROR "expected ${WORK}/out/r.npy")
endif()
file(READ ${WORK}/trace.json trace)
string(JSON events LENGTH "${trace}" traceEvents)
set(names)
math(EXPR last "${events} - 1")
foreach(i RANGE ${last})
  string(JSON name GET "${trace}" traceEvents ${i} name)
  list(APPEND names "${name}")
endforeach()
if(NOT "${names}" MATCHES "run 1;/add;.*;/square;")
  message(FATAL_ERROR "expected a run of '/add' and '/square', got ${names}")
endif()

# What cannot be written is an error, and nothing is left of it.
file(WRITE ${WORK}/taken "no folder")
expect(1 "cannot make folder '[^']*taken'" ${RUN} ${MODEL} --random-inputs=5
       --output-dir=${WORK}/taken)
expect(1 "cannot write '[^']*nowhere/trace.json'" ${RUN} ${MODEL}
       --random-inputs=5 --trace=${WORK}/nowhere/trace.json)
file(GLOB leftovers ${WORK}/out/*.tmp-* ${WORK}/*.tmp-*)
if(leftovers)
  message(FATAL_ERROR "left behind: ${leftovers}")
endif()
foreach(command "${RUN} ${MODEL} --random-inputs=5 --json" "${RUN} --help"
                "${RUN} ${MODEL} --verify" "${DUMP} ${MODEL}")
  expect(1 "cannot write to standard output" sh -c "${command} >/dev/full")
endforeach()

# JSON has the keys that scripts read.
expect(0 "" ${RUN} ${MODEL} --random-inputs=5 --json --memory-check)
foreach(key median_ms p10_ms p90_ms min_ms load_ms arena_bytes peak_rss_bytes
            rss_anon_bytes rss_file_bytes)
  string(JSON value GET "${output}" ${key})
endforeach()
string(JSON value GET "${output}" outputs 0 sha256)
if(NOT "sha256 ${value}" STREQUAL "${hash}")
  message(FATAL_ERROR "expected ${hash} in JSON, got ${value}")
endif()

# What a process gains is what is declared: at most a heap block apart.
string(JSON gained GET "${output}" memory_check gained_bytes)
string(JSON declared GET "${output}" memory_check declared_bytes)
math(EXPR excess "${gained} - ${declared}")
if(excess GREATER 135168)
  message(FATAL_ERROR "gained ${gained} bytes, but declared ${declared}")
endif()
