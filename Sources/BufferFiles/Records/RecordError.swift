internal import ReplayBuffers
internal import StateTree

/// Why the content of one frame is not the record it should be. The reader adds path, frame and byte.
enum RecordError: Error, Equatable {
  case state(StateTreeError)
  case wrongKind(expected: String, found: String)
  case inconsistent(String)
  case episodes(ReplayBufferError)

  var description: String {
    switch self {
    case .state(let error): error.description
    case .wrongKind(let expected, let found): "the record is of kind \"\(found)\", expected \"\(expected)\""
    case .inconsistent(let reason): reason
    case .episodes(let error): error.description
    }
  }
}

extension StateReader {
  /// A reader of a record of the given kind.
  init(record value: StateValue, kind: String) throws(RecordError) {
    let found: String
    do throws(StateTreeError) {
      try self.init(value, at: [StateKey(kind)])
      found = try string("kind")
    } catch {
      throw .state(error)
    }
    guard found == kind else { throw .wrongKind(expected: kind, found: found) }
  }
}
