import BufferFiles
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import Checkpoints

/// Damaged files and the sound ones that recoveries made of them; a later one under a name stands for all before it.
struct RecoveryStore: CheckpointStore {
  /// A recovery, as a user starts it.
  private struct Work {
    var source: FilePath
    var output: FilePath
    var existing: CommittedFile.Existing
  }

  private static let folder = ExperimentStore.folder
  private static let again = folder.appending("again.msgpack.zst")
  private static let works = [
    work("torn", to: "rows", .refuse), work("without-index", to: "state", .refuse),
    work("changed", to: "rows", .replace),
  ]
  /// Sources have their number in the list, outputs this much more.
  private static let outputs = 10
  /// The number of what the next recovery makes.
  private static let againNumber = outputs + works.count

  private static func work(_ source: String, to output: String, _ existing: CommittedFile.Existing) -> Work {
    func path(_ name: String) -> FilePath { folder.appending(name + ".msgpack.zst") }
    return Work(source: path(source), output: path(output), existing: existing)
  }

  /// What every output must hold, by its number.
  private let truth: [Int: String]

  /// Recovers damaged files that were there durably, one after the other.
  /// - Parameter isForgotten: Which syncs do nothing.
  static func recoveries(
    forgetting isForgotten: (@Sendable (Call) -> Bool)? = nil
  ) throws -> (timeline: Timeline, store: RecoveryStore) {
    let fileSystem = try damagedFiles()
    let store = try RecoveryStore(on: fileSystem)
    var timeline = Timeline(fileSystem)
    for (number, work) in works.enumerated() {
      timeline.willSave(number, try bytes(of: work.source, on: fileSystem))
      timeline.saved(number)
    }
    timeline.record()
    if let isForgotten { fileSystem.forget(isForgotten) }
    for (number, work) in works.enumerated() {
      timeline.willSave(number + outputs, store.truth[number + outputs] ?? "")
      try recover(work, on: fileSystem)
      timeline.saved(number + outputs)
    }
    return (timeline, store)
  }

  /// A file that a killed writer left, one of state whose end is gone, and one with a byte changed in its midst.
  private static func damagedFiles() throws -> SimulatedFileSystem {
    let fileSystem = SimulatedFileSystem()
    try fileSystem.createDirectory(folder)
    try fileSystem.syncDirectory("/")
    for (damaged, work) in zip([try torn(), try withoutIndex(), try changed()], works) {
      try fileSystem.commit(damaged.span, to: work.source)
    }
    return fileSystem
  }

  private static func torn() throws -> [UInt8] {
    let (bytes, ends) = try rows(PrioritiesUnderWay.self)
    return Array(bytes[..<ends[3]])
  }

  private static func changed() throws -> [UInt8] {
    var (bytes, ends) = try rows(PrioritizedReplayBuffer.self)
    bytes[ends[3] - 20] ^= 1
    return bytes
  }

  private static func withoutIndex() throws -> [UInt8] {
    let (fileSystem, path) = (SimulatedFileSystem(), FilePath("/state"))
    // More than a page, so that it can tear.
    var generator = PCG64(seed: 2)
    let state: StateValue = ["weights": .tensor(Tensor(vector: generator.random(count: 900))), "count": 7]
    try BufferFileWriter.create(at: path, header: FileHeader(content: .state), on: fileSystem).finish(state: state)
    return Array(try fileSystem.readAll(path, limit: 1 << 20).dropLast(40))
  }

  /// The file of a buffer in row groups of 30 rows, and where each group ends.
  private static func rows(_ type: (some GrowingBuffer).Type) throws -> (bytes: [UInt8], ends: [Int]) {
    let (fileSystem, path) = (SimulatedFileSystem(), FilePath("/rows"))
    let buffer = try grown(type).snapshot()
    let header = FileHeader(content: .replayBuffer(kind: buffer.kind, layout: buffer.layout, schema: buffer.schema))
    var writer = try BufferFileWriter.create(at: path, header: header, on: fileSystem)
    for first in stride(from: 0, to: buffer.rowCount, by: 30) {
      try writer.append(rowsOf: buffer, first..<min(first + 30, buffer.rowCount))
    }
    try writer.finish(state: buffer.state())
    let groups = try BufferFile.open(path, on: fileSystem).entries().filter { $0.kind == .rows }
    return (try fileSystem.readAll(path, limit: 1 << 20), groups.map { $0.offset + $0.compressedBytes })
  }

