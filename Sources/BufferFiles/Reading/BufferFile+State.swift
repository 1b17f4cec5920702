public import StateTree

extension BufferFile {
  /// The whole state: everything but the rows.
  /// - Throws: `BufferFileError` for what is damaged or missing.
  public func state() throws(BufferFileError) -> StateValue { try state { _ in true } }

  /// One subtree of the state, decompressing only the frames that hold it; nil if it is not there.
  /// - Throws: `BufferFileError` for what is damaged or missing.
  public func state(at path: StatePath) throws(BufferFileError) -> StateValue? {
    var value: StateValue? = try state { stored in
      stored.keys.starts(with: path.keys) || path.keys.starts(with: stored.keys)
    }
    for key in path.keys { value = value?[key] }
    return value
  }

  private func state(_ isWanted: (StatePath) -> Bool) throws(BufferFileError) -> StateValue {
    var assembler = StateAssembler()
    let entries = try entries()
    let wanted = entries.indices.filter { index in
      entries[index].kind == .state && entries[index].path.map(isWanted) == true
    }
    var next = wanted.makeIterator()
    let largest = wanted.reduce(0) { max($0, entries[$1].recordBytes) }
    try OrderedWork.run(
      threads: workers.threads(recordBytes: largest),
      makeTool: { () throws(BufferFileError) in try RecordReader() },
      next: { () throws(BufferFileError) in next.next() },
      work: { (number, reader: inout RecordReader) throws(BufferFileError) in
        try record(entries[number], number: number, with: &reader)
      },
      take: { (found) throws(BufferFileError) in
        try FrameReader.decode(found.place) { () throws(RecordError) in try assembler.add(found.record) }
      })
    return try FrameReader.decode(.init(path)) { () throws(RecordError) in try assembler.value() }
  }

  private func record(
    _ entry: FrameEntry, number: Int, with reader: inout RecordReader
  ) throws(BufferFileError) -> (record: StateRecord, place: BufferFileError.Place) {
    let place = place(entry, number: number)
    let value = try reader.read(entry, of: frames, place: place)
    return (try FrameReader.decode(place) { () throws(RecordError) in try StateRecord(record: value) }, place)
  }
}
