import Glibc
import StateTree
import Testing

@testable import NeuralNetworks

@Suite struct ElementaryTests {
  @Test func `The exponential is within 2 units in the last place of the C library's`() {
    var generator = PCG64(seed: 1)
    var worst = 0.0
    for scale in [1e-8, 1, 30, 700] {
      for _ in 0..<20_000 {
        let x = generator.uniform(in: -scale..<scale)
        let truth = exp(x)
        worst = max(worst, abs(Elementary.exp(x) - truth) / truth.ulp)
      }
    }
    #expect(worst <= 2)
  }

  @Test func `The logarithm is within 2 units in the last place of the C library's, or 1e-16`() {
    var generator = PCG64(seed: 2)
    for scale in [1e-12, 0.3, 10, 700] {
      for _ in 0..<20_000 {
        let x = exp(generator.uniform(in: -scale..<scale))
        let truth = log(x)
        #expect(abs(Elementary.log(x) - truth) <= max(2 * truth.ulp, 1e-16), "\(x)")
      }
    }
    for x in [Double.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 2.0.squareRoot(), 1, 2] {
      #expect(abs(Elementary.log(x) - log(x)) <= 2 * abs(log(x)).ulp, "\(x)")
    }
  }

  @Test func `What is no number, and what lies beyond float64, comes out as in the C library`() {
    #expect(Elementary.exp(.nan).isNaN && Elementary.log(.nan).isNaN && Elementary.log(-1).isNaN)
    #expect(Elementary.exp(.infinity) == .infinity && Elementary.exp(800) == .infinity)
    #expect(Elementary.exp(-.infinity) == 0 && Elementary.exp(-800) == 0 && Elementary.exp(0) == 1)
    #expect(Elementary.log(0) == -.infinity && Elementary.log(.infinity) == .infinity && Elementary.log(1) == 0)
  }
}
