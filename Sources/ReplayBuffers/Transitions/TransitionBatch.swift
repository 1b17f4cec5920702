public import StateTree

/// A sample of transitions, to be sampled into again and again: its storage is reused while the count stays the same.
public struct TransitionBatch: Sendable, Equatable {
  /// The step number of each transition.
  /// - Shape: `[count]`
  public internal(set) var steps: [Int] = []
  /// The columns in the order of the schema.
  /// - Shape: `[count] + column shape` each
  public internal(set) var tensors: [Tensor] = []
  /// The importance weights; 1 without priorities.
  /// - Shape: `[count]`
  public internal(set) var weights: [Float] = []
  private var schema: BufferSchema?

  /// An empty batch, to be sampled into.
  public init() {}

  /// A batch of these steps from one tensor a column in the order of the schema.
  init(_ steps: [Int], _ tensors: [Tensor], _ schema: BufferSchema, weights: [Float]? = nil) {
    (self.steps, self.tensors, self.schema) = (steps, tensors, schema)
    self.weights = weights ?? [Float](repeating: 1, count: steps.count)
  }

  /// How many transitions there are.
  public var count: Int { steps.count }
  /// The columns by name.
  /// - Shape: `[count] + column shape` each
  public var columns: [StateKey: Tensor] {
    Dictionary(uniqueKeysWithValues: zip(schema?.columns ?? [], tensors).map { (StateKey($0.name), $1) })
  }
  /// The column of this name, or nil.
  public subscript(name: StateKey) -> Tensor? { schema?.index(of: name.string).map { tensors[$0] } }

  /// This batch and another of the same columns behind it.
  func followed(by other: TransitionBatch) -> TransitionBatch {
    guard let schema else { return other }
    let joined = zip(tensors, other.tensors).map { first, second in
      do { return try Tensor(concatenating: [first, second]) } catch {
        preconditionFailure("columns of one schema: \(error)")
      }
    }
    return TransitionBatch(steps + other.steps, joined, schema, weights: weights + other.weights)
  }

  /// Makes room for `count` rows of a schema, unless there is exactly that already.
  mutating func fit(_ schema: BufferSchema, count: Int) {
    guard self.count != count || self.schema != schema else { return }
    self.schema = schema
    tensors = schema.columns.map { $0.rows(count, [UInt8](repeating: 0, count: count * $0.rowBytes)) }
    steps = [Int](repeating: 0, count: count)
    weights = [Float](repeating: 1, count: count)
  }
}
