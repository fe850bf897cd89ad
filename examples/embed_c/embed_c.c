/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * embed_c - runs any .neap model from C: allocates its tensors, fills the
 * inputs with ones, runs once and prints the first numbers of each float
 * output. */
#include <neap/neap.h>

#include <stdio.h>
#include <stdlib.h>

/* Prints the error and frees it; returns whether there was one. */
static int failed(const char *what, neap_status_t *status) {
  if (!status)
    return 0;
  fprintf(stderr, "embed_c: %s: %s: %s\n", what,
          neap_status_code_name(neap_status_code(status)),
          neap_status_message(status));
  neap_status_destroy(status);
  return 1;
}

static size_t count_elements(const DLTensor *tensor) {
  size_t count = 1;
  for (int32_t axis = 0; axis < tensor->ndim; ++axis)
    count *= (size_t)tensor->shape[axis];
  return count;
}

/* Sets floats to 1; other types stay 0, as they were allocated. */
static void fill_with_ones(const DLTensor *tensor) {
  if (tensor->dtype.code != kDLFloat || tensor->dtype.bits != 32)
    return;
  float *data = (float *)tensor->data;
  for (size_t i = 0; i < count_elements(tensor); ++i)
    data[i] = 1.0f;
}

static void print_tensor(const char *name, const DLTensor *tensor) {
  printf("%s: [", name);
  for (int32_t axis = 0; axis < tensor->ndim; ++axis)
    printf(axis ? ", %lld" : "%lld", (long long)tensor->shape[axis]);
  printf("]");
  if (tensor->dtype.code == kDLFloat && tensor->dtype.bits == 32)
    for (size_t i = 0; i < count_elements(tensor) && i < 8; ++i)
      printf(" %g", ((float *)tensor->data)[i]);
  printf("\n");
}

/* Allocates the tensors, runs and prints. Returns 0 if all is well. */
static int run(neap_session_t *session) {
  size_t num_inputs = neap_session_input_count(session);
  size_t num_outputs = neap_session_output_count(session);
  size_t total = num_inputs + num_outputs, made = 0;
  DLManagedTensor **tensors = calloc(total, sizeof(*tensors));
  const DLTensor **views = calloc(total, sizeof(*views));
  int result = tensors && views ? 0 : 1;
  for (; result == 0 && made < total; ++made) {
    neap_status_t *status =
        made < num_inputs
            ? neap_session_allocate_input(session, made, &tensors[made])
            : neap_session_allocate_output(session, made - num_inputs,
                                           &tensors[made]);
    result = failed("allocate", status);
    if (result)
      break;
    views[made] = &tensors[made]->dl_tensor;
    if (made < num_inputs)
      fill_with_ones(views[made]);
  }
  if (result == 0)
    result = failed("run", neap_session_run(session, views, num_inputs,
                                            views + num_inputs, num_outputs));
  for (size_t i = 0; result == 0 && i < num_outputs; ++i) {
    neap_tensor_info_t info;
    result = failed("output", neap_session_output(session, i, &info));
    if (result == 0)
      print_tensor(info.name, views[num_inputs + i]);
  }
  for (size_t i = 0; i < made; ++i)
    tensors[i]->deleter(tensors[i]);
  free(tensors);
  free(views);
  return result;
}

int main(int argc, char **argv) {
  neap_model_t *model = NULL;
  neap_session_t *session = NULL;
  int result = 1;
  if (argc != 2) {
    fprintf(stderr, "usage: embed_c MODEL.neap\n");
    return 2;
  }
  if (!failed("load", neap_model_load_file(argv[1], NULL, &model)) &&
      !failed("session", neap_session_create(model, "main", NULL, &session)))
    result = run(session);
  neap_session_destroy(session);
  neap_model_destroy(model);
  return result;
}
