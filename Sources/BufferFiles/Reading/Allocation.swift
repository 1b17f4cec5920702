internal import Glibc
internal import SystemPackage

// `unsafe` in this file: memory is mapped and unmapped again, and nobody looks into it.

/// Room for results whose size a file announces.
enum Allocation {
  /// An empty array with room for `count` times `size` bytes, which take memory only as they come.
  ///
  /// Swift ends the process if memory is refused. So it is asked for once in a way that may fail, and that no compiler
  /// leaves out, as it does with a pair of malloc and free.
  /// - Throws: `BufferFileError.tooLargeForMemory`.
  /// - Source: mmap(2), which is what malloc(3) calls for as much
  static func array(ofBytes count: Int, times size: Int, for path: FilePath) throws(BufferFileError) -> [UInt8] {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, isGranted(bytes) else { throw .tooLargeForMemory(path, bytes: overflow ? .max : bytes) }
    var array: [UInt8] = []
    array.reserveCapacity(bytes)
    return array
  }

  private static func isGranted(_ bytes: Int) -> Bool {
    guard bytes > 0 else { return true }
    let probe = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let probe = unsafe probe, unsafe probe != MAP_FAILED else { return false }
    return unsafe munmap(probe, bytes) == 0
  }
}
