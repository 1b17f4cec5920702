import Glibc
import StateTree
import SystemPackage

/// Runs scripts of `tools/python` with a Python that has the packages they need.
enum Python {
  /// What `RLBUF_PYTHON` names, as tools/test does.
  static let named = unsafe getenv("RLBUF_PYTHON").map { unsafe String(cString: $0) }

  /// The Python that was named, else the one on the path; nil if it has not all packages.
  static let interpreter: String? = {
    let path = named ?? "python3"
    return run([path, "-c", "import zstandard, msgpack, msgpack_numpy, numpy, pyzstd"]) == nil ? nil : path
  }()

  /// What a script prints; nil if it fails, with its complaint on standard error.
  static func output(of script: String, _ file: FilePath) -> String? {
    guard let interpreter else { return nil }
    return run([interpreter, "\(folder)/\(script)", file.string])
  }

  private static let folder: String = {
    let file = FilePath(#filePath)
    return file.removingLastComponent().removingLastComponent().removingLastComponent().removingLastComponent()
      .appending("tools/python").string
  }()

  /// - Source: popen(3), with every word quoted for the shell
  private static func run(_ words: [String]) -> String? {
    let command = words.map { "'\($0)'" }.joined(separator: " ")
    guard let stream = unsafe popen(command, "r") else { return nil }
    var bytes: [UInt8] = []
    while case let byte = unsafe fgetc(stream), byte >= 0 { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    guard unsafe pclose(stream) == 0 else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
