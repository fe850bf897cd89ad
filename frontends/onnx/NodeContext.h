// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NodeContext.h - one ONNX node while it is imported: its inputs, attributes
// and outputs, and the errors about it.
//
// Getters that can fail emit a diagnostic that names the node and return null,
// nothing or failure; the caller only returns failure.
#ifndef NEAP_FRONTENDS_ONNX_NODECONTEXT_H
#define NEAP_FRONTENDS_ONNX_NODECONTEXT_H

#include "frontends/onnx/GraphBuilder.h"
#include "frontends/onnx/ImportedValue.h"

#include "mlir/IR/Diagnostics.h"

namespace onnx {
class AttributeProto;
class GraphProto;
class NodeProto;
class TensorProto;
} // namespace onnx

namespace neap::frontend {

class GraphImporter;
struct Scope;

class NodeContext {
public:
  NodeContext(const onnx::NodeProto &node, int opset, GraphImporter &importer,
              Scope &scope, mlir::StringRef name, mlir::Location loc);

  const onnx::NodeProto &getNode() const { return node; }
  llvm::StringRef getOpType() const;
  /// The name that the user knows the node by.
  llvm::StringRef getName() const { return name; }
  /// Opset of the node's domain.
  int getOpset() const { return opset; }
  GraphImporter &getImporter() { return importer; }
  /// What is known of the symbolic dimensions.
  const SymbolFacts &getFacts() const;
  Scope &getScope() { return scope; }
  GraphBuilder &build() { return builder; }

  /// Begins an error: `node '<name>' (<op>, opset <n>): `.
  mlir::InFlightDiagnostic emitError() const;

  /// @name Inputs
  size_t getNumInputs() const;
  bool hasInput(size_t index) const;
  /// Returns what is known of an input; null, with an error, if it is absent.
  const ImportedValue *findInput(size_t index);
  /// Returns the tensor, or null.
  mlir::Value getInput(size_t index);
  /// Returns all inputs, which must be present.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> getInputs();
  /// Returns the type, or null.
  mlir::RankedTensorType getInputType(size_t index);
  /// Returns the elements of an integer input that is known at compile time,
  /// flattened. `what` names it in the error.
  mlir::FailureOr<Contents> getContents(size_t index, llvm::StringRef what);
  /// As `getContents`, for an input that no symbolic size enters.
  mlir::FailureOr<llvm::SmallVector<int64_t>> getInts(size_t index,
                                                      llvm::StringRef what);
  /// Returns the elements of a constant, flattened, or failure.
  mlir::FailureOr<llvm::SmallVector<double>> getNumbers(size_t index,
                                                        llvm::StringRef what);
  /// Returns the value of a constant of one element, or failure.
  mlir::FailureOr<double> getNumber(size_t index, llvm::StringRef what);

  /// @name Attributes
  const onnx::AttributeProto *findAttribute(llvm::StringRef name) const;
  bool hasAttribute(llvm::StringRef name) const {
    return findAttribute(name) != nullptr;
  }
  int64_t getInt(llvm::StringRef name, int64_t otherwise) const;
  double getFloat(llvm::StringRef name, double otherwise) const;
  llvm::StringRef getString(llvm::StringRef name,
                            llvm::StringRef otherwise) const;
  llvm::SmallVector<int64_t> getInts(llvm::StringRef name) const;
  /// Returns numbers from attribute `name` or, if there is none, from input
  /// `index`: later opsets moved them. Nothing if neither is there.
  mlir::FailureOr<std::optional<Contents>>
  getSizesOfAttributeOrInput(llvm::StringRef name, size_t index);
  /// As above, for numbers that no symbolic size enters.
  mlir::FailureOr<std::optional<llvm::SmallVector<int64_t>>>
  getIntsOfAttributeOrInput(llvm::StringRef name, size_t index);

  /// @name Checks
  /// Returns `axis`, counted from the start, if -rank <= axis < rank.
  mlir::FailureOr<int64_t> checkAxis(int64_t axis, int64_t rank) const;
  /// As `checkAxis`; the result is sorted and has no axis twice.
  mlir::FailureOr<llvm::SmallVector<int64_t>>
  checkAxes(llvm::ArrayRef<int64_t> axes, int64_t rank) const;
  /// Returns the constant `dim`; the error says which symbols to bind.
  mlir::FailureOr<int64_t> checkStatic(const DimExpr &dim,
                                       llvm::StringRef what) const;
  mlir::FailureOr<llvm::SmallVector<int64_t>>
  checkStatic(llvm::ArrayRef<DimExpr> dims, llvm::StringRef what) const;
  /// Whether a tensor of these sizes could exist.
  mlir::LogicalResult checkSize(llvm::ArrayRef<DimExpr> dims) const;
  /// Emits that two shapes do not broadcast, and what could make them.
  mlir::LogicalResult emitNoBroadcast(llvm::ArrayRef<DimExpr> lhs,
                                      llvm::ArrayRef<DimExpr> rhs) const;
  /// Notes the symbols of `shapes`, which --dim could tell more of.
  void noteSymbols(mlir::InFlightDiagnostic &diagnostic,
                   llvm::ArrayRef<llvm::ArrayRef<DimExpr>> shapes) const;
  /// Whether input `index` has the rank.
  mlir::LogicalResult checkRank(size_t index, int64_t rank);
  /// Returns the values, broadcast to one shape as in NumPy; their element
  /// types must be equal.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  broadcastTogether(llvm::ArrayRef<mlir::Value> values);
  /// Returns the value broadcast to `dims`, which must not change.
  mlir::FailureOr<mlir::Value> broadcastTo(mlir::Value value,
                                           llvm::ArrayRef<DimExpr> dims);

  /// @name Sizes that the data gives
  /// Returns the size that the i64 `count` has in a run, of at most `most`.
  /// `stem` begins the name of its symbol.
  DimExpr defineSize(llvm::StringRef stem, mlir::Value count,
                     const DimExpr &most);
  /// Returns the positions of the true elements of the vector `flags`.
  mlir::Value findTrue(mlir::Value flags, llvm::StringRef stem);

  /// @name Outputs
  size_t getNumOutputs() const;
  bool hasOutput(size_t index) const;
  mlir::LogicalResult setOutput(size_t index, mlir::Value value);
  /// For an output of which only the contents are known.
  mlir::LogicalResult setOutput(size_t index, mlir::RankedTensorType type,
                                Contents contents);
  mlir::LogicalResult setOutput(size_t index, const ImportedValue &value);
  /// Refuses outputs from `first` on: they are not supported.
  mlir::LogicalResult checkNoOutputs(size_t first) const;

private:
  /// Writes sizes and contents in the form that equal ones share.
  ImportedValue simplifySizes(ImportedValue value);

  const onnx::NodeProto &node;
  int opset;
  GraphImporter &importer;
  Scope &scope;
  std::string name;
  GraphBuilder builder;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_NODECONTEXT_H
