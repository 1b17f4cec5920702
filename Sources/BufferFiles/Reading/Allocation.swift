internal import Glibc
internal import SystemPackage

// `unsafe` in this file: malloc and free, of memory that nobody looks into.

/// Room for results whose size a file announces.
enum Allocation {
  /// An empty array with room for `count` times `size` bytes, which take memory only as they come.
  ///
  /// Swift ends the process if memory is refused. So it is asked for once in a way that may fail.
  /// - Throws: `BufferFileError.tooLargeForMemory`.
  static func array(ofBytes count: Int, times size: Int, for path: FilePath) throws(BufferFileError) -> [UInt8] {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, let probe = unsafe malloc(max(1, bytes)) else {
      throw .tooLargeForMemory(path, bytes: overflow ? .max : bytes)
    }
    unsafe free(probe)
    var array: [UInt8] = []
    array.reserveCapacity(bytes)
    return array
  }
}
