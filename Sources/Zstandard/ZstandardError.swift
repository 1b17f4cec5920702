/// What can be wrong with compressed bytes, or with compressing.
///
/// Offsets count bytes of compressed input from the first byte handed over; nil where it is not known.
public enum ZstandardError: Error, Hashable, Sendable {
  // Calls

  /// A compression level zstd does not have.
  case levelOutOfRange(found: Int)
  /// zstd could not allocate memory.
  case outOfMemory
  /// libzstd returned an error this module has no name for.
  case library(code: Int, name: String)

  // Damage

  /// The bytes at a frame's place are no zstd frame.
  case notZstandard(found: UInt32, offset: Int)
  /// The input ends within a frame, or before the first.
  case truncated(frameOffset: Int, inputBytes: Int)
  /// Bytes follow the one frame that was expected.
  case trailingBytes(count: Int, offset: Int)
  /// The frame header uses a bit that the format keeps for later.
  case reservedBit(offset: Int)
  /// A block has the type that the format keeps for later.
  case reservedBlockType(offset: Int)
  /// A block is larger than the format allows.
  case blockTooLarge(found: Int, limit: Int, offset: Int)
  /// The header announces more content than the blocks can hold.
  case contentSizeMismatch(announced: UInt64, possible: Int, frameOffset: Int)
  /// libzstd could not make sense of a frame.
  case corrupt(reason: String, frameOffset: Int?)
  /// The content is not what was compressed.
  case checksumMismatch(stored: UInt32?, frameOffset: Int?)

  // Frames that are sound and refused

  /// A skippable frame where one with content was expected.
  case skippableFrame(offset: Int)
  /// The frame does not say how large its content is.
  case contentSizeMissing(frameOffset: Int)
  /// The frame carries no checksum.
  case checksumMissing(frameOffset: Int)
  /// The frame needs a dictionary.
  case dictionaryRequired(id: UInt32, frameOffset: Int)

  // Limits

  /// The frame announces more content than the caller allows.
  case contentTooLarge(found: UInt64, limit: Int, frameOffset: Int)
  /// The frame needs a larger window than allowed.
  case windowTooLarge(found: UInt64, limit: Int, frameOffset: Int)
  /// The stream has, or announces, more output than allowed; `found` is a lower bound.
  case outputTooLarge(found: UInt64, limit: Int, frameOffset: Int)
  /// The stream expands more than allowed.
  case ratioTooHigh(produced: Int, consumed: Int, limit: Int)
  /// The stream has more frames than allowed.
  case tooManyFrames(found: Int, limit: Int, frameOffset: Int)
  /// The stream has more bytes in skippable frames than allowed.
  case skippableTooLarge(found: Int, limit: Int, frameOffset: Int)

  // Seek tables

  /// Fewer bytes than the part of the table that was asked for.
  case seekTableTooShort(found: Int, expected: Int)
  /// The file does not end with a seek table.
  case seekTableFooterMagic(found: UInt32)
  /// The table does not begin as one.
  case seekTableMagic(found: UInt32)
  /// The table's length is not what its frame count asks for.
  case seekTableSizeMismatch(found: Int, expected: Int)
  /// The table's descriptor uses bits that the format keeps for later.
  case seekTableReservedBits(found: UInt8)
  /// The table has no checksums.
  case seekTableWithoutChecksums(found: UInt8)
  /// The table lists more frames than allowed.
  case seekTableTooManyFrames(found: Int, limit: Int)
  /// A frame or its content is too large for the table's 32 bits.
  case seekTableEntryTooLarge(found: UInt64)
}

extension ZstandardError {
  /// Whether the bytes may be sound and only a documented limit was reached, which the caller can raise.
  public var isLimit: Bool {
    switch self {
    case .contentTooLarge, .windowTooLarge, .outputTooLarge, .ratioTooHigh, .tooManyFrames, .skippableTooLarge,
      .seekTableTooManyFrames:
      true
    default: false
    }
  }
}
