// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CApi.cpp - neap.h over Model and Session: unpacks options, checks pointers,
// hands statuses out.
#include <neap/neap.h>

#include "runtime/base/Format.h"
#include "runtime/base/Status.h"
#include "runtime/executor/Model.h"
#include "runtime/executor/Session.h"
#include "runtime/executor/TensorCheck.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

using neap::rt::Dimensions;
using neap::rt::Model;
using neap::rt::ModelOptions;
using neap::rt::Session;
using neap::rt::Status;
using neap::rt::StatusCode;
using neap::rt::TensorShape;

struct neap_model {
  std::shared_ptr<const Model> model;
};

struct neap_session {
  std::unique_ptr<Session> session;
};

namespace {

/// Copies the fields that the caller's struct has over the defaults in `out`.
template <typename Options>
Status readOptions(const Options *given, const char *name, Options &out) {
  if (!given)
    return Status();
  if (given->size < sizeof(size_t))
    return Status::error(StatusCode::InvalidArgument,
                         "expected %s.size to be set with its INIT macro, got "
                         "%zu",
                         name, given->size);
  std::memcpy(&out, given, std::min(given->size, sizeof(Options)));
  return Status();
}

template <typename T>
Status expectPointer(const T *pointer, const char *name) {
  if (pointer)
    return Status();
  return Status::error(StatusCode::InvalidArgument,
                       "expected '%s' not to be null", name);
}

Status loadModel(const neap_model_options_t *given, ModelOptions &options) {
  neap_model_options_t all = NEAP_MODEL_OPTIONS_INIT;
  NEAP_RETURN_IF_ERROR(readOptions(given, "neap_model_options_t", all));
  options.verifyAll = all.verify_weights != 0;
  options.isa = all.isa ? all.isa : "";
  return Status();
}

Status loadFile(const char *path, const neap_model_options_t *given,
                neap_model_t **out) {
  NEAP_RETURN_IF_ERROR(expectPointer(path, "path"));
  NEAP_RETURN_IF_ERROR(expectPointer(out, "out_model"));
  ModelOptions options;
  NEAP_RETURN_IF_ERROR(loadModel(given, options));
  std::shared_ptr<const Model> model;
  NEAP_RETURN_IF_ERROR(Model::loadFile(path, options, model));
  *out = new neap_model{std::move(model)};
  return Status();
}

Status loadMemory(const void *data, size_t sizeInBytes,
                  const neap_model_options_t *given, neap_model_t **out) {
  NEAP_RETURN_IF_ERROR(expectPointer(data, "data"));
  NEAP_RETURN_IF_ERROR(expectPointer(out, "out_model"));
  ModelOptions options;
  NEAP_RETURN_IF_ERROR(loadModel(given, options));
  std::shared_ptr<const Model> model;
  NEAP_RETURN_IF_ERROR(Model::loadMemory(static_cast<const uint8_t *>(data),
                                         sizeInBytes, options, model));
  *out = new neap_model{std::move(model)};
  return Status();
}

Status createSession(const neap_model_t *model, const char *entry,
                     const neap_session_options_t *given,
                     neap_session_t **out) {
  NEAP_RETURN_IF_ERROR(expectPointer(model, "model"));
  NEAP_RETURN_IF_ERROR(expectPointer(out, "out_session"));
  neap_session_options_t all = NEAP_SESSION_OPTIONS_INIT;
  NEAP_RETURN_IF_ERROR(readOptions(given, "neap_session_options_t", all));
  Session::Options options;
  options.numThreads = all.num_threads;
  options.parallelFor = all.parallel_for;
  options.parallelForContext = all.parallel_for_context;
  options.onCommand = all.on_command;
  options.onCommandContext = all.on_command_context;
  options.onCall = all.on_call;
  options.onCallContext = all.on_call_context;
  std::unique_ptr<Session> session;
  NEAP_RETURN_IF_ERROR(
      Session::create(model->model, entry ? entry : "main", options, session));
  *out = new neap_session{std::move(session)};
  return Status();
}

Status findShape(const std::vector<TensorShape> &shapes, const char *kind,
                 size_t index, const TensorShape *&out) {
  if (index >= shapes.size())
    return Status::error(StatusCode::OutOfRange,
                         "there is no %s %zu; the entry has %zu", kind, index,
                         shapes.size());
  out = &shapes[index];
  return Status();
}

/// Which sizes of a tensor are meant.
enum class Sizes { Bound, Capacity };

Status describeTensor(const std::vector<TensorShape> &shapes, const char *kind,
                      size_t index, Sizes sizes, neap_tensor_info_t *out) {
  NEAP_RETURN_IF_ERROR(expectPointer(out, "out_info"));
  const TensorShape *shape = nullptr;
  NEAP_RETURN_IF_ERROR(findShape(shapes, kind, index, shape));
  out->name = shape->tensor->name.c_str();
  out->dtype = neap::rt::toDataType(shape->tensor->type);
  out->ndim = static_cast<int32_t>(shape->dims.size());
  bool isBound = sizes == Sizes::Bound;
  out->dims = isBound ? shape->dims.data() : shape->capacity.data();
  out->max_dims = shape->maxDims.data();
  out->size_in_bytes =
      isBound ? shape->sizeInBytes() : shape->capacityInBytes();
  return Status();
}

const Dimensions &dimensionsOf(const neap_session_t *session) {
  const Session &constant = *session->session;
  return constant.dimensions();
}

/// A tensor that owns its memory and its shape.
struct OwnedTensor {
  DLManagedTensor managed = {};
  std::vector<int64_t> shape;
  void *data = nullptr;

