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
    for (number, entry) in try entries().enumerated() {
      guard entry.kind == .state, let path = entry.path, isWanted(path) else { continue }
      let record = try record(entry, number: number)
      try FrameReader.decode(place(entry, number: number)) { () throws(RecordError) in
        try assembler.add(try StateRecord(record: record))
      }
    }
    return try FrameReader.decode(.init(self.path)) { () throws(RecordError) in try assembler.value() }
  }
}
