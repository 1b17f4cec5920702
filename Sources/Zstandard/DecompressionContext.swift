internal import CZstd

/// Owns a `ZSTD_DCtx`; the only caller of libzstd's decompression.
///
/// Reason for `@safe` and `unsafe`: the pointer is made here, never leaves, and is freed once, in `deinit`;
/// buffers are passed with the counts Swift knows for them.
@safe struct DecompressionContext: ~Copyable {
  /// What one step of a stream did; `hint` is 0 when a frame is decoded and flushed to its end.
  struct Progress {
    var consumed = 0
    var produced = 0
    var hint = 0
  }

  private let pointer: OpaquePointer

  /// - Source: `ZSTD_createDCtx`, `ZSTD_d_windowLogMax`.
  init(windowLog: Int) throws(LibraryFailure) {
    guard let pointer = unsafe ZSTD_createDCtx() else { throw .outOfMemory }
    do throws(LibraryFailure) {
      _ = try LibraryFailure.check(unsafe ZSTD_DCtx_setParameter(pointer, ZSTD_d_windowLogMax, CInt(windowLog)))
    } catch {
      _ = unsafe ZSTD_freeDCtx(pointer)
      throw error
    }
    unsafe self.pointer = pointer
  }

  deinit {
    _ = unsafe ZSTD_freeDCtx(pointer)
  }

  /// Appends the content of one whole frame, of which the caller has checked that it holds at most `bytes`.
  ///
  /// - Source: `ZSTD_decompressDCtx`.
  mutating func decompress(
    _ frame: Span<UInt8>, bytes: Int, appendingTo output: inout [UInt8]
  ) throws(LibraryFailure) {
    try output.append(addingCapacity: bytes) { (free: inout OutputSpan<UInt8>) throws(LibraryFailure) in
      try unsafe free.withUnsafeMutableBufferPointer { target, written throws(LibraryFailure) in
        written = try unsafe frame.withUnsafeBufferPointer { source throws(LibraryFailure) in
          try LibraryFailure.check(
            unsafe ZSTD_decompressDCtx(pointer, target.baseAddress, target.count, source.baseAddress, source.count))
        }
      }
    }
  }

  /// One step of a stream: appends at most `room` bytes.
  ///
  /// - Source: `ZSTD_decompressStream`.
  mutating func stream(
    _ input: Span<UInt8>, appendingTo output: inout [UInt8], atMost room: Int
  ) throws(LibraryFailure) -> Progress {
    var progress = Progress()
    try output.append(addingCapacity: room) { (free: inout OutputSpan<UInt8>) throws(LibraryFailure) in
      try unsafe free.withUnsafeMutableBufferPointer { target, written throws(LibraryFailure) in
        try unsafe input.withUnsafeBufferPointer { source throws(LibraryFailure) in
          var to = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
          var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
          let hint = try LibraryFailure.check(unsafe ZSTD_decompressStream(pointer, &to, &from))
          progress = unsafe Progress(consumed: from.pos, produced: to.pos, hint: hint)
          unsafe written = to.pos
        }
      }
    }
    return progress
  }
}
