import BufferFiles
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import Synchronization
import SystemPackage

/// What a fuzzer does with bytes that may be a file of ours.
///
/// The first byte says what the others are: even, a file; odd, records one after another that `RecordAssembly` makes a file
/// of, with the rest of the first byte as its options.
enum BufferFileInput {
  private static let path: FilePath = "fuzz.msgpack.zst"

  /// What should not be so; nil if reading ends with everything or an error that says what is wrong, and a file that passes
  /// for sound can be read.
  static func complaint(about input: [UInt8]) -> String? {
    guard let mode = input.first else { return nil }
    var bytes = Array(input.dropFirst())
    if mode & 1 == 1 {
      guard let file = try? RecordAssembly.file(of: bytes, .init(rawValue: mode)) else { return nil }
      bytes = file
    }
    let fileSystem = MemoryFileSystem([path: bytes])
    let reading = Result { try read(try BufferFile.open(path, on: fileSystem)) }
    let bytesAlone = Result { try otherBytes(in: try BufferFile.open(path, on: fileSystem)) }
    let verification = Result { try BufferFile.verify(path, on: fileSystem) }
    if case .success(let complaint?) = reading { return complaint }
    if case .success(let complaint?) = bytesAlone { return complaint }
    if case .failure(let error) = bytesAlone, let fault = fault(in: error) { return "handing over: \(fault)" }
    if case .failure(let error) = reading, let fault = fault(in: error) { return "reading: \(fault)" }
    if case .failure(let error) = verification, let fault = fault(in: error) { return "verifying: \(fault)" }
    if case .success(let report) = verification {
      if let damage = report.damages.first(where: { !isOneLine($0.description) }) { return "\(damage)" }
      if report.isSound, case .failure(let error) = reading { return "sound, and reading fails: \(error)" }
    }
    return nil
  }

  /// Everything through every door.
  private static func read(_ file: BufferFile) throws -> String? {
    _ = try file.entries()
    let state = try file.state()
    if case .map(let map) = state, let key = map.keys.first {
      guard try file.state(at: [key]) == map[key] else { return "\(key) alone is another" }
    }
    guard case .replayBuffer(let kind, _, let schema) = file.header.content else { return nil }
    var rowCount = 0
    try file.contents().forEachBatch(ofBytes: 4096) { rowCount += $0.count }
    guard rowCount == file.summary.rowCount else { return "\(rowCount) rows, \(file.summary.rowCount) in the summary" }
    for column in schema.columns { _ = try file.tensor(column.name) }
    return restore(kind, from: file)
  }

  /// What is wrong with rows that are handed over where they lie: they must be those that are parsed, and parsed they must be.
  private static func otherBytes(in file: BufferFile) throws -> String? {
    let contents = try file.contents()
    let found = Mutex<String?>(nil)
    try contents.forEachStoredBytes { bytes in
      let parsed = Result { try RowBytes(contents.rows(bytes.rows), of: contents.schema) }
      let complaint: String? = switch parsed {
      case .success(let parsed):
        parsed.firstStep == bytes.firstStep && parsed.columns.map(Array.init) == bytes.columns.map(Array.init)
          ? nil : "the bytes of rows \(bytes.rows) are others"
      case .failure(let error): "the bytes of rows \(bytes.rows) are taken, and parsing them fails: \(error)"
      }
      if let complaint { found.withLock { $0 = complaint } }
    }
    return found.withLock { $0 }
  }

  /// Makes the buffer that the header names; what its state says may be anything.
  private static func restore(_ kind: String, from file: BufferFile) -> String? {
    let kinds: [any SavableBuffer.Type] = [
      ReplayBuffer.self, PrioritizedReplayBuffer.self, FIFOReplayBuffer.self, ReservoirReplayBuffer.self,
      MixInReplayBuffer<ReplayBuffer>.self, EpisodeReplayBuffer.self, PrioritizedEpisodeReplayBuffer.self,
    ]
    for type in kinds where type.kind == kind {
      do { try type.init(contentsOf: file).checkInvariants() } catch {
        if let fault = fault(in: error) { return "restoring a \(kind): \(fault)" }
      }
    }
    return nil
  }

  /// What is wrong with an error; nil for one of the modules that are involved, with a message on one line.
  private static func fault(in error: any Error) -> String? {
    guard error is BufferFileError || error is StateTreeError || error is ReplayBufferError else {
      return "an error of another module: \(error)"
    }
    return isOneLine("\(error)") ? nil : "a message of no line or several: \(error)"
  }

  private static func isOneLine(_ text: String) -> Bool { !text.isEmpty && !text.contains("\n") }
}
