internal import BufferFiles
internal import Checkpoints
internal import FileSystems
internal import MessagePack
internal import SystemPackage
internal import Zstandard

extension ForeignFormatError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line; what could steer a terminal is escaped.
  public var description: String { printable(text) }

  private var text: String {
    switch self {
    case .fileSystem(let error): error.description
    case .notRecognized(let path, let found):
      "\(path) is \(found); rlbuf opens its own files, MessagePack (also .zst) and RLlib's checkpoint directories"
    case .compression(let path, let error): "\(path): \(error.description)"
    case .messagePack(let path, let error): "\(path): \(error.description)"
    case .invalidDump(let path, let reason):
      "\(path) looks like a replay buffer of RLlib and contradicts itself: \(reason); look at it with --tree"
    case .notCheckpoint(let path, let found):
      "\(path) is \(found): it has no checkpoint.json (a checkpoint of rlbuf), no params.json, result.json or "
        + "checkpoint_000001 (an experiment) and no rllib_checkpoint.json or metadata.json (a checkpoint of RLlib); name "
        + "one of these, or a file"
    case .bufferFile(let error): error.description
    case .checkpoint(let error): error.description
    }
  }
}
