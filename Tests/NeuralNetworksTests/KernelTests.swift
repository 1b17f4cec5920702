import Glibc
import Testing

@testable import NeuralNetworks

@Suite struct KernelTests {
  @Test func `The hyperbolic tangent is within 5e-7 of the true one, relatively`() {
    var worst = (error: 0.0, at: Float(0))
    // Every 997th of all numbers from the least normal one to 100.
    for bits in stride(from: Float.leastNormalMagnitude.bitPattern, to: Float(100).bitPattern, by: 997) {
      let x = Float(bitPattern: bits)
      let expected = tanh(Double(x))
      let error = abs(Double(Kernels.tanh(x)) - expected) / expected
      if error > worst.error { worst = (error, x) }
      #expect(Kernels.tanh(-x) == -Kernels.tanh(x))
    }
    #expect(worst.error < 5e-7, "at \(worst.at)")
  }

  @Test(arguments: [Float.infinity, 8, 1e30, 7.9999, 7.5])
  func `The hyperbolic tangent stays below 1`(x: Float) {
    #expect(Kernels.tanh(x) < 1 && Kernels.tanh(x) > 0.999999)
  }

  @Test func `Zero and NaN stay what they are`() {
    #expect(Kernels.tanh(0) == 0)
    #expect(Kernels.tanh(.nan).isNaN)
    for activation in Activation.allCases {
      var numbers: [Float] = [.nan, 0]
      Kernels.activate(&numbers, count: 2, adding: [0], 0..<1, activation)
      #expect(numbers[0].isNaN && numbers[1] == 0, "\(activation)")
    }
  }

  @Test(arguments: [0, 1, 7, 8, 15, 16, 17, 31, 2048, 2049, 5000])
  func `The norm is that of plain loops in float64`(count: Int) {
    let numbers = (0..<count).map { Float($0 % 13) - 5.5 }
    let expected = numbers.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(ParameterBlock.norm(numbers) - expected) <= 1e-6 * expected)
  }

  @Test(arguments: [0, 6, 2050])
  func `The norm is not finite where a number is not`(index: Int) {
    var numbers = [Float](repeating: 1, count: 2051)
    numbers[index] = .nan
    #expect(ParameterBlock.norm(numbers).isNaN)
    numbers[index] = -.infinity
    #expect(ParameterBlock.norm(numbers) == .infinity)
  }

  @Test(arguments: [(2.0, true), (5.0, false), (5.0001, false), (4.9, true)])
  func `Only a longer gradient is shortened`(longest: Double, isShortened: Bool) {
    var gradient: [Float] = [3, -4]
    ParameterBlock.clip(&gradient, norm: 5, to: longest)
    if isShortened {
      let factor = Float(longest) / (5 + 1e-6)
      #expect(gradient == [3 * factor, -4 * factor])
    } else {
      // torch's factor for a gradient as long as the bound is just below 1.
      #expect(abs(gradient[0] - 3) < 1e-5 && abs(gradient[1] + 4) < 1e-5)
    }
  }

  @Test func `Blending by 1 copies bit for bit, by less it mixes`() {
    let online: [Float] = [1, -0.0, 3]
    var target: [Float] = [.nan, 5, .infinity]
    ParameterBlock.blend(&target, towards: online, by: 1)
    #expect(target.map(\.bitPattern) == online.map(\.bitPattern))
    target = [3, 1, -1]
    ParameterBlock.blend(&target, towards: online, by: 0.25)
    #expect(target == [2.5, 0.75, 0])
  }

  @Test(arguments: [
    (RegressionLoss.huber, Float(0.5), Float(0.125), Float(0.5)), (.huber, -0.5, 0.125, -0.5), (.huber, 3, 2.5, 1),
    (.huber, -3, 2.5, -1), (.huber, 1, 0.5, 1), (.huber, 0, 0, 0), (.squared, 3, 9, 6), (.squared, -0.5, 0.25, -1),
  ])
  func `Losses and their derivatives`(loss: RegressionLoss, difference: Float, value: Float, derivative: Float) {
    #expect(loss.value(difference) == value)
    #expect(loss.derivative(difference) == derivative)
  }

  @Test func `A loss of NaN is NaN`() {
    for loss in RegressionLoss.allCases { #expect(loss.value(.nan).isNaN && loss.derivative(.nan).isNaN) }
  }

  @Test func `The description names library, kernels and one thread`() {
    #expect(LinearAlgebra.description.wholeMatch(of: /OpenBLAS \d+\.\d+\.\d+, \w+ kernels, 1 thread/) != nil)
  }
}
