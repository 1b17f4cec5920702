public import StateTree

/// The named tensors that a block of parameters consists of.
public struct ParameterTable: Sendable, Hashable {
  /// A tensor inside a block.
  public struct Entry: Sendable, Hashable {
    /// Its name, such as `encoder.net.mlp.0.weight`.
    public let name: String
    /// Its shape: `[outputs, inputs]` of weights, `[outputs]` of biases, `[count]` of a vector.
    public let shape: [Int]
    /// Where its numbers lie in the block.
    public let range: Range<Int>
    /// How many inputs each output of its layer has; 0 for a vector that belongs to no layer.
    public let inputs: Int

    var summary: String { "float32 \(shape)" }
  }

  /// The tensors, in the order in which they are initialised and saved.
  public private(set) var entries: [Entry] = []

  /// A table without entries.
  public init() {}

  /// Names the weights and biases of some outputs of a layer, such as one of two heads that are computed together.
  ///
  /// They are called `name.weight` and `name.bias`, as torch calls those of an `nn.Linear`.
  /// - Precondition: `outputs` lies in the layer.
  public mutating func append(_ layer: LinearLayer, outputs: Range<Int>? = nil, named name: String) {
    let outputs = outputs ?? 0..<layer.outputs
    precondition(outputs.lowerBound >= 0 && outputs.upperBound <= layer.outputs, "outputs of the layer")
    let weights = layer.weights.lowerBound + outputs.lowerBound * layer.inputs
    let biases = layer.biases.lowerBound + outputs.lowerBound
    entries += [
      Entry(
        name: "\(name).weight", shape: [outputs.count, layer.inputs],
        range: weights..<weights + outputs.count * layer.inputs, inputs: layer.inputs),
      Entry(name: "\(name).bias", shape: [outputs.count], range: biases..<biases + outputs.count, inputs: layer.inputs),
    ]
  }

  /// Names a vector that belongs to no layer, such as log standard deviations that depend on no observation. It starts
  /// as zeros.
  public mutating func append(vector range: Range<Int>, named name: String) {
    entries.append(Entry(name: name, shape: [range.count], range: range, inputs: 0))
  }

  /// How many numbers all tensors have together.
  public var parameterCount: Int { entries.reduce(0) { $0 + $1.range.count } }

  /// Where a number of the block lies, such as `af.net.mlp.0.bias[1]`, counted in row-major order.
  public func place(of index: Int) -> (name: String, index: Int)? {
    entries.first { $0.range.contains(index) }.map { ($0.name, index - $0.range.lowerBound) }
  }

  /// Random parameters: weights and biases drawn evenly from -1/sqrt(inputs) to 1/sqrt(inputs), in the order of the
  /// table and row-major in each tensor. Vectors of no layer are zeros and draw nothing.
  /// - Source: torch's `nn.Linear.reset_parameters` (Kaiming, uniform, a = sqrt(5)).
  public func randomBlock(using generator: inout PCG64) -> [Float] {
    var block = [Float](repeating: 0, count: parameterCount)
    for entry in entries where entry.inputs > 0 {
      let bound = 1 / Double(entry.inputs).squareRoot()
      for index in entry.range { block[index] = Float(generator.uniform(in: -bound..<bound)) }
    }
    return block
  }
}
