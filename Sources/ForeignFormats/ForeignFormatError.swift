public import BufferFiles
public import Checkpoints
public import FileSystems
public import MessagePack
public import SystemPackage
public import Zstandard

/// Why a path cannot be opened as anything that rlbuf knows.
public enum ForeignFormatError: Error, Sendable, Equatable {
  /// A call on the file failed.
  case fileSystem(FileSystemError)
  /// The file is of a kind that holds no state rlbuf reads: what it is instead.
  case notRecognized(FilePath, found: String)
  /// The zstd frames of a file of others are not sound.
  case compression(FilePath, ZstandardError)
  /// The MessagePack of a file of others is not sound.
  case messagePack(FilePath, MessagePackError)
  /// A replay buffer's state of RLlib contradicts itself.
  case invalidDump(FilePath, reason: String)
  /// A directory that is neither an RLlib checkpoint nor anything else with state.
  case notCheckpoint(FilePath, found: String)
  /// A file of our own is not sound.
  case bufferFile(BufferFileError)
  /// A checkpoint or experiment of our own cannot be read.
  case checkpoint(CheckpointError)
}

extension ForeignFormatError {
  /// Whether the file is what others keep data in, of a kind that is not looked into: an archive of numpy, a pickle.
  public var isForeignData: Bool {
    if case .notRecognized(_, let found) = self { FileSignature.isData(found) } else { false }
  }

  /// Whether a documented limit was reached, rather than the file being wrong.
  public var isLimit: Bool {
    switch self {
    case .compression(_, let error): error.isLimit
    case .messagePack(_, let error): error.isLimit
    case .bufferFile(let error): error.isLimit
    case .checkpoint(let error): error.isLimit
    case .fileSystem(let error):
      if case .tooLarge = error.reason { true } else if case .tooManyEntries = error.reason { true } else { false }
    default: false
    }
  }
}
