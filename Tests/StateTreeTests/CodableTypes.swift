import StateTree

/// A learner's state as a user of the library would declare it.
struct Learner: Codable, Equatable {
  enum Schedule: Codable, Equatable {
    case constant(Double)
    case linear(from: Double, to: Double)
    case off
  }
  enum Mode: String, Codable { case train, evaluate }

  var steps = 12
  var seed = UInt64.max
  var rate: Float = 0.1
  var loss: Double = .infinity
  var name = composed
  var best: Double?
  var last: Int? = 3
  var mode = Mode.evaluate
  var schedules = [Schedule.constant(0.5), .linear(from: 1, to: 0), .off]
  var metrics = ["loss": [1.5, 2.5], "a": []]
  var slots = [10: "ten", 9: "nine", -1: "none"]
  var weights = Tensor(vector: [Float(bitPattern: 0x7f80_0001), -0.0])
  var extra: StateValue = ["raw": .bytes([1, 2]), "none": nil]
  var random = RandomCheckpointTests.midStream()
  var bytes: [UInt8] = [1, 2]
  var holes: [Int?] = [1, nil, 3]
}

/// A class whose subclass is coded beside it, under `super`.
class Base: Codable {
  var base = 1
  init() {}
}

final class Derived: Base {
  var own = 2
  private enum Key: CodingKey { case own }
  override init() { super.init() }

  required init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    own = try container.decode(Int.self, forKey: .own)
    try super.init(from: container.superDecoder())
  }

  override func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(own, forKey: .own)
    try super.encode(to: container.superEncoder())
  }
}

/// A type that uses every way to nest containers.
struct Nesting: Codable, Equatable {
  var numbers = [1, 2, 3]

  private enum Key: CodingKey { case list, map, parent }
  private enum InnerKey: CodingKey { case a, b }

  init() {}

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    var list = container.nestedUnkeyedContainer(forKey: .list)
    try list.encode(numbers[0])
    try list.encodeNil()
    var inner = list.nestedContainer(keyedBy: InnerKey.self)
    var deeper = list.nestedUnkeyedContainer()
    try deeper.encode(numbers[2])
    try numbers[1].encode(to: list.superEncoder())
    try inner.encode(numbers[1], forKey: .b)
    try inner.encodeNil(forKey: .a)
    var map = container.nestedContainer(keyedBy: InnerKey.self, forKey: .map)
    try map.encode("a", forKey: .a)
    var again = container.nestedContainer(keyedBy: InnerKey.self, forKey: .map)
    try again.encode("b", forKey: .b)
    try numbers.encode(to: container.superEncoder(forKey: .parent))
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    var list = try container.nestedUnkeyedContainer(forKey: .list)
    numbers[0] = try list.decode(Int.self)
    guard try list.decodeNil(), try !list.decodeNil() else { throw Wrong.value }
    let inner = try list.nestedContainer(keyedBy: InnerKey.self)
    guard try inner.decodeNil(forKey: .a), list.currentIndex == 3, list.count == 5 else { throw Wrong.value }
    numbers[1] = try inner.decode(Int.self, forKey: .b)
    var deeper = try list.nestedUnkeyedContainer()
    numbers[2] = try deeper.decode(Int.self)
    guard try Int(from: list.superDecoder()) == numbers[1], list.isAtEnd else { throw Wrong.value }
    let map = try container.nestedContainer(keyedBy: InnerKey.self, forKey: .map)
    guard map.allKeys == [.a, .b], map.contains(.b) else { throw Wrong.value }
    guard try [Int](from: container.superDecoder(forKey: .parent)) == numbers else { throw Wrong.value }
  }

  enum Wrong: Error { case value }
}
