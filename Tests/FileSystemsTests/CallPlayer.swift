import FileSystems
import SystemPackage

/// Makes calls on a file system and says what came of each, so that two of them can be compared.
struct CallPlayer {
  /// One call.
  struct Step {
    /// Names at two depths, few enough that most calls meet something.
    private static let paths: [FilePath] = ["a", "b", "d", "d/a", "d/b", "d/e", "d/e/a", "d/e/f", "missing/a", "."]

    let kind: Int
    let path: FilePath
    let other: FilePath
    let slot: Int
    let size: Int
    let mode: RenameMode

    init(using generator: inout SplitMix64) {
      kind = Int.random(in: 0..<22, using: &generator)
      path = Self.paths.randomElement(using: &generator) ?? "a"
      other = Self.paths.randomElement(using: &generator) ?? "a"
      slot = Int.random(in: 0..<4, using: &generator)
      size = Int.random(in: 0..<40, using: &generator)
      mode = [.replace, .noReplace, .exchange].randomElement(using: &generator) ?? .replace
    }
  }

  private let fileSystem: any FileSystem
  private let directory: FilePath
  /// Files that are open, and some that are closed again.
  private var slots: [OpenFile?] = [nil, nil, nil, nil]
  private var isClosed = [false, false, false, false]

  init(_ fileSystem: any FileSystem, in directory: FilePath) {
    self.fileSystem = fileSystem
    self.directory = directory
  }

  /// Makes a call; the answer names no path and no number, which differ.
  mutating func play(_ step: Step) -> String {
    do { return step.kind < 9 ? try playOnPaths(step) : try playOnFile(step) } catch let error as FileSystemError {
      return "error \(error.operation) (\(error.code.map { "\($0)" } ?? "\(error.reason)"))"
    } catch {
      return "\(error)"
    }
  }

  private func absolute(_ path: FilePath) -> FilePath { path == "." ? directory : directory.pushing(path) }

  private mutating func playOnPaths(_ step: Step) throws -> String {
    let (path, other) = (absolute(step.path), absolute(step.other))
    switch step.kind {
    case 0: try fileSystem.rename(path, to: other, mode: step.mode)
    case 1: try fileSystem.link(path, as: other)
    case 2: try fileSystem.unlink(path)
    case 3, 4: try fileSystem.createDirectory(path, permissions: .ownerReadWriteExecute)
    case 5: try fileSystem.removeDirectory(path)
    case 6: return try fileSystem.list(path).map { "\($0.name) \($0.kind)" }.joined(separator: ", ")
    case 7: return describe(try fileSystem.status(of: path))
    default: try fileSystem.syncDirectory(path)
    }
    return "done"
  }

  private mutating func playOnFile(_ step: Step) throws -> String {
    switch step.kind {
    case 9: return try put(try fileSystem.create(absolute(step.path)), step.slot)
    case 11: return try put(try fileSystem.open(absolute(step.path)), step.slot)
    case 10, 12:
      return try put(try fileSystem.openForAppending(absolute(step.path), permissions: .ownerReadWrite), step.slot)
    default: break
    }
    guard let file = slots[step.slot], step.kind == 13 || !isClosed[step.slot] else { return "none" }
    switch step.kind {
    // A number that was closed may be somebody else's by now: only one that nobody has is closed twice.
    case 13:
      try fileSystem.close(isClosed[step.slot] ? OpenFile(number: 1 << 20, path: file.path) : file)
      isClosed[step.slot] = true
      return "closed"
    case 14, 15:
      let bytes = (0..<step.size).map { UInt8($0 + step.slot) }
      return "\(try fileSystem.write(bytes.span, to: file))"
    case 16:
      let contents = try [UInt8](capacity: step.size) { (output: inout OutputSpan<UInt8>) throws(FileSystemError) in
        try fileSystem.read(file, at: Int64(step.slot * 5), into: &output)
      }
      return "\(contents)"
    case 17:
      try fileSystem.truncate(file, to: Int64(step.size))
      return "cut"
    case 18...20: return try playLock(step, file)
    default:
      try fileSystem.sync(file)
      return describe(try fileSystem.status(of: file))
    }
  }

  private func playLock(_ step: Step, _ file: OpenFile) throws -> String {
    switch step.size % 3 {
    case 0: try fileSystem.lock(file)
    case 1: try fileSystem.unlock(file)
    default: return "\(try fileSystem.isLocked(file))"
    }
    return "done"
  }

  private mutating func put(_ file: OpenFile, _ slot: Int) throws -> String {
    if let old = slots[slot], !isClosed[slot] { try fileSystem.close(old) }
    (slots[slot], isClosed[slot]) = (file, false)
    return "opened"
  }

  mutating func closeAll() {
    for (file, isClosed) in zip(slots, isClosed) where !isClosed { if let file { try? fileSystem.close(file) } }
    slots = [nil, nil, nil, nil]
  }

  private func describe(_ status: FileStatus) -> String {
    guard status.kind == .regular else { return "\(status.kind) \(status.permissions)" }
    return "\(status.kind) \(status.byteCount) \(status.linkCount) \(status.permissions)"
  }

  /// All names and bytes below a directory.
  func tree(_ path: FilePath) throws -> [String] {
    var found: [String] = []
    for entry in try fileSystem.list(path) {
      let child = path.appending(entry.name)
      if entry.kind == .directory {
        found += ["\(entry.name)"] + (try tree(child).map { "\(entry.name)/\($0)" })
      } else {
        found.append("\(entry.name) \(try fileSystem.readAll(child, limit: 1 << 20))")
      }
    }
    return found
  }
}

/// Random numbers that a seed repeats.
/// - Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
