internal import BufferFiles
internal import FileSystems

extension CheckpointError {
  /// Whether a documented limit was reached, rather than something being wrong.
  public var isLimit: Bool {
    switch self {
    case .tooMany: true
    case .file(let error): error.isLimit
    case .fileSystem(let error):
      if case .tooLarge = error.reason { true } else if case .tooManyEntries = error.reason { true } else { false }
    default: false
    }
  }
}
