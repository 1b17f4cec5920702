extension MessagePackWriter {
  /// Writes a value of any type with everything in it.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths, `.tooDeep` for what could not be
  ///   read again. What was written before stays written.
  public mutating func write(_ value: MessagePackValue) throws(MessagePackError) { try write(value, depth: 0) }

  private mutating func write(_ value: MessagePackValue, depth: Int) throws(MessagePackError) {
    switch value {
    case .nil: writeNil()
    case .bool(let value): write(value)
    case .int(let value): write(value)
    case .unsigned(let value): write(value)
    case .float32(let value): write(value)
    case .float64(let value): write(value)
    case .text(let body): try writeText(body)
    case .binary(let body): try writeBinary(body)
    case .array(let elements): try write(elements, depth: depth)
    case .packed(let list): try write(list, depth: depth)
    case .map(let entries): try write(entries, depth: depth)
    case .ext(let type, let body): try writeExtension(type: type, body)
    case .timestamp(let time): write(time)
    }
  }

  private mutating func write(_ elements: [MessagePackValue], depth: Int) throws(MessagePackError) {
    try checkDepth(depth + 1)
    try writeList(count: elements.count)
    for element in elements { try write(element, depth: depth + 1) }
  }

  private mutating func write(_ entries: [MessagePackValue.MapEntry], depth: Int) throws(MessagePackError) {
    try checkDepth(depth + 1)
    try writeMap(count: entries.count)
    for entry in entries {
      try write(entry.key, depth: depth + 1)
      try write(entry.value, depth: depth + 1)
    }
  }

  /// The reader takes no more, so writing more would lose the state that was to be kept.
  private func checkDepth(_ depth: Int) throws(MessagePackError) {
    guard depth <= MessagePackLimits.maximumDepth else {
      throw .tooDeep(offset: bytes.count, limit: MessagePackLimits.maximumDepth)
    }
  }

  /// Writes a packed list as the nested lists it stands for.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths, `.tooDeep` for what could not be
  ///   read again.
  public mutating func write(_ list: PackedList) throws(MessagePackError) { try write(list, depth: 0) }

  private mutating func write(_ list: PackedList, depth: Int) throws(MessagePackError) {
    try checkDepth(depth + list.nesting)
    let rowLength = list.shape[list.shape.count - 1]
    for start in stride(from: 0, to: list.elements.count, by: rowLength) {
      var block = rowLength
      var heads = [rowLength]
      for length in list.shape.dropLast().reversed() {
        block *= length
        guard start % block == 0 else { break }
        heads.append(length)
      }
      for length in heads.reversed() { try writeList(count: length) }
      try write(list.elements, start..<start + rowLength)
    }
  }

  private mutating func write(_ elements: PackedList.Elements, _ range: Range<Int>) throws(MessagePackError) {
    switch elements {
    case .bool(let values): for value in values[range] { write(value) }
    case .int64(let values): for value in values[range] { write(value) }
    case .uint64(let values): for value in values[range] { write(value) }
    case .float32(let values): for value in values[range] { write(value) }
    case .float64(let values): for value in values[range] { write(value) }
    case .emptyMaps: for _ in range { try writeMap(count: 0) }
    }
  }

  /// The bytes of one value.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths.
  public static func bytes(of value: MessagePackValue) throws(MessagePackError) -> [UInt8] {
    var writer = MessagePackWriter()
    try writer.write(value)
    return writer.bytes
  }
}
