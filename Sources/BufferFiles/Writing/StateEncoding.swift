internal import MessagePack
internal import StateTree

/// A record of state that is ready to be appended to a file.
struct EncodedState: Sendable {
  var record: StateRecord
  var frame: MadeFrame

  /// The frame of a record.
  /// - Throws: `BufferFileError.stateTooLarge`, `.compression`.
  init(_ record: StateRecord, with maker: inout FrameMaker) throws(BufferFileError) {
    self.record = record
    frame = try maker.compressed(try record.record.recordBytes(of: "\(record.path)"))
  }
}

extension StateValue {
  /// The value as the bytes of one record.
  /// - Throws: `BufferFileError.stateTooLarge`, which names `what`.
  func recordBytes(of what: String, limit: Int = FormatLimits.recordBytes) throws(BufferFileError) -> [UInt8] {
    let bytes: [UInt8]
    // MessagePack refuses only lengths of 4 GiB, far beyond every limit of a record.
    do { bytes = try encoded() } catch {
      throw .stateTooLarge(path: what, bytes: Int(UInt32.max) + 1, limit: limit)
    }
    guard bytes.count <= limit else { throw .stateTooLarge(path: what, bytes: bytes.count, limit: limit) }
    return bytes
  }
}
