import NeuralNetworks
import StateTree
import Testing

@Suite struct AdamTests {
  /// One step of `_single_tensor_adam`, number by number, each operation rounded to float32.
  struct NaiveAdam {
    var parameter: Float
    var first: Float = 0
    var second: Float = 0

    mutating func step(_ gradient: Float, count: Int, learningRate: Double) {
      let (b1, b2) = (0.9, 0.999)
      var (power1, power2) = (1.0, 1.0)
      for _ in 0..<count { (power1, power2) = (power1 * b1, power2 * b2) }
      first = first + Float(1 - b1) * (gradient - first)
      second = second * Float(b2) + Float(1 - b2) * gradient * gradient
      let denominator = second.squareRoot() / Float((1 - power2).squareRoot()) + Float(1e-8)
      parameter = parameter + Float(-learningRate / (1 - power1)) * first / denominator
    }
  }

  @Test(arguments: [1, 3, 4, 7, 130])
  func `Every step has the bits of torch's operations in plain loops`(count: Int) throws {
    var generator = PCG64(seed: 5)
    var parameters = (0..<count).map { _ in Float(generator.uniform(in: -1..<1)) }
    var naive = parameters.map { NaiveAdam(parameter: $0) }
    var adam = try Adam(parameterCount: count, learningRate: 0.01)
    for step in 1...20 {
      let gradient = (0..<count).map { _ in Float(generator.uniform(in: -2..<2)) }
      try adam.step(&parameters, gradient: gradient)
      for index in 0..<count { naive[index].step(gradient[index], count: step, learningRate: 0.01) }
      // The bias corrections are powers, whose last bit in float64 may differ and rarely reaches float32.
      for index in 0..<count {
        #expect(abs(parameters[index] - naive[index].parameter) <= 2 * parameters[index].ulp)
      }
      #expect(adam.firstMoments == naive.map(\.first) && adam.secondMoments == naive.map(\.second))
    }
    #expect(adam.stepCount == 20)
  }

  @Test func `The first step is the learning rate against the sign`() throws {
    var adam = try Adam(parameterCount: 2, learningRate: 0.25)
    var parameters: [Float] = [1, 1]
    try adam.step(&parameters, gradient: [100, -0.001])
    #expect(abs(parameters[0] - 0.75) < 1e-6 && abs(parameters[1] - 1.25) < 1e-5)
  }

  @Test func `Moments without gradients fade to zero, not into the least of numbers`() throws {
    var adam = try Adam(parameterCount: 5, learningRate: 0.001)
    var parameters: [Float] = [1, 1, 1, 1, 1]
    try adam.step(&parameters, gradient: [1e-3, -1e-3, 1e-18, -1e-18, 1e-10])
    for _ in 0..<1000 { try adam.step(&parameters, gradient: [0, 0, 0, 0, 0]) }
    #expect(adam.firstMoments == [0, 0, 0, 0, 0])
    for moment in adam.secondMoments { #expect(moment.isZero || moment.isNormal) }
  }

  @Test(arguments: [0, 5, 6])
  func `A parameter that is not finite any more is named`(index: Int) throws {
    var adam = try Adam(parameterCount: 7, learningRate: 3e37)
    var parameters = [Float](repeating: 0, count: 7)
    var gradient = parameters
    parameters[index] = .greatestFiniteMagnitude
    gradient[index] = -1
    // Another number that changes and stays finite.
    gradient[3] = 1
    let error = NetworkError.notFinite(path: "parameters", index: index, value: .infinity)
    #expect(throws: error) { try adam.step(&parameters, gradient: gradient) }
  }

  @Test(arguments: [-1, Double.nan, .infinity])
  func `A learning rate that is no step size is refused, and nothing changes`(rate: Double) throws {
    var adam = try Adam(parameterCount: 1)
    adam.learningRate = rate
    var parameters: [Float] = [1]
    let error = NetworkError.invalidSetting("lr", found: "\(rate)", expected: "a finite number of at least 0")
    #expect(throws: error) { try adam.step(&parameters, gradient: [1]) }
    #expect(throws: error) { try adam.checkInvariants() }
    #expect(throws: error) { try Adam(parameterCount: 1, learningRate: rate) }
    #expect(parameters == [1] && adam.stepCount == 0 && adam.firstMoments == [0])
  }

  @Test func `Decays and epsilon that no optimizer has are refused`() {
    #expect(throws: NetworkError.invalidSetting("betas[0]", found: "1.0", expected: "at least 0 and below 1")) {
      try Adam(parameterCount: 1, firstDecay: 1)
    }
    #expect(throws: NetworkError.invalidSetting("betas[1]", found: "-0.5", expected: "at least 0 and below 1")) {
      try Adam(parameterCount: 1, secondDecay: -0.5)
    }
    #expect(
      throws: NetworkError.invalidSetting("eps", found: "0.0", expected: "a finite number above 0 in float32 too")
    ) {
      try Adam(parameterCount: 1, epsilon: 0)
    }
  }
}
