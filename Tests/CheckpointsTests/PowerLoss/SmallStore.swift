import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage

@testable import Checkpoints

/// A mistake that others have made in keeping checkpoints.
enum Mistake: String, CaseIterable {
  case noFileSync = "files are not synced"
  case noDirectorySync = "directories are not synced"
  case manifestBeforeData = "the manifest is written before the data"
  case pruningBeforeSync = "the old checkpoint is deleted before the new one is durable"
  case emptyMarker = "an empty file marks a checkpoint as complete"
  case pointerInPlace = "a file that names the newest checkpoint is written in place"
  case syncRetried = "a sync that failed is tried again"
  case namesSortedAsStrings = "names are sorted as strings"
}

/// The protocol of a checkpoint reduced to two files, so that each mistake can be made in it: a directory `N` with `data`
/// and a manifest, and the number of the newest one found by listing. Saving a checkpoint deletes those before it.
struct SmallStore: CheckpointStore {
  private static let folder = ExperimentStore.folder
  private static let temporary = folder.appending(".partial")
  private static let pointer = folder.appending("latest")

  var mistake: Mistake?

  // MARK: Reading

  func offered(on fileSystem: SimulatedFileSystem) throws -> [Int: String] {
    var offered: [Int: String] = [:]
    for iteration in try iterations(on: fileSystem) where try isComplete(iteration, on: fileSystem) {
      offered[iteration] = digest(try fileSystem.readAll(path(iteration).appending("data"), limit: 1 << 20))
    }
    return offered
  }

  func newest(on fileSystem: SimulatedFileSystem) throws -> Int? {
    switch mistake {
    case .pointerInPlace:
      guard try fileSystem.exists(Self.pointer) else { return nil }
      return Int(String(decoding: try fileSystem.readAll(Self.pointer, limit: 100), as: UTF8.self))
    case .namesSortedAsStrings: return try iterations(on: fileSystem).map(String.init).max().flatMap(Int.init)
    default: return try offered(on: fileSystem).keys.max()
    }
  }

  private func iterations(on fileSystem: any FileSystem) throws -> [Int] {
    try fileSystem.list(Self.folder).compactMap { Int($0.name.string) }
  }

  /// A manifest says how long the data is and what they are; an empty marker says nothing.
  private func isComplete(_ iteration: Int, on fileSystem: any FileSystem) throws -> Bool {
    let (data, marker) = (path(iteration).appending("data"), path(iteration).appending("manifest"))
    guard try fileSystem.exists(marker), try fileSystem.exists(data) else { return false }
    if mistake == .emptyMarker { return true }
    // As for real checkpoints: complete by the size; that the bytes are right is seen when they are read.
    return try fileSystem.readAll(marker, limit: 100) == manifest(of: bytes(iteration))
      && fileSystem.status(of: data).byteCount == Int64(bytes(iteration).count)
  }

  // MARK: Writing

  func goOn(on fileSystem: SimulatedFileSystem, with iteration: Int) throws -> String {
    try fileSystem.removeTemporaries(inLocked: Self.folder) { _ in true }
    for name in [Self.temporary, Self.deleted] { try fileSystem.removeTree(name) }
    for left in try iterations(on: fileSystem) where try !isComplete(left, on: fileSystem) {
      try fileSystem.removeTree(path(left))
    }
    try save(iteration, on: fileSystem)
    return digest(bytes(iteration))
  }

  func save(_ iteration: Int, on fileSystem: any FileSystem) throws {
    let isInPlace = mistake == .manifestBeforeData || mistake == .emptyMarker
    let directory = isInPlace ? path(iteration) : Self.temporary
    try fileSystem.createDirectory(directory)
    let files = [
      ("data", bytes(iteration)), ("manifest", mistake == .emptyMarker ? [] : manifest(of: bytes(iteration))),
    ]
    for (name, bytes) in mistake == .manifestBeforeData ? files.reversed() : files {
      try write(bytes, to: directory.appending(name), on: fileSystem)
    }
    if mistake == .emptyMarker { try syncAgain(directory.appending("data"), on: fileSystem) }
    try sync(directory, on: fileSystem)
    if !isInPlace { try fileSystem.rename(directory, to: path(iteration), mode: .noReplace) }
    if mistake == .pruningBeforeSync { try prune(before: iteration, on: fileSystem) }
    try sync(Self.folder, on: fileSystem)
    if mistake == .pointerInPlace { try point(to: iteration, on: fileSystem) }
  }

  /// Deletes all checkpoints but the newest.
  func prune(before iteration: Int, on fileSystem: any FileSystem) throws {
    let names = try iterations(on: fileSystem)
    let newest = mistake == .namesSortedAsStrings ? names.map(String.init).max().flatMap(Int.init) : names.max()
    for old in names where old != newest {
      try fileSystem.rename(path(old), to: Self.deleted, mode: .noReplace)
      try sync(Self.folder, on: fileSystem)
      try fileSystem.removeTree(Self.deleted)
    }
  }

  private func write(_ bytes: [UInt8], to path: FilePath, on fileSystem: any FileSystem) throws {
    let file = try fileSystem.create(path)
    defer { try? fileSystem.close(file) }
    try fileSystem.writeAll(bytes.span, to: file)
    guard mistake != .noFileSync, mistake != .emptyMarker else { return }
    do { try fileSystem.sync(file) } catch {
      guard mistake == .syncRetried else { throw error }
      try fileSystem.sync(file)
    }
  }

  /// With an empty marker the bytes do become durable, only later than the marker may.
  private func syncAgain(_ path: FilePath, on fileSystem: any FileSystem) throws {
    try fileSystem.withOpenFile(path) { (file) throws(FileSystemError) in try fileSystem.sync(file) }
  }

  private func sync(_ directory: FilePath, on fileSystem: any FileSystem) throws {
    guard mistake != .noDirectorySync else { return }
    do { try fileSystem.syncDirectory(directory) } catch {
      guard mistake == .syncRetried else { throw error }
      try fileSystem.syncDirectory(directory)
    }
  }

  private func point(to iteration: Int, on fileSystem: any FileSystem) throws {
    let file = try fileSystem.openForAppending(Self.pointer)
    defer { try? fileSystem.close(file) }
    try fileSystem.truncate(file, to: 0)
    try fileSystem.writeAll(Array(String(iteration).utf8).span, to: file)
    try fileSystem.sync(file)
    try fileSystem.syncDirectory(Self.folder)
  }

  func litter(on fileSystem: SimulatedFileSystem) throws -> [String] {
    try fileSystem.list(Self.folder).map(\.name.string).filter { $0.hasPrefix(".") }
  }

  // MARK: Contents

  private static let deleted = folder.appending(".deleted")

  private func path(_ iteration: Int) -> FilePath { Self.folder.appending(String(iteration)) }

  /// More than a page, so that it can tear.
  private func bytes(_ iteration: Int) -> [UInt8] { [UInt8](repeating: UInt8(iteration), count: 6000) }

  private func manifest(of bytes: [UInt8]) -> [UInt8] { Array("\(bytes.count) \(digest(bytes))".utf8.prefix(60)) }

  private func digest(_ bytes: [UInt8]) -> String { StateDigest.sha256(of: .bytes(bytes)) }

  /// The digest of what a save writes.
  func digest(of iteration: Int) -> String { digest(bytes(iteration)) }
}
