internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage
internal import Zstandard

extension BufferFileError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line; what could steer a terminal is escaped.
  public var description: String { printable(text) }

  private var text: String {
    switch self {
    case .fileSystem(let error): error.description
    case .notBufferFile(let path, let found):
      "\(path) is not a file of rlbuf: \(found); give a dump, a checkpoint or a file that \"rlbuf convert\" wrote"
    case .newerVersion(let path, let found, let supported):
      "\(path) has format version \(found) and this rlbuf reads up to \(supported); install a newer rlbuf"
    case .unfinished(let path, let bytes):
      "\(path) does not end with a seek table after \(bytes) bytes: it was cut short or its writer did not finish; "
        + "take another copy of it, or keep what is whole with \"rlbuf recover\""
    case .damagedFrame(let place, let error):
      "\(place) is damaged: \(error.description)"
    case .digestMismatch(let place, let stored, let computed):
      "digest mismatch in \(place): stored \(stored.prefix(8)), computed \(computed.prefix(8)); "
        + "run \"rlbuf verify\" for all damage and \"rlbuf recover\" to keep what is whole"
    case .invalidRecord(let place, let reason):
      "\(place) does not hold what it should: \(reason)"
    case .inconsistent(let place, let reason):
      "\(place) contradicts itself: \(reason); run \"rlbuf verify\" for all damage"
    case .noRows(let path):
      "\(path) holds state and no rows; read its state"
    case .unknownColumn(let path, let name, let known):
      "\(path) has no column \"\(name)\"; its columns are \(known.joined(separator: ", "))"
    case .wrongDataType(let path, let column, let expected, let found):
      "the column \"\(column)\" of \(path) holds \(found), not \(expected); ask for \(found), nothing is converted silently"
    case .outOfRange(let path, let asked, let stored):
      "\(path) holds \(stored.lowerBound)..<\(stored.upperBound) and \(asked.lowerBound)..<\(asked.upperBound) "
        + "was asked for; ask within what is stored"
    case .noEpisodes(let path):
      "\(path) has no table of episodes; its rows are transitions, ask for them by step"
    case .tooLargeForMemory(let path, let bytes):
      "what is asked for of \(path) takes \(bytes) bytes, more than there is memory; ask for fewer steps"
    case .stateTooLarge(let path, let bytes, let limit):
      "\(path) is one piece of \(bytes) bytes, the limit is \(limit); put large data into tensors or bytes of a map"
    case .stateTooDeep(let path, let limit):
      "\(path) nests deeper than \(limit) levels, the limit of a record (a tensor counts as two); flatten it"
    case .stateTooManyValues(let path, let found, let limit):
      "\(path) is one piece of \(found) values, the limit is \(limit); put numbers into tensors"
    case .tooManyFrames(let path, let limit):
      "\(path) cannot hold more than \(limit) row groups and pieces of state; append more rows at a time"
    case .compression(let error):
      error.description
    case .nothingToRecover(let path):
      "in \(path) no row and no state is whole: there is nothing to recover; take another copy of it"
    case .outputIsInput(let path):
      "\(path) is the damaged file itself; write to another name, so that nothing of it is lost"
    case .unsoundOutput(let path, let reason):
      "\(path) was not written, because it was not what was meant when it was read again: \(reason); check the disk and try again"
    case .wouldShrink(let path, let rows, let stored):
      "\(path) holds \(stored) rows and is not replaced by \(rows); write to another name, or allow it "
        + "(WritingOptions.shrinking)"
    case .wrongRows(let reason):
      "these rows do not belong into this file: \(reason)"
    }
  }

  /// Whether a documented limit was reached, rather than the file being wrong.
  public var isLimit: Bool {
    switch self {
    case .damagedFrame(_, let error): error.isLimit
    case .stateTooLarge, .stateTooDeep, .stateTooManyValues, .tooManyFrames: true
    default: false
    }
  }
}

extension BufferFileError.Place: CustomStringConvertible {
  /// Path, frame, rows and byte, as far as they are known.
  public var description: String {
    var text = "\(path)"
    if let frame {
      let rows = rows.map { $0.isEmpty ? "" : " (rows \($0.lowerBound)-\($0.upperBound - 1))" } ?? ""
      text = "frame \(frame)\(rows) of \(path)"
    }
    if let byte { text += " at byte \(byte)" }
    return text
  }
}
