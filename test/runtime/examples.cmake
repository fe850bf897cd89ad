# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# examples.cmake - installs the runtime, builds EXAMPLE (embed_c or embed_cpp)
# with find_package(neap) against the installed tree, and runs it on MODEL.
set(prefix ${WORK}/prefix)
file(REMOVE_RECURSE ${prefix} ${WORK}/${EXAMPLE})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${RUNTIME_BUILD} --prefix
                        ${prefix}
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE}/examples/${EXAMPLE} -B
                        ${WORK}/${EXAMPLE} -DCMAKE_PREFIX_PATH=${prefix}
                        -DCMAKE_C_COMPILER=${CC} -DCMAKE_CXX_COMPILER=${CXX}
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK}/${EXAMPLE}
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WORK}/${EXAMPLE}/${EXAMPLE} ${MODEL}
                OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "${output}")
if(NOT output MATCHES "${EXPECTED}")
  message(FATAL_ERROR "expected '${EXPECTED}' in: ${output}")
endif()
execute_process(COMMAND ${prefix}/bin/neap-run ${MODEL} --random-inputs=1
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
