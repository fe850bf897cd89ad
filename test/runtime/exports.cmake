# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# exports.cmake - fails unless LIBRARY exports neap_* alone and needs no library
# but those of the system (NM, READELF: the tools).
execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY}
                OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" lines "${symbols}")
set(count 0)
foreach(line ${lines})
  if(NOT line MATCHES " T neap_[a-z_]+$")
    message(FATAL_ERROR "expected exports of functions neap_*, got: ${line}")
  endif()
  math(EXPR count "${count} + 1")
endforeach()
if(count LESS 20)
  message(FATAL_ERROR "expected the C API, got ${count} exported functions")
endif()

execute_process(COMMAND ${READELF} -d ${LIBRARY} OUTPUT_VARIABLE dynamic
                COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "NEEDED[^\n]+" needed "${dynamic}")
foreach(line ${needed})
  if(NOT line MATCHES "\\[(libstdc\\+\\+|libm|libgcc_s|libc|ld-linux-x86-64)\\.so")
    message(FATAL_ERROR "expected no library but the system's, got: ${line}")
  endif()
endforeach()
