internal import BufferFiles
internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// Runs calls on files, saying what they throw in this module's terms.
func onFiles<Result>(_ body: () throws(FileSystemError) -> Result) throws(CheckpointError) -> Result {
  do { return try body() } catch { throw .fileSystem(error) }
}

/// Runs what reads or writes a component, saying whatever it throws in this module's terms.
func translating<Result>(
  _ checkpoint: FilePath, _ component: String, _ body: () throws -> Result
) throws(CheckpointError) -> Result {
  do { return try body() } catch { throw CheckpointError(error, checkpoint, component) }
}

extension CheckpointError {
  /// Whatever reading or writing a component threw, in this module's terms.
  init(_ error: any Error, _ checkpoint: FilePath, _ component: String) {
    self =
      switch error {
      case let error as CheckpointError: error
      case let error as BufferFileError: .file(error)
      case let error as FileSystemError: .fileSystem(error)
      case let error as ReplayBufferError: .buffer(error)
      default: .component(checkpoint, name: component, reason: String(describing: error))
      }
  }
}

extension StateTreeError {
  /// What is wrong and where, without the remedy, which is another one in a checkpoint.
  var reason: String {
    switch self {
    case .missingKey(let path): "\(path) is missing"
    case .wrongType(let path, let expected, let found): "\(path) is \(found), expected \(expected)"
    case .invalidValue(let path, let found, let expected): "\(path) is \(found), expected \(expected)"
    default: description
    }
  }
}