  ~OwnedTensor() { std::free(data); }

  static void destroy(DLManagedTensor *self) {
    delete static_cast<OwnedTensor *>(self->manager_ctx);
  }
};

Status allocateTensor(const std::vector<TensorShape> &shapes, const char *kind,
                      size_t index, DLManagedTensor **out) {
  NEAP_RETURN_IF_ERROR(expectPointer(out, "out_tensor"));
  const TensorShape *shape = nullptr;
  NEAP_RETURN_IF_ERROR(findShape(shapes, kind, index, shape));
  auto tensor = std::make_unique<OwnedTensor>();
  uint64_t bytes = std::max<uint64_t>(1, shape->capacityInBytes());
  if (posix_memalign(&tensor->data, NEAP_BUFFER_ALIGNMENT, bytes) != 0) {
    tensor->data = nullptr;
    return Status::error(StatusCode::ResourceExhausted,
                         "no memory for the %llu bytes of %s '%s'",
                         static_cast<unsigned long long>(bytes), kind,
                         shape->tensor->name.c_str());
  }
  std::memset(tensor->data, 0, bytes);
  tensor->shape = shape->capacity;
  DLTensor &view = tensor->managed.dl_tensor;
  view.data = tensor->data;
  view.device = {kDLCPU, 0};
  view.ndim = static_cast<int32_t>(tensor->shape.size());
  view.dtype = neap::rt::toDataType(shape->tensor->type);
  view.shape = tensor->shape.data();
  tensor->managed.manager_ctx = tensor.get();
  tensor->managed.deleter = OwnedTensor::destroy;
  *out = &tensor.release()->managed;
  return Status();
}

/// Checks the pointer to a struct that begins with its size, which
/// `initializer` sets.
template <typename Info>
Status expectSized(const Info *out, const char *initializer) {
  NEAP_RETURN_IF_ERROR(expectPointer(out, "out_info"));
  if (out->size >= sizeof(size_t))
    return Status();
  return Status::error(StatusCode::InvalidArgument,
                       "expected out_info->size to be set with %s, got %zu",
                       initializer, out->size);
}

/// Copies as much of `all` as the caller's struct has.
template <typename Info>
void copySized(Info &all, Info *out) {
  all.size = out->size;
  std::memcpy(out, &all, std::min(all.size, sizeof(all)));
}

Status describeMemory(const neap_session_t *session, neap_memory_info_t *out) {
  NEAP_RETURN_IF_ERROR(expectSized(out, "NEAP_MEMORY_INFO_INIT"));
  neap_memory_info_t all = NEAP_MEMORY_INFO_INIT;
  session->session->describeMemory(all);
  copySized(all, out);
  return Status();
}

Status describeLayer(const neap_session_t *session, size_t index,
                     neap_layer_info_t *out) {
  NEAP_RETURN_IF_ERROR(expectSized(out, "NEAP_LAYER_INFO_INIT"));
  const TensorShape *shape = nullptr;
  NEAP_RETURN_IF_ERROR(
      findShape(dimensionsOf(session).outputs(), "output", index, shape));
  neap_layer_info_t all = NEAP_LAYER_INFO_INIT;
  all.name = shape->tensor->layer.c_str();
  all.position = shape->tensor->position;
  all.is_kept = shape->tensor->isKept;
  copySized(all, out);
  return Status();
}

Status describeDim(const neap_model_t *model, size_t index,
                   neap_dim_info_t *out) {
  NEAP_RETURN_IF_ERROR(expectPointer(out, "out_info"));
  const auto &symbols = model->model->plan().symbols;
  if (index >= symbols.size())
    return Status::error(StatusCode::OutOfRange,
                         "there is no dimension %zu; the model has %zu", index,
                         symbols.size());
  const neap::plan::Symbol &symbol = symbols[index];
  out->name = symbol.name.c_str();
  out->lo = symbol.lo;
  out->hi = symbol.hi;
  out->step = symbol.step;
  out->is_free = symbol.definition == 0;
  return Status();
}

} // namespace

const char *neap_version(void) { return "0.1.0"; }

neap_status_code_t neap_status_code(const neap_status_t *status) {
  return status ? static_cast<neap_status_code_t>(status->code) : NEAP_OK;
}

