internal import CZstd

/// Owns a `ZSTD_CCtx`; the only caller of libzstd's compression.
///
/// Reason for `@safe` and `unsafe`: the pointer is made here, never leaves, and is freed once, in `deinit`;
/// buffers are passed with the counts Swift knows for them.
@safe struct CompressionContext: ~Copyable {
  private let pointer: OpaquePointer

  /// - Source: `ZSTD_createCCtx`, `ZSTD_c_checksumFlag`, `ZSTD_c_compressionLevel`.
  init(level: CompressionLevel) throws(LibraryFailure) {
    guard let pointer = unsafe ZSTD_createCCtx() else { throw .outOfMemory }
    let results = unsafe [
      ZSTD_CCtx_setParameter(pointer, ZSTD_c_checksumFlag, 1),
      ZSTD_CCtx_setParameter(pointer, ZSTD_c_compressionLevel, CInt(level.value)),
    ]
    do throws(LibraryFailure) {
      for result in results { _ = try LibraryFailure.check(result) }
    } catch {
      _ = unsafe ZSTD_freeCCtx(pointer)
      throw error
    }
    unsafe self.pointer = pointer
  }

  deinit {
    _ = unsafe ZSTD_freeCCtx(pointer)
  }

  private func set(_ parameter: ZSTD_cParameter, _ value: Int) throws(LibraryFailure) {
    _ = try LibraryFailure.check(unsafe ZSTD_CCtx_setParameter(pointer, parameter, CInt(value)))
  }

  /// - Source: `ZSTD_c_compressionLevel`.
  mutating func setLevel(_ level: CompressionLevel) throws(LibraryFailure) {
    try set(ZSTD_c_compressionLevel, level.value)
  }

  /// - Source: `ZSTD_c_windowLog`; 0 leaves the choice to the level.
  mutating func setWindowLog(_ windowLog: Int) throws(LibraryFailure) {
    try set(ZSTD_c_windowLog, windowLog)
  }

  /// Appends one whole frame.
  ///
  /// - Source: `ZSTD_compress2`, `ZSTD_compressBound`.
  mutating func compress(_ content: Span<UInt8>, appendingTo output: inout [UInt8]) throws(LibraryFailure) {
    // Always the full bound: with less room libzstd may choose other blocks, and frames must not depend on that.
    let bound = try LibraryFailure.check(ZSTD_compressBound(content.count))
    try output.append(addingCapacity: bound) { (free: inout OutputSpan<UInt8>) throws(LibraryFailure) in
      try unsafe free.withUnsafeMutableBufferPointer { target, written throws(LibraryFailure) in
        written = try unsafe content.withUnsafeBufferPointer { source throws(LibraryFailure) in
          try LibraryFailure.check(
            unsafe ZSTD_compress2(pointer, target.baseAddress, target.count, source.baseAddress, source.count))
        }
      }
    }
  }

  /// One step of a stream: appends at most `room` bytes.
  ///
  /// - Returns: the bytes of input taken, and how many bytes libzstd still holds back (a lower bound).
  /// - Source: `ZSTD_compressStream2` with `ZSTD_e_continue`, or `ZSTD_e_end` when there is no input.
  mutating func stream(
    _ input: Span<UInt8>, appendingTo output: inout [UInt8], atMost room: Int
  ) throws(LibraryFailure) -> (consumed: Int, held: Int) {
    let directive = input.isEmpty ? ZSTD_e_end : ZSTD_e_continue
    var progress = (consumed: 0, held: 0)
    try output.append(addingCapacity: room) { (free: inout OutputSpan<UInt8>) throws(LibraryFailure) in
      try unsafe free.withUnsafeMutableBufferPointer { target, written throws(LibraryFailure) in
        try unsafe input.withUnsafeBufferPointer { source throws(LibraryFailure) in
          var to = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
          var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
          let held = try LibraryFailure.check(unsafe ZSTD_compressStream2(pointer, &to, &from, directive))
          unsafe progress = (from.pos, held)
          unsafe written = to.pos
        }
      }
    }
    return progress
  }
}
