internal import Glibc

// `unsafe` in this file: memory is mapped here and unmapped once, in `deinit`; parts of it are handed out by offset, which
// is checked.

/// Memory for many chunks that will be filled at once, in huge pages where the system has them: a tenth of the time that
/// page after page takes.
///
/// `@unchecked Sendable`: the region only owns the memory; what is in it belongs to its chunks.
@safe final class PageRegion: @unchecked Sendable {
  private let memory: UnsafeMutableRawPointer
  private let byteCount: Int
  /// Where the first chunk begins.
  private let start: UnsafeMutableRawPointer

  private static let hugePageBytes = 2 << 20

  /// Memory for `count` chunks of `chunkBytes`; nil if the system has none. It takes pages only when they are written.
  /// - Source: mmap(2); madvise(2), `MADV_HUGEPAGE`
  init?(chunkBytes: Int, count: Int) {
    let (needed, overflow) = Self.stride(chunkBytes).multipliedReportingOverflow(by: count)
    guard !overflow, needed > 0, needed <= Int.max - 2 * Self.hugePageBytes else { return nil }
    // To the end of the last huge page, which would else be taken page after page.
    let whole = Self.up(needed, toMultipleOf: Self.hugePageBytes)
    byteCount = whole + Self.hugePageBytes
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let memory = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0), unsafe memory != MAP_FAILED
    else { return nil }
    unsafe self.memory = memory
    unsafe start = memory.alignedUp(toMultipleOf: Self.hugePageBytes)
    // Without huge pages it works as well, only slower.
    _ = unsafe madvise(start, whole, MADV_HUGEPAGE)
  }

  deinit { _ = unsafe munmap(memory, byteCount) }

  /// The memory of a chunk.
  /// - Precondition: It lies in the region.
  func chunk(_ number: Int, bytes: Int) -> UnsafeMutableRawPointer {
    let offset = number * Self.stride(bytes)
    precondition(number >= 0 && offset + Self.stride(bytes) + Self.hugePageBytes <= byteCount, "a chunk of the region")
    return unsafe start + offset
  }

  /// Gives the memory of a chunk back to the system, while others of the region are in use.
  /// - Source: madvise(2), `MADV_DONTNEED`
  static func release(_ chunk: UnsafeMutableRawPointer, bytes: Int) {
    _ = unsafe madvise(chunk, stride(bytes), MADV_DONTNEED)
  }

  /// The size of a chunk in whole pages.
  private static func stride(_ chunkBytes: Int) -> Int { up(chunkBytes, toMultipleOf: Int(getpagesize())) }

  private static func up(_ bytes: Int, toMultipleOf unit: Int) -> Int { (bytes + unit - 1) / unit * unit }
}
