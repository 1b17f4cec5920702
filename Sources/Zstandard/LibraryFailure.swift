internal import CZstd

/// What a call into libzstd returned when it failed, before it is known where in the input that was.
struct LibraryFailure: Error {
  let code: Int
  let name: String

  /// Passes a result on, or turns an error code into a failure.
  ///
  /// - Source: `ZSTD_isError`, `ZSTD_getErrorCode`, `ZSTD_getErrorName`.
  static func check(_ result: Int) throws(LibraryFailure) -> Int {
    guard ZSTD_isError(result) != 0 else { return result }
    let code = Int(ZSTD_getErrorCode(result).rawValue)
    // Reason for unsafe: the name is a C string; libzstd keeps it for the life of the process.
    throw LibraryFailure(code: code, name: unsafe String(cString: ZSTD_getErrorName(result)))
  }

  /// The failure of a context that could not be made.
  static var outOfMemory: LibraryFailure {
    LibraryFailure(code: Int(ZSTD_error_memory_allocation.rawValue), name: "Allocation error : not enough memory")
  }
}

extension ZstandardError {
  /// Translates libzstd's codes, once, into this module's cases.
  ///
  /// - Source: `zstd_errors.h`.
  init(_ failure: LibraryFailure, frameOffset: Int? = nil, storedChecksum: UInt32? = nil) {
    switch UInt32(truncatingIfNeeded: failure.code) {
    case ZSTD_error_memory_allocation.rawValue:
      self = .outOfMemory
    case ZSTD_error_checksum_wrong.rawValue:
      self = .checksumMismatch(stored: storedChecksum, frameOffset: frameOffset)
    case ZSTD_error_corruption_detected.rawValue, ZSTD_error_literals_headerWrong.rawValue,
      ZSTD_error_dstSize_tooSmall.rawValue, ZSTD_error_srcSize_wrong.rawValue, ZSTD_error_prefix_unknown.rawValue,
      ZSTD_error_tableLog_tooLarge.rawValue, ZSTD_error_maxSymbolValue_tooLarge.rawValue,
      ZSTD_error_maxSymbolValue_tooSmall.rawValue:
      self = .corrupt(reason: failure.name, frameOffset: frameOffset)
    default:
      self = .library(code: failure.code, name: failure.name)
    }
  }
}
