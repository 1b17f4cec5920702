import Foundation
import StateTree
import Testing

/// What numpy drew, from `Fixtures/numpy/random.json`; made by `tools/fixtures/numpy_random.py`.
struct RandomFixture: Decodable {
  let seedSequences: [SeedRecord]
  let generators: [GeneratorRecord]

  static let shared: RandomFixture = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      let data = try Data(contentsOf: root.appending(path: "Fixtures/numpy/random.json"))
      return try decoder.decode(RandomFixture.self, from: data)
    } catch {
      Issue.record("Fixtures/numpy/random.json: \(error)")
      return RandomFixture(seedSequences: [], generators: [])
    }
  }()

  /// The cases of a kind, each with the generator it starts from.
  static func cases(_ kind: String) -> [RandomCase] {
    shared.generators.flatMap { generator in
      generator.cases.filter { $0.kind == kind }.map { RandomCase(generator: generator, record: $0) }
    }
  }
}

/// A seed as numpy takes it: a decimal number or a list of them.
enum SeedText: Decodable, CustomTestStringConvertible {
  case number(UInt128)
  case list([UInt64])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let texts = try? container.decode([String].self) {
      self = .list(try texts.map { try #require(UInt64($0)) })
    } else {
      self = .number(try #require(UInt128(try container.decode(String.self))))
    }
  }

  func sequence(spawnKey: [UInt64] = []) -> SeedSequence {
    switch self {
    case .number(let number): SeedSequence(entropy: number, spawnKey: spawnKey)
    case .list(let list): SeedSequence(entropy: list, spawnKey: spawnKey)
    }
  }

  var testDescription: String {
    switch self {
    case .number(let number): "\(number)"
    case .list(let list): "\(list)"
    }
  }
}

struct SeedRecord: Decodable, CustomTestStringConvertible {
  let entropy: SeedText
  let spawnKey: [String]
  let pool: [UInt32]
  let words32: [UInt32]
  let words64: [String]

  var testDescription: String { "entropy \(entropy.testDescription), spawn key \(spawnKey)" }
}

struct StateRecord: Decodable {
  let state: String
  let inc: String?
  let hasUint32: Int
  let uinteger: UInt32

  /// The state; `after` records leave out the increment, which no call changes.
  func state(increment: UInt128) throws -> PCG64.Position {
    try PCG64.Position(
      state: #require(UInt128(state)), increment: inc.map { try #require(UInt128($0)) } ?? increment,
      hasBufferedWord: hasUint32 != 0, bufferedWord: uinteger)
  }
}

struct GeneratorRecord: Decodable {
  let seed: SeedText
  let before: StateRecord
  let cases: [CaseRecord]
}

struct CaseRecord: Decodable {
  let kind: String
  let steps: [StepRecord]
  let after: StateRecord
}

struct StepRecord: Decodable {
  let call: String
  let low: String?
  let high: String?
  let endpoint: Bool?
  let by: String?
  let integers: [String]?
  let doubles: [Double]?
}

/// Calls on a fresh generator and what numpy gave for them.
struct RandomCase: CustomTestStringConvertible {
  let generator: GeneratorRecord
  let record: CaseRecord

  var testDescription: String {
    let calls = record.steps.map { [$0.call, $0.low, $0.high, $0.by].compactMap(\.self).joined(separator: " ") }
    return "seed \(generator.seed.testDescription): \(calls.joined(separator: ", "))"
  }
}
