/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * c_api_test.c - neap.h used from C, against the shared library: argument 1 is
 * a model that computes r = (x + y)^2 + 1. */
#include <neap/neap.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define EXPECT(condition)                                                      \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition); \
      ++failures;                                                              \
    }                                                                          \
  } while (0)

static void expect_ok(neap_status_t *status, int line) {
  if (status) {
    fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, line,
            neap_status_code_name(neap_status_code(status)),
            neap_status_message(status));
    ++failures;
    neap_status_destroy(status);
  }
}
#define EXPECT_OK(expr) expect_ok((expr), __LINE__)

static void expect_code(neap_status_t *status, neap_status_code_t code,
                        int line) {
  if (neap_status_code(status) != code) {
    fprintf(stderr, "%s:%d: expected %s, got %s\n", __FILE__, line,
            neap_status_code_name(code),
            neap_status_code_name(neap_status_code(status)));
    ++failures;
  }
  neap_status_destroy(status);
}
#define EXPECT_CODE(expr, code) expect_code((expr), (code), __LINE__)

/* Statuses: success is null; names are the canonical ones. */
static void test_status(void) {
  EXPECT(neap_status_code(NULL) == NEAP_OK);
  EXPECT(strcmp(neap_status_message(NULL), "") == 0);
  EXPECT(strcmp(neap_status_code_name(NEAP_DATA_LOSS), "DATA_LOSS") == 0);
  EXPECT(strcmp(neap_version(), "0.1.0") == 0);
  neap_status_destroy(NULL);
  neap_model_destroy(NULL);
  neap_session_destroy(NULL);
}

/* Wrong arguments are errors, not crashes. */
static void test_arguments(const char *path, const neap_model_t *model) {
  neap_model_t *none = NULL;
  neap_session_t *session = NULL;
  neap_model_options_t no_size = NEAP_MODEL_OPTIONS_INIT;
  neap_dim_info_t dim;
  no_size.size = 0;
  EXPECT_CODE(neap_model_load_file(NULL, NULL, &none), NEAP_INVALID_ARGUMENT);
  EXPECT_CODE(neap_model_load_file(path, NULL, NULL), NEAP_INVALID_ARGUMENT);
  EXPECT_CODE(neap_model_load_file(path, &no_size, &none),
              NEAP_INVALID_ARGUMENT);
  EXPECT_CODE(neap_model_load_file("missing.neap", NULL, &none),
              NEAP_NOT_FOUND);
  EXPECT_CODE(neap_session_create(model, "missing", NULL, &session),
              NEAP_NOT_FOUND);
  EXPECT_CODE(neap_model_dim(model, 0, &dim), NEAP_OUT_OF_RANGE);
  EXPECT(none == NULL && session == NULL);
  EXPECT(neap_model_entry_name(model, 1) == NULL);
}

/* An older caller's options, shorter than ours, are read as far as they go. */
static void test_old_options(const neap_model_t *model) {
  struct {
    size_t size;
    uint32_t num_threads;
    uint32_t reserved;
  } old = {sizeof(old), 1, 0};
  neap_session_t *session = NULL;
  neap_memory_info_t memory = NEAP_MEMORY_INFO_INIT;
  EXPECT_OK(neap_session_create(
      model, NULL, (const neap_session_options_t *)(const void *)&old,
      &session));
  EXPECT_OK(neap_session_memory(session, &memory));
  EXPECT(memory.num_threads == 1);
  neap_session_destroy(session);
}

/* A whole run on the caller's memory. */
static void test_run(const neap_model_t *model) {
  neap_session_t *session = NULL;
  neap_tensor_info_t info;
  float x[64], y[64], r[64];
  int64_t shape[] = {64};
  DLTensor tensors[3];
  float *data[] = {x, y, r};
  EXPECT_OK(neap_session_create(model, "main", NULL, &session));
  EXPECT(neap_session_input_count(session) == 2);
  EXPECT(neap_session_output_count(session) == 1);
  EXPECT_OK(neap_session_output(session, 0, &info));
  EXPECT(strcmp(info.name, "r") == 0 && info.ndim == 1 && info.dims[0] == 64);
  EXPECT(info.dtype.code == kDLFloat && info.dtype.bits == 32);
  EXPECT_CODE(neap_session_input(session, 2, &info), NEAP_OUT_OF_RANGE);
  neap_layer_info_t layer = NEAP_LAYER_INFO_INIT;
  EXPECT_OK(neap_session_output_layer(session, 0, &layer));
  EXPECT(strcmp(layer.name, "") == 0 && layer.position == 0);
  EXPECT(layer.is_kept == 0);
  EXPECT_CODE(neap_session_output_layer(session, 1, &layer), NEAP_OUT_OF_RANGE);
  layer.size = 0;
  EXPECT_CODE(neap_session_output_layer(session, 0, &layer),
              NEAP_INVALID_ARGUMENT);
  memset(tensors, 0, sizeof(tensors));
  for (int i = 0; i < 3; ++i) {
    tensors[i].data = data[i];
    tensors[i].device.device_type = kDLCPU;
    tensors[i].ndim = 1;
    tensors[i].dtype = info.dtype;
    tensors[i].shape = shape;
  }
  for (int i = 0; i < 64; ++i) {
    x[i] = (float)i;
    y[i] = 1.0f;
  }
  const DLTensor *inputs[] = {&tensors[0], &tensors[1]};
  const DLTensor *outputs[] = {&tensors[2]};
  EXPECT_OK(neap_session_run(session, inputs, 2, outputs, 1));
  for (int i = 0; i < 64; ++i)
    EXPECT(r[i] == ((float)i + 1.0f) * ((float)i + 1.0f) + 1.0f);
  EXPECT_CODE(neap_session_run(session, inputs, 1, outputs, 1),
              NEAP_INVALID_ARGUMENT);
  EXPECT_CODE(neap_session_bind_dim(session, "n", 1), NEAP_NOT_FOUND);
  neap_session_destroy(session);
}

/* Tensors that are given away live without the session. */
static void test_dlpack(const neap_model_t *model) {
  neap_session_t *session = NULL;
  DLManagedTensor *tensor = NULL;
  EXPECT_OK(neap_session_create(model, "main", NULL, &session));
  EXPECT_OK(neap_session_allocate_output(session, 0, &tensor));
  EXPECT_CODE(neap_session_allocate_output(session, 1, &tensor),
              NEAP_OUT_OF_RANGE);
  neap_session_destroy(session);
  EXPECT(tensor->dl_tensor.ndim == 1 && tensor->dl_tensor.shape[0] == 64);
  EXPECT((size_t)tensor->dl_tensor.data % 64 == 0);
  EXPECT(((float *)tensor->dl_tensor.data)[63] == 0.0f);
  tensor->deleter(tensor);
}

int main(int argc, char **argv) {
  neap_model_t *model = NULL;
  if (argc != 2)
    return 2;
  test_status();
  EXPECT_OK(neap_model_load_file(argv[1], NULL, &model));
  if (!model)
    return 1;
  EXPECT(neap_model_max_threads(model) == 8);
  EXPECT(neap_model_entry_count(model) == 1);
  EXPECT(strcmp(neap_model_isa(model), "any") == 0);
  test_arguments(argv[1], model);
  test_old_options(model);
  test_run(model);
  test_dlpack(model);
  neap_model_destroy(model);
  printf("%d failures\n", failures);
  return failures != 0;
}
