internal import BufferFiles
internal import Checkpoints
internal import FileSystems
internal import ReplayBuffers
internal import SystemPackage

extension InspectionError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line; what could steer a terminal is escaped.
  public var description: String { printable(text) }

  private var text: String {
    switch self {
    case .unknownColumn(let path, let name, let known):
      "\(path) has no column \"\(name)\"; its columns are \(Self.list(known))"
    case .noRows(let path, let asked):
      "\(path) holds no rows, so that \(asked) cannot be shown; leave the option away"
    case .noSuchSteps(let path, let asked, let stored):
      stored.isEmpty
        ? "\(path) holds no step at all; leave the option away"
        : "\(path) holds none of the steps \(asked.lowerBound)..<\(asked.upperBound); "
          + "its steps lie in \(stored.lowerBound)..<\(stored.upperBound)"
    case .unknownEpisode(let path, _, _, count: 0): "\(path) has no episodes, so none can be shown"
    case .unknownEpisode(let path, let name, matches: 0, let count):
      "\(path) has no episode \"\(name)\"; name an id, the beginning of one, or a number in 0..<\(count)"
    case .unknownEpisode(let path, let name, let matches, _):
      "\(path) has \(matches) episodes whose id begins with \"\(name)\"; give more of it"
    case .notComparable(let old, let new):
      "\(old.path) is \(old.what) and \(new.path) is \(new.what); compare two replay buffers or two trees of state"
    case .bufferFile(let error): error.description
    case .checkpoint(let error): error.description
    case .noSingleBuffer(let path, buffers: []):
      "\(path) holds no replay buffer to compare; compare it with a checkpoint or an experiment"
    case .noSingleBuffer(let path, let buffers):
      "\(path) holds \(buffers.count) replay buffers, \(Self.list(buffers)); compare it with a checkpoint or an experiment"
    case .replayBuffer(let path, let error): "\(path): \(error.description)"
    case .unreadable(let path, let reason): "\(path): its rows cannot be read: \(reason)"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
  }
}
