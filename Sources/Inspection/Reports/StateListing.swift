internal import BufferFiles
public import StateTree

/// The values of a tree of state, each in a few words.
public struct StateListing: Sendable, Equatable {
  /// One value.
  public struct Entry: Sendable, Equatable {
    /// Where it lies.
    public var path: StatePath
    /// A scalar by its value, anything else by type and size.
    public var description: String
    /// About how many bytes it takes.
    public var byteCount: Int
  }

  /// The values in the order of the state; maps are named by what is in them.
  public var entries: [Entry]
  /// How many values there are in all, those that are not listed included.
  public var count: Int
}

extension StateListing {
  /// The listing that a file's summary holds.
  init(_ summary: FileSummary) {
    entries = summary.outline.map { Entry(path: $0.path, description: $0.description, byteCount: $0.bytes) }
    count = summary.stateValueCount
  }

  /// The listing of all values of a tree.
  init(_ state: StateValue) {
    entries = FileSummary.outline(of: state).map {
      Entry(path: $0.path, description: $0.description, byteCount: $0.bytes)
    }
    count = entries.count
  }

  /// The description at a path.
  func description(at path: StatePath) -> String? { entries.first { $0.path == path }?.description }
}
