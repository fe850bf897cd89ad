// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// neap.hpp - RAII over neap.h, header only, C++17. Throws nothing: what can
// fail returns a Status or a Result, which must be looked at.
//
//   neap::Result<neap::Model> model = neap::Model::loadFile("net.neap");
//   if (!model.ok())
//     return fail(model.status().text());
//   auto session = neap::Session::create(*model);
//   ...
//   neap::Status status = session->run(inputs, outputs);
#ifndef NEAP_NEAP_HPP
#define NEAP_NEAP_HPP

#include <neap/neap.h>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace neap {

/// Success, or a code and a sentence. Move-only.
class [[nodiscard]] Status {
public:
  Status() = default;
  /// Takes ownership of what a C function has returned.
  explicit Status(neap_status_t *status) : rep(status) {}

  bool ok() const { return !rep; }
  neap_status_code_t code() const { return neap_status_code(rep.get()); }
  const char *message() const { return neap_status_message(rep.get()); }
  /// Returns "DATA_LOSS: ..." for messages to a person.
  std::string text() const {
    return std::string(neap_status_code_name(code())) + ": " + message();
  }

private:
  struct Destroy {
    void operator()(neap_status_t *status) const {
      neap_status_destroy(status);
    }
  };
  std::unique_ptr<neap_status_t, Destroy> rep;
};

/// A value, or the status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : held(std::move(value)) {}
  Result(Status error) : error(std::move(error)) {}

  bool ok() const { return held.has_value(); }
  const Status &status() const { return error; }
  /// The value; there must be one.
  T &operator*() { return *held; }
  T *operator->() { return &*held; }

private:
  std::optional<T> held;
  Status error;
};

/// A tensor that owns its memory: a DLManagedTensor. Move-only.
class Tensor {
public:
  Tensor() = default;
  /// Takes ownership of a tensor from Neap or from another framework.
  static Tensor take(DLManagedTensor *managed) {
    Tensor tensor;
    tensor.managed.reset(managed);
    return tensor;
  }
  /// Gives it away, for another framework; the receiver calls its deleter.
  DLManagedTensor *release() { return managed.release(); }

  const DLTensor &view() const { return managed->dl_tensor; }
  int32_t rank() const { return view().ndim; }
  int64_t dim(int32_t axis) const { return view().shape[axis]; }
  size_t numElements() const {
    size_t count = 1;
    for (int32_t axis = 0; axis < rank(); ++axis)
      count *= static_cast<size_t>(dim(axis));
    return count;
  }
  size_t sizeInBytes() const { return numElements() * view().dtype.bits / 8; }
  /// The elements; T must be the element type.
  template <typename T>
  T *data() const {
    return reinterpret_cast<T *>(static_cast<char *>(view().data) +
                                 view().byte_offset);
  }

private:
  struct Delete {
    void operator()(DLManagedTensor *tensor) const {
      if (tensor->deleter)
        tensor->deleter(tensor);
    }
  };
  std::unique_ptr<DLManagedTensor, Delete> managed;
};

/// Returns the DLPack type of a C++ number type.
template <typename T>
constexpr DLDataType dataTypeOf() {
  static_assert(std::is_arithmetic<T>::value, "expected a number type");
  uint8_t code = std::is_same<T, bool>::value       ? kDLBool
                 : std::is_floating_point<T>::value ? kDLFloat
                 : std::is_signed<T>::value         ? kDLInt
                                                    : kDLUInt;
  return DLDataType{code, 8 * sizeof(T), 1};
}

/// A tensor in memory that the caller keeps. Holds the shape; copies refer to
/// the same elements.
class TensorView {
public:
  template <typename T>
  TensorView(T *data, std::vector<int64_t> dims) : shape(std::move(dims)) {
    using Element = typename std::remove_const<T>::type;
    tensor.data = const_cast<Element *>(data);
    tensor.device = DLDevice{kDLCPU, 0};
    tensor.dtype = dataTypeOf<Element>();
  }
  /// The DLPack view; it lives until this is changed or destroyed.
  const DLTensor &view() {
    tensor.ndim = static_cast<int32_t>(shape.size());
    tensor.shape = shape.data();
    return tensor;
  }

private:
  DLTensor tensor = {};
  std::vector<int64_t> shape;
};

struct ModelOptions {
  /// Also check the checksums of the weights and of the kernels that are not
  /// used; reads the whole file.
  bool verifyWeights = false;
  /// "x86-64-v2", ...: force the kernels for this instruction set.
  std::string isa;
};

/// A loaded model. Thread-safe. Move-only.
class Model {
public:
  static Result<Model> loadFile(const std::string &path,
                                const ModelOptions &options = {}) {
    neap_model_options_t c = toC(options);
    neap_model_t *model = nullptr;
    if (Status status(neap_model_load_file(path.c_str(), &c, &model));
        !status.ok())
      return status;
    return Model(model);
  }
  /// The memory must be 64-byte aligned and outlive the model and sessions.
  static Result<Model> loadMemory(const void *data, size_t sizeInBytes,
                                  const ModelOptions &options = {}) {
    neap_model_options_t c = toC(options);
    neap_model_t *model = nullptr;
    if (Status status(neap_model_load_memory(data, sizeInBytes, &c, &model));
        !status.ok())
      return status;
    return Model(model);
  }

