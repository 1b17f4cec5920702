internal import BufferFiles
internal import Crypto
internal import FileSystems
internal import StateTree
internal import SystemPackage

/// What was read whole once and found as it was saved, so that nobody who only has to count it reads it again.
///
/// A record is of one manifest or of one end of a file, by digest: what was written anew under an old name has none. It
/// says nothing of damage that came later, which is why no restore believes it.
/// - Source: `Checkpoints.md`, "Retention".
struct VerifiedRecords: Equatable {
  static let format = "rlbuf-verified"
  static let version = 1
  private static let byteLimit = 16 << 20

  /// For the names of checkpoints the SHA-256 of their manifests.
  var checkpoints: [String: String] = [:]
  /// For the names of dumps the digests of their ends.
  var dumps: [String: String] = [:]

  init() {}

  /// The records of an experiment; none if there is no file, or one that cannot be read: then all is to be read again.
  init(of layout: ExperimentLayout, on fileSystem: any FileSystem) {
    guard let text = try? fileSystem.readAll(layout.verified, limit: Self.byteLimit),
      let value = try? StateJSON.value(of: text), let reader = try? StateReader(value),
      (try? reader.string("format")) == Self.format, (try? reader.count("version")) == Self.version
    else { return }
    checkpoints = Self.texts(value["checkpoints"])
    dumps = Self.texts(value["dumps"])
  }

  private static func texts(_ value: StateValue?) -> [String: String] {
    guard case .map(let map)? = value else { return [:] }
    return map.reduce(into: [:]) { texts, entry in
      if case .string(let text) = entry.value { texts[entry.key.string] = text }
    }
  }

  /// Forgets what is not there any more; otherwise the records of all that was ever pruned would pile up.
  mutating func forgetMissing(in layout: ExperimentLayout, on fileSystem: any FileSystem) throws(FileSystemError) {
    let contents = try ExperimentContents(of: layout, on: fileSystem)
    let checkpoints = Set(contents.checkpoints.map { layout.checkpoint($0).name })
    let dumps = Set(try fileSystem.listIfPresent(layout.dumps).map(\.name.string))
    self.checkpoints = self.checkpoints.filter { checkpoints.contains($0.key) }
    self.dumps = self.dumps.filter { dumps.contains($0.key) }
  }

  /// Writes them so that they appear whole and durable, or not at all.
  func write(to layout: ExperimentLayout, on fileSystem: any FileSystem) throws(CheckpointError) {
    let value: StateValue = [
      "format": .string(Self.format), "version": .integer(Self.version), "checkpoints": Self.map(checkpoints),
      "dumps": Self.map(dumps),
    ]
    let text = Array((try StateJSON.text(of: value, layout: .indented) + "\n").utf8)
    try onFiles { () throws(FileSystemError) in try fileSystem.commit(text.span, to: layout.verified) }
  }

  private static func map(_ texts: [String: String]) -> StateValue {
    .map(StateMap(texts.sorted { $0.key < $1.key }.map { (StateKey($0.key), .string($0.value)) }))
  }
}

extension FileSystem {
  /// The most bytes at the end of a dump that tell it from others: its summary and seek table are among them, which
  /// hold digests or checksums of all the rest.
  private var endBytes: Int64 { 64 << 10 }

  /// The size and a digest of the end of a dump.
  func endDigest(of path: FilePath) throws(FileSystemError) -> String {
    try withOpenFile(path) { (file) throws(FileSystemError) in
      let size = try uninterrupted { () throws(FileSystemError) in try status(of: file).byteCount }
      let count = min(size, endBytes)
      let end = try read(exactly: Int(count), at: size - count, from: file)
      return "\(size)-\(Array(SHA256.hash(data: end)).hexadecimal)"
    }
  }

  /// A manifest and the digest of its bytes.
  func manifest(in checkpoint: FilePath) throws(CheckpointError) -> (CheckpointManifest, sha256: String) {
    let text = try CheckpointManifest.text(in: checkpoint, on: self)
    return (
      try CheckpointManifest.parse(text, in: checkpoint), Array(SHA256.hash(data: text)).hexadecimal
    )
  }
}
