import ForeignFormats
import MessagePack
import ReplayBuffers
import StateTree

/// One step down a tree of MessagePack.
enum Step: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case key(String)
  case index(Int)

  init(stringLiteral value: String) { self = .key(value) }
  init(integerLiteral value: Int) { self = .index(value) }
}

extension MessagePackValue {
  /// The tree with another value at a place, or without the place at all for nil; a new key is appended.
  func setting(_ path: [Step], to value: MessagePackValue?) -> MessagePackValue {
    guard let step = path.first else { return value ?? .nil }
    let rest = Array(path.dropFirst())
    switch (step, self) {
    case (.key(let name), .map(var entries)):
      let position = entries.firstIndex { $0.key == .string(name) }
      let changed = rest.isEmpty ? value : (position.map { entries[$0].value } ?? .nil).setting(rest, to: value)
      switch (position, changed) {
      case (let position?, let changed?): entries[position].value = changed
      case (let position?, nil): entries.remove(at: position)
      case (nil, let changed?): entries.append(.init(key: .string(name), value: changed))
      case (nil, nil): break
      }
      return .map(entries)
    case (.index(let index), _):
      var elements = elements ?? []
      guard elements.indices.contains(index) else { return self }
      let changed = rest.isEmpty ? value : elements[index].setting(rest, to: value)
      if let changed { elements[index] = changed } else { elements.remove(at: index) }
      return .array(elements)
    default: return self
    }
  }

  /// The value at a place.
  func at(_ path: [Step]) -> MessagePackValue? {
    path.reduce(Optional(self)) { value, step in
      switch step {
      case .key(let name): value?[name]
      case .index(let index): value?.elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      }
    }
  }

  /// Every place of the tree, the first two elements of each list only.
  var places: [[Step]] {
    switch self {
    case .map(let entries):
      entries.flatMap { entry -> [[Step]] in
        guard let name = entry.key.string else { return [] }
        return [[.key(name)]] + entry.value.places.map { [.key(name)] + $0 }
      }
    case .array, .packed:
      (elements ?? []).prefix(2).enumerated().flatMap { index, element in
        [[.index(index)]] + element.places.map { [.index(index)] + $0 }
      }
    default: []
    }
  }

  /// As deep as readers go and no deeper.
  static let deepest = (0..<28).reduce(MessagePackValue.int(1)) { value, _ in .array([value, .nil]) }

  /// Values that are seldom what is expected.
  static let oddities: [MessagePackValue] = [
    .nil, .bool(true), .int(0), .int(-1), .int(.min), .int(.max), .int(1 << 47), .unsigned(.max), .float32(.nan),
    .float64(.infinity), .string(""), .string("\u{1b}[31m\n"), .text([0xff, 0xfe]), .binary([1, 2, 3]), .array([]),
    .map([]),
    .array([.int(1), .string("two")]), .array([.array([.int(1)]), .array([.int(1), .int(2)])]),
    .packed(PackedList(shape: [3], elements: .int64([.min, -1, .max]))),
    .packed(PackedList(shape: [2, 2], elements: .float64([1, 2, 3, .nan]))),
    .packed(PackedList(shape: [4], elements: .uint64([.max, 1, 2, 3]))),
    .packed(PackedList(shape: [2], elements: .emptyMaps(2))), .ext(type: 114, bytes: Array("rlbuf".utf8)),
    .ext(type: 7, bytes: [0]), .timestamp(.init(seconds: -1, nanoseconds: 5)),
    .map([.init(key: .int(1), value: .int(2)), .init(key: .string("data"), value: .array([]))]), deepest,
  ]
}

extension StateValue {
  /// The state with another value at a place, or without it for nil.
  func setting(_ path: [StateKey], to value: StateValue?) -> StateValue {
    guard let key = path.first, case .map(var map) = self else { return value ?? .nil }
    map[key] = path.count == 1 ? value : (map[key] ?? [:]).setting(Array(path.dropFirst()), to: value)
    return .map(map)
  }

  /// Every place of the state that lies in maps.
  var places: [[StateKey]] {
    guard case .map(let map) = self else { return [] }
    return map.flatMap { key, value in [[key]] + value.places.map { [key] + $0 } }
  }

  /// Values that are seldom what is expected.
  static let oddities: [StateValue] = [
    .nil, .bool(true), .int(-1), .int(.max), .int(.min), .unsigned(.max), .double(.nan), "", .bytes([]), .bytes([0x91]),
    .bytes([0xc0, 0xc0]), .bytes([UInt8](repeating: 0x91, count: 100)), [], [:], .array([.int(1), "x"]),
    .tensor(Tensor(vector: [Int64]())), .tensor(Tensor(vector: [Int64.min, .max, -1])),
    .tensor(Tensor(vector: [Int64](repeating: .max, count: 9))), .tensor(Tensor(vector: [Double.nan])),
    .tensor(Tensor(vector: [Double](repeating: .nan, count: 9))), .tensor(Tensor(vector: [true])),
  ]
}

/// Contents with another state.
struct EditedContents<Base: BufferContents>: BufferContents {
  let base: Base
  let edited: StateValue

  var kind: String { base.kind }
  var layout: BufferLayout { base.layout }
  var schema: BufferSchema { base.schema }
  var rowCount: Int { base.rowCount }
  func state() -> StateValue { edited }
  func rows(_ range: Range<Int>) throws -> RowBatch { try base.rows(range) }
}
