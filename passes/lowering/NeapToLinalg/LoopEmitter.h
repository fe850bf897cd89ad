// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LoopEmitter.h - a builder of loop nests over strided buffers: linalg.generic
// on memrefs where an op has that form, scf loops where its accesses depend on
// data. Sizes that are not constants are values, as are the place of a tile and
// the windows that padding cuts.
#ifndef NEAP_PASSES_LOWERING_NEAPTOLINALG_LOOPEMITTER_H
#define NEAP_PASSES_LOWERING_NEAPTOLINALG_LOOPEMITTER_H

#include "mlir/IR/OpDefinition.h"
#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// An index or a number of elements: an attribute where it is known, else a
/// value of index type.
using Index = mlir::OpFoldResult;
using Indices = mlir::SmallVector<Index>;

/// A tensor in memory: element (i0, i1, ...) lies offset + sum(stride * i)
/// elements after the start of `buffer`, a memref of rank 1. If `splat` is
/// set, every element is that value and there is no buffer.
struct StridedView {
  mlir::Value buffer;
  mlir::Value splat;
  /// Element type of the tensor; `buffer` holds its storage type.
  mlir::Type element;
  Index offset;
  mlir::SmallVector<DimExpr> strides;

  int64_t getRank() const { return strides.size(); }
};

/// A box of elements.
struct Slab {
  Indices offsets;
  Indices sizes;
};

/// An index read from a tensor.
struct CheckedIndex {
  /// Counted from the start; 0 if the loaded one lies outside.
  Index index;
  /// Whether the loaded index lies inside (i1).
  mlir::Value isInside;
};

/// Whether a loop of a nest runs over results or over what is combined into
/// one.
enum class LoopKind { Parallel, Reduction };

/// Emits loops at the insertion point of a VectorEmitter.
class LoopEmitter {
public:
  /// Computes an element (in storage type) from those of the inputs and, last,
  /// the one that the output holds so far.
  using ElementBody =
      llvm::function_ref<mlir::Value(mlir::ValueRange elements)>;
  using IndexBody = llvm::function_ref<void(Index index)>;
  using IndicesBody = llvm::function_ref<void(llvm::ArrayRef<Index> indices)>;

  /// Emits, at the insertion point, the variable of the kernel's status.
  /// `facts` are of the symbols in the kernel's sizes.
  LoopEmitter(VectorEmitter &emitter, const SymbolFacts &facts);

  VectorEmitter &getVectorEmitter() { return emitter; }
  mlir::OpBuilder &getBuilder() { return emitter.getBuilder(); }
  const SymbolFacts &getFacts() const { return facts; }
  template <typename OpTy, typename... Args>
  OpTy create(Args &&...args) {
    return emitter.create<OpTy>(std::forward<Args>(args)...);
  }

  //===--------------------------------------------------------------------===//
  // Index arithmetic, folded where both sides are known
  //===--------------------------------------------------------------------===//

  Index constant(int64_t value);
  /// Returns the value of a size.
  Index index(const DimExpr &size);
  Indices indices(llvm::ArrayRef<DimExpr> sizes);
  /// Returns `index` as a value of index type.
  mlir::Value materialize(Index index);
  Index add(Index lhs, Index rhs);
  Index sub(Index lhs, Index rhs);
  Index mul(Index lhs, Index rhs);
  Index mul(Index lhs, int64_t rhs) { return mul(lhs, constant(rhs)); }
  Index mul(Index lhs, const DimExpr &rhs) { return mul(lhs, index(rhs)); }
  Index min(Index lhs, Index rhs);
  Index max(Index lhs, Index rhs);
  /// Returns quotient and remainder of a non-negative index.
  std::pair<Index, Index> divRem(Index index, int64_t divisor);
  std::pair<Index, Index> divRem(Index index, const DimExpr &divisor);
  /// Returns the quotient of a non-negative index rounded up.
  Index ceilDiv(Index index, int64_t divisor);

  //===--------------------------------------------------------------------===//
  // Elements and views
  //===--------------------------------------------------------------------===//

  /// Converts between an element in memory and in arithmetic (bool: byte, i1).
  mlir::Value toCompute(mlir::Value stored, mlir::Type element);
  mlir::Value toStorage(mlir::Value computed, mlir::Type element);

  /// Returns the view that starts at `indices` of the leading axes and has all
  /// axes; missing indices are 0.
  StridedView advance(const StridedView &view, llvm::ArrayRef<Index> indices);
  /// Returns the view that starts at `index` of `axis`.
  StridedView advanceAxis(const StridedView &view, unsigned axis, Index index);
  /// Returns the view of some axes, in a new order, at index 0 of the others.
  static StridedView selectAxes(const StridedView &view,
                                llvm::ArrayRef<unsigned> axes);
  /// Returns the view of the axes from `count` on, at index 0 of the others.
  static StridedView dropAxes(const StridedView &view, unsigned count);

  /// Loads or stores the element at index 0 of all axes, in storage type.
  mlir::Value load(const StridedView &view);
  void store(mlir::Value value, const StridedView &view);

  /// Checks a loaded i32 or i64 that may count from the end; one outside
  /// [-size, size) sets the kernel's status.
  CheckedIndex checkIndex(mlir::Value loaded, const DimExpr &size);
  /// Sets the status to NEAP_KERNEL_INDEX_OUT_OF_RANGE.
  void failIndex();
  /// Returns the kernel's status so far.
  mlir::Value getStatus();

  //===--------------------------------------------------------------------===//
  // Loops
  //===--------------------------------------------------------------------===//

  /// Emits a loop over [0, size), or the body alone if size is 1.
  void forEach(Index size, IndexBody body);
  /// Emits loops over a box, the last axis innermost.
  void forEach(llvm::ArrayRef<Index> sizes, IndicesBody body);
  /// Emits what is only right if all of `sizes` are above 0: alone if they are
  /// known to be, else as `then` of an if.
  void ifNotEmpty(llvm::ArrayRef<DimExpr> sizes,
                  llvm::function_ref<void()> then,
                  llvm::function_ref<void()> otherwise);
  /// Emits an if.
  void ifElse(mlir::Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise);

  /// Emits a linalg.generic: loop i has `sizes[i]` and stride i of each view.
  /// Loops run in their order, reductions too.
  void emitNest(llvm::ArrayRef<Index> sizes, llvm::ArrayRef<LoopKind> kinds,
                llvm::ArrayRef<StridedView> inputs, const StridedView &output,
                ElementBody body);
  /// Emits a nest of parallel loops.
  void emitMap(llvm::ArrayRef<Index> sizes, llvm::ArrayRef<StridedView> inputs,
               const StridedView &output, ElementBody body);
  /// Stores one value everywhere.
  void fill(llvm::ArrayRef<Index> sizes, const StridedView &output,
            mlir::Value value);
  /// Copies elements; axes are merged where possible, and a change of the
  /// contiguous axis goes through square blocks.
  void copy(llvm::ArrayRef<Index> sizes, const StridedView &input,
            const StridedView &output);

private:
  mlir::Value createMemRef(llvm::ArrayRef<Index> sizes,
                           const StridedView &view);
  void copyTransposed(llvm::ArrayRef<Index> sizes, const StridedView &input,
                      const StridedView &output, unsigned axis);
  void transposePlane(llvm::ArrayRef<Index> sizes, const StridedView &input,
                      const StridedView &output);
  void transposeBlock(const StridedView &input, const StridedView &output);
  mlir::Value getLinearIndex(const StridedView &view);

  VectorEmitter &emitter;
  const SymbolFacts &facts;
  mlir::Value status;
};

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOLINALG_LOOPEMITTER_H
