import BufferFiles
import FileSystems
import Glibc
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

/// A small file with every byte changed, cut everywhere, and longer than it should be.
@Suite struct DamageTests {
  /// Reads all there is through every door; whatever is wrong must come out as an error.
  private func touchEverything(_ bytes: [UInt8]) {
    _ = failure { try readAll(try open(bytes)) }
  }

  private func isDetected(_ bytes: [UInt8]) -> Bool {
    do { return try !verify(bytes).isSound } catch { return error is BufferFileError }
  }

  @Test("the small file is small, and sound")
  func sound() throws {
    let bytes = try smallFile()
    #expect(bytes.count < 4_096)
    let report = try verify(bytes)
    #expect(report.damages == [])
    #expect(report.wholeRows == [0..<6])
    #expect((report.evidence, report.frameCount) == (.digests, 6))
  }

  @Test("verify finds every cut, and nothing traps")
  func truncations() throws {
    let bytes = try smallFile()
    for count in 0..<bytes.count {
      let cut = Array(bytes[..<count])
      touchEverything(cut)
      #expect(isDetected(cut), "cut to \(count) bytes")
    }
  }

  @Test("verify finds bytes that were added, removed or doubled", arguments: [1, 2, 17, 64])
  func lengths(_ count: Int) throws {
    let bytes = try smallFile()
    for offset in stride(from: 0, through: bytes.count, by: 13) {
      for more in [[UInt8](repeating: 0, count: count), Array(bytes.prefix(count))] {
        let longer = Array(bytes[..<offset]) + more + Array(bytes[offset...])
        touchEverything(longer)
        #expect(isDetected(longer), "\(count) bytes added at \(offset)")
      }
      let shorter = Array(bytes[..<offset]) + Array(bytes[min(offset + count, bytes.count)...])
      if shorter.count < bytes.count { #expect(isDetected(shorter), "\(count) bytes removed at \(offset)") }
    }
  }

  /// Without optimization one variant takes milliseconds: two values of each byte. All 255 with RLBUF_EXHAUSTIVE=1.
  @Test("verify finds every changed byte, and nothing traps", arguments: 0..<8)
  func changes(_ eighth: Int) throws {
    let bytes = try smallFile()
    let isExhaustive = unsafe getenv("RLBUF_EXHAUSTIVE") != nil
    for offset in stride(from: eighth, to: bytes.count, by: 8) {
      let masks: [UInt8] = isExhaustive ? Array(1...255) : [1 << UInt8(offset % 8), UInt8(offset * 37 % 254 + 1)]
      for mask in masks {
        var changed = bytes
        changed[offset] ^= mask
        touchEverything(changed)
        if !isDetected(changed) { Issue.record("byte \(offset) changed by \(mask) was not found") }
      }
    }
  }
}
