internal import MessagePack
internal import StateTree

/// One record of state: a subtree, some entries of a map, or a part of a long tensor, list or run of bytes.
/// - Source: `Format.md`, "state".
struct StateRecord: Equatable {
  static let kind = "state"

  /// Where the value belongs.
  var path: StatePath
  /// The value, or the part of it.
  var value: StateValue
  /// Which part: the first entry and how many there are in all. Nil for a whole value; maps with the same path add up.
  var part: Part?

  struct Part: Equatable {
    /// The position of the part's first entry.
    var first: Int
    /// How many entries the whole has.
    var total: Int
    /// The shape of the whole tensor.
    var shape: [Int]?
  }

  var record: StateValue {
    var record: StateMap = [
      "kind": .string(Self.kind), "path": path.state, "value": value,
    ]
    guard let part else { return .map(record) }
    var described: StateMap = ["first": .int(Int64(part.first)), "total": .int(Int64(part.total))]
    if let shape = part.shape { described["shape"] = .array(shape.map { .int(Int64($0)) }) }
    record["part"] = .map(described)
    return .map(record)
  }

  init(path: StatePath, value: StateValue, part: Part? = nil) {
    (self.path, self.value, self.part) = (path, value, part)
  }

  init(record value: StateValue) throws(RecordError) {
    let reader = try StateReader(record: value, kind: Self.kind)
    do throws(StateTreeError) {
      path = try StatePath(state: try reader.value("path"), at: reader.path / "path")
      self.value = try reader.value("value")
      part = nil
      guard reader.map["part"] != nil else { return }
      let part = try reader.reader("part")
      self.part = Part(first: try part.count("first"), total: try part.count("total"))
      if part.map["shape"] != nil { self.part?.shape = try part.counts("shape") }
    } catch {
      throw .state(error)
    }
  }
}
