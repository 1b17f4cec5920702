internal import StateTree

extension TransitionBatch {
  /// A sample of these steps from one tensor a column in the order of the schema.
  init(_ steps: [Int], _ tensors: [Tensor], _ schema: BufferSchema) {
    let names = schema.columns.map { StateKey($0.name) }
    self.init(steps: steps, columns: Dictionary(uniqueKeysWithValues: zip(names, tensors)))
  }
}