  const char *isa() const { return neap_model_isa(model.get()); }
  uint32_t maxThreads() const { return neap_model_max_threads(model.get()); }
  std::vector<std::string> entries() const {
    std::vector<std::string> names;
    for (size_t i = 0; i < neap_model_entry_count(model.get()); ++i)
      names.push_back(neap_model_entry_name(model.get(), i));
    return names;
  }
  std::vector<neap_dim_info_t> dims() const {
    std::vector<neap_dim_info_t> all(neap_model_dim_count(model.get()));
    for (size_t i = 0; i < all.size(); ++i)
      neap_status_destroy(neap_model_dim(model.get(), i, &all[i]));
    return all;
  }
  const neap_model_t *get() const { return model.get(); }

private:
  struct Destroy {
    void operator()(neap_model_t *model) const { neap_model_destroy(model); }
  };
  explicit Model(neap_model_t *model) : model(model) {}
  static neap_model_options_t toC(const ModelOptions &options) {
    neap_model_options_t c = NEAP_MODEL_OPTIONS_INIT;
    c.verify_weights = options.verifyWeights ? 1 : 0;
    c.isa = options.isa.empty() ? nullptr : options.isa.c_str();
    return c;
  }

  std::unique_ptr<neap_model_t, Destroy> model;
};

struct SessionOptions {
  /// 0: as many as affinity, cgroup and the plan allow.
  uint32_t numThreads = 0;
  /// The host's own pool; null: threads of the session's own.
  neap_parallel_for_fn parallelFor = nullptr;
  void *parallelForContext = nullptr;
  /// Called after each command; null: none.
  neap_command_callback_fn onCommand = nullptr;
  void *onCommandContext = nullptr;
  /// Called after each call of a kernel, by several threads at once; null:
  /// none.
  neap_call_callback_fn onCall = nullptr;
  void *onCallContext = nullptr;
};

/// One entry, ready to run. Thread-compatible: one thread at a time, except for
/// cancel. Move-only.
class Session {
public:
  static Result<Session> create(const Model &model,
                                const std::string &entry = "main",
                                const SessionOptions &options = {}) {
    neap_session_options_t c = NEAP_SESSION_OPTIONS_INIT;
    c.num_threads = options.numThreads;
    c.parallel_for = options.parallelFor;
    c.parallel_for_context = options.parallelForContext;
    c.on_command = options.onCommand;
    c.on_command_context = options.onCommandContext;
    c.on_call = options.onCall;
    c.on_call_context = options.onCallContext;
    neap_session_t *session = nullptr;
    if (Status status(
            neap_session_create(model.get(), entry.c_str(), &c, &session));
        !status.ok())
      return status;
    return Session(session);
  }

  Status bindDim(const std::string &name, int64_t value) {
    return Status(neap_session_bind_dim(session.get(), name.c_str(), value));
  }
  /// Binds what is not bound to the sizes of these inputs.
  Status bindInputs(const std::vector<const DLTensor *> &inputs) {
    return Status(
        neap_session_bind_inputs(session.get(), inputs.data(), inputs.size()));
  }
  size_t numInputs() const { return neap_session_input_count(session.get()); }
  size_t numOutputs() const { return neap_session_output_count(session.get()); }
  /// The position must be below numInputs(), or numOutputs().
  neap_tensor_info_t input(size_t index) const {
    neap_tensor_info_t info = {};
    neap_status_destroy(neap_session_input(session.get(), index, &info));
    return info;
  }
  neap_tensor_info_t output(size_t index) const {
    neap_tensor_info_t info = {};
    neap_status_destroy(neap_session_output(session.get(), index, &info));
    return info;
  }
  /// What makes the output at a position below numOutputs().
  neap_layer_info_t outputLayer(size_t index) const {
    neap_layer_info_t info = NEAP_LAYER_INFO_INIT;
    neap_status_destroy(neap_session_output_layer(session.get(), index, &info));
    return info;
  }
  neap_tensor_info_t outputCapacity(size_t index) const {
    neap_tensor_info_t info = {};
    neap_status_destroy(
        neap_session_output_capacity(session.get(), index, &info));
    return info;
  }
  Result<Tensor> allocateInput(size_t index) const {
    DLManagedTensor *tensor = nullptr;
    if (Status status(
            neap_session_allocate_input(session.get(), index, &tensor));
        !status.ok())
      return status;
    return Tensor::take(tensor);
  }
  Result<Tensor> allocateOutput(size_t index) const {
    DLManagedTensor *tensor = nullptr;
    if (Status status(
            neap_session_allocate_output(session.get(), index, &tensor));
        !status.ok())
      return status;
    return Tensor::take(tensor);
  }

  /// Runs once on the caller's tensors, in the order of the signature.
  Status run(const std::vector<const DLTensor *> &inputs,
             const std::vector<const DLTensor *> &outputs) {
    return Status(neap_session_run(session.get(), inputs.data(), inputs.size(),
                                   outputs.data(), outputs.size()));
  }
  Status run(const std::vector<Tensor> &inputs,
             const std::vector<Tensor> &outputs) {
    return run(views(inputs), views(outputs));
  }
  /// Thread-safe.
  void cancel() { neap_session_cancel(session.get()); }

  neap_memory_info_t memory() const {
    neap_memory_info_t info = NEAP_MEMORY_INFO_INIT;
    neap_status_destroy(neap_session_memory(session.get(), &info));
    return info;
  }
  neap_session_t *get() const { return session.get(); }

private:
  struct Destroy {
    void operator()(neap_session_t *session) const {
      neap_session_destroy(session);
    }
  };
  explicit Session(neap_session_t *session) : session(session) {}
  static std::vector<const DLTensor *>
  views(const std::vector<Tensor> &tensors) {
    std::vector<const DLTensor *> all;
    for (const Tensor &tensor : tensors)
      all.push_back(&tensor.view());
    return all;
  }

  std::unique_ptr<neap_session_t, Destroy> session;
};

} // namespace neap

#endif // NEAP_NEAP_HPP
