import Glibc
import SystemPackage
import Testing

/// The memory of this process.
struct ProcessMemory {
  /// What `malloc` has given out, with what it keeps for each thread to give out again.
  /// - Source: malloc_info(3)
  let liveBytes: Int
  /// What lies in memory.
  /// - Source: proc(5), `VmRSS`
  let residentBytes: Int

  /// Measures it now.
  init() throws {
    let totals = try #require(Self.allocatorReport()?.split(separator: "</heap>").last)
    func sum(_ names: String...) throws -> Int {
      try names.reduce(0) { sum, name in
        let line = try #require(totals.split(separator: "\n").first { $0.hasPrefix("<\(name)\"") }, "\(totals)")
        let size = try #require(line.split(separator: "size=\"").last?.prefix { $0.isNumber })
        return sum + (try #require(Int(size)))
      }
    }
    liveBytes =
      try sum("system type=\"current", "total type=\"mmap") - sum("total type=\"fast", "total type=\"rest")
    let status = try text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    residentBytes = try #require(status?.split(separator: " ").compactMap { Int($0) }.first) << 10
  }

  /// Has `malloc` make no more arenas than that, however many threads come by; false if it refuses.
  /// - Source: mallopt(3), `M_ARENA_MAX`, which is -8. Swift's Glibc module has neither.
  static func limitArenas(to count: Int) -> Bool {
    typealias Option = @convention(c) (CInt, CInt) -> CInt
    guard let address = unsafe dlsym(nil, "mallopt") else { return false }
    return unsafe unsafeBitCast(address, to: Option.self)(-8, CInt(count)) == 1
  }

  /// Swift's Glibc module has neither `malloc_info` nor the struct of `mallinfo2`.
  private static func allocatorReport() -> String? {
    typealias Report = @convention(c) (CInt, UnsafeMutablePointer<FILE>) -> CInt
    var text: UnsafeMutablePointer<CChar>?
    var count = 0
    guard let address = unsafe dlsym(nil, "malloc_info"), let stream = unsafe open_memstream(&text, &count) else {
      return nil
    }
    defer { unsafe free(text) }
    let answer = unsafe unsafeBitCast(address, to: Report.self)(0, stream)
    guard unsafe fclose(stream) == 0, answer == 0, let text = unsafe text else { return nil }
    return unsafe String(cString: text)
  }
}
