// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OnnxLibrary.h - the C boundary to the official ONNX C++ library. That library
// reports errors by exceptions; they end here. Behind it: protobuf's parser,
// the checker, the op schemas and the function bodies that they define.
//
// Messages cross as pointers to protobuf classes: their getters throw nothing.
#ifndef NEAP_FRONTENDS_ONNX_ONNXLIBRARY_H
#define NEAP_FRONTENDS_ONNX_ONNXLIBRARY_H

#include <stddef.h>
#include <stdint.h>

namespace onnx {
class FunctionProto;
class ModelProto;
class NodeProto;
class TypeProto;
} // namespace onnx

extern "C" {

/// A parsed model.
typedef struct neap_onnx_model neap_onnx_model;
/// The body of an op that its schema defines by other ops.
typedef struct neap_onnx_body neap_onnx_body;

enum neap_onnx_status {
  NEAP_ONNX_OK = 0,
  /// The bytes or the model are wrong; the message says how.
  NEAP_ONNX_REJECTED = 1,
  /// The op has no body.
  NEAP_ONNX_NONE = 2,
};

/// Parses a serialized ModelProto. On success, `*outModel` is the caller's.
/// On failure, writes a message of at most `messageSize` bytes.
neap_onnx_status neap_onnx_parse(const char *bytes, size_t size,
                                 neap_onnx_model **outModel, char *message,
                                 size_t messageSize);

/// As `neap_onnx_parse`, from the textual form that onnx.parser reads.
neap_onnx_status neap_onnx_parse_text(const char *text,
                                      neap_onnx_model **outModel, char *message,
                                      size_t messageSize);

/// Makes the input `name` a constant: the serialized TensorProto of `size`
/// bytes becomes its initializer.
neap_onnx_status neap_onnx_bind_input(neap_onnx_model *model, const char *name,
                                      const char *tensor, size_t size,
                                      char *message, size_t messageSize);

/// Runs the library's checker on a model (names, order, cycles, types of
/// attributes, schemas). The nodes of a refused model are named, as
/// its message names them.
neap_onnx_status neap_onnx_check(neap_onnx_model *model, char *message,
                                 size_t messageSize);

void neap_onnx_model_destroy(neap_onnx_model *model);
const onnx::ModelProto *neap_onnx_model_get(const neap_onnx_model *model);

/// Returns the body that the schema of `node` at `opset` defines, its
/// attributes bound and its defaults filled in. `types` are the types of the
/// node's inputs.
neap_onnx_status neap_onnx_expand(const onnx::NodeProto *node, int opset,
                                  const onnx::TypeProto *const *types,
                                  size_t numTypes, neap_onnx_body **outBody,
                                  char *message, size_t messageSize);

/// Whether the schema of `op` at `opset` of the default domain defines a body.
bool neap_onnx_has_body(const char *op, int opset);

/// Has the schema of `node` at `opset` infer the types of its outputs.
/// `types` are those of the node's inputs, null where they are not known;
/// `outTypes`, one per output, stay empty where nothing follows.
neap_onnx_status neap_onnx_infer(const onnx::NodeProto *node, int opset,
                                 const onnx::TypeProto *const *types,
                                 size_t numTypes, onnx::TypeProto *outTypes);

void neap_onnx_body_destroy(neap_onnx_body *body);
const onnx::FunctionProto *neap_onnx_body_get(const neap_onnx_body *body);

/// Returns the newest opset of the default domain that the library knows.
int neap_onnx_newest_opset(void);

/// Returns the version of the op's schema that holds at `opset`, or 0.
int neap_onnx_since_version(const char *domain, const char *op, int opset);

} // extern "C"

#endif // NEAP_FRONTENDS_ONNX_ONNXLIBRARY_H
