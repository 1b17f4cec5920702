import MessagePack

/// What packing means, told in the slowest and plainest way, as the judge of `NumberPacking`: from the leaves up, a list
/// whose elements are numbers of one type or packed lists of one shape and one type becomes a packed list.
func naivelyPacked(_ value: MessagePackValue) -> MessagePackValue {
  switch value {
  case .array(let elements): naivelyPacked(list: elements.map(naivelyPacked))
  case .map(let entries):
    .map(entries.map { .init(key: naivelyPacked($0.key), value: naivelyPacked($0.value)) })
  default: value
  }
}

private func naivelyPacked(list elements: [MessagePackValue]) -> MessagePackValue {
  let parts = elements.compactMap(part)
  guard let first = parts.first, parts.count == elements.count, parts.allSatisfy({ $0.shape == first.shape }),
    let joined = joined(parts.map(\.elements))
  else { return .array(elements) }
  return .packed(PackedList(shape: [elements.count] + first.shape, elements: joined))
}

private func part(_ value: MessagePackValue) -> (shape: [Int], elements: PackedList.Elements)? {
  switch value {
  case .bool(let value): ([], .bool([value]))
  case .int(let value): ([], .int64([value]))
  case .unsigned(let value): ([], .uint64([value]))
  case .float32(let value): ([], .float32([value]))
  case .float64(let value): ([], .float64([value]))
  case .map([]): ([], .emptyMaps(1))
  case .packed(let list): (list.shape, list.elements)
  default: nil
  }
}

private func joined(_ parts: [PackedList.Elements]) -> PackedList.Elements? {
  switch parts[0] {
  case .bool: all(parts) { if case .bool(let values) = $0 { values } else { nil } }.map { .bool($0) }
  case .float32: all(parts) { if case .float32(let values) = $0 { values } else { nil } }.map { .float32($0) }
  case .float64: all(parts) { if case .float64(let values) = $0 { values } else { nil } }.map { .float64($0) }
  case .emptyMaps:
    all(parts) { if case .emptyMaps(let count) = $0 { [count] } else { nil } }.map { .emptyMaps($0.reduce(0, +)) }
  case .int64, .uint64:
    all(parts) { if case .int64(let values) = $0 { values } else { nil } }.map { .int64($0) }
      ?? all(parts, unsigned).map { .uint64($0) }
  }
}

private func unsigned(_ elements: PackedList.Elements) -> [UInt64]? {
  switch elements {
  case .uint64(let values): values
  case .int64(let values): values.contains { $0 < 0 } ? nil : values.map(UInt64.init)
  default: nil
  }
}

/// The numbers of all parts in order, or nil if a part is of another type.
private func all<Number>(
  _ parts: [PackedList.Elements], _ numbers: (PackedList.Elements) -> [Number]?
) -> [Number]? {
  let found = parts.compactMap(numbers)
  return found.count == parts.count ? Array(found.joined()) : nil
}
