// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Initializers.h - tensors that the model carries: small ones become constants,
// large ones `neap.weight` ops that point into a file. Also: ONNX element
// types.
#ifndef NEAP_FRONTENDS_ONNX_INITIALIZERS_H
#define NEAP_FRONTENDS_ONNX_INITIALIZERS_H

#include "frontends/onnx/ImportedValue.h"
#include "frontends/onnx/ModelReader.h"

namespace onnx {
class TensorProto;
class TypeProto;
} // namespace onnx

namespace neap::frontend {

/// Returns the element type of an `onnx::TensorProto::DataType`, or null if
/// Neap's tensors cannot have it.
mlir::Type getElementType(mlir::MLIRContext *context, int32_t dataType);

/// Returns the `onnx::TensorProto::DataType` of a tensor's element type.
int32_t getDataType(mlir::Type elementType);

/// Returns ONNX's name of `dataType`, such as `FLOAT16`.
std::string getDataTypeName(int32_t dataType);

/// Writes the type of `value` as ONNX has it; symbolic sizes are left open.
onnx::TypeProto getTypeProto(const ImportedValue &value);

/// Returns the handle of the skeleton that `tensor` stands for, or null if the
/// tensor carries its elements.
const TensorHandle *findHandle(const onnx::TensorProto &tensor,
                               const ModelSkeleton &skeleton);

/// Turns tensors of one model into values.
class Initializers {
public:
  /// `seed`, if given, is that of the weights that no file carries.
  Initializers(const ModelSkeleton &skeleton, std::optional<uint64_t> seed)
      : skeleton(skeleton), seed(seed) {}

  /// Returns the value of `tensor`. The error says what is wrong with it.
  llvm::Expected<ImportedValue> import(const onnx::TensorProto &tensor,
                                       GraphBuilder &builder) const;

private:
  llvm::Expected<ImportedValue> importHandle(const onnx::TensorProto &tensor,
                                             mlir::RankedTensorType type,
                                             GraphBuilder &builder) const;

  const ModelSkeleton &skeleton;
  std::optional<uint64_t> seed;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_INITIALIZERS_H
