# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# sanitized.cmake - the tests of a build with sanitizers, beside the runtime's:
# those of what reads files of others. The passes are not instrumented (see
# NEAP_PLAIN_BUILD), so their tests would find nothing here.
neap_add_room(frontends)
neap_add_room(compiler/api)
neap_add_room(compiler/plan_writer)
foreach(script test_errors test_small_models)
  neap_add_python_test(cli.${script} ${CMAKE_CURRENT_SOURCE_DIR}/cli/${script}.py)
endforeach()
neap_add_python_test(plans.format ${CMAKE_CURRENT_SOURCE_DIR}/plans/test_format.py)

# One or two node tests of each op family.
neap_add_python_test(conformance.sample
  ${CMAKE_CURRENT_SOURCE_DIR}/conformance/node_tests.py run ${CMAKE_BINARY_DIR}/bin --only
  "^test_(add_bcast|equal_bcast|argmax_default_axis_example|averagepool_2d_pads|cast_FLOAT_to_DOUBLE|concat_2d_axis_1|constant|constantofshape_int_zeros|conv_with_strides_padding|cumsum_1d|expand_dim_changed|gather_2d_indices|gathernd_example_int32|gelu_default_1|gemm_all_attributes|layer_normalization_2d_axis1|lrn|matmul_3d|maxpool_2d_ceil|onehot_with_axis|range_float_type_positive_delta|reduce_mean_keepdims_random|reshape_allowzero_reordered|scatter_elements_with_axis|shape_start_1|slice|softmax_axis_1|split_equal_parts_1d_opset13|tile|transpose_all_permutations_3|tril_neg|where_example)$")

configure_file(lit.site.cfg.py.in lit.site.cfg.py @ONLY)
add_test(NAME lit.frontends
         COMMAND ${NEAP_PYTHON} -c "import lit.main; lit.main.main()"
                 -v ${CMAKE_CURRENT_BINARY_DIR} --filter frontends)
