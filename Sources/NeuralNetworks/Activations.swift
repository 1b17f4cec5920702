public import StateTree

/// What flows through a network for a batch of items: room that is kept from one batch to the next.
///
/// Everything is stored feature by feature, `[size, count]`, which OpenBLAS multiplies fastest.
public struct Activations: Sendable {
  /// How many items there are now.
  public private(set) var count = 0
  /// The inputs, then the outputs of each layer; longer than needed when the batch is smaller than one before.
  var values: [[Float]]
  /// The gradients of the outputs of each layer.
  var gradients: [[Float]]
  private let sizes: [Int]

  /// Room for batches of `network`; none is taken before the first.
  public init(for network: MultilayerPerceptron) {
    sizes = [network.inputSize] + network.layers.map(\.outputs)
    values = sizes.map { _ in [] }
    gradients = network.layers.map { _ in [] }
  }

  /// Sets the inputs.
  ///
  /// Numbers of other types become float32; those of 64 bits round.
  /// - Shape: inputs `[count, network.inputSize]`, flattened as they may be.
  /// - Precondition: `inputs` are real numbers and as many as that.
  public mutating func setInputs(_ inputs: Tensor, count: Int) {
    precondition(count > 0 && inputs.count == sizes[0] * count, "inputs of \(count) items, found \(inputs.summary)")
    setCount(count)
    if inputs.dataType == .float32 {
      Kernels.transpose(inputs.bytes, rows: count, columns: sizes[0], into: &values[0])
      return
    }
    guard let numbers = inputs.doubles() else { preconditionFailure("real numbers, found \(inputs.summary)") }
    for item in 0..<count {
      for feature in 0..<sizes[0] {
        values[0][feature * count + item] = Float(numbers[item * sizes[0] + feature])
      }
    }
  }

  /// Sets the inputs to some rows of a table of them.
  /// - Shape: table `[rows, network.inputSize]`, row-major.
  /// - Precondition: There is at least one row, and all lie in the table.
  public mutating func setInputs(_ table: [Float], rows: ArraySlice<Int>) {
    precondition(!rows.isEmpty, "at least one row")
    setCount(rows.count)
    Kernels.gather(table, rows: rows, columns: sizes[0], into: &values[0])
  }

  /// Sets the inputs to those that another network has.
  /// - Precondition: Both networks have as many.
  public mutating func setInputs(of other: Activations) {
    precondition(sizes[0] == other.sizes[0] && other.count > 0, "inputs of the same size")
    setCount(other.count)
    Kernels.copy(other.values[0], count: sizes[0] * count, over: &values[0])
  }

  /// An output of an item.
  public func output(_ output: Int, item: Int) -> Float { values[sizes.count - 1][output * count + item] }

  /// Sets the gradient of every output to zero.
  public mutating func clearOutputGradient() {
    let last = gradients.count - 1
    for index in 0..<sizes[last + 1] * count { gradients[last][index] = 0 }
  }

  /// Sets the gradient of an output of an item.
  public mutating func setOutputGradient(_ value: Float, output: Int, item: Int) {
    gradients[gradients.count - 1][output * count + item] = value
  }

  private mutating func setCount(_ count: Int) {
    self.count = count
    for index in sizes.indices where values[index].count < sizes[index] * count {
      values[index] = [Float](repeating: 0, count: sizes[index] * count)
    }
    for index in gradients.indices where gradients[index].count < sizes[index + 1] * count {
      gradients[index] = [Float](repeating: 0, count: sizes[index + 1] * count)
    }
  }
}
