import ReplayBuffers
import StateTree

@testable import BufferFiles

/// What a file holds, as the JSON that lies beside it in `Fixtures` and that `tools/python/read_rlbuf.py` prints.
///
/// A tensor is `{"$tensor": type, "shape": [...], "values": [...]}` with its elements in row-major order: numbers, truth
/// values, pairs of complex numbers one after the other, opaque elements as hexadecimal digits. Bytes are
/// `{"$bytes": digits}`. A number that JSON does not have is its bits in hexadecimal digits, `{"$bits": digits}` outside of
/// tensors.
struct Truth {
  private(set) var text = ""

  /// Everything in a file but what depends on how it was compressed.
  init(of file: BufferFile) throws {
    text = "{\n\"header\": "
    add(header(file.header))
    if case .replayBuffer(_, _, let schema) = file.header.content {
      let rows = try file.contents().rows(0..<file.summary.rowCount)
      text += ",\n\"steps\": "
      add(.array(rows.steps.map { .int($0) }))
      text += ",\n\"columns\": {"
      for (column, tensor) in zip(schema.columns, rows.columns) {
        text += text.hasSuffix("{") ? "\n" : ",\n"
        addText(column.name)
        text += ": "
        add(.tensor(tensor))
      }
      text += "\n}"
    }
    text += ",\n\"state\": "
    add(try file.state())
    text += ",\n\"summary\": "
    add(summary(file.summary))
    text += "\n}\n"
  }

  private func header(_ header: FileHeader) -> StateValue {
    var map: StateMap = ["content": "state"]
    if case .replayBuffer(let kind, let layout, let schema) = header.content {
      map["content"] = "replay-buffer"
      map["buffer"] = ["kind": .string(kind), "layout": .string(layout.rawValue)]
      map["schema"] = schema.state
    }
    map["provenance"] = .map(header.provenance)
    map["metadata"] = .map(header.metadata)
    return .map(map)
  }

  private func summary(_ summary: FileSummary) -> StateValue {
    [
      "rows": .integer(summary.rowCount), "steps": .integer(summary.stepCount),
      "first_step": .integer(summary.steps.lowerBound), "end_step": .integer(summary.steps.upperBound),
      "columns": .array(summary.columns.map { $0.map(statistics) ?? .nil }),
      "priorities": summary.priorities.map(statistics) ?? .nil,
      "episodes": summary.episodes.map(episodes) ?? .nil, "counters": .map(summary.counters),
      "state_values": .integer(summary.stateValueCount),
    ]
  }

  private func episodes(_ episodes: EpisodeStatistics) -> StateValue {
    [
      "terminated": .integer(episodes.terminatedCount), "truncated": .integer(episodes.truncatedCount),
      "open": .integer(episodes.openCount), "returns": statistics(episodes.returns),
      "lengths": statistics(episodes.lengths),
    ]
  }

  /// Without mean and squared distances, which depend on the order of additions.
  private func statistics(_ statistics: ColumnStatistics) -> StateValue {
    guard case .map(var map) = statistics.state else { return .nil }
    for key in ["mean", "squared_distances"] as [StateKey] { map[key] = nil }
    return .map(map)
  }
}

extension Truth {
  private mutating func add(_ value: StateValue) {
    switch value {
    case .nil: text += "null"
    case .bool(let value): text += "\(value)"
    case .int(let value): text += "\(value)"
    case .unsigned(let value): text += "\(value)"
    case .double(let value) where value.isFinite: text += "\(value)"
    case .double(let value): text += "{\"$bits\": \"\(Self.hexadecimal(value.bitPattern, 16))\"}"
    case .string(let value): addText(value)
    case .bytes(let bytes): text += "{\"$bytes\": \"\(Self.hexadecimal(bytes))\"}"
    case .array(let elements): addList("[", elements, "]") { $0.add($1) }
    case .map(let map):
      addList("{", Array(map), "}") {
        $0.addText($1.0.string)
        $0.text += ": "
        $0.add($1.1)
      }
    case .tensor(let tensor):
      text += "{\"$tensor\": \"\(tensor.dataType.name)\", \"shape\": \(tensor.shape), \"values\": ["
      text += Self.elements(tensor).joined(separator: ", ") + "]}"
    }
  }

  private mutating func addList<Element>(
    _ open: String, _ elements: [Element], _ close: String, _ body: (inout Truth, Element) -> Void
  ) {
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += ", " }
      body(&self, element)
    }
    text += close
  }

  private mutating func addText(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\u{20}"..."\u{7e}": text.unicodeScalars.append(scalar)
      default: for unit in String(scalar).utf16 { text += "\\u" + Self.hexadecimal(UInt64(unit), 4) }
      }
    }
    text += "\""
  }

  private static func elements(_ tensor: Tensor) -> [String] {
    let (type, bytes) = (tensor.dataType, tensor.bytes)
    let size = type.kind == .complex ? type.itemBytes / 2 : type.itemBytes
    guard size > 0 else { return Array(repeating: "\"\"", count: tensor.shape.reduce(1, *)) }
    return stride(from: 0, to: bytes.count, by: size).map { start in
      let element = bytes[start..<start + size]
      guard size <= 8, type.kind != .opaque else { return "\"\(hexadecimal(element))\"" }
      let bits = element.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return number(bits, size, type.kind)
    }
  }

  private static func number(_ bits: UInt64, _ size: Int, _ kind: DataType.Kind) -> String {
    switch (kind, size) {
    case (.bool, _): return bits == 0 ? "false" : "true"
    case (.unsigned, _), (.opaque, _): return "\(bits)"
    case (.signed, _):
      let unused = UInt64(64 - 8 * size)
      return "\(Int64(bitPattern: bits << unused) >> Int64(unused))"
    case (.float, 2): return number(Double(Float16(bitPattern: UInt16(truncatingIfNeeded: bits))), bits, 4)
    case (_, 4): return number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))), bits, 8)
    default: return number(Double(bitPattern: bits), bits, 16)
    }
  }

  private static func number(_ value: Double, _ bits: UInt64, _ digits: Int) -> String {
    value.isFinite ? "\(value)" : "\"\(hexadecimal(bits, digits))\""
  }

  private static func hexadecimal(_ bits: UInt64, _ digits: Int) -> String {
    let text = String(bits, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { hexadecimal(UInt64($0), 2) }.joined()
  }
}
