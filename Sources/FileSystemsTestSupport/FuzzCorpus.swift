internal import FileSystems
internal import SystemPackage

/// What `tools/fuzz` found worth keeping, for the tests that run it again.
public enum FuzzCorpus {
  /// One input of a fuzzer.
  public struct Input: Sendable {
    /// The file it lies in, and its number there.
    public let name: String
    /// Its bytes.
    public let bytes: [UInt8]
  }

  /// Every input of a target: those of the file `corpus`, each behind its length in four bytes, little-endian, and one of
  /// each other file, which once crashed.
  /// - Throws: `FileSystemError` for a target without a corpus.
  public static func inputs(of target: String) throws -> [Input] {
    let fileSystem = POSIXFileSystem()
    let folder = folder.appending(target)
    var inputs: [Input] = []
    for entry in try fileSystem.list(folder, follow: .userPath) where entry.kind == .regular {
      let bytes = try fileSystem.readAll(folder.appending(entry.name), limit: 1 << 24)
      let isPacked = entry.name.string == "corpus"
      for (number, bytes) in (isPacked ? unpacked(bytes) : [bytes]).enumerated() {
        inputs.append(Input(name: "\(target)/\(entry.name) \(number)", bytes: bytes))
      }
    }
    return inputs
  }

  private static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("Fixtures/fuzz")

  private static func unpacked(_ bytes: [UInt8]) -> [[UInt8]] {
    var (inputs, rest): ([[UInt8]], ArraySlice<UInt8>) = ([], bytes[...])
    while rest.count >= 4 {
      let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      inputs.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return inputs
  }
}