const char *neap_status_message(const neap_status_t *status) {
  return status ? status->message.c_str() : "";
}

const char *neap_status_code_name(neap_status_code_t code) {
  return neap::rt::statusCodeName(code);
}

void neap_status_destroy(neap_status_t *status) { delete status; }

neap_status_t *neap_model_load_file(const char *path,
                                    const neap_model_options_t *options,
                                    neap_model_t **out_model) {
  return loadFile(path, options, out_model).release();
}

neap_status_t *neap_model_load_memory(const void *data, size_t size_in_bytes,
                                      const neap_model_options_t *options,
                                      neap_model_t **out_model) {
  return loadMemory(data, size_in_bytes, options, out_model).release();
}

void neap_model_destroy(neap_model_t *model) { delete model; }

const char *neap_model_isa(const neap_model_t *model) {
  return model->model->isa().c_str();
}

uint32_t neap_model_max_threads(const neap_model_t *model) {
  return model->model->plan().maxThreads;
}

size_t neap_model_dim_count(const neap_model_t *model) {
  return model->model->plan().symbols.size();
}

neap_status_t *neap_model_dim(const neap_model_t *model, size_t index,
                              neap_dim_info_t *out_info) {
  return describeDim(model, index, out_info).release();
}

size_t neap_model_entry_count(const neap_model_t *model) {
  return model->model->plan().entries.size();
}

const char *neap_model_entry_name(const neap_model_t *model, size_t index) {
  const auto &entries = model->model->plan().entries;
  return index < entries.size() ? entries[index].name.c_str() : nullptr;
}

neap_status_t *neap_session_create(const neap_model_t *model, const char *entry,
                                   const neap_session_options_t *options,
                                   neap_session_t **out_session) {
  return createSession(model, entry, options, out_session).release();
}

void neap_session_destroy(neap_session_t *session) { delete session; }

neap_status_t *neap_session_bind_dim(neap_session_t *session, const char *name,
                                     int64_t value) {
  if (Status status = expectPointer(name, "name"); !status.isOk())
    return status.release();
  return session->session->dimensions().bind(name, value).release();
}

neap_status_t *neap_session_bind_inputs(neap_session_t *session,
                                        const DLTensor *const *inputs,
                                        size_t num_inputs) {
  return session->session->bindInputs(inputs, num_inputs).release();
}

size_t neap_session_input_count(const neap_session_t *session) {
  return session->session->entry().inputs.size();
}

size_t neap_session_output_count(const neap_session_t *session) {
  return session->session->entry().outputs.size();
}

neap_status_t *neap_session_input(const neap_session_t *session, size_t index,
                                  neap_tensor_info_t *out_info) {
  const Dimensions &dims = dimensionsOf(session);
  return describeTensor(dims.inputs(), "input", index, Sizes::Bound, out_info)
      .release();
}

neap_status_t *neap_session_output(const neap_session_t *session, size_t index,
                                   neap_tensor_info_t *out_info) {
  const Dimensions &dims = dimensionsOf(session);
  return describeTensor(dims.outputs(), "output", index, Sizes::Bound, out_info)
      .release();
}

neap_status_t *neap_session_output_capacity(const neap_session_t *session,
                                            size_t index,
                                            neap_tensor_info_t *out_info) {
  const Dimensions &dims = dimensionsOf(session);
  return describeTensor(dims.outputs(), "output", index, Sizes::Capacity,
                        out_info)
      .release();
}

neap_status_t *neap_session_output_layer(const neap_session_t *session,
                                         size_t index,
                                         neap_layer_info_t *out_info) {
  return describeLayer(session, index, out_info).release();
}

neap_status_t *neap_session_allocate_input(const neap_session_t *session,
                                           size_t index,
                                           DLManagedTensor **out_tensor) {
  const Dimensions &dims = dimensionsOf(session);
  return allocateTensor(dims.inputs(), "input", index, out_tensor).release();
}

neap_status_t *neap_session_allocate_output(const neap_session_t *session,
                                            size_t index,
                                            DLManagedTensor **out_tensor) {
  const Dimensions &dims = dimensionsOf(session);
  return allocateTensor(dims.outputs(), "output", index, out_tensor).release();
}

neap_status_t *neap_session_run(neap_session_t *session,
                                const DLTensor *const *inputs,
                                size_t num_inputs,
                                const DLTensor *const *outputs,
                                size_t num_outputs) {
  return session->session->run(inputs, num_inputs, outputs, num_outputs)
      .release();
}

void neap_session_cancel(neap_session_t *session) {
  session->session->cancel();
}

void neap_session_clear_cancel(neap_session_t *session) {
  session->session->clearCancel();
}

neap_status_t *neap_session_memory(const neap_session_t *session,
                                   neap_memory_info_t *out_info) {
  return describeMemory(session, out_info).release();
}
