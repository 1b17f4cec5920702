import Foundation
import NeuralNetworks
import StateTree
import Testing

/// What torch.distributions computed in float64, from `Fixtures/torch-2.13.0/distributions.json`; made by
/// `tools/fixtures/torch_distributions.py`.
private struct TorchDistributions: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let kind: String
    let size: Int
    let action: [Float]
    let old: [Float]
    let new: [Float]
    let slopes: [Double]
    let logp: Double
    let entropy: Double
    let kl: Double
    let gradient: [Double]

    var testDescription: String { "\(kind) of \(size), slopes \(slopes)" }

    var distribution: ActionDistribution {
      kind == "categorical"
        ? .categorical(CategoricalDistribution(actionCount: size)) : .gaussian(DiagonalGaussian(dimensions: size))
    }
  }

  let cases: [Case]

  static let shared: [Case] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    do {
      let data = try Data(contentsOf: root.appending(path: "Fixtures/torch-2.13.0/distributions.json"))
      return try JSONDecoder().decode(TorchDistributions.self, from: data).cases
    } catch {
      Issue.record("Fixtures/torch-2.13.0/distributions.json: \(error)")
      return []
    }
  }()
}

@Suite struct DistributionTests {
  @Test func `There are both kinds, and each slope alone`() {
    #expect(TorchDistributions.shared.count == 32)
    #expect(Set(TorchDistributions.shared.map(\.kind)) == ["categorical", "gaussian"])
  }

  @Test(arguments: TorchDistributions.shared)
  fileprivate func `Log probability, entropy and divergence are torch's`(torch: TorchDistributions.Case) {
    let terms = torch.distribution.terms(action: torch.action.span, old: torch.old.span, new: torch.new.span)
    let pairs = [(terms.logProbability, torch.logp), (terms.entropy, torch.entropy), (terms.divergence, torch.kl)]
    for (found, truth) in pairs { #expect(abs(found - truth) <= 1e-12 * max(1, abs(truth))) }
    #expect(torch.distribution.logProbability(torch.action.span, torch.new.span) == terms.logProbability)
  }

  @Test(arguments: TorchDistributions.shared)
  fileprivate func `Gradients are torch's, rounded to float32`(torch: TorchDistributions.Case) {
    let distribution = torch.distribution
    let terms = distribution.terms(action: torch.action.span, old: torch.old.span, new: torch.new.span)
    var gradient = [Float](repeating: .nan, count: distribution.inputCount)
    var span = gradient.mutableSpan
    distribution.setGradient(
      PolicySlopes(logProbability: torch.slopes[0], entropy: torch.slopes[1], divergence: torch.slopes[2]), terms,
      action: torch.action.span, old: torch.old.span, new: torch.new.span, into: &span)
    #expect(gradient.count == torch.gradient.count)
    for (found, truth) in zip(gradient, torch.gradient) {
      #expect(abs(Double(found) - truth) <= 1e-7 * abs(truth) + 1e-13)
    }
  }

  @Test func `Actions are drawn as often as they are likely`() {
    let distribution = CategoricalDistribution(actionCount: 4)
    let probabilities = [0.1, 0.6, 0.05, 0.25]
    let logits = probabilities.map { Float(log($0)) + 3 }
    var generator = PCG64(seed: 8)
    var counts = [Double](repeating: 0, count: 4)
    let draws = 100_000.0
    for _ in 0..<Int(draws) { counts[distribution.sample(logits.span, using: &generator)] += 1 }
    // Five standard deviations of a binomial.
    for (count, p) in zip(counts, probabilities) {
      #expect(abs(count - draws * p) < 5 * (draws * p * (1 - p)).squareRoot())
    }
    #expect(distribution.mode(logits.span) == 1 && distribution.mode([Float(2), 7, 7, 1].span) == 1)
  }

  @Test func `An action whose probability is zero in float64 is never drawn`() {
    let distribution = CategoricalDistribution(actionCount: 3)
    let logits: [Float] = [-800, 0, -800]
    var generator = PCG64(seed: 8)
    for _ in 0..<1000 { #expect(distribution.sample(logits.span, using: &generator) == 1) }
    let terms = distribution.terms(action: 0, old: [Float(0), 0, 0].span, new: logits.span)
    #expect(terms.logProbability == -800 && terms.entropy == 0 && abs(terms.divergence - 1600 / 3 + log(3)) < 1e-10)
  }

  @Test(arguments: [1, 2, 5])
  func `Normal numbers have their mean, deviation, tails, and no ties between dimensions`(dimensions: Int) {
    let distribution = DiagonalGaussian(dimensions: dimensions)
    let inputs = (0..<dimensions).map { Float($0) - 1 } + (0..<dimensions).map { Float($0) * 0.5 - 1 }
    var generator = PCG64(seed: 21)
    let draws = 40_000
    var standard = [[Double]](repeating: [], count: dimensions)
    var action = [Float](repeating: 0, count: dimensions)
    for _ in 0..<draws {
      var span = action.mutableSpan
      distribution.sample(inputs.span, into: &span, using: &generator)
      for index in 0..<dimensions {
        standard[index].append(
          (Double(action[index]) - Double(inputs[index])) / exp(Double(inputs[dimensions + index])))
      }
    }
    let bound = 5 / Double(draws).squareRoot()
    for (index, numbers) in standard.enumerated() {
      let mean = numbers.reduce(0, +) / Double(draws)
      let square = numbers.reduce(0) { $0 + $1 * $1 } / Double(draws)
      // The variance of a square is 2.
      #expect(abs(mean) < bound && abs(square - 1) < bound * 2.0.squareRoot())
      let tail = Double(numbers.count { abs($0) > 1.959964 }) / Double(draws)
      #expect(abs(tail - 0.05) < bound * (0.05 * 0.95).squareRoot())
      for other in standard[..<index] {
        let product = zip(numbers, other).reduce(0) { $0 + $1.0 * $1.1 } / Double(draws)
        #expect(abs(product) < bound)
      }
    }
  }

  @Test func `The same generator draws the same actions`() {
    let distribution = ActionDistribution.gaussian(DiagonalGaussian(dimensions: 3))
    var (a, b) = (PCG64(seed: 4), PCG64(seed: 4))
    let inputs: [Float] = [0, 1, 2, 0, 0, 0]
    var (first, second): ([Float], [Float]) = ([0, 0, 0], [1, 1, 1])
    for _ in 0..<10 {
      var span = first.mutableSpan
      distribution.sample(inputs.span, into: &span, using: &a)
      var other = second.mutableSpan
      distribution.sample(inputs.span, into: &other, using: &b)
      #expect(first == second)
    }
    var span = first.mutableSpan
    distribution.mode(inputs.span, into: &span)
    #expect(first == [0, 1, 2])
  }
}
