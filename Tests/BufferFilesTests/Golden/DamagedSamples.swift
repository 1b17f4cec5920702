import ReplayBuffers
import StateTree
import Zstandard

@testable import BufferFiles

/// The files of `Fixtures/damaged`: one for each thing that can be wrong.
enum DamagedSamples {
  /// Names of files whose bytes are not those that were written.
  static let changed = [
    "empty", "git-lfs-pointer", "web-page", "frame-of-text", "cut-in-rows", "cut-after-rows", "cut-in-seek-table",
    "bytes-behind", "changed-header", "changed-rows", "changed-state", "changed-index", "changed-summary",
    "changed-seek-table", "zeroed-rows", "swapped-row-groups", "row-group-of-another-file",
  ]
  /// Names of files whose digests are right and whose records lie.
  static let lying = [
    "newer-version", "unknown-layout", "rows-that-overlap", "rows-of-another-type", "step-that-cannot-be",
    "other-statistics", "index-lists-less", "index-of-other-rows", "summary-of-more-rows", "summary-not-canonical",
    "state-twice", "part-missing",
  ]
  static let names = changed + lying

  /// Whether digests, checksums and seek table show the damage, without a look into the records.
  static func isSeenByDigests(_ name: String) -> Bool { changed.contains(name) }

  /// The bytes of the file of this name.
  static func file(_ name: String) throws -> [UInt8] {
    if lying.contains(name) { return try forged(name).bytes() }
    let sound = try Sound(Forge())
    switch name {
    case "empty": return []
    case "git-lfs-pointer":
      let digest = String(repeating: "a", count: 64)
      return Array("version https://git-lfs.github.com/spec/v1\noid sha256:\(digest)\nsize 2048\n".utf8)
    case "web-page": return Array("<!DOCTYPE html><html><body>404 Not Found</body></html>\n".utf8)
    case "frame-of-text":
      var compressor = try FrameCompressor()
      return try compressor.compress(Array("not a record".utf8).span)
    case "cut-in-rows": return Array(sound.bytes[..<(sound.offsets[2] + 30)])
    case "cut-after-rows": return Array(sound.bytes[..<sound.offsets[3]])
    case "cut-in-seek-table": return sound.bytes.dropLast(5)
    case "bytes-behind": return sound.bytes + [1, 2, 3]
    case "changed-seek-table": return sound.changed(at: sound.bytes.count - 20)
    case "zeroed-rows": return sound.replacing(1, by: [UInt8](repeating: 0, count: sound.frame(1).count))
    case "swapped-row-groups":
      let (first, second) = (sound.frame(1), sound.frame(2))
      return Array(sound.bytes[..<sound.offsets[1]]) + second + first + sound.bytes[sound.offsets[3]...]
    case "row-group-of-another-file":
      var other = try Forge()
      other.rows[0] = RowBatch(
        firstRow: 0, steps: [0, 1, 2], columns: [other.rows[0].columns[0], Tensor(vector: [9, 9, 9] as [Float])])
      return sound.replacing(1, by: try Sound(other).frame(1))
    default:
      let frames = ["changed-header", "changed-rows", "changed-state", "changed-index", "changed-summary"]
      let number = [0, 1, 3, 4, 5][frames.firstIndex(of: name) ?? 0]
      return sound.changed(at: (sound.offsets[number] + sound.offsets[number + 1]) / 2)
    }
  }

  /// A sound file and where its frames begin: header, two row groups, state, index, summary, and the seek table.
  private struct Sound {
    var bytes: [UInt8]
    var offsets: [Int]

    init(_ forge: Forge) throws {
      let bytes = try forge.bytes()
      let footer = try SeekTable.Footer(decoding: bytes.span)
      self.bytes = bytes
      offsets = try SeekTable(decoding: bytes.span.extracting(last: footer.tableBytes)).frameOffsets
    }

    func frame(_ number: Int) -> [UInt8] { Array(bytes[offsets[number]..<offsets[number + 1]]) }

    func changed(at offset: Int) -> [UInt8] {
      var changed = bytes
      changed[offset] ^= 4
      return changed
    }

    func replacing(_ number: Int, by frame: [UInt8]) -> [UInt8] {
      Array(bytes[..<offsets[number]]) + frame + bytes[offsets[number + 1]...]
    }
  }

  private static func forged(_ name: String) throws -> Forge {
    var forge = try Forge()
    switch name {
    case "newer-version": forge.changeRecord = { if $0 == 0 { $1.set(["version"], to: 2) } }
    case "unknown-layout": forge.changeRecord = { if $0 == 0 { $1.set(["buffer", "layout"], to: "columns") } }
    case "rows-that-overlap": forge.rows[1] = forge.rows[1].moved(to: 2, firstStep: 3)
    case "rows-of-another-type":
      let doubles = Tensor(vector: [0.5, 1, 2] as [Double])
      forge.changeRecord = { if $0 == 1 { $1.set(["columns", "rewards"], to: .tensor(doubles)) } }
    case "step-that-cannot-be": forge.changeRecord = { if $0 == 2 { $1.set(["steps"], to: -7) } }
    case "other-statistics":
      let others = Tensor(vector: [0.5, 9, 0] as [Float])
      forge.changeRecord = { if $0 == 1 { $1.set(["columns", "rewards"], to: .tensor(others)) } }
    case "index-lists-less": forge.changeEntries = { _ = $0.removeLast() }
    case "index-of-other-rows": forge.changeEntries = { $0[2].rows = 3..<5 }
    case "summary-of-more-rows": forge.changeSummary = { $0.set(["rows"], to: 7) }
    case "summary-not-canonical": forge.isCanonical = false
    case "state-twice": forge.state.append(StateRecord(path: ["count"], value: 7).record)
    default:
      let part = StateRecord(path: ["bytes"], value: .bytes([1]), part: .init(first: 0, total: 2))
      forge.state.append(part.record)
    }
    return forge
  }
}