  /// What the recoveries make where no power is lost; each must find a part, and miss one where rows are damaged.
  private init(on fileSystem: SimulatedFileSystem) throws {
    let copy = fileSystem.stopped()
    var truth: [Int: String] = [:]
    for (number, work) in Self.works.enumerated() {
      let report = try Self.recover(work, on: copy)
      if number != 1 { try #require(report.stepCount > 60 && !report.isComplete, "\(work.source): \(report)") }
      truth[number + Self.outputs] = try Self.digest(of: work.output, on: copy)
    }
    try #require(Set(truth.values).count == Self.works.count)
    self.truth = truth
  }

  @discardableResult
  private static func recover(_ work: Work, on fileSystem: any FileSystem) throws -> RecoveryReport {
    let options = WritingOptions(existing: work.existing)
    return try BufferFile.recover(work.source, to: work.output, options: options, on: fileSystem)
  }

  // MARK: Reading

  private static func bytes(of path: FilePath, on fileSystem: any FileSystem) throws -> String {
    StateDigest.sha256(of: .bytes(try fileSystem.readAll(path, limit: 1 << 20)))
  }

  /// The digest of all that a sound file holds.
  /// - Throws: `Unsound` for any other.
  private static func digest(of path: FilePath, on fileSystem: any FileSystem) throws -> String {
    guard try BufferFile.verify(path, on: fileSystem).isSound else { throw Unsound(path: path) }
    let file = try BufferFile.open(path, on: fileSystem)
    if case .state = file.header.content { return StateDigest.sha256(of: try file.state()) }
    return StateDigest.sha256(of: try everything(file.contents()))
  }

  private struct Unsound: Error { var path: FilePath }

  func offered(on fileSystem: SimulatedFileSystem) throws -> [Int: String] {
    var offered: [Int: String] = [:]
    for (number, work) in Self.works.enumerated() {
      offered[number] = try Self.bytes(of: work.source, on: fileSystem)
      guard try fileSystem.exists(work.output) else { continue }
      let found = try Self.digest(of: work.output, on: fileSystem)
      // A later recovery under this name stands for this one too; what is none of them is wrong for each.
      let sameName = Self.works.indices.filter { Self.works[$0].output == work.output }
      let last = sameName.last { truth[$0 + Self.outputs] == found } ?? number
      if last >= number { offered[number + Self.outputs] = last > number ? truth[number + Self.outputs] : found }
    }
    if try fileSystem.exists(Self.again) { offered[Self.againNumber] = try Self.digest(of: Self.again, on: fileSystem) }
    return offered
  }

  func newest(on fileSystem: SimulatedFileSystem) throws -> Int? { try offered(on: fileSystem).keys.max() }

  // MARK: Going on

  /// Recovers once more under the name that is wanted, and what came of that under a new one.
  func goOn(on fileSystem: SimulatedFileSystem, with number: Int) throws -> String {
    // What a dead process left; here it is this very process, so that its number does not tell.
    try fileSystem.removeTemporaries(inLocked: Self.folder) { _ in true }
    let last = Self.works[Self.works.count - 1]
    try Self.recover(last, on: fileSystem)
    let report = try BufferFile.recover(last.output, to: Self.again, on: fileSystem)
    guard report.isComplete, number == Self.againNumber else { throw Unsound(path: last.output) }
    return try Self.digest(of: last.output, on: fileSystem)
  }

  func litter(on fileSystem: SimulatedFileSystem) throws -> [String] {
    let meant = Set(Self.works.flatMap { [$0.source, $0.output] } + [Self.again]).map(\.lastComponent)
    return try fileSystem.list(Self.folder).map(\.name).filter { !meant.contains($0) }.map(\.string)
  }
}
