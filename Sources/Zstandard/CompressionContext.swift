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

  /// Appends one whole frame in which blocks begin also at the given places, which ascend and lie inside the content.
  ///
  /// - Complexity: libzstd holds a copy of the content.
  /// - Source: `ZSTD_CCtx_setPledgedSrcSize`, `ZSTD_compressStream2` with `ZSTD_e_flush` and `ZSTD_e_end`.
  mutating func compress(
    _ content: Span<UInt8>, blocksAt starts: [Int], appendingTo output: inout [UInt8]
  ) throws(LibraryFailure) {
    let before = output.count
    do {
      _ = try LibraryFailure.check(unsafe ZSTD_CCtx_setPledgedSrcSize(pointer, UInt64(content.count)))
      var position = 0
      for end in starts + [content.count] {
        let directive = end == content.count ? ZSTD_e_end : ZSTD_e_flush
        var held = 0
        repeat {
          let piece = content.extracting(position..<end)
          let room = try LibraryFailure.check(ZSTD_compressBound(piece.count))
          let step = try self.step(piece, directive, appendingTo: &output, atMost: room)
          position += step.consumed
          held = step.held
        } while held > 0
      }
    } catch {
      // What was begun would refuse new parameters and become part of the next frame.
      _ = unsafe ZSTD_CCtx_reset(pointer, ZSTD_reset_session_only)
      output.removeLast(output.count - before)
      throw error
    }
  }

  /// One step of a stream: appends at most `room` bytes.
  ///
  /// - Returns: the bytes of input taken, and how many bytes libzstd still holds back (a lower bound).
  /// - Source: `ZSTD_compressStream2` with `ZSTD_e_continue`, or `ZSTD_e_end` when there is no input.
  mutating func stream(
    _ input: Span<UInt8>, appendingTo output: inout [UInt8], atMost room: Int
  ) throws(LibraryFailure) -> (consumed: Int, held: Int) {
    try step(input, input.isEmpty ? ZSTD_e_end : ZSTD_e_continue, appendingTo: &output, atMost: room)
  }

  private mutating func step(
    _ input: Span<UInt8>, _ directive: ZSTD_EndDirective, appendingTo output: inout [UInt8], atMost room: Int
  ) throws(LibraryFailure) -> (consumed: Int, held: Int) {
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
