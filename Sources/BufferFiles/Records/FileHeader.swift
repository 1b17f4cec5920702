public import ReplayBuffers
public import StateTree

/// The first record of a file: what is inside and where it came from.
/// - Source: `Format.md`, "header".
public struct FileHeader: Sendable, Equatable {
  /// What a file holds besides state.
  public enum Content: Sendable, Equatable {
    /// The rows of a replay buffer.
    case replayBuffer(kind: String, layout: BufferLayout, schema: BufferSchema)
    /// No rows.
    case state
  }

  /// What is inside.
  public var content: Content
  /// Who wrote it, when and from what: left out of comparisons.
  public var provenance: StateMap
  /// What the user wants to be known about it.
  public var metadata: StateMap
  /// How the bytes of the columns are ordered; nil as they are. The writer sets it from its options.
  public internal(set) var filter: ByteFilter?

  /// A header.
  public init(content: Content, provenance: StateMap = [:], metadata: StateMap = [:]) {
    self.content = content
    self.provenance = provenance
    self.metadata = metadata
  }
}

extension FileHeader {
  static let recordKind = "header"
  static let format = "rlbuf"

  var record: StateValue {
    var record: StateMap = [
      "kind": .string(Self.recordKind), "format": .string(Self.format), "version": .int(Int64(FormatLimits.version)),
    ]
    switch content {
    case .replayBuffer(let kind, let layout, let schema):
      record["content"] = "replay-buffer"
      record["buffer"] = ["kind": .string(kind), "layout": .string(layout.rawValue)]
      record["schema"] = schema.state
      if let filter { record[ByteFilter.filterKey] = .string(filter.rawValue) }
    case .state:
      record["content"] = "state"
    }
    record["provenance"] = .map(provenance)
    record["metadata"] = .map(metadata)
    return .map(record)
  }

  /// The header that a record describes; its version was checked before.
  init(record reader: StateReader) throws(RecordError) {
    do throws(StateTreeError) {
      let kind = try reader.string("content")
      provenance = try reader.reader("provenance").map
      metadata = try reader.reader("metadata").map
      guard kind == "replay-buffer" else {
        guard kind == "state" else {
          throw .invalidValue(path: "content", found: kind, expected: "replay-buffer or state")
        }
        content = .state
        return
      }
      let buffer = try reader.reader("buffer")
      let name = try buffer.string("layout")
      guard let layout = BufferLayout(rawValue: name) else {
        throw .invalidValue(path: "buffer/layout", found: name, expected: "transitions or episodes")
      }
      if reader.map[ByteFilter.filterKey] != nil { filter = try ByteFilter(naming: reader) }
      let columns = try reader.array("schema")
      content = .state
      content = .replayBuffer(
        kind: try buffer.string("kind"), layout: layout, schema: try Self.schema(columns))
    } catch {
      throw .state(error)
    }
  }

  private static func schema(_ columns: [StateValue]) throws(StateTreeError) -> BufferSchema {
    do throws(ReplayBufferError) { return try BufferSchema(state: columns) } catch {
      if case .state(let error) = error { throw error }
      throw .invalidValue(path: "schema", found: error.description, expected: "distinct columns")
    }
  }
}
