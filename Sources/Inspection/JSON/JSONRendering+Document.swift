internal import BufferFiles
internal import MessagePack
internal import StateTree

extension JSONRendering {
  static func fields(_ report: DocumentReport) -> [(key: String, value: JSONValue)] {
    [
      ("file", file(report.file)), ("object_count", .integer(report.objectCount)),
      ("objects", .array(report.objects.map(node))),
    ]
  }

  /// A value of a tree; `type` says what the other fields are.
  static func node(_ node: TreeNode) -> JSONValue {
    var fields: [(key: String, value: JSONValue)] = []
    if let key = node.key { fields.append(("key", self.key(key))) }
    fields += content(node.content)
    switch node.content {
    case .map, .list:
      fields.append(("entries", .array(node.children.map(Self.node))))
      fields.append(("hidden", .integer(node.hiddenCount)))
    default: break
    }
    return .object(fields)
  }

  private static func content(_ content: TreeNode.Content) -> [(key: String, value: JSONValue)] {
    switch content {
    case .scalar(let value): [("type", .string(typeName(value))), ("value", scalar(value))]
    case .text(let start, let count):
      [("type", "text"), ("value", .string(TerminalText.decoded(start))), ("bytes", .integer(count))]
    case .binary(let start, let count, let isPickle):
      [("type", "binary"), ("start", hexadecimal(start)), ("bytes", .integer(count)), ("pickle", .bool(isPickle))]
    case .ext(let type, let start, let count):
      [("type", "extension"), ("number", .integer(type)), ("start", hexadecimal(start)), ("bytes", .integer(count))]
    case .numbers(let facts):
      [
        ("type", "numbers"), ("element_type", .string(facts.elementType)), ("shape", shape(facts.shape)),
        ("start", .array(facts.start.map { .double($0) })), ("statistics", statistics(facts.statistics)),
      ]
    case .tensor(let facts): [("type", "tensor"), ("tensor", tensor(facts))]
    case .pickledObjects: [("type", "pickled-objects")]
    case .list(let count): [("type", "list"), ("count", .integer(count))]
    case .map(let count): [("type", "map"), ("count", .integer(count))]
    }
  }

  /// A key: a text as it is, any other with its type.
  private static func key(_ key: MessagePackValue) -> JSONValue {
    if case .text(let bytes) = key { return .string(TerminalText.decoded(bytes)) }
    return ["type": .string(typeName(key)), "value": scalar(key)]
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> JSONValue { .string(bytes.hexadecimal) }

  private static func typeName(_ value: MessagePackValue) -> String {
    switch value {
    case .nil: "nil"
    case .bool: "bool"
    case .int, .unsigned: "integer"
    case .float32: "float32"
    case .float64: "float64"
    case .text: "text"
    case .binary: "binary"
    case .array, .packed: "list"
    case .map: "map"
    case .ext: "extension"
    case .timestamp: "timestamp"
    }
  }

  /// A scalar as JSON has it; what it has not, in words.
  static func scalar(_ value: MessagePackValue) -> JSONValue {
    switch value {
    case .nil: .null
    case .bool(let value): .bool(value)
    case .int(let value): .integer(value)
    case .unsigned(let value): .integer(value)
    case .float32(let value): .double(Double(value))
    case .float64(let value): .double(value)
    case .text(let bytes), .binary(let bytes): .string(TerminalText.decoded(bytes))
    case .timestamp(let time): .string(ISO8601.text(seconds: time.seconds, nanoseconds: time.nanoseconds))
    case .packed(let list) where list.elements.count <= 64: .array(list.rows.map(scalar))
    case .array, .packed, .map, .ext: .string(value.shortDescription)
    }
  }
}
