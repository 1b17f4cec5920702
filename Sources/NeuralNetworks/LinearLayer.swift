internal import StateTree

/// One layer of a perceptron: weighted sums of its inputs and what is applied to them. Its numbers lie in the block of
/// the whole network.
public struct LinearLayer: Sendable, Hashable {
  /// How many numbers go in.
  public let inputs: Int
  /// How many come out.
  public let outputs: Int
  /// What is applied to the sums.
  public let activation: Activation
  /// Where its weights lie in the network's block.
  /// - Shape: `[outputs, inputs]`, row-major, as torch's `nn.Linear.weight`.
  public let weights: Range<Int>
  /// Where its biases lie in the network's block.
  /// - Shape: `[outputs]`
  public let biases: Range<Int>

  init(inputs: Int, outputs: Int, activation: Activation, at offset: Int) {
    self.inputs = inputs
    self.outputs = outputs
    self.activation = activation
    weights = offset..<offset + inputs * outputs
    biases = weights.upperBound..<weights.upperBound + outputs
  }

  var matrix: LinearAlgebra.Matrix { LinearAlgebra.Matrix(offset: weights.lowerBound, rows: outputs, columns: inputs) }

  /// Computes the outputs of `count` items from their inputs.
  func forward(_ input: [Float], count: Int, parameters: [Float], into output: inout [Float]) {
    if count == 1 {
      LinearAlgebra.multiply(parameters, matrix, vector: input, into: &output)
    } else {
      LinearAlgebra.multiply(parameters, matrix, input, batch(inputs, count), into: &output, batch(outputs, count))
    }
    Kernels.activate(&output, count: count, adding: parameters, biases, activation)
  }

  /// Turns the gradient of the outputs into that of the sums, and sets those of weights and biases.
  func backward(
    _ delta: inout [Float], output: [Float], input: [Float], count: Int, gradient: inout [Float]
  ) {
    switch activation {
    case .tanh: Kernels.multiplyByTanhDerivative(&delta, output: output, count: outputs * count)
    case .relu: Kernels.multiplyByReluDerivative(&delta, output: output, count: outputs * count)
    case .linear: break
    }
    var inputMatrix = batch(inputs, count)
    inputMatrix.isTransposed = true
    LinearAlgebra.multiply(delta, batch(outputs, count), input, inputMatrix, into: &gradient, matrix)
    Kernels.sumRows(delta, count: count, into: &gradient, biases)
  }

  /// Computes the gradient of the inputs from that of the sums.
  func backwardToInput(_ delta: [Float], count: Int, parameters: [Float], into inputDelta: inout [Float]) {
    var transposed = matrix
    transposed.isTransposed = true
    LinearAlgebra.multiply(
      parameters, transposed, delta, batch(outputs, count), into: &inputDelta, batch(inputs, count))
  }

  private func batch(_ size: Int, _ count: Int) -> LinearAlgebra.Matrix {
    LinearAlgebra.Matrix(rows: size, columns: count)
  }
}
