internal import BufferFiles
internal import FileSystems
internal import MessagePack
internal import SystemPackage
internal import Zstandard

extension ForeignFormatError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .fileSystem(let error): error.description
    case .notRecognized(let path, let found):
      "\(printable(path)) is \(found); rlbuf opens its own files, MessagePack (also .zst) and RLlib's checkpoint directories"
    case .compression(let path, let error): "\(printable(path)): \(error.description)"
    case .messagePack(let path, let error): "\(printable(path)): \(error.description)"
    case .invalidDump(let path, let reason):
      "\(printable(path)) looks like a replay buffer of RLlib and contradicts itself: \(reason); look at it with --tree"
    case .notCheckpoint(let path, let found):
      "\(printable(path)) is \(found); name a file, or a directory with rllib_checkpoint.json or metadata.json in it"
    case .bufferFile(let error): error.description
    }
  }
}

private func printable(_ path: FilePath) -> String { printable(path.string) }

/// A path or name as it may be shown: what could steer a terminal (control, bidi) or break the line is escaped.
func printable(_ name: String) -> String {
  var text = ""
  for scalar in name.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: text += "\\u{\(String(scalar.value, radix: 16))}"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text
}
