import BufferFiles
import FileSystems
import Glibc
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

/// Small files of every kind with every byte changed, cut everywhere, and longer than they should be: `verify` finds it,
/// nothing traps, and nothing but what was written comes out of any door.
@Suite struct DamageTests {
  /// A file and what was written into it.
  private struct Intact {
    let bytes: [UInt8]
    let header: FileHeader
    let summary: FileSummary
    let rows: RowBatch?
    let state: StateValue

    init(_ name: String) throws {
      bytes = try GoldenFiles.bytes("rlbuf-1/\(name).msgpack.zst") { try GoldenSamples.file(name) }
      let file = try open(bytes)
      (header, summary, state) = (file.header, file.summary, try file.state())
      if case .replayBuffer = header.content { rows = try file.contents().rows(0..<summary.rowCount) } else { rows = nil }
    }

    /// What is wrong with how damage is dealt with; nil if nothing is.
    func complaint(about damaged: [UInt8]) -> String? {
      do {
        if try verify(damaged).isSound { return "verify finds nothing" }
      } catch {
        guard error is BufferFileError else { return "verify fails with \(error)" }
      }
      guard let file = result({ try open(damaged) }) else { return nil }
      guard file.header == header, file.summary == summary else { return "another header or summary" }
      if let found = result({ try file.state() }), found != state { return "another state" }
      return wrongRows(file)
    }

    /// Each row group alone, so that damage in one does not hide what comes out of the others, and a column.
    private func wrongRows(_ file: BufferFile) -> String? {
      guard let rows, let entries = result({ try file.entries() }), let contents = result({ try file.contents() })
      else { return nil }
      for entry in entries where entry.kind == .rows {
        guard let found = result({ try contents.rows(entry.rows) }) else { continue }
        if found != rows.part(entry.rows) { return "other rows \(entry.rows)" }
      }
      // All columns come from the same records: one shows what the others would.
      guard let found = result({ try file.tensor(contents.schema.columns[0].name) }) else { return nil }
      let steps = rows.steps.indices.filter { rows.steps[$0] >= 0 }
      return found == rows.columns[0].gathered(steps) ? nil : "another column"
    }

    /// What `body` returns; nil if it fails as it should.
    private func result<Result>(_ body: () throws -> Result) -> Result? {
      do { return try body() } catch {
        if !(error is BufferFileError) { Issue.record("an error of another module: \(error)") }
        return nil
      }
    }
  }

  private func expectFound(_ damaged: [UInt8], in file: Intact, _ what: @autoclosure () -> String) {
    if let complaint = file.complaint(about: damaged) { Issue.record("\(what()): \(complaint)") }
  }

  @Test(arguments: GoldenSamples.names)
  func `every cut is found`(name: String) throws {
    let file = try Intact(name)
    for count in file.bytes.indices { expectFound(Array(file.bytes[..<count]), in: file, "cut to \(count) bytes") }
  }

  @Test(arguments: GoldenSamples.names)
  func `bytes that were added, removed, doubled or zeroed are found`(name: String) throws {
    let file = try Intact(name)
    let bytes = file.bytes
    for count in 1...64 {
      expectFound(bytes + [UInt8](repeating: 0, count: count), in: file, "\(count) zeros behind")
      expectFound(bytes + bytes.prefix(count), in: file, "\(count) bytes of the beginning behind")
    }
    for (offset, count) in stride(from: 0, to: bytes.count, by: 17).flatMap({ [($0, 1), ($0, 7 + $0 % 97)] }) {
      let end = min(offset + count, bytes.count)
      let (head, piece, tail) = (Array(bytes[..<offset]), Array(bytes[offset..<end]), Array(bytes[end...]))
      expectFound(head + tail, in: file, "\(count) bytes removed at \(offset)")
      expectFound(head + piece + piece + tail, in: file, "\(count) bytes doubled at \(offset)")
      guard piece.contains(where: { $0 != 0 }) else { continue }
      expectFound(head + [UInt8](repeating: 0, count: piece.count) + tail, in: file, "\(count) zeros at \(offset)")
    }
  }

  @Test(arguments: GoldenSamples.names)
  func `pieces of two files do not mix`(name: String) throws {
    let file = try Intact(name)
    for other in GoldenSamples.names where other != name {
      let otherFile = try Intact(other)
      let bytes = otherFile.bytes
      for offset in stride(from: 1, to: min(file.bytes.count, bytes.count), by: 97) {
        let mixed = Array(file.bytes[..<offset]) + bytes[offset...]
        // Two files may begin alike: then what comes out may be that of the other one.
        guard mixed != bytes, otherFile.complaint(about: mixed) != nil else { continue }
        expectFound(mixed, in: file, "from byte \(offset) on \(other)")
      }
    }
  }

  /// One value of each byte; all 255 with `RLBUF_EXHAUSTIVE=1`, or with the name of a file for that one.
  @Test(arguments: GoldenSamples.names)
  func `every changed byte is found`(name: String) throws {
    let file = try Intact(name)
    let asked = unsafe getenv("RLBUF_EXHAUSTIVE").map { unsafe String(cString: $0) }
    let isExhaustive = asked == "1" || asked == name
    var count = 0
    for offset in file.bytes.indices {
      let masks: [UInt8] = isExhaustive ? Array(1...255) : [UInt8(offset * 37 % 255 + 1)]
      for mask in masks {
        var changed = file.bytes
        changed[offset] ^= mask
        expectFound(changed, in: file, "byte \(offset) changed by \(mask)")
        count += 1
      }
    }
    if isExhaustive { print("\(name): \(count) changed bytes") }
  }
}
