public import BufferFiles
public import Checkpoints
public import ReplayBuffers
public import SystemPackage

/// Why a path that was opened cannot be shown as asked.
public enum InspectionError: Error, Sendable, Equatable {
  /// A column was asked for that is not there.
  case unknownColumn(FilePath, name: String, known: [String])
  /// Rows were asked for of something that has none.
  case noRows(FilePath, asked: String)
  /// None of the steps asked for is stored.
  case noSuchSteps(FilePath, asked: Range<Int>, stored: Range<Int>)
  /// No stored episode is meant by a name, or several are.
  case unknownEpisode(FilePath, name: String, matches: Int, count: Int)
  /// A replay buffer and something that is none cannot be compared.
  case notComparable(old: DiffReport.Subject, new: DiffReport.Subject)
  /// The file is damaged where it had to be read.
  case bufferFile(BufferFileError)
  /// A checkpoint or experiment cannot be read.
  case checkpoint(CheckpointError)
  /// A checkpoint has not exactly one replay buffer to compare with a dump: which it has.
  case noSingleBuffer(FilePath, buffers: [String])
  /// The state of a buffer contradicts itself.
  case replayBuffer(FilePath, ReplayBufferError)
  /// Rows could not be read for another reason.
  case unreadable(FilePath, reason: String)
}

extension InspectionError {
  /// Whether a documented limit was reached, rather than the file being wrong.
  public var isLimit: Bool {
    switch self {
    case .bufferFile(let error): error.isLimit
    case .checkpoint(let error): error.isLimit
    default: false
    }
  }
}
