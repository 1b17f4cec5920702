import BufferFiles
import FileSystemsTestSupport
import ForeignFormats
import MessagePack
import ReplayBuffers
import SystemPackage
import Zstandard

/// What a fuzzer does with bytes that may be a file that others wrote: a dump of RLlib or any MessagePack, compressed or not.
enum ForeignInput {
  private static let path: FilePath = "fuzz.msgpack"

  /// What should not be so; nil if the bytes are an error on one line, or a dump of which every value is kept.
  static func complaint(about bytes: [UInt8]) -> String? {
    let fileSystem = MemoryFileSystem([path: bytes])
    var limits = ForeignLimits()
    (limits.decompression.outputBytes, limits.decompression.windowLog) = (4 << 20, 23)
    (limits.nodes, limits.numbers) = (1 << 16, 1 << 18)
    let dump: RLlibDump
    let given: [MessagePackValue]
    do {
      guard case .rllibDump(let found) = try SavedState.open(path, limits: limits, on: fileSystem) else { return nil }
      let document = try SavedState.open(path, as: .plainMessagePack, limits: limits, on: fileSystem)
      guard case .messagePack(let objects) = document else { return "a dump that is no MessagePack" }
      (dump, given) = (found, objects.objects)
    } catch {
      let text = "\(error)"
      return text.isEmpty || text.contains("\n") ? "a message of no line or several: \(text)" : nil
    }
    guard dump.rows(0..<dump.rowCount).count == dump.rowCount else { return "\(dump.rowCount) rows, others found" }
    return lost(dump, given) ?? restored(dump)
  }

  /// What is not the same in the dump that RLlib would load again.
  private static func lost(_ dump: RLlibDump, _ given: [MessagePackValue]) -> String? {
    do {
      let kept = try RLlibDump.value(of: dump)
      let isSame = try given.map(MessagePackWriter.bytes(of:)) == [MessagePackWriter.bytes(of: kept)]
      return isSame ? nil : "\(kept) kept of \(given)"
    } catch {
      return "a dump was opened and cannot be written: \(error)"
    }
  }

  /// Whether the buffer that can be made of it, if any, is one.
  private static func restored(_ dump: RLlibDump) -> String? {
    let defaults = BufferDefaults(capacity: 1 << 16, alpha: 0.6, seed: 1)
    do {
      if dump.kind == PrioritizedEpisodeReplayBuffer.kind {
        try PrioritizedEpisodeReplayBuffer(contents: dump, defaults: defaults).checkInvariants()
      } else {
        try EpisodeReplayBuffer(contents: dump, defaults: defaults).checkInvariants()
      }
      return nil
    } catch {
      return "\(error)".contains("\n") ? "a message of several lines: \(error)" : nil
    }
  }
}
