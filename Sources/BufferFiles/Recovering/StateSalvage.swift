internal import StateTree

/// Puts together what is left of a state: values of which a part is missing are left out, and priorities are kept as far
/// as they go.
struct StateSalvage {
  /// The state; a map without what is lost.
  let value: StateValue
  /// Priorities of which some are lost, with what is left of them by position; nil if all are there, or none.
  let priorities: PartialPriorities?
  /// The paths of values that are not whole.
  let lost: [StatePath]

  /// Priorities by their positions.
  struct PartialPriorities {
    /// What is left, in order; no part overlaps another.
    let parts: [(first: Int, values: [Double])]
  }

  fileprivate struct Building {
    var assembler = StateAssembler()
    var lost: [StatePath] = []
    /// Parts of one value that follow each other so far.
    var open: [StateRecord] = []
    var priorityParts: [StateRecord] = []
  }

  init(_ salvage: Salvage) throws(BufferFileError) {
    var building = Building()
    for frame in salvage.state {
      let place = BufferFileError.Place(salvage.frames.path, byte: frame.offset)
      let bytes = try salvage.frames.frame(frame.byteCount, at: frame.offset, sha256: frame.sha256, place: place)
      let value = try FrameReader.record(bytes, place: place)
      building.take(try FrameReader.decode(place) { () throws(RecordError) in try StateRecord(record: value) })
    }
    building.closeOpen()
    value = (try? building.assembler.value()) ?? .map([:])
    let isWhole = value["priorities"] != nil
    priorities = isWhole ? nil : PartialPriorities(building.priorityParts)
    lost = building.lost
  }
}

extension StateSalvage.Building {
  mutating func take(_ record: StateRecord) {
    guard let part = record.part else {
      closeOpen()
      return add([record])
    }
    let count = record.value.partCount
    guard count > 0, part.first <= part.total, count <= part.total - part.first else {
      closeOpen()
      return lose(record.path)
    }
    if record.path == ["priorities"] { priorityParts.append(record) }
    if let last = open.last, let before = last.part, last.path == record.path, before.total == part.total,
      before.first + last.value.partCount == part.first
    {
      open.append(record)
    } else {
      closeOpen()
      // A part from the middle cannot begin a value.
      if part.first > 0 { lose(record.path) } else { open = [record] }
    }
    if part.first + count == part.total, !open.isEmpty {
      let whole = open
      open = []
      add(whole)
    }
  }

  /// Gives up the value whose last parts did not come.
  mutating func closeOpen() {
    if let first = open.first { lose(first.path) }
    open = []
  }

  private mutating func lose(_ path: StatePath) {
    if lost.last != path { lost.append(path) }
  }

  /// Adds the records of one value. Several are joined apart from the others, so that what contradicts itself spoils
  /// nothing else.
  private mutating func add(_ records: [StateRecord]) {
    guard let path = records.first?.path else { return }
    do throws(RecordError) {
      guard records.count > 1 || records[0].part != nil else { return try assembler.add(records[0]) }
      var alone = StateAssembler()
      for record in records { try alone.add(record) }
      var whole: StateValue? = try alone.value()
      for key in path.keys { whole = whole?[key] }
      if let whole { try assembler.add(StateRecord(path: path, value: whole)) }
    } catch {
      lose(path)
    }
  }
}

extension StateSalvage.PartialPriorities {
  /// - Parameter records: Parts of one vector, of which some may be missing; each lies within its own total.
  fileprivate init?(_ records: [StateRecord]) {
    var (parts, end): ([(first: Int, values: [Double])], Int) = ([], 0)
    for record in records {
      guard let part = record.part, part.first >= end, case .tensor(let tensor) = record.value,
        tensor.shape.count == 1, let values: [Double] = try? tensor.scalars()
      else { continue }
      parts.append((part.first, values))
      end = part.first + values.count
    }
    guard !parts.isEmpty else { return nil }
    self.init(parts: parts)
  }

  /// The priorities at some positions; nil for those that are lost.
  func values(_ positions: Range<Int>) -> [Double?] {
    var found = [Double?](repeating: nil, count: positions.count)
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      let end = parts[middle].first + parts[middle].values.count
      if end <= positions.lowerBound { low = middle + 1 } else { high = middle }
    }
    while low < parts.count, parts[low].first < positions.upperBound {
      let part = parts[low]
      for place in positions.clamped(to: part.first..<part.first + part.values.count) {
        found[place - positions.lowerBound] = part.values[place - part.first]
      }
      low += 1
    }
    return found
  }
}
