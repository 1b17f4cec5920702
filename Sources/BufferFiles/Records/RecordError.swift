internal import ReplayBuffers
internal import StateTree

/// Why the content of one frame is not the record it should be. The reader adds path, frame and byte.
enum RecordError: Error, Equatable {
  case state(StateTreeError)
  case wrongKind(expected: String, found: String)
  case inconsistent(String)

  var description: String {
    switch self {
    case .state(let error): error.description
    case .wrongKind(let expected, let found): "the record is of kind \"\(found)\", expected \"\(expected)\""
    case .inconsistent(let reason): reason
    }
  }
}

extension StateReader {
  /// A reader of a record of the given kind.
  init(record value: StateValue, kind: String) throws(RecordError) {
    do throws(StateTreeError) {
      try self.init(value, at: [StateKey(kind)])
      let found = try string("kind")
      guard found == kind else { throw RecordError.wrongKind(expected: kind, found: found) }
    } catch let error as RecordError {
      throw error
    } catch let error as StateTreeError {
      throw .state(error)
    } catch {
      throw .inconsistent("\(error)")
    }
  }
}
