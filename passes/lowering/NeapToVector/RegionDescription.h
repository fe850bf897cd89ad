// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionDescription.h - a fused region as a graph over (row, column): what is
// computed per column and per row, in which passes over a row, where it is read
// and written, and how the rows are cut into tiles.
//
// A *row* is the last axis of the domain (or, without a reduction, whichever
// run of axes is best). A node that depends on k reductions in a chain has
// level k; pass p goes over the columns once, computes the reductions of level
// p + 1 and stores the results of level p. What is cheap is computed again in
// each pass; what is expensive is kept from pass to pass, in a result that is
// not written yet or in scratch.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_REGIONDESCRIPTION_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_REGIONDESCRIPTION_H

#include "mlir/IR/Block.h"
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/KernelEmitter.h"
#include "passes/lowering/NeapToVector/Reduction.h"
#include <optional>

namespace neap {

/// Where a row's elements lie in a buffer: element
/// `offset + sum(rowStrides * row index) + columnStride * column`.
struct RegionAccess {
  /// Operand number: inputs, then results.
  unsigned buffer = 0;
  mlir::Type element;
  DimExpr offset;
  llvm::SmallVector<DimExpr> rowStrides;
  DimExpr columnStride;

  bool hasSamePlaces(const RegionAccess &other, const SymbolFacts &facts) const;
  /// Whether neighbouring columns are neighbours in memory.
  bool isAdjacent() const { return columnStride.isConstant(1); }
};

/// What a node computes. All but Elementwise come from the row ops.
enum class RegionOpcode {
  Load,
  Constant,
  Size,        ///< The value of `size`, a float or an i64.
  Elementwise, ///< The neap op `op`.
  Add,
  Sub,
  Mul,
  Div,
  Max, ///< The second operand if one is NaN.
  Sqrt,
  Log,
  ExpOfNegative,
  Reduce
};

/// One value of the region, per column or per row.
struct RegionNode {
  RegionOpcode opcode;
  llvm::SmallVector<unsigned, 3> operands;
  /// Of the tensor: integers keep their sign.
  mlir::Type element;
  /// Whether there is one value per row.
  bool isRow = false;
  unsigned level = 0;
  mlir::Operation *op = nullptr;                    // Elementwise
  mlir::TypedAttr value = nullptr;                  // Constant, a scalar
  DimExpr size = {};                                // Size
  RegionAccess access = {};                         // Load
  Reduction reduction = {ReduceKind::Sum, nullptr}; // Reduce
};

/// A result: the values of a node, stored.
struct RegionOutput {
  unsigned node;
  RegionAccess access;
  /// Whether it has one element per row.
  bool isRow;
};

/// Where a node's values stay between passes.
struct RegionKeep {
  unsigned node;
  /// The pass that computes and stores it; later ones read it.
  unsigned pass;
  /// A result whose bytes hold it, else `scratchOffset`.
  std::optional<unsigned> output;
  /// Whether the result is the node itself, so that nothing more is stored.
  bool isOutputItself = false;
  int64_t scratchOffset = 0;
};

/// One loop over the columns of a row.
struct RegionPass {
  llvm::SmallVector<unsigned> reductions; ///< Nodes.
  llvm::SmallVector<unsigned> outputs;    ///< Indices of domain outputs.
  llvm::SmallVector<unsigned> rowNodes;   ///< Row nodes that it reads.
  llvm::SmallVector<unsigned> laneNodes; ///< Nodes that it computes per column.
  llvm::SmallVector<unsigned> keeps;     ///< Indices of keeps that it stores.
};

/// See the head of the file.
struct RegionDescription {
  /// Describes the body of a region kernel; fails silently if it is none.
  /// `facts` are of the symbols in its sizes and outlive the description.
  static mlir::FailureOr<RegionDescription> create(mlir::Block &body,
                                                   const SymbolFacts &facts);

  KernelTraits getTraits() const;
  DimExpr getNumRows() const;
  /// Returns how many tiles a row is cut into.
  DimExpr getTilesPerRow() const;
  bool hasReductions() const;
  /// Returns the keep of `node` that `pass` reads, or null.
  const RegionKeep *findKeep(unsigned node, unsigned pass) const;

  const SymbolFacts *facts = nullptr;
  unsigned numInputs = 0;
  /// Elements of each input.
  llvm::SmallVector<DimExpr> inputSizes;
  llvm::SmallVector<DimExpr> rowShape;
  DimExpr numColumns = 1;
  /// Operands come before users.
  std::vector<RegionNode> nodes;
  std::vector<RegionOutput> outputs;
  std::vector<RegionPass> passes;
  std::vector<RegionKeep> keeps;
  /// For each result the inputs whose bytes it may take over.
  llvm::SmallVector<llvm::SmallVector<unsigned>> inPlace;

  /// A tile is a rectangle of neighbouring rows (in row-major order of
  /// `rowShape`) by columns. Its size suits the largest domain.
  int64_t rowsPerTile = 1;
  /// Nothing if rows are not cut, as where there are reductions.
  std::optional<int64_t> columnsPerTile;
  DimExpr numTiles = 1;
  int64_t tilesPerBlock = 1;
  int64_t scratchBytes = 0;
};

/// Appends nodes to a region while it is built.
class RegionNodes {
public:
  explicit RegionNodes(std::vector<RegionNode> &nodes) : nodes(nodes) {}

  /// Appends `node` and returns its number.
  unsigned add(RegionNode node);
  unsigned add(RegionOpcode opcode, llvm::ArrayRef<unsigned> operands);
  /// Appends a scalar constant of the float type `element`.
  unsigned addConstant(mlir::Type element, double value);
  /// Appends a size as a scalar of `element`, a float type or i64.
  unsigned addSize(mlir::Type element, const DimExpr &size);
  unsigned addReduction(Reduction reduction, unsigned operand);
  mlir::Type getElement(unsigned node) const { return nodes[node].element; }

private:
  std::vector<RegionNode> &nodes;
};

/// Appends the nodes of a softmax, log_softmax, standardize or rms_standardize
/// over rows of `numColumns` and returns its result; nothing for other ops.
std::optional<unsigned> addNormalization(RegionNodes &nodes,
                                         mlir::Operation *op, unsigned input,
                                         const DimExpr &numColumns);

/// Fills `passes` and `keeps`, `inPlace`, and the tiles; everything else is
/// there.
void scheduleRegion(RegionDescription &region);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_REGIONDESCRIPTION_H
