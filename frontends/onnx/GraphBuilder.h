// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GraphBuilder.h - emits neap ops: what ONNX does implicitly (broadcasting,
// constants of any shape, reductions that drop axes), made explicit.
//
// Result types are computed here, from dimension expressions. Callers check
// their operands first: nothing here fails.
#ifndef NEAP_FRONTENDS_ONNX_GRAPHBUILDER_H
#define NEAP_FRONTENDS_ONNX_GRAPHBUILDER_H

#include "dialects/neap/IR/DimExpr.h"
#include "dialects/neap/IR/NeapOps.h"

#include "mlir/IR/Builders.h"

namespace neap::frontend {

/// The sizes of a tensor, one per axis.
using Dims = llvm::SmallVector<DimExpr, 4>;

/// Returns the sizes of the tensor `value`.
Dims getDimsOf(mlir::Value value);
/// Returns the element type of the tensor `value`.
mlir::Type getElementTypeOf(mlir::Value value);
/// Whether `element` is a float of 16 bits: float16 or bfloat16.
bool isHalf(mlir::Type element);
/// Returns the rank of the tensor `value`.
int64_t getRankOf(mlir::Value value);
/// Returns the sizes that both broadcast to as in NumPy, or nothing.
std::optional<Dims> getBroadcastDims(llvm::ArrayRef<DimExpr> lhs,
                                     llvm::ArrayRef<DimExpr> rhs);
/// Whether the product of `dims` may be too large for any machine.
bool isTooLarge(llvm::ArrayRef<DimExpr> dims, const SymbolFacts &facts = {});
/// Returns `dim` as text; a symbolic one with its least value.
std::string printWithLeast(const DimExpr &dim, int64_t least);
/// Returns `dims` as text: `[1, seq, 768]`.
std::string printDims(llvm::ArrayRef<DimExpr> dims);

/// Emits ops at one place and with one location.
class GraphBuilder {
public:
  GraphBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() const { return loc; }

  /// @name Constants
  mlir::Value constant(mlir::DenseElementsAttr value);
  /// `number`, converted to `elementType`, in every element.
  mlir::Value splat(llvm::ArrayRef<DimExpr> dims, mlir::Type elementType,
                    double number);
  /// A small tensor of `type` with these elements, one by one.
  mlir::Value elements(mlir::RankedTensorType type,
                       llvm::ArrayRef<DimExpr> contents);
  /// The value of `expr` as a scalar of `elementType`.
  mlir::Value size(const DimExpr &expr, mlir::Type elementType);
  /// `number` in the shape and element type of `like`.
  mlir::Value splatLike(mlir::Value like, double number);
  /// The value of `expr` in the shape and element type of `like`.
  mlir::Value sizeLike(mlir::Value like, const DimExpr &expr);
  /// 0, 1, 2, ... as a vector of i64.
  mlir::Value iota(const DimExpr &size);

  /// @name Movement
  mlir::Value reshape(mlir::Value input, llvm::ArrayRef<DimExpr> dims);
  mlir::Value broadcast(mlir::Value input, llvm::ArrayRef<DimExpr> dims);
  mlir::Value transpose(mlir::Value input, llvm::ArrayRef<int64_t> permutation);
  mlir::Value slice(mlir::Value input, llvm::ArrayRef<DimExpr> starts,
                    llvm::ArrayRef<DimExpr> sizes,
                    llvm::ArrayRef<int64_t> steps);
  mlir::Value concat(llvm::ArrayRef<mlir::Value> inputs, int64_t axis);
  /// Moves `axis` to the end; swapping them again moves it back.
  mlir::Value swapWithLast(mlir::Value input, int64_t axis);
  /// Gives `vector` the shape [1, .., n, .., 1] of `rank` axes.
  mlir::Value alongAxis(mlir::Value vector, int64_t axis, int64_t rank);

  /// @name Elementwise: operands have equal shapes
  template <typename OpTy>
  mlir::Value unary(mlir::Value input) {
    return OpTy::create(builder, loc, input.getType(), input);
  }
  template <typename OpTy>
  mlir::Value binary(mlir::Value lhs, mlir::Value rhs) {
    return OpTy::create(builder, loc, lhs.getType(), lhs, rhs);
  }
  /// `input` and the splat `number`.
  template <typename OpTy>
  mlir::Value binary(mlir::Value input, double number) {
    return binary<OpTy>(input, splatLike(input, number));
  }
  mlir::Value compare(ComparePredicate predicate, mlir::Value lhs,
                      mlir::Value rhs);
  mlir::Value compare(ComparePredicate predicate, mlir::Value lhs,
                      double number) {
    return compare(predicate, lhs, splatLike(lhs, number));
  }
  mlir::Value select(mlir::Value condition, mlir::Value onTrue,
                     mlir::Value onFalse);
  mlir::Value cast(mlir::Value input, mlir::Type elementType);

  /// @name Reductions; reduced axes keep size 1
  mlir::Value reduce(ReduceKind kind, mlir::Value input,
                     llvm::ArrayRef<int64_t> axes);
  mlir::Value mean(mlir::Value input, llvm::ArrayRef<int64_t> axes);

  /// Matrix product of operands whose shapes fit `neap.matmul`.
  mlir::Value matmul(mlir::Value lhs, mlir::Value rhs);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_GRAPHBUILDER_H
