extension ZstandardError: CustomStringConvertible {
  /// One line: what is wrong (found and expected), where, and what to do.
  public var description: String {
    callDescription ?? damageDescription ?? refusalDescription ?? limitDescription ?? seekTableDescription
      ?? "zstd error"
  }

  private var callDescription: String? {
    switch self {
    case .levelOutOfRange(let found):
      "compression level \(found) does not exist; choose one from -131072 to 22"
    case .outOfMemory:
      "zstd could not allocate memory; free some, or choose a lower compression level"
    case .library(let code, let name):
      "zstd failed with code \(code) (\(name)); please report it with the input that caused it"
    default: nil
    }
  }

  private var damageDescription: String? {
    switch self {
    case .notZstandard(let found, let offset):
      "no zstd frame at byte \(offset): found \(hex(found)), expected fd2fb528; check that this is the right file"
    case .truncated(let frameOffset, let inputBytes):
      "zstd input ends at byte \(inputBytes), within the frame that begins at byte \(frameOffset); \(Self.copyAgain)"
    case .trailingBytes(let count, let offset):
      "\(count) bytes too many after the zstd frame that ends at byte \(offset); \(Self.copyAgain)"
    case .reservedBit(let offset):
      "zstd frame header at byte \(offset) uses a reserved bit; \(Self.copyAgain)"
    case .reservedBlockType(let offset):
      "zstd block at byte \(offset) has the reserved type 3; \(Self.copyAgain)"
    case .blockTooLarge(let found, let limit, let offset):
      "zstd block at byte \(offset) has \(found) bytes, at most \(limit) are allowed; \(Self.copyAgain)"
    case .contentSizeMismatch(let announced, let possible, let offset):
      "zstd frame at byte \(offset) announces \(announced) bytes, "
        + "its blocks hold at most \(possible); \(Self.copyAgain)"
    case .corrupt(let reason, let offset):
      "damaged zstd frame\(place(offset)): \(reason); \(Self.copyAgain)"
    case .checksumMismatch(let stored, let offset):
      "checksum mismatch in the zstd frame\(place(offset))\(storedText(stored)); \(Self.copyAgain)"
    default: nil
    }
  }

  private var refusalDescription: String? {
    switch self {
    case .skippableFrame(let offset):
      "skippable zstd frame at byte \(offset) where one with content was expected; pass over it"
    case .contentSizeMissing(let offset):
      "zstd frame at byte \(offset) does not announce its content size; decompress it as a stream"
    case .checksumMissing(let offset):
      "zstd frame at byte \(offset) has no checksum; compress it again with \"zstd --check\""
    case .dictionaryRequired(let id, let offset):
      "zstd frame at byte \(offset) needs dictionary \(id); compress it again without a dictionary"
    default: nil
    }
  }

  private var limitDescription: String? {
    switch self {
    case .contentTooLarge(let found, let limit, let offset):
      "zstd frame at byte \(offset) announces \(found) bytes, the limit is \(limit); \(Self.raise)"
    case .windowTooLarge(let found, let limit, let offset):
      "zstd frame at byte \(offset) needs a window of \(found) bytes, the limit is \(limit); \(Self.raise)"
    case .outputTooLarge(let found, let limit, let offset):
      "zstd output reaches \(found) bytes in the frame at byte \(offset), the limit is \(limit); \(Self.raise)"
    case .ratioTooHigh(let produced, let consumed, let limit):
      "zstd output of \(produced) bytes from \(consumed) exceeds the ratio limit of \(limit); \(Self.raise)"
    case .tooManyFrames(let found, let limit, let offset):
      "zstd frame \(found) at byte \(offset) exceeds the limit of \(limit) frames; \(Self.raise)"
    case .skippableTooLarge(let found, let limit, let offset):
      "skippable zstd frames reach \(found) bytes with the one at byte \(offset), the limit is \(limit); \(Self.raise)"
    default: nil
    }
  }

  private var seekTableDescription: String? {
    switch self {
    case .seekTableTooShort(let found, let expected):
      "seek table is cut short: \(found) bytes, expected at least \(expected); \(Self.copyAgain)"
    case .seekTableFooterMagic(let found):
      "no seek table at the end: found \(hex(found)), expected 8f92eab1; \(Self.copyAgain)"
    case .seekTableMagic(let found):
      "seek table begins with \(hex(found)), expected 184d2a5e; \(Self.copyAgain)"
    case .seekTableSizeMismatch(let found, let expected):
      "seek table has \(found) bytes, its frame count asks for \(expected); \(Self.copyAgain)"
    case .seekTableReservedBits(let found):
      "seek table descriptor \(hex(found)) uses reserved bits; read the file as a plain zstd stream"
    case .seekTableWithoutChecksums(let found):
      "seek table descriptor \(hex(found)) says no checksums; read the file as a plain zstd stream"
    case .seekTableTooManyFrames(let found, let limit):
      "seek table of \(found) frames, the limit is \(limit); put more rows into each frame, or split the file"
    case .seekTableEntryTooLarge(let found):
      "zstd frame of \(found) bytes is too large for a seek table, the limit is 4294967295; split its content"
    default: nil
    }
  }
}

extension ZstandardError {
  private static let copyAgain = "copy the file again or restore another copy"
  private static let raise = "raise the limit if you trust the file"

  private func place(_ offset: Int?) -> String {
    offset.map { " at byte \($0)" } ?? ""
  }

  private func storedText(_ checksum: UInt32?) -> String {
    checksum.map { ": stored \(hex($0)), the content has another" } ?? ""
  }

  private func hex(_ value: some FixedWidthInteger & UnsignedInteger) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: value.bitWidth / 4 - digits.count) + digits
  }
}
