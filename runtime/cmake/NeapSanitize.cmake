# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# NeapSanitize.cmake - instruments what is added after it with NEAP_SANITIZE.
# scripts/test_sanitized has the options that the programs are to run under.
if(NEAP_SANITIZE)
  # The check of vtables needs RTTI, which the runtime is built without.
  add_compile_options(-fsanitize=${NEAP_SANITIZE} -fno-sanitize=vptr
                      -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${NEAP_SANITIZE})
endif()
